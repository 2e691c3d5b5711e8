"""Half-orbits and predictions of an archive that holds the flight of CSES-01 by its published elements."""

from __future__ import annotations

import numpy as np
import pytest

from soap.archive import Archive, publish
from soap.archive.cover import Near
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.errors import BadParameter, NotFound, TooLarge
from soap.core.place import distance_km
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import GUEST, OWNER, Viewer
from soap.formats import Reading
from soap.observations import track
from soap.services import satellites
from soap.testing.policy_worlds import NAMES
from soap.testing.published_elements import elements, flown

ME, GUESTS = Viewer("owner", "", frozenset({OWNER})), Viewer("guest", "", frozenset({GUEST}))
DAY, MINUTE, SECOND = (np.timedelta64(count, "s") for count in (86_400, 60, 1))
DHAKA = Near(23.8, 90.4, 1500.0)
LAP, HPM = "topside.cses_01.lap_1.l2", "topside.cses_01.hpm_6.l2"


@pytest.fixture(scope="module")
def satellite():
    """Epoch and elements of CSES-01 in July 2018."""
    return next(pair for pair in elements("tle-derived/43194_CSES-01.tle") if str(pair[0]).startswith("2018-07-21"))


def half_orbits(satellite, start, stop):
    """(Number, time, places) of each half-orbit below 65 degrees, every 20 s."""
    time = np.arange(start, stop, 20 * SECOND)
    places = flown(satellite, time)
    low = np.flatnonzero(np.abs(places[0]) < 65)
    parts = np.split(low, np.flatnonzero(np.diff(low) > 1) + 1)
    return [(number, time[part], places[:, part]) for number, part in enumerate(parts[1:-1])]


def hand_in(archive, collection_id, number, time, places):
    latitude, longitude, height = places
    made = track(
        time, latitude, longitude, height, {"electron_density": np.full(len(time), 1e11)}, names=NAMES,
        collection_id=collection_id, platform="cses_01", half_orbit_id=f"{number:06d}",
    )  # fmt: skip
    content = f"{collection_id} {number}".encode()
    receipt = publish.publish(
        archive, ME, [Arrival(f"{number}.h5", content, sha256(content), "made", Reading(observations=(made,)))]
    )
    assert receipt.published


@pytest.fixture(scope="module")
def held(tmp_path_factory, satellite):
    """An archive with two days before the epoch, by two instruments, and the half-orbits."""
    archive = Archive.open(Settings(archive=tmp_path_factory.mktemp("orbits"), catalogue="", objects=""))
    flights = half_orbits(satellite[1], satellite[0] - 2 * DAY, satellite[0])
    for number, time, places in flights:
        for collection_id in (LAP, HPM):
            hand_in(archive, collection_id, number, time, places)
    set_terms(archive, ME, Subject("collection", LAP, ""), Terms("", "open"))
    return archive, flights


def test_satellites_are_listed_with_what_is_held(held):
    archive, flights = held
    (one,) = satellites.satellites(ME, archive)
    assert (one.platform, one.collections, one.granules) == ("cses_01", (HPM, LAP), 2 * len(flights))
    assert (one.first, one.last) == (flights[0][1][0], flights[-1][1][-1])
    (seen,) = satellites.satellites(GUESTS, archive)
    assert seen.collections == (LAP,)


def test_half_orbits_put_instruments_together(held):
    archive, flights = held
    window = Window(flights[3][1][0], flights[5][1][-1])
    found = satellites.half_orbits(ME, archive, "cses_01", window)
    assert [one.period for one in found] == ["000003", "000004", "000005"]
    assert [len(one.granules) for one in found] == [2, 2, 2]
    assert [one.rising for one in found] == [bool(flight[2][0][-1] > 0) for flight in flights[3:6]]
    np.testing.assert_allclose(found[0].flight.latitude[[0, -1]], flights[3][2][0][[0, -1]], atol=1e-6)
    assert [len(one.granules) for one in satellites.half_orbits(GUESTS, archive, "CSES_01", window)] == [1, 1, 1]


