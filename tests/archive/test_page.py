"""Pages together are what plain files and terms say, for whoever asks and whatever happens between them."""

from __future__ import annotations

import base64
import json
import shutil
import time
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings

from soap.archive import Archive, publish
from soap.archive.conditions import Both, Compare, Not
from soap.archive.cover import Near
from soap.archive.outline import outline
from soap.archive.page import Question, granule_named, page
from soap.archive.policy import Terms, may_see
from soap.archive.terms import Subject, set_terms
from soap.core.errors import BadParameter
from soap.core.place import Box
from soap.core.settings import Settings
from soap.core.time import Window
from soap.testing import policy_worlds as made
from soap.testing.plain_archive import Plain

WINDOWS = (Window("2016-12-31T20", "2016-12-31T22"), Window("2015-01-01", "2015-02-01"))
WORLD = Box(-180, -90, 180, 90)
PLACES = {
    "abg": (Near(*made.ABG_PLACE, 50.0), Box(72, 18, 73, 19),
            outline({"type": "Polygon", "coordinates": [[[72, 18], [74, 18], [73, 20], [72, 18]]]})),
    "quakes": (Near(30.0, 70.0, 50.0), Box(69, 29, 71, 31), outline({"type": "Point", "coordinates": [70, 30]})),
    "track": (Box(99, -1, 101, 3), outline({"type": "LineString", "coordinates": [[100, -1], [100, 3]]})),
}  # fmt: skip


def all_pages(archive, viewer, question, order="-time", limit=2, between=lambda: None):
    found, token = [], None
    for _ in range(200):
        one = page(archive, viewer, question, order=order, limit=limit, token=token)
        assert len(one.granules) <= limit
        found += one.granules
        if one.token is None:
            return found
        token = one.token
        between()
    raise AssertionError("The pages do not end.")


def names(found):
    return [one.granule_id for one in found]


def lies(plain, place, one):
    if place == "quakes":
        return one.key[0] == made.EVENTS
    if place == "track":
        start = np.datetime64(made.HALF_ORBITS.get(one.key[2], "2000"), "ns")
        return one.key[0] == made.TRACK and any((when - start) / made.SECOND * 2 <= 3 for when in one.times)
    return one.key[1] == "abg" or one.key[0] == made.FIELD


@settings(max_examples=3)
@given(steps=made.interleaved(10))
def test_pages_hold_what_the_viewer_sees_once_and_in_order(steps, tmp_path_factory):
    check_pages(steps, tmp_path_factory)


@pytest.mark.slow
@settings(max_examples=40)
@given(steps=made.interleaved(14))
def test_pages_of_many_worlds(steps, tmp_path_factory):
    check_pages(steps, tmp_path_factory)


