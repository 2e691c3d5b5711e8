"""Jobs: the same work is one job, one worker has it at a time, others are told of none, nothing hidden comes out."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from sqlalchemy import update

from soap.archive import Selection, accounts, job_leases, jobs, products, query
from soap.archive.job_leases import GO_ON, LOST, STOP
from soap.archive.jobs import CANCELLED, DONE, FAILED, RUNNING, WAITING, Wanted
from soap.archive.policy import Terms
from soap.archive.schema import job as table
from soap.archive.terms import Subject, set_terms
from soap.core.errors import Conflict, Lost, NotFound, Refused, TooMany
from soap.core.who import GUEST, USER, Viewer

LI = Viewer("li", "CHN", frozenset({USER}))
ALI = Viewer("ali", "PAK", frozenset({USER}))
ROOT = Viewer("root", "", frozenset({"project_admin"}))
LEASE_S, ATTEMPTS = 30.0, 3
COLLECTION = "geomagnetism.kak.pt1h"
FUTURE = 4 * 10**15
SERIAL = count()


@pytest.fixture
def archive(archive, me):
    for one in (LI, ALI, ROOT):
        accounts.add_account(archive, me, one.user, one.roles, one.member)
    return archive


@pytest.fixture
def held(archive, put, make, me):
    """Values of the archive itself, open; the name of their version."""
    put(make.series(["2016-01-01T00", "2016-01-01T01"], [1, 2]))
    set_terms(archive, me, Subject("collection", COLLECTION), {"access": "open"})
    (one,) = query.granules(archive, me, Selection())
    return f"{one.granule_id}@{one.version}"


def ask(archive, viewer=LI, number=1, most=20, kind="export"):
    return jobs.ask(archive, viewer, Wanted(kind, f"job {number}", {"number": number}), most)


def take(archive, worker="w", lease_s=LEASE_S):
    return job_leases.take(archive, worker, lease_s, ATTEMPTS)


def state(archive, one):
    return jobs.job_of(archive, ROOT, one.job_id).state


def silent(archive, seconds):
    """Let the workers' last word lie so far back."""
    with archive.catalogue.publishing() as connection:
        connection.execute(update(table).where(table.c.state == RUNNING).values(seen=table.c.seen - int(seconds * 1e6)))


def end(archive, taken, held):
    """Keep a product as what the job made."""
    return products.keep(
        archive, taken.viewer, "export", "made", f"{next(SERIAL)}".encode(), "text/plain", [held],
        also=lambda connection, name: job_leases.finish(connection, taken, name, "made.txt"),
    )  # fmt: skip


def test_the_same_work_of_the_same_user_is_one_job(archive, held):
    first = ask(archive)
    assert first.state == WAITING
    assert ask(archive).job_id == first.job_id
    assert ask(archive, number=2).job_id != first.job_id
    assert ask(archive, ALI).job_id != first.job_id
    assert len(jobs.jobs(archive, ROOT)) == 3


def test_it_is_another_once_what_the_user_sees_has_changed(archive, held, put, make, me):
    first = ask(archive).job_id
    put(make.series(["2016-01-01T00"], [1], code="abg"))  # private to the archive: of no concern to CHN's
    assert ask(archive).job_id == first
    set_terms(archive, me, Subject("collection", "geomagnetism.abg.pt1h"), {"access": "open"})
    second = ask(archive).job_id
    assert second != first
    put(make.series(["2016-01-01T02"], [3]))
    assert ask(archive).job_id not in (first, second)


def test_who_has_no_account_asks_for_none(archive, me):
    for viewer in (Viewer("guest", "", frozenset({GUEST})), Viewer("nobody"), me):
        with pytest.raises(Refused, match="no account"):
            ask(archive, viewer)


def test_one_user_has_so_many_and_no_more(archive):
    for number in range(3):
        ask(archive, number=number, most=3)
    with pytest.raises(TooMany, match="3 jobs of li"):
        ask(archive, number=3, most=3)
    assert ask(archive, number=2, most=3).state == WAITING  # is there already
    ask(archive, ALI, most=3)
    jobs.cancel(archive, LI, ask(archive, number=0, most=3).job_id)
    ask(archive, number=3, most=3)


def test_a_job_is_taken_once_and_ends_once(archive, held):
    asked = ask(archive)
    taken = take(archive)
    assert (taken.job_id, taken.viewer, taken.attempts, dict(taken.parameters)) == (asked.job_id, LI, 1, {"number": 1})
    assert take(archive, "other") is None
    assert job_leases.beat(archive, taken, 0.25, "a quarter") == GO_ON
    seen = jobs.job_of(archive, LI, asked.job_id)
    assert (seen.state, seen.done, seen.message) == (RUNNING, 0.25, "a quarter")
    assert seen.left_s == pytest.approx(3 * (seen.seen - seen.begun).astype(float) / 1e9)
    name = end(archive, taken, held)
    done = jobs.job_of(archive, LI, asked.job_id)
    assert (done.state, done.done, done.product, done.file_name) == (DONE, 1.0, name, "made.txt")
    with pytest.raises(Conflict):
        end(archive, taken, held)
    assert [one.product_id for one in products.products(archive, ROOT)] == [name]
    assert (job_leases.beat(archive, taken, 1, ""), job_leases.fail(archive, taken, "x")) == (LOST, False)
    assert ask(archive).state == DONE
    with pytest.raises(Conflict, match="it is done"):
        jobs.cancel(archive, LI, asked.job_id)


