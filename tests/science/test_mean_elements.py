"""Fitted orbits against precise ephemerides, real half-orbits that were held out, and later real elements."""

import csv
import json
from itertools import pairwise

import numpy as np
import pytest

from soap.core.errors import BadObservation
from soap.core.place import distance_km
from soap.science.earth_rotation import sidereal_angle
from soap.science.ellipsoid import earth_fixed
from soap.science.mean_elements import fit_mean_elements
from soap.testing.data import real
from soap.testing.published_elements import elements, flown, places_of

DAY, HOUR, MINUTE, SECOND = (np.timedelta64(count, "s") for count in (86_400, 3_600, 60, 1))


def errors(orbit, time, latitude, longitude, height_km):
    """How far [km] places lie along the foretold track and across it, and the track."""
    track, ahead = orbit.track(time), orbit.track(time + SECOND)
    told = earth_fixed(track.latitude, track.longitude, track.height_km * 1e3) / 1e3
    forward = earth_fixed(ahead.latitude, ahead.longitude, ahead.height_km * 1e3) / 1e3 - told
    forward /= np.linalg.norm(forward, axis=1)[:, None]
    side = np.cross(told, forward)
    side /= np.linalg.norm(side, axis=1)[:, None]
    apart = earth_fixed(latitude, longitude, height_km * 1e3) / 1e3 - told
    return np.abs((apart * forward).sum(axis=1)), np.abs((apart * side).sum(axis=1)), track


def test_sidereal_angle():
    """Example 3-5 of D. A. Vallado, Fundamentals of Astrodynamics and Applications, 4th edition, 2013."""
    time = np.array(["1992-08-20T12:14:00"], "datetime64[ns]")
    assert np.degrees(sidereal_angle(time))[0] == pytest.approx(152.578787810, abs=1e-7)


@pytest.fixture(scope="module")
def jason():
    """Five days of precise places of Jason-3, every 4 minutes (CNES, ILRS)."""
    rows = [line.split() for line in real("space/5-orbits/precise/jason3_cpf_180613_16401.cne").read_text().splitlines()
            if line.startswith("10 ")]  # fmt: skip
    day = np.array([int(row[2]) for row in rows]) - 40_587
    time = day.astype("datetime64[D]") + (np.array([float(row[3]) for row in rows]) * 1e9).astype("timedelta64[ns]")
    return time, places_of(np.array([[float(one) for one in row[5:8]] for row in rows]))


@pytest.mark.parametrize(("hours", "worst_km"), [(3, 30.0), (6, 20.0), (24, 3.0), (48, 3.0)])
def test_precise_places_of_later_days_lie_within_what_is_stated(jason, hours, worst_km):
    time, places = jason
    seen = time <= time[0] + hours * HOUR
    orbit = fit_mean_elements(time[seen], *places[:, seen])
    along, across, track = errors(orbit, time[~seen], *places[:, ~seen])
    assert along.max() < worst_km
    assert np.mean(along < track.along_km) >= 0.95
    assert np.mean(across < track.across_km) >= 0.75
    assert orbit.inclination_deg == pytest.approx(66.04, abs=0.02)


@pytest.fixture(scope="module")
def half_orbits():
    """Six half-orbits of CSES-01 (magnetometer), a place every 2 minutes: number, time, latitude, longitude, height."""
    held = json.loads(real("space/1-cses/hpm-demo/orbit_points_sanitized.json").read_text())
    starts = np.datetime64(held["segments"][0]["start"].rstrip("Z"), "ns")
    rows = []
    for point in held["points"]:
        hours, minutes, seconds = (int(part) for part in point["time_label"].removeprefix("T+").split(":"))
        place = (point["GEO_LAT"], point["GEO_LON"], point["ALTITUDE"])
        rows.append((int(point["segment_id"][-1]), hours * 3600 + minutes * 60 + seconds, *place))
    table = np.array(rows)
    return table[:, 0].astype(int), starts + table[:, 1].astype("timedelta64[s]"), table[:, 2:].T


@pytest.mark.parametrize("seen", [3, 4, 5])
def test_real_half_orbits_held_out_lie_within_what_is_stated(half_orbits, seen):
    """As the files tell the places, whose latitude is geocentric: see the next test."""
    number, time, places = half_orbits
    orbit = fit_mean_elements(time[number <= seen], *places[:, number <= seen])
    out = number > seen
    along, across, track = errors(orbit, time[out], *places[:, out])
    assert (along < track.along_km).all()
    assert (across < track.across_km).all()
    assert along.max() < 40.0


