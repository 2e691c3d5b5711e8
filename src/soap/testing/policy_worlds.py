"""Small archives made up by hypothesis, for tests of policy: files of several members, and terms set between them.

A world is plain: what each file holds follows from a few numbers, so that a test can work out every answer by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import strategies as st

from soap.archive import Archive, catalogue, contacts, publish
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.errors import NotFound
from soap.core.names import Variable
from soap.core.who import GUEST, MEMBER_ADMIN, OWNER, PROJECT_ADMIN, STATION, USER, Viewer
from soap.formats import Reading
from soap.observations import Contact, Earthquake, Station, StationContacts, field, series, track

NAMES = (
    Variable("b_north", "X", "nT", "field towards north", (-80_000.0, 80_000.0)),
    Variable("b_east", "Y", "nT", "field towards east", (-80_000.0, 80_000.0)),
    Variable("vtec", "VTEC", "TECU", "vertical electron content", (0.0, 500.0)),
    Variable("kp", "Kp", "1", "planetary index", (0.0, 9.0)),
    Variable("electron_density", "Ne", "m-3", "electron density", (0.0, 1e14)),
)
MEMBERS = ("CHN", "PAK", "IRN")
ME = Viewer("owner", "", frozenset({OWNER}))
VIEWERS = (
    ME,
    Viewer("root", "", frozenset({PROJECT_ADMIN})),
    Viewer("chn.officer", "CHN", frozenset({MEMBER_ADMIN})),
    Viewer("pak.user", "PAK", frozenset({USER})),
    Viewer("irn.station", "IRN", frozenset({STATION})),
    Viewer("tur.user", "TUR", frozenset({USER})),
    Viewer("guest", "", frozenset({GUEST})),
    Viewer("nobody"),
)
PAST, FUTURE = 10**15, 4 * 10**15
"""Times of embargoes [µs since 1970]: in 2001, and in 2096."""

SERIES = {"kak": "geomagnetism.kak.pt1h", "abg": "geomagnetism.abg.pt1h"}
"""Collections of series by code; `kak` is placed by station lists, `abg` carries its place."""
KP = "space_weather.kp.pt3h"
TRACK, FIELD, EVENTS = "topside.cses_01.lap_1.l2", "ionosphere.codg.gim", "seismology.made.events"
COLLECTIONS = (*SERIES.values(), TRACK, FIELD, EVENTS)
HALF_ORBITS = {"031190": "2016-12-31T21:00:00", "031191": "2016-12-31T22:00:00"}
QUAKES = {"ev1": "2016-06-01", "ev2": "2017-01-02", "ev3": "2016-12-31T20:30"}
FIRST_HOUR = np.datetime64("2016-12-31T20", "ns")
HOUR, SECOND = np.timedelta64(1, "h"), np.timedelta64(1, "s")
ABG_PLACE = (18.6, 72.9)
GRID = (np.array([10.0, 20.0]), np.array([70.0, 80.0]))
STATION_LATITUDES = (36.2, 50.2)
_CLOCK = 1_900_000_000 * 10**6


@dataclass(frozen=True)
class File:
    """A file as one member hands it in: `what` is a series' code, a half-orbit, `map`, `quakes`, `stations` or `kp`.

    `maturity` is a series' own word for it.
    """

    provider: str
    what: str
    variable: str = "b_north"
    start: int = 0
    count: int = 3
    names: tuple[str, ...] = ()
    maturity: str = ""


@dataclass(frozen=True)
class Setting:
    """Terms set on a collection, granule or station, as `subject` names it."""

    subject: Subject
    terms: Terms


@dataclass(frozen=True)
class Naming:
    """Whom to ask about the station KAK, set for one provider."""

    provider: str


Step = File | Setting | Naming


def value(step: int, at: int) -> float:
    """What the file of step `step` says at its sample `at`."""
    return float(1 + (step * 37 + at * 5) % 200)


def arrival(step: int, file: File) -> Arrival:
    """The file as a reader gives it."""
    content = f"file {step}: {file}".encode()
    return Arrival(f"{step}.txt", content, sha256(content), "made", _reading(step, file))


def _reading(step: int, file: File) -> Reading:
    values = np.array([value(step, at) for at in range(file.count)])
    number = np.arange(file.start, file.start + file.count)
    hours = FIRST_HOUR + number * HOUR
    made: xr.Dataset
    if file.what in SERIES:
        place = {"latitude": ABG_PLACE[0], "longitude": ABG_PLACE[1]} if file.what == "abg" else {}
        told = {"maturity": file.maturity} if file.maturity else {}
        attrs: dict[str, Any] = {"platform": file.what, "cadence": "PT1H", **place, **told}
        made = series(hours, {file.variable: values}, names=NAMES, collection_id=SERIES[file.what], **attrs)
    elif file.what in HALF_ORBITS:
        times = np.datetime64(HALF_ORBITS[file.what], "ns") + number * SECOND
        along = (2.0 * number, np.full(len(number), 100.0), np.full(len(number), 507.0))
        attrs = {"platform": "cses_01", "half_orbit_id": file.what}
        made = track(times, *along, {"electron_density": values * 1e9}, names=NAMES, collection_id=TRACK, **attrs)
    elif file.what == "kp":
        attrs = {"platform": "kp", "cadence": "PT3H", "place": "global"}
        made = series(hours[:1], {"kp": values[:1] % 9}, names=NAMES, collection_id=KP, **attrs)
    elif file.what == "map":
        grid = np.broadcast_to(values[:, None, None], (file.count, 2, 2)).copy()
        attrs = {"platform": "codg", "cadence": "PT1H"}
        made = field(hours, *GRID, {"vtec": grid}, names=NAMES, collection_id=FIELD, **attrs)
    elif file.what == "quakes":
        return Reading(events=tuple(quake(step, name) for name in file.names), events_collection_id=EVENTS)
    else:
        latitude = STATION_LATITUDES[file.start % 2]
        named = (StationContacts("iaga_code", "KAK", (contact(step),)),)
        return Reading(stations=(Station("KAK", latitude, 140.2, name=f"step {step}"),), contacts=named)
    return Reading(observations=(made,))


def quake(step: int, name: str) -> Earthquake:
    """The earthquake as the file of step `step` lists it."""
    return Earthquake(name, np.datetime64(QUAKES[name], "ns"), 30.0, 70.0, 10.0, 4.0 + value(step, 0) / 50, "mw")


def contact(step: int) -> Contact:
    """Whom a list of the step `step`, or who set it in that step, names for KAK."""
    return Contact(
        f"institute {step}", "head", f"Person {step}", f"person{step}@example.org", "https://example.org/kak"
    )


def granules_of(file: File) -> dict[tuple[str, str, str], list[int]]:
    """(Collection, platform, period) of what the file holds, with the numbers of its samples there."""
    numbers = range(file.start, file.start + file.count)
    if file.what in HALF_ORBITS:
        return {(TRACK, "cses_01", file.what): list(range(file.count))}
    if file.what == "kp":
        return {(KP, "kp", str(FIRST_HOUR + file.start * HOUR)[:4]): [0]}
    if file.what == "quakes":
        years = {name: QUAKES[name][:4] for name in file.names}
        return {(EVENTS, EVENTS.split(".")[1], year): [] for year in sorted(set(years.values()))}
    out: dict[tuple[str, str, str], list[int]] = {}
    for at, number in enumerate(numbers):
        stamp = str(FIRST_HOUR + number * HOUR)
        if file.what in SERIES:
            out.setdefault((SERIES[file.what], file.what, stamp[:4]), []).append(at)
        elif file.what == "map":
            out.setdefault((FIELD, "codg", stamp[:10]), []).append(at)
    return out


def granule_id(key: tuple[str, str, str], provider: str) -> str:
    """The granule's public name, as it is promised."""
    return ":".join((*key, provider) if provider else key)