def test_a_silent_worker_has_lost_its_job_and_can_end_it_no_more(archive, held):
    asked = ask(archive)
    first = take(archive, "first")
    silent(archive, LEASE_S - 5)
    assert take(archive, "second") is None
    silent(archive, 10)
    second = take(archive, "second")
    assert (second.job_id, second.attempts) == (asked.job_id, 2)
    assert job_leases.beat(archive, first, 0.9, "late") == LOST
    with pytest.raises(Conflict):
        end(archive, first, held)
    assert products.products(archive, ROOT) == ()
    job_leases.hand_back(archive, first, counts=True, most=ATTEMPTS)
    assert jobs.job_of(archive, LI, asked.job_id).state == RUNNING
    end(archive, second, held)
    assert state(archive, asked) == DONE


def test_a_worker_that_takes_its_own_lost_job_again_is_told_apart_by_the_attempt(archive, held):
    ask(archive)
    first = take(archive, "same")
    silent(archive, LEASE_S + 1)
    second = take(archive, "same")
    assert job_leases.beat(archive, first, 0.5, "") == LOST
    assert job_leases.beat(archive, second, 0.5, "") == GO_ON


def test_after_so_many_attempts_it_has_failed_with_the_reason(archive):
    asked = ask(archive)
    for attempt in range(1, ATTEMPTS + 1):
        assert take(archive).attempts == attempt
        silent(archive, LEASE_S + 1)
    assert take(archive) is None
    failed = jobs.job_of(archive, LI, asked.job_id)
    assert (failed.state, failed.message[:20]) == (FAILED, "It was begun 3 times")
    again = ask(archive)
    assert (again.job_id, again.state, again.attempts, again.message) == (asked.job_id, WAITING, 0, "")


def test_what_is_handed_back_waits_and_counts_only_where_it_must(archive):
    asked = ask(archive)
    for _ in range(ATTEMPTS + 2):  # servers that are stopped as they should be
        job_leases.hand_back(archive, take(archive), counts=False, most=ATTEMPTS)
        assert state(archive, asked) == WAITING
    for _ in range(ATTEMPTS):
        job_leases.hand_back(archive, take(archive), counts=True, most=ATTEMPTS, reason="its process was killed.")
    failed = jobs.job_of(archive, LI, asked.job_id)
    assert (failed.state, failed.message) == (
        FAILED, "It was begun 3 times; the last time: its process was killed.",
    )  # fmt: skip


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_runs_is_told(archive, held):
    waiting, running = ask(archive, number=1), ask(archive, number=2)
    taken = take(archive)
    assert taken.job_id == waiting.job_id
    waiting, running = running, waiting
    assert jobs.cancel(archive, LI, waiting.job_id).state == CANCELLED
    told = jobs.cancel(archive, LI, running.job_id)
    assert (told.state, told.cancelling) == (RUNNING, True)
    assert job_leases.beat(archive, taken, 0.5, "") == STOP
    with pytest.raises(Conflict):  # what ended in the same moment is not kept
        end(archive, taken, held)
    assert job_leases.cancelled(archive, taken)
    assert state(archive, running) == CANCELLED
    assert jobs.cancel(archive, LI, running.job_id).state == CANCELLED
    assert take(archive) is None


def test_a_cancelled_job_whose_worker_was_killed_is_not_begun_again(archive):
    asked = ask(archive)
    take(archive)
    jobs.cancel(archive, LI, asked.job_id)
    silent(archive, LEASE_S + 1)
    assert take(archive) is None
    assert state(archive, asked) == CANCELLED


def test_users_take_turns(archive):
    for number in range(3):
        ask(archive, LI, number)
    for number in range(2):
        ask(archive, ALI, number)
    order = []
    while (taken := take(archive)) is not None:
        order.append((taken.viewer.user, taken.parameters["number"]))
        job_leases.fail(archive, taken, "x")
    assert order == [("li", 0), ("ali", 0), ("li", 1), ("ali", 1), ("li", 2)]


def test_a_user_of_whom_fewer_run_comes_first(archive):
    for number in range(3):
        ask(archive, LI, number)
    assert [take(archive).viewer.user, take(archive).viewer.user] == ["li", "li"]
    ask(archive, ALI)
    assert take(archive).viewer == ALI