@pytest.mark.parametrize(("seen", "worst_km"), [(3, 10.0), (5, 4.0)])
def test_these_half_orbits_tell_geocentric_places_above_a_sphere(half_orbits, seen, worst_km):
    """Read so, they lie within half a kilometre of an orbit, and those held out within 10; else 17 km off it."""
    number, time, (latitude, longitude, height) = half_orbits
    phi, lam, radius = np.radians(latitude), np.radians(longitude), (6371.0 + height) * 1e3
    unit = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)
    places = places_of(radius[:, None] * unit)
    assert max(fit_mean_elements(time, *places).residual_km) < 0.5
    assert fit_mean_elements(time, latitude, longitude, height).residual_km[0] > 10.0
    orbit = fit_mean_elements(time[number <= seen], *places[:, number <= seen])
    along, _, track = errors(orbit, time[number > seen], *places[:, number > seen])
    assert along.max() < worst_km
    assert (along < track.along_km).all()


SATELLITES = ("43194_CSES-01", "39452_SWARM-A", "39451_SWARM-B", "41240_JASON-3")


@pytest.mark.parametrize("days", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_elements_of_up_to_eight_days_later_agree_within_what_is_stated(days):
    """Half-orbits by published elements, fitted, and foretold to the next published elements.

    One of the 44 fails: CSES-01 was moved between the two; a manoeuvre is not foretold.
    """
    inside = []
    for name in SATELLITES:
        held = elements(f"tle-derived/{name}.tle")
        for (then, before), (later, after) in pairwise(held):
            if not 12 * HOUR < later - then < 8 * DAY:
                continue
            time = np.arange(then - days * DAY, then, MINUTE)
            places = flown(before, time)
            low = np.abs(places[0]) < 65
            orbit = fit_mean_elements(time[low], *places[:, low])
            asked = later + np.arange(-40, 41, 4) * MINUTE
            along, _, track = errors(orbit, asked, *flown(after, asked))
            inside.append(bool((along < track.along_km).all()))
    assert len(inside) > 30
    assert np.mean(inside) >= 0.95


def test_a_real_half_orbit_ten_days_after_published_elements():
    """From half-orbits by the elements of 21 July 2018, where CSES-01 was on 31 July (files of its EFD)."""
    (epoch, satellite), *_ = [pair for pair in elements("tle-derived/43194_CSES-01.tle")
                              if str(pair[0]).startswith("2018-07-21")]  # fmt: skip
    time = np.arange(epoch - 2 * DAY, epoch, MINUTE)
    orbit = fit_mean_elements(time, *flown(satellite, time))
    lines = real("space/1-cses/cses01_real_excerpts.csv").read_text().splitlines()
    rows = [row for row in csv.reader(lines) if row[0].startswith("CSES_01_EFD_1_L02_A1_027321")]
    when = np.array([row[1] for row in rows], "datetime64[ns]")
    latitude, longitude = (np.array([float(row[column]) for row in rows]) for column in (2, 3))
    track = orbit.track(when)
    apart = distance_km(track.latitude, track.longitude, latitude, longitude)
    assert apart.max() < 20.0  # published elements themselves are 1.9 s off by then, 14 km
    assert (apart < track.along_km).all()


def test_the_orbit_is_that_of_the_mission():
    """97.4 degrees, about 507 km, 76 revolutions in 5 days (X. Shen et al. 2018, doi:10.1007/s11431-018-9242-0)."""
    epoch, satellite = elements("tle-derived/43194_CSES-01.tle")[10]
    time = np.arange(epoch - 2 * DAY, epoch, MINUTE)
    orbit = fit_mean_elements(time, *flown(satellite, time))
    assert orbit.inclination_deg == pytest.approx(97.4, abs=0.1)
    flight = orbit.track(epoch + np.arange(0, 5 * 86_400, 20) * SECOND)
    assert flight.height_km.mean() == pytest.approx(507, abs=12)  # above the ellipsoid, which lies lower at the poles
    assert np.count_nonzero((flight.latitude[:-1] < 0) & (flight.latitude[1:] >= 0)) in (75, 76, 77)
    again = distance_km(flight.latitude[0], flight.longitude[0], flight.latitude[-1], flight.longitude[-1])
    assert again < 200.0  # it comes back after 5 days, as long as its height is kept


def test_too_little_is_no_orbit(jason):
    time, places = jason
    with pytest.raises(BadObservation, match="An orbit needs 12 places over 117 minutes; there are 11 over 40"):
        fit_mean_elements(time[:11], *places[:, :11])
    with pytest.raises(BadObservation, match="there are 26 over 100"):
        fit_mean_elements(time[:26], *places[:, :26])
    gone = np.where(np.arange(len(time)) % 200 < 5, places, np.nan)
    with pytest.raises(BadObservation, match="needs 12 places"):
        fit_mean_elements(time[:400], *gone[:, :400])


def test_two_satellites_under_one_name_are_no_orbit(jason):
    time, places = jason
    mixed = places.copy()
    mixed[1, 30:60] += 120.0
    with pytest.raises(BadObservation, match="several satellites under one name"):
        fit_mean_elements(time[:90], *mixed[:, :90])
