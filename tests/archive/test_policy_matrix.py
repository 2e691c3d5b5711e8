"""The policy, by brute force: made-up archives x viewers x kinds of question, against the plain files and terms.

`may_see` below is the whole policy; every expected answer is worked out from what the files say, of those granules and
stations that it lets through. Nothing of `soap.archive` is asked for it but the words of errors.
"""

from __future__ import annotations

import inspect
import shutil
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.archive import Archive, Selection, query
from soap.archive.cover import Near
from soap.archive.policy import Terms
from soap.core.errors import BadParameter, NotFound, Refused
from soap.core.place import Box
from soap.core.settings import Settings
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.testing import policy_worlds as made
from soap.testing.plain_archive import Granule, Plain, united
from soap.testing.policy_worlds import Step
from tests.archive import policy_products as products

WIDE = Window("2016-01-01", "2018-01-01")
WINDOWS = (WIDE, Window("2016-12-31T20", "2016-12-31T22"), Window("2015-01-01", "2015-02-01"))
PLACES = {
    "abg": {"near": (*made.ABG_PLACE, 50.0)},
    "station north": {"near": (50.2, 140.2, 50.0)},
    "station south": {"box": Box(140, 36, 141, 37)},
    "track": {"box": Box(99, -1, 101, 5)},
    "quakes": {"near": (30.0, 70.0, 50.0)},
}
ABSENT = "geomagnetism.kam.pt1h"


def may_see(viewer: Viewer, terms: Terms, now: float) -> bool:
    if {"owner", "project_admin"} & viewer.roles:
        return True
    if viewer.member and viewer.member == terms.owner:
        return True
    if terms.embargo_until is not None and now * 1e6 < terms.embargo_until:
        return False
    if terms.access in ("open", "private"):
        return terms.access == "open"
    return bool(viewer.member) and (terms.access == "members" or viewer.member in terms.named)


def plain_of(dataset) -> dict:
    """A dataset as `united` gives it; a map by its first corner."""
    out: dict = {when: {} for when in dataset["time"].values}
    for name in dataset.data_vars:
        if str(name).endswith("_quality"):
            continue
        for when, value in zip(dataset["time"].values, dataset[name].values, strict=True):
            first = float(np.ravel(value)[0])
            if first == first:
                out[when][str(name)] = first
    return out


def words(values) -> str:
    return ",".join(sorted({value for value in values if value}))


