"""No leak: two archives that differ only in what a viewer may not see answer that viewer byte for byte alike.

Every question is put, of names that are held and names that are not; then the viewer hands in files that are held,
seen or hidden, and one that is new, and every question is put again.
"""

from __future__ import annotations

import dataclasses
import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.archive import Archive, Selection, citation, derivable, policy, publish, query
from soap.archive import products as kept
from soap.archive import terms as set_terms
from soap.archive.citation import state_of
from soap.archive.cover import Near
from soap.archive.policy import Terms
from soap.archive.product_inputs import ListedStation
from soap.archive.station_sources import station_sources
from soap.archive.terms import Subject
from soap.core.errors import SoapError
from soap.core.place import Box
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import Viewer
from soap.services.find import find
from soap.testing import policy_worlds as made
from soap.testing import restrictions
from soap.testing.plain_archive import Plain
from soap.testing.policy_worlds import File, Naming, Setting, Step

WINDOWS = (Window("2016-01-01", "2018-01-01"), Window("2016-12-31T20", "2016-12-31T22"), Window("2015", "2016"))
PLACES = (Near(*made.ABG_PLACE, 50.0), Near(50.2, 140.2, 50.0), Box(140, 36, 141, 37), Box(99, -1, 101, 5))
NAMES = (*made.COLLECTIONS, "geomagnetism.kam.pt1h")
EARLIER = (None, made.recorded(2))
HIDDEN_FROM = tuple(viewer for viewer in made.VIEWERS if not policy.sees_all(viewer))


def told(answer: Any) -> Any:
    """An answer with every number and word of it, as plain text can hold it."""
    if isinstance(answer, xr.Dataset):
        return repr(answer.to_dict(encoding=False))
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        skipped = ("archive", "viewer", "identity")  # an archive's identity is drawn by chance
        fields = [field.name for field in dataclasses.fields(answer) if field.name not in skipped]
        parts = {name: told(getattr(answer, name)) for name in fields}
        return parts | ({"stream": told(list(answer.stream()))} if hasattr(answer, "stream") else {})
    if isinstance(answer, np.generic | np.ndarray):
        return repr(answer.tolist())
    if isinstance(answer, dict):
        return {str(name): told(one) for name, one in answer.items()}
    if isinstance(answer, set | frozenset):
        return sorted(map(told, answer), key=repr)
    return [told(one) for one in answer] if isinstance(answer, list | tuple) else repr(answer)


def asked(ask: Callable, *arguments: Any, **options: Any) -> Any:
    """What is told, or the kind and words of the error."""
    try:
        return told(ask(*arguments, **options))
    except SoapError as error:
        return f"{type(error).__name__}: {error}"


def transcript(archive: Archive, viewer: Viewer) -> list[Any]:
    """Everything that the viewer can ask, and what is said."""
    out = []
    for (ask, *arguments), options in questions(archive, viewer):
        named = [one for one in arguments if one is not archive]
        out.append((f"{ask.__name__} {named} {options}", asked(ask, *arguments, **options)))
    return out


def questions(archive: Archive, viewer: Viewer) -> Iterator[tuple[tuple, dict]]:
    def put(ask: Callable, *arguments: Any, **options: Any) -> tuple[tuple, dict]:
        return ((ask, archive, viewer, *arguments), options)

    for as_of in EARLIER:
        yield put(query.collections, as_of=as_of)
        yield put(query.granules, Selection(as_of=as_of))
        yield put(query.events, as_of=as_of)
        for name in NAMES:
            yield from (put(ask, name, WINDOWS[0], as_of=as_of) for ask in (query.whole, query.tracks, query.fields))
            yield put(query.series, name, WINDOWS[0], as_of=as_of, provider="PAK")
            yield put(query.decimated, name, WINDOWS[0], 3, as_of=as_of)
        for place in PLACES:
            near, box = (place, None) if isinstance(place, Near) else (None, place)
            yield put(query.granules, Selection(near=near, box=box, as_of=as_of))
            yield put(query.around, place, WINDOWS[0], as_of=as_of)
            yield put(query.passes, None, place, WINDOWS[0], as_of=as_of)
    for name in NAMES:
        yield from (put(query.series, name, window, ["b_east"]) for window in WINDOWS)
        yield from (
            put(query.series_of_station, name.split(".")[1], part, WINDOWS[0]) for part in ("b_north", "b_east")
        )
        yield put(query.passes, name, PLACES[3], WINDOWS[0])
        yield put(set_terms.terms_held, Subject("collection", name))
        yield put(set_terms.terms_history, Subject("collection", name))
        yield ((find, viewer, archive), {"collection_id": name, "variable": "b_east"})
    for kp in (None, made.KP, "space_weather.kq.pt3h"):
        yield put(query.passes, None, PLACES[3], WINDOWS[0], kp=(0.0, 9.0), kp_collection=kp)
        yield put(query.passes, None, PLACES[3], WINDOWS[2], kp=(0.0, 9.0), kp_collection=kp)
    for as_of in (None, made.recorded(0), made.recorded(2)):
        yield put(state_of, as_of)
    yield ((sources, archive, viewer), {})
    for name in (*made.QUAKES, "ev9"):
        yield put(query.event, name)
        yield ((find, viewer, archive), {"event_id": name})
    yield from (put(query.contacts, as_of=as_of) for as_of in EARLIER)
    yield put(query.contacts, code_scheme="iaga_code", code="kak")
    yield from (put(ask) for ask in (query.stations, query.unplaced, query.health, query.quarantined))
    yield from (put(ask) for ask in (kept.products, set_terms.terms_history))
    yield put(set_terms.terms_held, Subject("station", "iaga_code:KAK"))


