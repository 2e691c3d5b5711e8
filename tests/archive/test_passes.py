"""Passes: every sample that meets the conditions and no other, against a look at each sample; date line and poles."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soap.archive import Archive, publish
from soap.archive.activity import OUTSIDE, WITHIN, Activity
from soap.archive.cover import Near
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.archive.passes import Conditions, passes
from soap.core.errors import BadParameter, Lost, NotFound
from soap.core.names import Variable
from soap.core.place import Box
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import Viewer, folder_owner
from soap.formats import Reading
from soap.observations import series, track

NAMES = (
    Variable("electron_density", "Ne", "m-3", "electron density", (0.0, 1e14)),
    Variable("kp", "Kp", "1", "planetary three-hour index", (0.0, 9.0)),
)
MINUTE = np.timedelta64(60, "s")
START = np.datetime64("2016-04-13T00:00", "ns")
WHOLE = Window("2016-04-12", "2016-04-15")
ALL = Box(-180, -90, 180, 90)


@dataclass(frozen=True)
class Sample:
    """One sample as the oracle sees it: seconds since `START`, degrees."""

    seconds: int
    latitude: float
    longitude: float


def apart_km(lat1, lon1, lat2, lon2):
    """Spherical law of cosines by unit vectors, one pair at a time; the archive uses the haversine."""
    a, b, c, d = (math.radians(x) for x in (lat1, lon1, lat2, lon2))
    one = (math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a))
    two = (math.cos(c) * math.cos(d), math.cos(c) * math.sin(d), math.sin(c))
    cross = math.dist(one, two)
    return 2 * 6371.0 * math.asin(min(1.0, cross / 2))


def is_in(sample, place):
    if isinstance(place, Near):
        return apart_km(sample.latitude, sample.longitude, place.latitude, place.longitude) <= place.radius_km
    east = (place.east - place.west) % 360 or (360 if place.east != place.west else 0)
    return place.south <= sample.latitude <= place.north and (sample.longitude - place.west) % 360 <= east


def hour_of(sample):
    """Local mean solar time: four minutes a degree."""
    return ((sample.seconds + 240.0 * sample.longitude) / 3600.0) % 24.0


def is_at(sample, hours):
    return hours is None or (hour_of(sample) - hours[0]) % 24 < ((hours[1] - hours[0]) % 24 or 24)


def kp_of(sample, values):
    index = sample.seconds // 10_800
    return values[index] if 0 <= index < len(values) else math.nan


def orbit(inclination, node, phase, count, step=30):
    """A circular polar-ish orbit of 94 minutes, sampled every `step` seconds."""
    seconds = np.arange(count) * step
    along = np.radians(phase + 360 * seconds / 5640)
    tilt = np.radians(inclination)
    latitude = np.degrees(np.arcsin(np.clip(np.sin(tilt) * np.sin(along), -1, 1)))
    longitude = np.degrees(np.arctan2(np.cos(tilt) * np.sin(along), np.cos(along))) + node - 360 * seconds / 86164
    return seconds, latitude, (longitude + 180) % 360 - 180


angles = st.integers(-1800, 1799).map(lambda tenths: tenths / 10)
tracks = st.tuples(st.sampled_from([0, 51, 87, 90, 97]), angles, st.integers(0, 359), st.integers(2, 400))
boxes = st.tuples(angles, st.integers(-90, 80), angles, st.integers(0, 60)).map(
    lambda four: Box(four[0], four[1], four[2], min(90, four[1] + four[3]))
)
circles = st.tuples(st.integers(-90, 90), angles, st.floats(50, 9000)).map(lambda three: Near(*three))
hours = st.none() | st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda two: two[0] != two[1])
kps = st.none() | st.sampled_from([(0.0, 3.0), (5.0, 9.0), (2.0, 2.0)])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An archive of 40 random half-orbits and of Kp that ends before they do; and their samples."""
    archive = Archive.open(Settings(archive=tmp_path_factory.mktemp("passes")))
    me, rng = folder_owner("tester"), np.random.default_rng(403)
    samples = {}
    for number in range(40):
        tilt, node, phase = rng.choice([0, 51, 87, 90, 97]), rng.uniform(-180, 180), rng.uniform(0, 360)
        seconds, latitude, longitude = orbit(tilt, node, phase, int(rng.integers(50, 400)))
        begin = int(rng.integers(0, 86_400))
        name = f"{number:06}"
        samples[name] = [Sample(*one) for one in zip((seconds + begin).tolist(), latitude, longitude, strict=True)]
        time = START + (seconds + begin).astype("timedelta64[s]")
        put(archive, me, track_at(time, latitude, longitude, name))
    kp = [1.0, 3.0, math.nan, 5.0, 7.333, 2.0]
    put(archive, me, kp_series(START + 3 * np.arange(6) * np.timedelta64(1, "h"), kp))
    return archive, me, samples, kp