def check_collections(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    told = {one.collection_id: one for one in query.collections(archive, viewer)}
    assert sorted(told) == sorted({one.key[0] for one in plain.granules.values()})
    for name, one in told.items():
        granules = plain.of(name)
        times = [when for granule in granules for when in granule.times]
        changes = [granule.step for granule in granules]
        if name == made.SERIES["kak"]:
            changes += [listed.step for listed in plain.stations.values()]
        assert (one.first, one.last, one.count, one.granules) == (min(times), max(times), len(times), len(granules))
        assert set(one.variables) == {name for granule in granules for name in granule.variables}
        assert one.platform == words(granule.key[1] for granule in granules)
        assert set(one.providers) == {granule.provider for granule in granules}
        assert one.owner == words(granule.terms.owner for granule in granules)
        assert one.access == words(granule.terms.access for granule in granules)
        assert one.licence == words(granule.terms.licence for granule in granules)
        embargoes = [granule.terms.embargo_until for granule in granules if granule.terms.embargo_until is not None]
        assert one.embargo_until == (np.datetime64(max(embargoes), "us") if embargoes else None)
        assert one.version == made.recorded(max(changes))


def check_granules(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    def told(**selection):
        return {one.granule_id: one for one in query.granules(archive, viewer, Selection(**selection))}

    everything = told()
    assert sorted(everything) == sorted(plain.granules)
    for name, one in everything.items():
        held = plain.granules[name]
        assert (one.count, one.version, one.provider) == (len(held.times), held.version, held.provider)
        assert (one.window.start, one.window.stop - np.timedelta64(1, "ns")) == (held.times[0], held.times[-1])
        assert (one.owner, one.access, one.licence) == (held.terms.owner, held.terms.access, held.terms.licence)
        assert set(one.variables) == held.variables
        assert one.recorded_from == made.recorded(held.step)
        if held.key[1] == "kak":
            listed = plain.station(held.provider)
            assert one.latitude == (listed.latitude if listed else None)
    for name, place in PLACES.items():
        assert sorted(told(**place)) == sorted(n for n, one in plain.granules.items() if _lies(plain, name, one)), name
    for window in WINDOWS:
        lies = [n for n, one in plain.granules.items() if one.times[0] < window.stop and one.times[-1] >= window.start]
        assert sorted(told(window=window)) == sorted(lies)
    assert sorted(told(variable="b_east")) == sorted(n for n, o in plain.granules.items() if "b_east" in o.variables)
    assert sorted(told(station="KAK")) == sorted(n for n, one in plain.granules.items() if one.key[1] == "kak")
    assert sorted(told(provider="PAK")) == sorted(n for n, one in plain.granules.items() if one.provider == "PAK")


def _lies(plain: Plain, place: str, one: Granule) -> bool:
    if place == "quakes":
        return one.key[0] == made.EVENTS
    if place == "track":
        start = np.datetime64(made.HALF_ORBITS.get(one.key[2], "2000"), "ns")
        return one.key[0] == made.TRACK and any((when - start) / made.SECOND * 2 <= 5 for when in one.times)
    if place == "abg":
        return one.key[1] == "abg" or one.key[0] == made.FIELD
    listed = plain.station(one.provider)
    wanted = 50.2 if place == "station north" else 36.2
    return one.key[1] == "kak" and listed is not None and listed.latitude == wanted


def check_series(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    for name in made.SERIES.values():
        _check_errors(plain, archive, viewer, query.series, name)
        for window in WINDOWS:
            expected = united(plain.of(name), window)
            if expected:
                dataset = query.series(archive, viewer, name, window)
                assert plain_of(dataset) == expected
                latitudes = {one.latitude for one in plain.stations.values()} if "kak" in name else {made.ABG_PLACE[0]}
                assert ("latitude" in dataset.attrs) == bool(latitudes)
                assert dataset.attrs.get("latitude") in (latitudes or {None})


def check_series_of_station(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    for code, name in made.SERIES.items():
        granules = plain.of(name)
        for window in WINDOWS:
            if not granules:
                for ask, what in ((query.series_of_station, "b_north"), (query.collection_of_station, ["b_north"])):
                    with pytest.raises(NotFound) as hidden:
                        ask(archive, viewer, code, what, window)
                    with pytest.raises(NotFound) as absent:
                        ask(archive, viewer, "nil", what, window)
                    assert str(hidden.value) == str(absent.value).replace("nil", code)
                continue
            known = {one for granule in granules for one in granule.variables}
            for variable in ("b_north", "b_east"):
                samples = united(granules, window).items()
                values = {when: sample[variable] for when, sample in samples if variable in sample}
                if variable not in known:
                    with pytest.raises(BadParameter) as lacks:
                        query.series_of_station(archive, viewer, code.upper(), variable, window)
                    assert str(lacks.value).endswith(f"no series of {variable}; it has {', '.join(sorted(known))}.")
                elif values:
                    told = query.series_of_station(archive, viewer, code.upper(), variable, window)
                    assert {when: sample[variable] for when, sample in plain_of(told).items() if sample} == values


def check_collection_of_station(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    for code, name in made.SERIES.items():
        for variable in {one for granule in plain.of(name) for one in granule.variables}:
            assert query.collection_of_station(archive, viewer, code, [variable], WIDE) == name


def _check_errors(plain: Plain, archive: Archive, viewer: Viewer, ask, name: str) -> None:
    """What is said of a hidden collection, of an empty window, and of an unknown variable."""
    with pytest.raises(NotFound) as absent:
        ask(archive, viewer, ABSENT, WIDE)
    granules = plain.of(name)
    if not granules:
        with pytest.raises(NotFound) as hidden:
            ask(archive, viewer, name, WIDE)
        assert str(hidden.value) == str(absent.value).replace(ABSENT, name)
        return
    with pytest.raises(BadParameter) as unknown:
        ask(archive, viewer, name, WIDE, ["x"])
    known = sorted({one for granule in granules for one in granule.variables})
    assert str(unknown.value) == f"{name} has no variable x; it has {', '.join(known)}."
    if ask in (query.series, query.whole):
        with pytest.raises(NotFound) as nothing:
            ask(archive, viewer, name, WINDOWS[-1])
        times = [when for granule in granules for when in granule.times]
        assert str(nothing.value).endswith(f"; it holds {iso(min(times))} to {iso(max(times))}.")


def check_tracks(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    _check_apart(plain, archive, viewer, query.tracks, made.TRACK)


def check_fields(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    _check_apart(plain, archive, viewer, query.fields, made.FIELD)


def _check_apart(plain: Plain, archive: Archive, viewer: Viewer, ask, name: str) -> None:
    _check_errors(plain, archive, viewer, ask, name)
    granules = plain.of(name)
    if not granules:
        return
    for window in WINDOWS:
        periods = sorted({one.key[2] for one in granules})
        expected = [united([one for one in granules if one.key[2] == period], window) for period in periods]
        told = [plain_of(dataset) for dataset in ask(archive, viewer, name, window)]
        assert told == sorted((one for one in expected if one), key=min)


def check_whole(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    for name in made.COLLECTIONS[:-1]:
        _check_errors(plain, archive, viewer, query.whole, name)
        if plain.of(name):
            assert plain_of(query.whole(archive, viewer, name, WIDE)) == united(plain.of(name), WIDE)


def check_unread(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    """What is found before anything is read, what stands for it (equal only where all is the same), and its rows."""
    known = {one.name for one in made.NAMES}
    for name in made.COLLECTIONS[:-1]:
        _check_errors(plain, archive, viewer, query.unread, name)
        if not plain.of(name):
            continue
        found, sees_all = (query.unread(archive, one, name, WIDE) for one in (viewer, made.ME))
        assert found.owners == tuple(sorted({one.terms.owner for one in plain.of(name)}))
        assert found.most_rows == sum(len(one.times) for one in plain.of(name))
        assert found.digest() == query.unread(archive, viewer, name, WIDE).digest()
        assert (found.digest() == sees_all.digest()) == (len(found.found) == len(sees_all.found))
        told: dict = {}
        for batch in found.read():
            for at, when in enumerate(batch["time"]):
                row = told.setdefault(when, {})  # of a map its first corner
                for variable in known & set(batch):
                    if (value := float(batch[variable][at])) == value:
                        row.setdefault(variable, value)
        assert told == united(plain.of(name), WIDE)


def _quakes(plain: Plain) -> dict:
    """{identifier: step} as recorded last."""
    return {name: step for one in plain.of(made.EVENTS) for name, step in one.content.items()}


def check_events(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    expected = sorted((made.quake(step, name) for name, step in _quakes(plain).items()), key=lambda one: one.time)
    assert list(query.events(archive, viewer)) == expected
    assert list(query.events(archive, viewer, near=(30.0, 70.0, 1.0))) == expected
    assert list(query.events(archive, viewer, min_magnitude=6.0)) == [one for one in expected if one.magnitude >= 6]
    assert list(query.events(archive, viewer, window=WINDOWS[1])) == [one for one in expected if one.event_id == "ev3"]


def check_event(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    with pytest.raises(NotFound) as absent:
        query.event(archive, viewer, "ev9")
    for name in made.QUAKES:
        holders = [one for one in plain.of(made.EVENTS) if name in one.content]
        if holders:
            assert query.event(archive, viewer, name) == made.quake(holders[-1].content[name], name)
            continue
        with pytest.raises(NotFound) as hidden:
            query.event(archive, viewer, name)
        assert str(hidden.value) == str(absent.value).replace("ev9", name)


def check_stations(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    listed = plain.station(viewer.member)
    expected = [] if listed is None else [("KAK", listed.latitude, f"step {listed.step}")]
    assert [(one.code, one.latitude, one.name) for one in query.stations(archive, viewer)] == expected


def check_contacts(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    """What was set counts over what the list tells; of persons only members' people and who runs it are told."""
    steps = {provider: (one.step, True) for provider, one in plain.stations.items()}
    steps |= {provider: (step, False) for provider, step in plain.named.items()}
    persons = viewer.member or {"owner", "project_admin"} & viewer.roles
    expected = [
        (provider, listed, f"institute {step}", f"Person {step}" if persons else "",
         f"person{step}@example.org" if persons else "")
        for provider, (step, listed) in sorted(steps.items())
    ]  # fmt: skip
    told = query.contacts(archive, viewer, code_scheme="iaga_code", code="kak")
    assert told == query.contacts(archive, viewer)
    assert [
        (one.provider, one.listed, each.organisation, each.name, each.email) for one in told for each in one.contacts
    ] == expected


def check_unplaced(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    lost = plain.of(made.SERIES["kak"]) and not plain.stations
    assert query.unplaced(archive, viewer) == (((made.SERIES["kak"], "KAK"),) if lost else ())


def check_health(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    days: dict = {}
    for one in plain.granules.values():
        if one.key[1] in made.SERIES:
            for when in one.times:
                key = (one.key[0], one.provider, when.astype("datetime64[D]"))
                days[key] = days.get(key, 0) + 1
    told = {(one.collection_id, one.provider, one.day): one.present for one in query.health(archive, viewer)}
    assert told == days


def check_quarantined(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    if {"owner", "project_admin"} & viewer.roles:
        assert query.quarantined(archive, viewer) == ()
        return
    with pytest.raises(Refused):
        query.quarantined(archive, viewer)


def check_passes(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    granules = plain.of(made.TRACK)
    if not granules:
        with pytest.raises(NotFound) as hidden:
            query.passes(archive, viewer, made.TRACK, PLACES["track"]["box"], WIDE)
        with pytest.raises(NotFound) as absent:
            query.passes(archive, viewer, ABSENT, PLACES["track"]["box"], WIDE)
        assert str(hidden.value) == str(absent.value).replace(ABSENT, made.TRACK)
    else:
        _check_passes(plain, archive, viewer, granules, made.TRACK)
    _check_passes(plain, archive, viewer, granules, None)


def _check_passes(plain: Plain, archive: Archive, viewer: Viewer, granules: list[Granule], name: str | None) -> None:
    expected = []
    for half_orbit, start in made.HALF_ORBITS.items():
        stop = np.datetime64(start, "ns") + 3 * made.SECOND  # there the latitude is 6 degrees
        some = united([one for one in granules if one.key[2] == half_orbit], Window(np.datetime64(start, "ns"), stop))
        expected += [some] if some else []
    found = query.passes(archive, viewer, name, PLACES["track"]["box"], WIDE)
    assert [plain_of(dataset) for dataset in found.tracks] == expected


def check_decimated(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    for name in (*made.SERIES.values(), made.TRACK):
        _check_errors(plain, archive, viewer, lambda *asked: query.decimated(*asked[:4], 1, *asked[4:]), name)
        values = united(plain.of(name), WIDE)
        if not values:
            continue
        told = query.decimated(archive, viewer, name, WIDE, 1)
        for variable in {one for sample in values.values() for one in sample}:
            column = {when: sample[variable] for when, sample in values.items() if variable in sample}
            assert told[f"{variable}_count"].item() == len(column)
            assert told[f"{variable}_min"].item() == min(column.values())
            assert told[f"{variable}_max"].item() == max(column.values())
            first = min(when for when, value in column.items() if value == max(column.values()))
            assert told[f"{variable}_max_time"].values[0] == first


def check_around(plain: Plain, archive: Archive, viewer: Viewer) -> None:
    for name, place in PLACES.items():
        where = place["box"] if "box" in place else Near(*place["near"])
        lies = [one for one in plain.granules.values() if _lies(plain, name, one)]
        found = query.around(archive, viewer, where, WIDE)
        assert sorted(one.granule_id for one in found.granules) == sorted(one.name for one in lies)
        assert {one.collection_id: one.granules for one in found.counts} == Counter(one.key[0] for one in lies)
        listed = [(one.earthquake.event_id, one.earthquake.magnitude) for one in found.earthquakes]
        quakes = _quakes(plain) if name == "quakes" else {}
        assert sorted(listed) == sorted((one, made.quake(step, one).magnitude) for one, step in quakes.items())
        for collection_id in {one.key[0] for one in lies} & {*made.SERIES.values()}:
            streamed = [plain_of(one.dataset) for one in found.stream(collection_id)]
            expected = united([one for one in plain.of(collection_id) if one in lies], WIDE)
            assert {when: sample for one in streamed for when, sample in one.items()} == expected
            assert sum(map(len, streamed)) == len(expected)


RULES = {name.removeprefix("check_"): rule for name, rule in globals().items() if name.startswith("check_")}


def check_world(archive: Archive, steps: tuple[Step, ...], choose, most: int) -> None:
    """Build the archive, keep and release some products, and put every question as some of the viewers."""
    made.build(archive, steps)
    plain = Plain()
    for number, step in enumerate(steps):
        plain.take(number, step)
    made_of = products.keep_some(archive, plain, len(steps), choose)
    for viewer in choose(st.permutations(made.VIEWERS))[:most]:
        seen = plain.only(lambda terms, viewer=viewer: may_see(viewer, terms, time.time()))
        for rule in RULES.values():
            rule(seen, archive, viewer)
        products.check_products(seen, plain, archive, viewer, made_of)
        products.check_keeping(seen, plain, archive, viewer)


def test_every_kind_of_question_has_a_rule():
    """A new question in `soap.archive.query` needs one here."""
    kinds = {name for name in query.__all__ if inspect.isfunction(getattr(query, name))}
    assert kinds - set(RULES) == set()


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """Copies of an empty archive."""
    first = tmp_path_factory.mktemp("first") / "archive"
    Archive.open(Settings(archive=first)).catalogue.engine.dispose()

    def copy() -> Archive:
        folder = tmp_path_factory.mktemp("archive") / "archive"
        shutil.copytree(first, folder)
        return Archive.open(Settings(archive=folder))

    return copy


@given(steps=made.interleaved(12), choice=st.data())
@settings(max_examples=8, deadline=None)
def test_matrix(empty, steps, choice):
    check_world(empty(), steps, choice.draw, 4)


@pytest.mark.slow
@given(steps=made.interleaved(24), choice=st.data())
@settings(max_examples=25, deadline=None)
def test_matrix_at_length(empty, steps, choice):
    check_world(empty(), steps, choice.draw, len(made.VIEWERS))