def sources(archive: Archive, viewer: Viewer) -> Any:
    """The station lists that placed what the viewer sees."""
    found = query.granules(archive, viewer, Selection())
    return station_sources(archive, viewer, found, made.recorded(900))


def hidden_from(viewer: Viewer, steps: tuple[Step, ...]) -> set[int]:
    """Numbers of the files nothing of which the viewer may see once all steps are taken.

    Not hidden is what was their member's once: they are told of the terms that were set while it was. Nor is what their
    member handed in, whosever it has become: to them it is held already.
    """
    plain = Plain()
    for number, step in enumerate(steps):
        plain.take(number, step)
    shared = [step for step in steps if isinstance(step, Setting) and viewer.member]
    theirs = {(one.subject.name, one.subject.provider) for one in shared if one.terms.owner == viewer.member}
    now = time.time_ns() // 1000
    seen = plain.only(lambda terms: policy.may_see(viewer, terms, now))
    out = set()
    for number, step in enumerate(steps):
        if isinstance(step, File):
            keys = made.granules_of(step)
            names = [made.granule_id(key, step.provider) for key in keys]
            subjects = {("iaga_code:KAK", step.provider)} if step.what == "stations" else set()
            subjects |= {(name, None) for name in names} | {(key[0], step.provider) for key in keys}
            if subjects & theirs or (viewer.member and step.provider == viewer.member):
                continue
            if step.what == "stations" and step.provider not in seen.stations:
                out.add(number)
            if step.what != "stations" and not any(name in seen.granules for name in names):
                out.add(number)
    return out


def without(steps: tuple[Step, ...], numbers: set[int]) -> tuple[Step | None, ...]:
    return tuple(None if number in numbers else step for number, step in enumerate(steps))


def keep_products(archive: Archive, viewer: Viewer, steps: int, plain: Plain) -> list[Any]:
    """One product of each granule, and one of it with each station list, as far as they are there."""
    stations = [ListedStation("iaga_code", "KAK", code, one.original) for code, one in sorted(plain.stations.items())]
    out = []
    with made.clock() as hand:
        pairs = itertools.product(sorted(plain.granules.items()), (None, *stations))
        for number, ((name, one), place) in enumerate(pairs):
            hand.step = steps + number  # of its own: after a time that is taken the clock gives the next
            placed = () if place is None else (place,)
            inputs = [f"{name}@{one.version}"]
            title = f"{name} {place}"
            out.append(asked(kept.keep, archive, viewer, "study", title, b"x", "application/json", inputs, placed))
    return out


def hand_in(archive: Archive, viewer: Viewer, steps: tuple[Step, ...]) -> list[Any]:
    """What is said when the viewer hands in every file again, held or not, seen or not, and then a new one."""
    files = [made.arrival(number, step) for number, step in enumerate(steps) if isinstance(step, File)]
    out = []
    with made.clock() as hand:
        hand.step = 1000
        out.append(asked(publish.known, archive, viewer, [one.sha256 for one in files]))
        for number, one in enumerate([*files, made.arrival(999, File(viewer.member, "kak", count=4))]):
            hand.step = 1001 + number
            out.append(asked(publish.restore, archive, viewer, one.sha256, one.content))
            out.append(asked(publish.publish, archive, viewer, [one]))
    return out


