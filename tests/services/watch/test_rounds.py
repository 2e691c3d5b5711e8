"""Rounds of looking and telling: what is found, once, as the subscriber; what is told is checked by hand."""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import time

import numpy as np
import pytest

from soap.archive import Archive, watches
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.errors import BadParameter, NotFound, Refused
from soap.core.who import Viewer
from soap.services import accounts, jobs
from soap.services.watch import rounds
from soap.services.watch.subscriptions import change, make, notices, remove, subscriptions
from soap.testing.tiny import COMPOSITION
from soap.testing.web import OWNER

NOW = np.datetime64("2016-01-20T00:00:00", "ns")
EVENTS = Subject("collection", "seismology.tiny.events", "")


def quake(name, magnitude=6.0, latitude=23.0, longitude=90.0, day=19, **also):
    return {"event_id": name, "time": f"2016-01-{day:02d}T00:00:00", "latitude": latitude, "longitude": longitude,
            "depth_km": 10.0, "magnitude": magnitude, "place": "a place", **also}  # fmt: skip


def look(archive, now=NOW):
    done = rounds.look_round(OWNER, archive, COMPOSITION, now)
    assert done.remarks == []
    return done


def subjects(reader, archive, number):
    return sorted(one.subject for one in notices(reader, archive, number))