def check_pages(steps, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    archive = Archive.open(Settings(archive=folder, catalogue="", objects=""))
    made.build(archive, steps)
    everything = Plain()
    for number, step in enumerate(steps):
        everything.take(number, step)
    now = time.time_ns() // 1000
    for viewer in made.VIEWERS:
        plain = everything.only(lambda terms, viewer=viewer: may_see(viewer, terms, now))
        held = plain.granules
        for order in ("-time", "time", "id"):
            found = all_pages(archive, viewer, Question(), order)
            assert sorted(names(found)) == sorted(held)
            begins = [held[name].times[0] for name in names(found)]
            expected = names(found) if order == "id" else begins
            assert expected == sorted(expected, reverse=order == "-time")
        for window in WINDOWS:
            inside = [n for n, one in held.items() if one.times[0] < window.stop and one.times[-1] >= window.start]
            assert sorted(names(all_pages(archive, viewer, Question(window=window)))) == sorted(inside)
        for place, spelled in PLACES.items():
            for where in spelled:
                inside = sorted(n for n, one in held.items() if lies(plain, place, one))
                told = [one for one in all_pages(archive, viewer, Question(place=where)) if not _map(one, place)]
                assert sorted(names(told)) == [n for n in inside if not _map(held[n], place)], (place, where)
        placed = sorted(n for n, one in held.items() if one.key[1] not in ("kak",) or plain.station(one.provider))
        assert sorted(names(all_pages(archive, viewer, Question(place=WORLD)))) == placed
        for collection_id in made.COLLECTIONS:
            of_it = Question(collections=(collection_id,))
            theirs = sorted(n for n, one in held.items() if one.key[0] == collection_id)
            assert sorted(names(all_pages(archive, viewer, of_it, "time", 1))) == theirs
        some = tuple(everything.granules)[::2]
        assert sorted(names(all_pages(archive, viewer, Question(ids=some)))) == sorted(set(some) & set(held))
    archive.catalogue.engine.dispose()
    shutil.rmtree(folder)


def _map(one, place):
    """Maps lie where other places do too, as far as boxes tell."""
    return place != "abg" and made.FIELD in (getattr(one, "collection_id", ""), getattr(one, "key", ("",))[0])


@pytest.fixture
def world(settings):
    archive = Archive.open(settings)
    open_ = [made.Setting(Subject("collection", name, ""), Terms("", "open")) for name in made.COLLECTIONS]
    files = [
        made.File("", "kak", count=8), made.File("", "abg", start=5, count=3), made.File("", "031190"),
        made.File("", "031191"), made.File("", "map", count=8), made.File("", "quakes", names=("ev1", "ev2")),
    ]  # fmt: skip
    made.build(archive, tuple(files + open_))
    return archive


@pytest.mark.parametrize("order", ["-time", "time", "id"])
@pytest.mark.parametrize("question", [Question(), Question(place=Box(-170, -80, 170, 80))])
def test_what_is_published_meanwhile_changes_no_later_page(world, monkeypatch, order, question):
    before = {one.granule_id: one.version for one in all_pages(world, made.ME, question, order, 100)}
    later = iter(enumerate([
        made.File("", "kak", "b_east"), made.File("", "abg", start=0, count=4), made.File("", "map", start=2),
        made.File("CHN", "kak"), made.File("CHN", "031190"), made.File("CHN", "quakes", names=("ev1", "ev3")),
    ], start=200))  # fmt: skip
    now = made.recorded(100).astype(int).item() * 1000
    monkeypatch.setattr("soap.archive.page.time", SimpleNamespace(time_ns=lambda: now))

    def take():
        for step, one in islice(later, 1):
            with made.clock() as hand:
                hand.step = step
                receipt = publish.publish(world, made.ME, [made.arrival(step, one)], provider=one.provider)
            assert receipt.published

    found = all_pages(world, made.ME, question, order, 1, take)
    assert {one.granule_id: one.version for one in found} == before
    assert len(found) == len(before)
    assert names(all_pages(world, made.ME, question, order, 100)) != names(found)


def test_a_token_that_is_none_is_refused_and_one_of_what_is_hidden_alike(world):
    stranger = made.VIEWERS[-1]
    hidden = "geomagnetism.kak.pt1h:kak:2016"
    set_terms(world, made.ME, Subject("granule", hidden), Terms("", "private"))
    words = set()
    for name in (hidden, "geomagnetism.kam.pt1h:kam:2016"):
        told = base64.urlsafe_b64encode(json.dumps(["-time", 0, name, 2**62]).encode()).decode().rstrip("=")
        with pytest.raises(BadParameter) as refused:
            page(world, stranger, Question(), token=told)
        words.add(str(refused.value))
    assert len(words) == 1
    for nonsense in ("", "x", "%%%", "a" * 5000, "bnVsbA", base64.urlsafe_b64encode(b"[" * 400).decode(),
                     base64.urlsafe_b64encode(b'["-time",1e99,"x",1]').decode()):  # fmt: skip
        with pytest.raises(BadParameter):
            page(world, made.ME, Question(), token=nonsense)
    token = page(world, made.ME, Question(), limit=1).token
    with pytest.raises(BadParameter, match="order"):
        page(world, made.ME, Question(), order="time", token=token)
    assert str(world.folder) not in base64.urlsafe_b64decode(token + "==").decode()


ASKED = (
    (Compare("shape", "=", ("track",)), {"031190", "031191"}),
    (Compare("shape", "<>", ("series",)), {"031190", "031191", "2016-12-31", "2017-01-01", "2016", "2017"}),
    (Not(Compare("shape", "in", ("series", "field", "events"))), {"031190", "031191"}),
    (Both((Compare("platform", "=", ("kak",)), Compare("count", ">", (4,)))), set()),
    (Both((Compare("platform", "=", ("kak",)), Compare("platform", "=", ("abg",))), some=True), {"2016", "2017"}),
    (Compare("variables", "has", ("electron_density",)), {"031190", "031191"}),
    (Compare("variables", "has", ("ELECTRON_density",)), set()),
    (Compare("variables", "has", ("electron",)), set()),
    (Compare("platform", "like", ("CSES%",)), {"031190", "031191"}),
    (Compare("platform", "like", ("' OR 1=1 --",)), set()),
    (Compare("first", ">=", (np.datetime64("2017-01-01", "ns"),)), {"2017", "2017-01-01"}),
)  # fmt: skip


def test_conditions_hold_as_they_read(world):
    for where, expected in ASKED:
        found = all_pages(world, made.ME, Question(where=where), limit=3)
        assert {one.period for one in found} == expected, where


REFUSED = (
    Compare("object_key", "=", ("x",)), Compare("shape", "=", (3,)), Compare("count", "=", ("3",)),
    Compare("count", "<", (float("1e300"),)), Compare("simulated", ">", (True,)), Compare("shape", "DROP", ("x",)),
    Compare("variables", "=", ("b_north",)), Compare("first", "=", ("2016",)),
)  # fmt: skip


def test_conditions_that_do_not_go_together_are_refused(world):
    for where in REFUSED:
        with pytest.raises(BadParameter):
            page(world, made.ME, Question(where=where))


def test_a_page_is_bounded(world):
    for limit in (0, -1, 1001):
        with pytest.raises(BadParameter, match="1 to 1000"):
            page(world, made.ME, Question(), limit=limit)


def test_one_granule_is_found_by_its_name(world):
    name = "ionosphere.codg.gim:codg:2016-12-31"
    assert granule_named(world, made.ME, name).version == 1
    assert granule_named(world, made.ME, name + "x") is None