def put(archive, me, *observations, provider=None):
    content = repr([one.attrs for one in observations]).encode() + observations[0]["time"].values.tobytes()
    file = Arrival("file", content, sha256(content), "test", Reading(observations=observations))
    receipt = publish.publish(archive, me, [file], provider=provider)
    assert receipt.published, receipt.refused


def track_at(time, latitude, longitude, name, collection_id="topside.cses_01.lap_1.l2", values=None, **attrs):
    values = np.linspace(1e10, 2e10, len(time)) if values is None else values
    height_km = np.full(len(time), 507.0)
    return track(
        time, latitude, longitude, height_km, {"electron_density": values}, names=NAMES,
        collection_id=collection_id, platform="cses_01", half_orbit_id=name, **attrs,
    )  # fmt: skip


def kp_series(time, values, code="gfz", **attrs):
    return series(
        time, {"kp": np.asarray(values, float)}, names=NAMES, collection_id=f"space_weather.{code}.pt3h",
        platform=code, cadence="PT3H", place="global", **({"time_stamp": "start"} | attrs),
    )  # fmt: skip


def expected(samples, place, window, hours_asked, kp, values):
    """Spans (half-orbit, first, last sample) and the number of samples without Kp, by a look at each sample."""
    spans, without = [], 0
    for name, one in samples.items():
        run = []
        for sample in [*one, None]:
            holds = sample is not None and is_in(sample, place) and is_at(sample, hours_asked)
            if holds:
                now = START + np.timedelta64(sample.seconds, "s")
                holds = window.start <= now < window.stop
            if holds and kp is not None:
                value = kp_of(sample, values)
                without += math.isnan(value)
                holds = kp[0] - 0.01 <= value <= kp[1] + 0.01
            if holds:
                run.append(sample.seconds)
            elif run:
                spans.append((name, run[0], run[-1], len(run)))
                run = []
    return sorted(spans), without


def found_spans(found):
    out = []
    for one in found.tracks:
        seconds = ((one["time"].values - START) / np.timedelta64(1, "s")).astype(int)
        out.append((one.attrs["half_orbit_id"], int(seconds[0]), int(seconds[-1]), len(seconds)))
    return sorted(out)


def near_an_edge(samples, place):
    """True when a sample lies so close to the circle's edge that two formulae may differ."""
    if not isinstance(place, Near):
        return False
    all_of_them = (sample for one in samples.values() for sample in one)
    return any(
        abs(apart_km(one.latitude, one.longitude, place.latitude, place.longitude) - place.radius_km) < 1e-4
        for one in all_of_them
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=boxes | circles, hours_asked=hours, kp=kps, begin=st.integers(0, 86_400), length=st.integers(60, 90_000))
def test_against_a_look_at_each_sample(made, place, hours_asked, kp, begin, length):
    archive, me, samples, values = made
    start = START + np.timedelta64(begin, "s")
    window = Window(start, start + np.timedelta64(length, "s"))
    if near_an_edge(samples, place):
        return
    wanted, without = expected(samples, place, window, hours_asked, kp, values)
    for as_of in (None, np.datetime64("2261-01-01", "ns")):
        got = passes(archive, me, None, place, window, local_time=hours_asked, kp=kp, kp_collection=None, as_of=as_of)
        assert found_spans(got) == wanted
        assert got.without_kp == without