def test_half_orbits_near_a_place_come_near_it(held):
    archive, flights = held
    window = Window(flights[0][1][0], flights[-1][1][-1])
    near = {f"{number:06d}" for number, _, (latitude, longitude, _) in flights
            if distance_km(latitude, longitude, DHAKA.latitude, DHAKA.longitude).min() <= DHAKA.radius_km}  # fmt: skip
    assert {one.period for one in satellites.half_orbits(ME, archive, "cses_01", window, DHAKA)} == near
    assert 0 < len(near) < len(flights)


@pytest.mark.parametrize("days", [0.1, 1, 5, 7])
def test_a_prediction_is_where_the_published_elements_lead(held, satellite, days):
    archive, flights = held
    start = flights[-1][1][-1] + SECOND + np.timedelta64(int(days * 86_400), "s")
    found = satellites.prediction(ME, archive, "cses_01", Window(start, start + 21_600 * SECOND), 60)
    assert found.track is not None
    assert found.orbit is not None
    latitude, longitude, height = flown(satellite[1], found.track.time)
    apart = distance_km(found.track.latitude, found.track.longitude, latitude, longitude)
    assert (apart <= np.hypot(found.track.along_km, found.track.across_km)).all()
    assert np.abs(found.track.height_km - height).max() < 2.0
    assert found.orbit.inclination_deg == pytest.approx(97.36, abs=0.02)
    assert (found.known_until - flights[-1][1][-1]) / SECOND == pytest.approx(0, abs=1)


def test_overpasses_are_when_it_is_there(held, satellite):
    archive, flights = held
    start = flights[-1][1][-1] + SECOND
    window = Window(start, start + 3 * DAY)
    found = satellites.prediction(ME, archive, "cses_01", window, 600, DHAKA)
    time = np.arange(window.start, window.stop, SECOND)
    latitude, longitude, _ = flown(satellite[1], time)
    apart = distance_km(latitude, longitude, DHAKA.latitude, DHAKA.longitude)
    inside = np.flatnonzero(apart <= DHAKA.radius_km)
    parts = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1)
    assert len(found.overpasses) == len(parts) > 3
    for told, part in zip(found.overpasses, parts, strict=True):
        best = part[np.argmin(apart[part])]
        assert abs(told.closest - time[best]) / SECOND <= told.within_s + 1
        assert told.distance_km == pytest.approx(apart[best], abs=told.within_km + 5)
        assert told.rising == bool(latitude[best + 1] > latitude[best])


def test_what_is_too_old_or_too_little_is_not_foretold(held):
    archive, flights = held
    last = flights[-1][1][-1]
    late = satellites.prediction(ME, archive, "cses_01", Window(last + 9 * DAY, last + 10 * DAY), 60)
    assert late.track is None
    assert "more than 8 days after" in late.reason
    later = satellites.prediction(ME, archive, "cses_01", Window(last + 3000 * DAY, last + 3001 * DAY), 60)
    assert later.track is None
    assert "The last half-orbit held is of 2018-07-21" in later.reason
    first = flights[1][1][-1]
    few = satellites.prediction(ME, archive, "cses_01", Window(first + SECOND, first + DAY), 60)
    assert few.track is None
    assert "An orbit needs 12 places over 117 minutes" in few.reason
    none = satellites.prediction(ME, archive, "cses_01", Window(flights[0][1][0] - DAY, flights[0][1][0]), 60)
    assert "No half-orbit is held from before" in none.reason
    part = satellites.prediction(ME, archive, "cses_01", Window(last + 648_000 * SECOND, last + 9 * DAY), 60)
    assert part.track is not None
    assert part.track.time[-1] - last <= 8 * DAY


def test_unknown_satellites_and_endless_questions_are_refused(held, monkeypatch):
    archive, flights = held
    window = Window(flights[0][1][0], flights[-1][1][-1])
    for ask in (lambda: satellites.half_orbits(ME, archive, "swarm_z", window),
                lambda: satellites.prediction(ME, archive, "swarm_z", window, 60)):  # fmt: skip
        with pytest.raises(NotFound, match="swarm_z"):
            ask()
    with pytest.raises(BadParameter, match="are more than 20,000"):
        satellites.prediction(ME, archive, "cses_01", Window(window.start, window.start + 300 * DAY), 10)
    monkeypatch.setattr(satellites, "MOST_HALF_ORBITS", 3)
    with pytest.raises(TooLarge, match="half-orbits; 3 are given at once"):
        satellites.half_orbits(ME, archive, "cses_01", window)