def check_alike(copies: Callable[[], Archive], steps: tuple[Step, ...], viewer: Viewer) -> int:
    """Number of files that were hidden; fails where the viewer can tell whether they are there."""
    hidden = hidden_from(viewer, steps)
    plain = Plain()
    for number, step in enumerate(steps):
        plain.take(number, step)
    said = []
    for taken in (steps, without(steps, hidden)):
        archive = copies()
        made.build(archive, taken)
        keep_products(archive, made.ME, len(steps), plain)
        with pytest.MonkeyPatch.context() as patch:  # the archive's clock is ahead of this one, which errors tell
            patch.setattr(citation, "time", SimpleNamespace(time_ns=lambda: 1_800_000_000 * 10**9))
            before = transcript(archive, viewer)
            own = keep_products(archive, viewer, 900, plain)
            said.append((before, own, hand_in(archive, viewer, steps), transcript(archive, viewer)))
        archive.catalogue.engine.dispose()
    for full, narrow in zip(*said, strict=True):
        for one, other in zip(full, narrow, strict=True):
            assert one == other
    return len(hidden)


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """Copies of an empty archive."""
    first = tmp_path_factory.mktemp("first") / "archive"
    Archive.open(Settings(archive=first)).catalogue.engine.dispose()

    def copy() -> Archive:
        folder = tmp_path_factory.mktemp("archive") / "archive"
        shutil.copytree(first, folder)
        return Archive.open(Settings(archive=folder))

    return copy


@given(steps=made.files_first(10), viewer=st.sampled_from(HIDDEN_FROM))
@settings(max_examples=2, deadline=None)
def test_what_is_hidden_changes_no_answer(copies, steps, viewer):
    check_alike(copies, steps, viewer)


@pytest.mark.slow
@given(steps=made.files_first(24), viewer=st.sampled_from(HIDDEN_FROM))
@settings(max_examples=12, deadline=None)
def test_what_is_hidden_changes_no_answer_at_length(copies, steps, viewer):
    check_alike(copies, steps, viewer)


def _open(kind: str, name: str, provider: str | None) -> Setting:
    return Setting(Subject(kind, name, provider), Terms(provider or "", "open"))


LEAKY = (
    File("CHN", "kak", start=2, count=4),
    File("PAK", "kak", "b_east", start=1, count=4),
    File("", "kak", start=4),
    File("", "stations"),
    File("PAK", "stations", start=1),
    File("PAK", "031190"),
    File("CHN", "031190", start=1),
    File("PAK", "map"),
    File("PAK", "kp", "kp"),
    File("CHN", "quakes", names=("ev1", "ev3")),
    File("PAK", "quakes", names=("ev1", "ev2")),
    Naming("CHN"),
    Naming("PAK"),
    Naming(""),
    _open("collection", made.SERIES["kak"], "CHN"),
    _open("collection", made.TRACK, "CHN"),
    _open("collection", made.EVENTS, "CHN"),
)
"""CHN's is open, PAK's and the archive's own are closed."""


OFFICER, GUEST = (next(one for one in made.VIEWERS if one.user == user) for user in ("chn.officer", "guest"))


@pytest.mark.parametrize("viewer", [OFFICER, GUEST], ids=lambda viewer: viewer.user)
def test_nothing_leaks_where_much_is_hidden(copies, viewer):
    assert check_alike(copies, LEAKY, viewer) == 8


@pytest.mark.slow
@pytest.mark.parametrize("viewer", [one for one in HIDDEN_FROM if one not in (OFFICER, GUEST)], ids=repr)
def test_nothing_leaks_to_others(copies, viewer):
    assert check_alike(copies, LEAKY, viewer) >= 2


def test_of_each_module_that_restricts_it_is_known_what_finds_that_it_no_longer_does():
    assert set(restrictions.restricting()) == set(restrictions.FOUND_BY)
    root = Path(__file__).parents[2]
    for test in set(restrictions.FOUND_BY.values()):
        assert "def test_a_lifted_restriction_is_found" in (root / test).read_text(encoding="utf-8")


def check_derived(archive: Archive) -> None:
    """What is made of a granule that not all of CHN may see is not CHN's."""
    made.build(archive, LEAKY)
    hidden = made.granule_id(next(iter(made.granules_of(LEAKY[1]))), "PAK")
    assert asked(derivable.must_be_theirs, archive, OFFICER, [hidden], "CHN") == (
        f"Refused: Not all of CHN may see {hidden}, so what is made of it cannot be CHN's. Write it to files with -o,"
        " or leave that station out."
    )


def test_what_is_made_of_the_hidden_is_nobodys_own(copies):
    check_derived(copies())


@pytest.mark.slow
@pytest.mark.parametrize("module", restrictions.found_by(restrictions.BY_QUESTIONS))
def test_a_lifted_restriction_is_found(copies, module, monkeypatch):
    """Of each module that asks what its viewer sees: were it not to ask, these tests would fail."""
    restrictions.lift(monkeypatch, module)
    with pytest.raises(AssertionError):
        check_derived(copies()) if module == "derivable" else check_alike(copies, LEAKY, OFFICER)