@contextmanager
def clock() -> Iterator[SimpleNamespace]:
    """The catalogue's clock in the test's hand: `step` is the time of recording, in seconds since some year."""
    hand = SimpleNamespace(step=0)
    with pytest.MonkeyPatch.context() as patch:
        fake = SimpleNamespace(time_ns=lambda: (_CLOCK + hand.step * 10**6) * 1000)
        patch.setattr(catalogue, "time", fake)
        patch.setattr("os.fsync", lambda handle: None)
        yield hand


def recorded(step: int) -> np.datetime64:
    """The time of recording of a step."""
    return np.datetime64(_CLOCK + step * 10**6, "us")


def build(archive: Archive, steps: tuple[Step | None, ...]) -> None:
    """Take the steps in an empty archive; None is a step that is not taken."""
    with clock() as hand:
        for number, step in enumerate(steps):
            hand.step = number
            take(archive, number, step)


def take(archive: Archive, number: int, step: Step | None) -> None:
    """Take one step."""
    if isinstance(step, File):
        receipt = publish.publish(archive, ME, [arrival(number, step)], provider=step.provider)
        if receipt.refused or not receipt.published:
            raise AssertionError(f"{step} was not published: {receipt}")
    elif isinstance(step, Naming):
        with suppress(NotFound):  # at a station of which no file of that provider tells
            contacts.set_contacts(archive, ME, "iaga_code", "KAK", [contact(number)], step.provider)
    elif step is not None:
        with suppress(NotFound):  # terms on what no file has brought
            set_terms(archive, ME, step.subject, step.terms)