@pytest.fixture
def archive(tmp_path):
    return Archive.open(Settings(archive=tmp_path / "archive"))


@pytest.fixture
def me():
    return folder_owner("tester")


def straight(count=100, latitude=None, longitude=10.0, name="031190", start=START, **more):
    """A track northwards from the equator, a sample each second, 0.1 degree apart."""
    latitude = np.arange(count) * 0.1 if latitude is None else np.asarray(latitude, float)
    time = start + np.arange(len(latitude)) * np.timedelta64(1, "s")
    return track_at(time, latitude, np.full(len(latitude), longitude), name, **more)


def test_values_and_flags_of_a_pass_are_those_of_its_samples(archive, me):
    values = np.linspace(1e10, 2e10, 100)
    values[52], values[53] = np.nan, 9e15
    put(archive, me, straight(values=values))
    (one,) = passes(archive, me, "topside.cses_01.lap_1.l2", Box(0, 5, 20, 5.9), WHOLE).tracks
    np.testing.assert_array_equal(one["electron_density"].values, values[50:60])
    assert one["electron_density_quality"].values.tolist() == [0, 0, 1, 2, 0, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(one["latitude"].values, np.arange(50, 60) * 0.1)
    assert one.attrs["shape"] == "track"


def test_a_silence_and_an_excursion_end_a_pass(archive, me):
    there = straight(latitude=[0, 1, 2, 1, 0])
    put(archive, me, there.assign_coords(time=START + np.array([0, 60, 120, 181, 241]).astype("timedelta64[s]")))
    found = passes(archive, me, None, Box(0, -1, 20, 1.5), WHOLE)
    assert found_spans(found) == [("031190", 0, 60, 2), ("031190", 181, 241, 2)]
    found = passes(archive, me, None, ALL, WHOLE)
    assert found_spans(found) == [("031190", 0, 120, 3), ("031190", 181, 241, 2)]


def test_variables_and_collections(archive, me):
    put(archive, me, straight())
    put(archive, me, straight(name="031191", collection_id="topside.cses_01.lap_2.l2"))
    assert len(passes(archive, me, None, ALL, WHOLE).tracks) == 2
    assert len(passes(archive, me, "topside.cses_01.lap_2.l2", ALL, WHOLE, ["electron_density"]).tracks) == 1
    with pytest.raises(BadParameter, match="no variable b_up; it has electron_density"):
        passes(archive, me, "topside.cses_01.lap_2.l2", ALL, WHOLE, ["b_up"])
    with pytest.raises(BadParameter, match="No track here has b_up"):
        passes(archive, me, None, ALL, WHOLE, ["b_up"])
    with pytest.raises(NotFound, match=r"nope\.a\.b"):
        passes(archive, me, "nope.a.b", ALL, WHOLE)


def test_who_may_not_see_a_track_finds_none_and_no_name(archive, me):
    put(archive, me, straight())
    guest = Viewer("guest")
    assert passes(archive, guest, None, ALL, WHOLE).tracks == ()
    with pytest.raises(NotFound) as hidden:
        passes(archive, guest, "topside.cses_01.lap_1.l2", ALL, WHOLE)
    with pytest.raises(NotFound) as absent:
        passes(archive, guest, "topside.cses_01.lap_9.l2", ALL, WHOLE)
    assert str(hidden.value) == str(absent.value).replace("lap_9", "lap_1")
    with pytest.raises(BadParameter) as unknown:
        passes(archive, guest, None, ALL, WHOLE, ["electron_density"])
    assert str(unknown.value).endswith("there are none.")


def test_which_kp_counts_is_never_guessed(archive, me):
    put(archive, me, straight())
    with pytest.raises(NotFound, match="No collection here holds Kp"):
        passes(archive, me, None, ALL, WHOLE, kp=(0, 3))
    put(archive, me, kp_series([START], [2.0]), kp_series([START], [7.0], code="celestrak"))
    with pytest.raises(BadParameter, match=r"space_weather\.celestrak\.pt3h, space_weather\.gfz\.pt3h; name"):
        passes(archive, me, None, ALL, WHOLE, kp=(0, 3))
    named = {code: f"space_weather.{code}.pt3h" for code in ("gfz", "celestrak")}
    assert len(passes(archive, me, None, ALL, WHOLE, kp=(0, 3), kp_collection=named["gfz"]).tracks) == 1
    assert passes(archive, me, None, ALL, WHOLE, kp=(0, 3), kp_collection=named["celestrak"]).tracks == ()
    with pytest.raises(NotFound):
        passes(archive, me, None, ALL, WHOLE, kp=(0, 3), kp_collection="space_weather.noaa.pt3h")


def test_where_no_kp_is_held_the_samples_are_counted_not_kept(archive, me):
    put(archive, me, straight(start=START + 179 * MINUTE + np.timedelta64(30, "s")))
    put(archive, me, kp_series([START], [2.0]))
    found = passes(archive, me, None, ALL, WHOLE, kp=(0, 9))
    assert (found_spans(found), found.without_kp) == ([("031190", 10_770, 10_799, 30)], 70)
    late = Window("2016-04-13T03", "2016-04-15")
    assert passes(archive, me, None, ALL, late, kp=(0, 9)).without_kp == 70


@pytest.mark.parametrize(("stamp", "minutes"), [("start", 0), ("centre", 90), ("end", 180)])
def test_a_kp_stands_for_its_interval_wherever_it_is_stamped(archive, me, stamp, minutes):
    put(archive, me, straight())
    times = START + np.array([-180, 0]) * MINUTE + minutes * MINUTE
    put(archive, me, kp_series(times, [8.0, 2.0], time_stamp=stamp))
    assert len(passes(archive, me, None, ALL, WHOLE, kp=(2, 2)).tracks) == 1


def test_conditions_that_are_none_are_refused(archive, me):
    for hours_asked in ((3, 3), (-1, 4), (0, 25), (24, 0), (math.nan, 3)):
        with pytest.raises(BadParameter, match="local times"):
            passes(archive, me, None, ALL, WHOLE, local_time=hours_asked)
    for kp in ((3, 2), (-1, 3), (0, 10), (math.nan, 3)):
        with pytest.raises(BadParameter, match="no range"):
            passes(archive, me, None, ALL, WHOLE, kp=kp)
    put(archive, me, kp_series([START], [2.0]))
    with pytest.raises(BadParameter, match="shape series"):
        passes(archive, me, "space_weather.gfz.pt3h", ALL, WHOLE)


def test_tracks_beyond_the_night_are_not_even_read(archive, me):
    put(archive, me, straight())  # at 00 UTC and 10 degree east: 00:40 local time
    for key in list(archive.objects.keys("objects")):
        archive.objects.delete(key)
    assert passes(archive, me, None, ALL, WHOLE, local_time=(3, 24)).tracks == ()
    with pytest.raises(Lost, match="missing"):
        passes(archive, me, None, ALL, WHOLE, local_time=(0, 3))


kp_values = st.lists(st.sampled_from([1.0, 5.0, math.nan]), min_size=1, max_size=6)


@given(
    cell=st.integers(0, 647), begin=st.integers(-20_000, 90_000), length=st.integers(0, 9000),
    wait=st.integers(-40, 40), hours_long=st.integers(1, 20), kp=kp_values | st.none(),
)  # fmt: skip
def test_no_segment_with_a_sample_that_matches_is_passed_over(cell, begin, length, wait, hours_long, kp):
    """Samples at all times and longitudes of a segment; hours that begin near its own; Kp of 0 to 3 asked for."""
    activity, hours_asked = None, None
    if hours_long < 19:
        from_hour = (hour_of(Sample(begin, 0.0, cell % 36 * 10 - 180)) + wait / 10) % 24
        hours_asked = (from_hour, (from_hour + hours_long) % 24)
    if kp is not None:
        held = [index for index, value in enumerate(kp) if not math.isnan(value)]
        state = [WITHIN if kp[index] <= 3 else OUTSIDE for index in held]
        activity = Activity(START + 180 * MINUTE * np.array(held, int), np.array(state, np.int8))
    first, last = (np.array([START]) + np.timedelta64(s, "s") for s in (begin, begin + length))
    possible = bool(Conditions(ALL, WHOLE, hours_asked, activity).may_hold(np.array([cell]), first, last)[0])
    for share, degrees in itertools.product((0, 0.3, 0.7, 1), (0, 5, 9.99)):
        sample = Sample(begin + int(share * length), 0.0, cell % 36 * 10 - 180 + degrees)
        value = 1.0 if kp is None else kp_of(sample, kp)
        if is_at(sample, hours_asked) and not value > 3:  # an unknown Kp must be counted, so it must be read
            assert possible


@pytest.mark.parametrize(
    ("starts", "first", "last", "possible"),
    [
        ([0, 3], 2, 5, False),
        ([0, 6], 2, 7, True),  # from 3 to 6 h no Kp is held: what is unknown is counted, and so must be read
        ([0, 3], 2, 6, True),
        ([3, 6], 2, 5, True),
        ([], 2, 5, True),
    ],
)
def test_a_gap_in_kp_is_never_passed_over(starts, first, last, possible):
    hour = np.timedelta64(1, "h")
    activity = Activity(START + np.array(starts, int) * hour, np.full(len(starts), OUTSIDE, np.int8))
    assert activity.may_hold(np.array([START + first * hour]), np.array([START + last * hour])).tolist() == [possible]


def test_samples_in_a_gap_of_kp_are_counted(archive, me):
    hours = START + np.arange(2, 8) * 60 * MINUTE  # in one cell, a sample an hour
    put(archive, me, straight(latitude=np.zeros(6)).assign_coords(time=hours))
    put(archive, me, kp_series(START + np.array([0, 360]) * MINUTE, [8.0, 8.0]))
    assert passes(archive, me, None, ALL, WHOLE, kp=(0, 3)).without_kp == 3


def test_what_several_members_handed_in_is_united_and_had_apart(archive, me):
    there = straight(10)
    put(archive, me, there.isel(time=slice(0, 6)), provider="CHN")
    put(archive, me, straight(10, values=np.full(10, 5e10)).isel(time=slice(4, 10)), provider="PAK")
    name = "topside.cses_01.lap_1.l2"
    (both,) = passes(archive, me, name, ALL, WHOLE).tracks
    wanted = np.concatenate([there["electron_density"].values[:4], np.full(6, 5e10)])  # PAK's were recorded later
    np.testing.assert_array_equal(both["electron_density"].values, wanted)
    for provider, count in (("CHN", 6), ("PAK", 6)):
        (one,) = passes(archive, me, name, ALL, WHOLE, provider=provider).tracks
        assert one.sizes["time"] == count
    (seen,) = passes(archive, Viewer("li", "CHN", frozenset({"user"})), name, ALL, WHOLE).tracks
    np.testing.assert_array_equal(seen["electron_density"].values, there["electron_density"].values[:6])
    with pytest.raises(NotFound, match="of TUR"):
        passes(archive, me, name, ALL, WHOLE, provider="TUR")
    with pytest.raises(NotFound, match="of PAK"):
        passes(archive, Viewer("li", "CHN", frozenset({"user"})), name, ALL, WHOLE, provider="PAK")


def test_a_window_of_one_sample_and_a_circle_round_the_earth(archive, me):
    put(archive, me, straight())
    one = Window(START + np.timedelta64(7, "s"), START + np.timedelta64(7_000_000_001, "ns"))
    assert found_spans(passes(archive, me, None, Near(0, 0, 1e9), one)) == [("031190", 7, 7, 1)]
    assert found_spans(passes(archive, me, None, Near(90, 0, 1e9), WHOLE)) == [("031190", 0, 99, 100)]
    for radius_km in (0, -1, math.nan, math.inf):
        with pytest.raises(BadParameter, match="radius"):
            Near(0, 0, radius_km)


def test_a_variable_that_is_all_missing_makes_a_pass_of_nan(archive, me):
    put(archive, me, straight(5, values=np.full(5, np.nan)))
    (one,) = passes(archive, me, None, ALL, WHOLE).tracks
    assert np.isnan(one["electron_density"].values).all()
    assert one["electron_density_quality"].values.tolist() == [1] * 5