def test_a_new_earthquake_is_told_once_whoever_looks_and_however_often(archive, take, reader, receiver):
    take(events=[quake("old")])
    secret, made = make(reader, archive, "earthquake", {"min_magnitude": 5.5}, "webhook", receiver.url)
    assert look(archive).found == 0  # what was there before is not new
    take(events=[quake("old"), quake("q1", 6.1), quake("small", 4.0), quake("past", 7.0, day=1)])
    assert vars(look(archive)) == {"found": 2, "told": 2, "failed": 0, "remarks": []}
    take(events=[quake("q1", 6.3)])  # a revision is no other earthquake
    again = Archive.open(archive.settings)  # as after a restart
    assert vars(look(again)) == {"found": 0, "told": 0, "failed": 0, "remarks": []}
    assert [one["facts"]["event_id"] for one in receiver.told] == ["past", "q1"]
    headers, body = receiver.taken[1]
    key = secret.encode()
    expected = hmac.new(key, headers["Soap-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["Soap-Signature"] == f"v1={expected}"
    assert abs(int(headers["Soap-Timestamp"]) - time.time()) < 60
    assert receiver.told[1]["facts"]["magnitude"] == 6.1
    assert made.conditions == {"min_magnitude": 5.5}


@pytest.mark.parametrize(("conditions", "told"), [
    ({"min_magnitude": 7}, ["far"]),
    ({"near": [23, 90], "radius_km": 200}, ["near"]),
    ({"box": [170, -30, -170, -10]}, ["across"]),
    ({"reaches": [24, 90], "min_magnitude": 4}, ["near"]),  # M 6: 380 km; M 7: 1023 km, and 5,700 km away
    ({"max_depth_km": 5}, []),
    ({"within_days": 2}, ["across", "near"]),
    ({"collection": "seismology.other.events"}, []),
])  # fmt: skip
def test_earthquakes_by_condition(archive, take, reader, conditions, told):
    _, made = make(reader, archive, "earthquake", conditions, "feed")
    take(events=[quake("near"), quake("far", 7.0, latitude=75.0, day=17), quake("across", 5.9, -20.0, 179.0)])
    look(archive)
    assert subjects(reader, archive, made.number) == sorted(f"earthquake {name}" for name in told)


def test_what_the_subscriber_may_not_see_is_neither_found_nor_told(archive, take, reader, receiver):
    make(reader, archive, "earthquake", {}, "webhook", receiver.url)
    take(Terms("PAK", "private"), "PAK", events=[quake("hidden")])
    assert look(archive).found == 0
    take(events=[quake("open")])
    receiver.statuses = [500]
    assert look(archive).failed == 1
    set_terms(archive, OWNER, EVENTS, Terms("", "private"))
    _overdue(archive)
    assert vars(look(archive)) == {"found": 0, "told": 0, "failed": 0, "remarks": []}
    assert len(receiver.taken) == 1
    assert notices(OWNER, archive, 1)[0].error == rounds.HIDDEN


def _overdue(archive):
    from sqlalchemy import update

    from soap.archive.schema import notice

    with archive.catalogue.publishing() as connection:
        connection.execute(update(notice).where(notice.c.due.is_not(None)).values(due=0))


def test_what_is_not_taken_is_sent_again_later_and_not_for_ever(archive, take, reader, receiver):
    _, made = make(reader, archive, "earthquake", {}, "webhook", receiver.url)
    take(events=[quake("q1")])
    receiver.statuses = [500, 302, *[503] * 20]
    for attempt in range(1, 11):
        before = time.time()
        assert look(archive).failed == 1
        (one,) = notices(reader, archive, made.number)
        assert one.attempts == attempt
        assert look(archive).failed == 0  # it is not due yet
        if attempt < 10:
            wait = one.due.astype("datetime64[us]").astype(int) / 1e6 - before
            assert wait == pytest.approx(min(60 * 2 ** (attempt - 1), 21600), abs=20)
            _overdue(archive)
    assert one.due is None
    _overdue(archive)
    assert look(archive).failed == 0
    assert len(receiver.taken) == 10  # a redirect was not followed
    assert {headers["Soap-Notice"] for headers, _ in receiver.taken} == {str(one.number)}


def test_a_receiver_that_is_gone_is_not_tried_again(archive, take, reader, receiver):
    make(reader, archive, "earthquake", {}, "webhook", receiver.url)
    take(events=[quake("q1")])
    receiver.statuses = [410]
    assert look(archive).failed == 1
    assert notices(reader, archive, 1)[0].due is None


def test_e_mail(archive, take, reader, mailbox):
    make(reader, archive, "earthquake", {"reaches": [23.0, 91.0]}, "mail", "someone@example.org", "Near me")
    take(events=[quake("q1", place="here\r\nBcc: all@example.org")])
    assert look(archive).told == 1
    (taken,) = mailbox
    assert taken.rcpt_tos == ["someone@example.org"]
    message = email.message_from_bytes(taken.content, policy=email.policy.default)
    assert (message["To"], message["From"], message["Bcc"]) == ("someone@example.org", "soap@example.org", None)
    assert message["Subject"].startswith("M 6.0, here")
    text = message.get_content()
    assert "102 km away" in text  # one degree of longitude at 23 degrees north
    assert "reaches 380 km" in text
    assert "as t@tur" in text


def test_no_message_goes_over_a_line_that_is_not_encrypted(archive, take, reader, mailbox):
    archive.settings.smtp_starttls = True  # which this server does not offer
    make(reader, archive, "earthquake", {}, "mail", "someone@example.org")
    take(events=[quake("q1")])
    assert look(archive).failed == 1
    assert mailbox == []


def test_a_silent_station_is_told_once_a_silence(archive, take, reader):
    _, made = make(reader, archive, "silence", {"longer_than_hours": 6, "station": "KAK"}, "feed")
    take(code="kak", start="2016-01-19", values=[1.0] * 12)  # to 11:00
    take(code="mmb", start="2016-01-19", values=[1.0] * 12)
    look(archive, np.datetime64("2016-01-19T17:00", "ns"))
    assert subjects(reader, archive, made.number) == []
    for hour in ("2016-01-19T17:01", "2016-01-19T23:00"):
        look(archive, np.datetime64(hour, "ns"))
        assert subjects(reader, archive, made.number) == [
            "silent geomagnetism.kak.pt1h:kak: since 2016-01-19T11:00:00Z"
        ]
    take(code="kak", start="2016-01-19T20:00", values=[1.0] * 4)
    look(archive, np.datetime64("2016-01-20T06:00", "ns"))
    assert len(subjects(reader, archive, made.number)) == 2
    look(archive, np.datetime64("2016-04-20", "ns"))
    assert len(subjects(reader, archive, made.number)) == 2


def test_new_data_are_told_once_a_day(archive, take, reader, receiver):
    make(reader, archive, "new_data", {"collection": "geomagnetism.kak.pt1h"}, "webhook", receiver.url)
    take(code="kak", start="2016-01-01", values=[1.0] * 24)
    look(archive)
    take(code="kak", start="2016-01-02", values=[1.0] * 24)
    look(archive)
    assert len(receiver.taken) == 1
    take(code="kak", start="2016-01-03", values=[1.0] * 24)
    look(archive, NOW + np.timedelta64(1, "D"))
    assert [one["facts"]["last"] for one in receiver.told] == ["2016-01-01T23:00:00Z", "2016-01-03T23:00:00Z"]


def test_a_threshold_comes_with_how_often_it_is_exceeded(archive, take, reader, receiver):
    conditions = {"collection": "geomagnetism.kak.pt1h", "variable": "b_north", "above": 50}
    make(reader, archive, "threshold", conditions, "webhook", receiver.url)
    days = [[0.0] * 24 for _ in range(20)]
    for day in (3, 7, 8, 19):
        days[day][5] = 60.0
    days[19][6] = 75.0
    take(code="kak", start="2016-01-01", values=[value for day in days for value in day])
    look(archive)
    (told,) = receiver.told
    facts = told["facts"]
    assert (facts["day"], facts["values"], facts["furthest"], facts["at"]) == (
        "2016-01-20", 2, 75.0, "2016-01-20T06:00:00Z",
    )  # fmt: skip
    assert (facts["quiet_days"], facts["quiet_days_exceeded"], facts["kp_known"]) == (19, 3, False)
    assert facts["false_alarm_rate"] == pytest.approx(3 / 19)
    assert "exceeded on 3 of 19 days, 16 %" in told["text"]
    assert "Kp of these days is not held" in told["text"]
    assert "is no forecast" in told["text"]
    look(archive)
    assert len(receiver.taken) == 1


def test_a_case_study_is_drafted_for_the_subscriber(archive, take, reader):
    make(reader, archive, "earthquake", {"draft_case": True}, "feed")
    take(events=[quake("q1")])
    look(archive)
    (job,) = jobs.jobs(reader, archive)
    assert (job.kind, job.parameters["event_id"], job.made_by) == ("case", "q1", "t@tur")
    assert notices(reader, archive, 1)[0].about["job_id"] == job.job_id
    look(archive)
    assert len(jobs.jobs(reader, archive)) == 1


def test_one_process_looks_at_a_time(archive, reader):
    make(reader, archive, "silence", {"station": "KAK"}, "feed")
    lease = watches.take_lease(archive, OWNER, 60)
    assert rounds.look_round(OWNER, archive, COMPOSITION, NOW) is None
    watches.give_back(archive, OWNER, lease)
    assert rounds.look_round(OWNER, archive, COMPOSITION, NOW) is not None
    watches.take_lease(archive, OWNER, -1)  # of a process that was killed: it has run out
    assert rounds.look_round(OWNER, archive, COMPOSITION, NOW) is not None


def test_an_account_that_is_gone_is_told_nothing(archive, take, reader, receiver):
    make(reader, archive, "earthquake", {}, "webhook", receiver.url)
    accounts.remove_account(OWNER, archive, "t@tur")
    take(events=[quake("q1")])
    done = rounds.look_round(OWNER, archive, COMPOSITION, NOW)
    assert (done.told, receiver.taken) == (0, [])
    assert "t@tur has no account here" in done.remarks[0]


def test_a_paused_subscription_and_one_that_is_gone(archive, take, reader):
    _, made = make(reader, archive, "earthquake", {}, "feed")
    assert change(reader, archive, made.number, active=False).active is False
    take(events=[quake("q1")])
    assert look(archive).found == 0
    change(reader, archive, made.number, active=True, conditions={"min_magnitude": 6.5}, name="Large ones")
    assert look(archive).found == 0  # what was recorded meanwhile is not told of
    take(events=[quake("q2", 6.4), quake("q3", 6.6)])
    look(archive)
    assert subjects(reader, archive, made.number) == ["earthquake q3"]
    remove(reader, archive, made.number)
    assert subscriptions(reader, archive) == ()
    with pytest.raises(NotFound):
        notices(reader, archive, made.number)


def test_subscriptions_are_their_makers(archive, reader):
    _, made = make(reader, archive, "earthquake", {}, "feed")
    other = Viewer("p@pak", "PAK", frozenset({"user"}))
    assert subscriptions(other, archive) == ()
    for ask in (lambda: remove(other, archive, made.number), lambda: change(other, archive, made.number, active=False),
                lambda: notices(other, archive, made.number)):  # fmt: skip
        with pytest.raises(NotFound):
            ask()
    assert [one.number for one in subscriptions(OWNER, archive)] == [made.number]
    with pytest.raises(Refused, match="no account"):
        make(other, archive, "earthquake", {}, "feed")
    with pytest.raises(Refused):
        rounds.look_round(reader, archive, COMPOSITION, NOW)


@pytest.mark.parametrize(("asked", "told"), [
    (("tide", {}, "feed"), "nothing to be told of"),
    (("earthquake", {"near": [1, 2]}, "feed"), "go together"),
    (("earthquake", {"near": [1, 2], "radius_km": 5, "reaches": [1, 2]}, "feed"), "one place"),
    (("earthquake", {"box": [0, 10, 5, -10]}, "feed"), "W,S,E,N"),
    (("earthquake", {"magnitude": 5}, "feed"), "magnitude: Extra inputs"),
    (("earthquake", {"min_magnitude": float("nan")}, "feed"), "min_magnitude"),
    (("threshold", {"collection": "a.b.c", "variable": "x"}, "feed"), "above or below"),
    (("threshold", {"collection": "a.b.c", "variable": "x", "above": 1, "below": 2}, "feed"), "beyond"),
    (("silence", {}, "feed"), "name a collection or a station"),
    (("new_data", {}, "feed"), "collection: Field required"),
    (("earthquake", {}, "pigeon"), "no way to tell"),
    (("earthquake", {}, "feed", "https://example.org"), "leave the target out"),
    (("earthquake", {}, "mail", "a@example.org"), "sends no e-mail"),
    (("earthquake", {}, "webhook", "ftp://example.org"), "no URL of a webhook"),
    (("earthquake", {}, "webhook", "https://user:secret@example.org"), "no user, password"),
    (("earthquake", {}, "feed", "", "two\nlines"), "one line"),
])  # fmt: skip
def test_what_cannot_be_is_said(archive, reader, asked, told):
    with pytest.raises(BadParameter, match=told):
        make(reader, archive, *asked)