def test_many_at_once_take_each_job_once(archive):
    asked = {ask(archive, number=number).job_id for number in range(8)}
    with ThreadPoolExecutor(4) as pool:
        taken = [one.job_id for one in pool.map(lambda n: take(archive, f"w{n}"), range(12)) if one is not None]
    assert sorted(taken) == sorted(asked)


@pytest.mark.parametrize(
    "narrowed",
    [
        lambda archive, me: accounts.remove_account(archive, me, "li"),
        lambda archive, me: accounts.change_account(archive, me, "li", code="PAK"),
        lambda archive, me: accounts.change_account(archive, me, "li", ["station"]),
    ],
)
def test_an_account_that_was_removed_or_may_do_less_stops_its_jobs(archive, me, narrowed):
    waiting, running = ask(archive, number=1), ask(archive, number=2)
    taken = take(archive)
    narrowed(archive, me)
    assert job_leases.beat(archive, taken, 0.5, "") == LOST
    assert take(archive) is None
    for one in (waiting, running):
        found = jobs.job_of(archive, ROOT, one.job_id)
        assert (found.state, found.message[:30]) == (FAILED, "Its maker's account was remove")


def test_an_account_that_may_do_more_goes_on(archive, me):
    ask(archive)
    accounts.change_account(archive, me, "li", ["user", "member_admin"])
    assert take(archive).viewer.roles == {"user", "member_admin"}


def test_others_are_told_of_no_job(archive):
    asked = ask(archive)
    for viewer in (ALI, Viewer("guest", "", frozenset({GUEST})), Viewer("li", "PAK", frozenset({USER}))):
        assert jobs.jobs(archive, viewer) == ()
        with pytest.raises(NotFound) as told:
            jobs.job_of(archive, viewer, asked.job_id)
        with pytest.raises(NotFound) as absent:
            jobs.job_of(archive, viewer, "export-0")
        assert str(told.value).replace(asked.job_id, "export-0") == str(absent.value)
        with pytest.raises(NotFound):
            jobs.cancel(archive, viewer, asked.job_id)
    assert [one.job_id for one in jobs.jobs(archive, ROOT)] == [asked.job_id]


def test_an_embargo_that_comes_later_hides_the_result(archive, held, me):
    asked = ask(archive)
    end(archive, take(archive), held)
    before = jobs.job_of(archive, LI, asked.job_id)
    assert before.product
    set_terms(archive, me, Subject("collection", COLLECTION), Terms(access="open", embargo_until=FUTURE))
    hidden = jobs.job_of(archive, LI, asked.job_id)
    assert (hidden.state, hidden.product, hidden.file_name) == (DONE, "", "")
    assert [one.product for one in jobs.jobs(archive, LI)] == [""]
    assert jobs.job_of(archive, ROOT, asked.job_id).product == before.product
    with pytest.raises(NotFound):
        list(products.parts(archive, LI, before.product))


def test_a_job_whose_result_was_hidden_may_be_asked_for_again(archive, held, put, make, me):
    put(make.series(["2016-01-01T05"], [5], code="abg"))
    set_terms(archive, me, Subject("collection", "geomagnetism.abg.pt1h"), {"access": "open"})
    asked = ask(archive)
    end(archive, take(archive), held)
    set_terms(archive, me, Subject("collection", COLLECTION), {"access": "private"})
    again = ask(archive)
    assert (again.job_id, again.state) == (asked.job_id, WAITING)  # nothing that is seen has changed


def test_a_product_is_read_in_parts(archive, held):
    ask(archive)
    content = bytes(range(256)) * 100
    taken = take(archive)
    name = products.keep(archive, taken.viewer, "export", "made", content, "text/plain", [held])
    assert b"".join(products.parts(archive, LI, name)) == content
    assert b"".join(products.parts(archive, LI, name, 300, 700)) == content[300:700]
    assert b"".join(products.parts(archive, LI, name, 25_000, 10**9)) == content[25_000:]
    assert products.owners(archive, LI, name) == {""}


def test_what_ended_long_ago_is_forgotten_with_what_it_made_but_for_studies(archive, held, me):
    study, export, recent = ask(archive, kind="study"), ask(archive, number=2), ask(archive, number=3)
    made = [end(archive, take(archive), held) for _ in range(3)]
    (key,) = [one.object_key for one in products.products(archive, me) if one.product_id == made[1]]
    with archive.catalogue.publishing() as connection:
        old = table.c.job_id.in_([study.job_id, export.job_id])
        connection.execute(update(table).where(old).values(ended=table.c.ended - 31 * 86_400_000_000))
    assert job_leases.expire(archive, me, 30, ("study",)) == 2
    assert [one.job_id for one in jobs.jobs(archive, me)] == [recent.job_id]
    assert {one.product_id for one in products.products(archive, me)} == {made[0], made[2]}
    with pytest.raises(Lost):
        archive.objects.get(key)
    with pytest.raises(Refused):
        job_leases.expire(archive, LI, 30, ())