def files() -> st.SearchStrategy[File]:
    """Files of any kind and provider."""
    provider = st.sampled_from(("", *MEMBERS))
    numbers = {"start": st.integers(0, 5), "count": st.integers(1, 4)}
    values = st.builds(
        File,
        provider,
        st.sampled_from(("kak", "kak", "abg", *HALF_ORBITS, "map")),
        st.sampled_from(("b_north", "b_east")),
        **numbers,
    )
    names = st.lists(st.sampled_from(tuple(QUAKES)), min_size=1, max_size=3, unique=True).map(tuple)
    quakes = st.builds(File, provider, st.just("quakes"), names=names)
    return st.one_of(values, values, quakes, st.builds(File, provider, st.just("stations"), start=st.integers(0, 1)))


@st.composite
def settings(draw) -> Setting:
    """Terms of any kind on a collection, a granule or a station of any provider."""
    provider = draw(st.sampled_from(("", *MEMBERS)))
    kind = draw(st.sampled_from(("collection", "collection", "granule", "station")))
    name = draw(st.sampled_from(COLLECTIONS))
    if kind == "granule":
        name = granule_id(draw(st.sampled_from(_GRANULES)), provider)
    if kind == "station":
        name = "iaga_code:KAK"
    access = draw(st.sampled_from(("open", "open", "members", "named", "private")))
    terms = Terms(
        draw(st.sampled_from((provider, *MEMBERS))),
        access,
        tuple(draw(st.sets(st.sampled_from((*MEMBERS, "TUR")), min_size=1, max_size=2))) if access == "named" else (),
        draw(st.sampled_from((None, None, PAST, FUTURE))),
        draw(st.sampled_from(("", "CC-BY-4.0"))),
    )
    return Setting(Subject(kind, name, None if kind == "granule" else provider), terms)


def namings() -> st.SearchStrategy[Naming]:
    """Contacts set for any provider."""
    return st.builds(Naming, st.sampled_from(("", *MEMBERS)))


_GRANULES = tuple(
    dict.fromkeys(
        key
        for what in (*SERIES, *HALF_ORBITS, "map", "quakes")
        for key in granules_of(File("", what, count=8, names=tuple(QUAKES)))
    )
)


def interleaved(most: int) -> st.SearchStrategy[tuple[Step, ...]]:
    """Files, settings and namings in any order."""
    any_step = st.one_of(files(), files(), settings(), settings(), namings())
    return st.lists(any_step, min_size=most // 2, max_size=most).map(tuple)


def files_first(most: int) -> st.SearchStrategy[tuple[Step, ...]]:
    """Files, then terms and contacts, so that leaving a file out changes no terms of another."""
    some = st.lists(files(), min_size=most // 3, max_size=most)
    more = st.lists(st.one_of(settings(), settings(), settings(), namings()), min_size=most // 4, max_size=most)
    return st.tuples(some, more).map(lambda two: (*two[0], *two[1]))
