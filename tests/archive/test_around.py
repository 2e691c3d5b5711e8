"""Everything around a place: counts first, then the observations, against what was put in."""

from __future__ import annotations

import numpy as np
import pytest

from soap.archive import Selection, publish, query
from soap.archive.around import around, cut_map
from soap.archive.cover import Near
from soap.core.errors import BadParameter, Lost, NotFound
from soap.core.place import Box, distance_km
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake

HOUR = np.timedelta64(1, "h")
APRIL = np.arange("2016-04-01", "2016-05-01", dtype="datetime64[h]")
WEEK = Window("2016-04-10", "2016-04-17")
MYANMAR = Near(23.1, 94.9, 900.0)


def quake(event_id, latitude, time, magnitude=5.0):
    return Earthquake(event_id, np.datetime64(time), latitude, 95.0, 10.0, magnitude)


@pytest.fixture
def held(archive, make, put):
    put(make.series(APRIL, np.arange(720.0), code="near", latitude=23.0, longitude=95.0))
    put(make.series(APRIL, np.zeros(720), code="far", latitude=50.0, longitude=95.0))
    put(make.series(APRIL[:24], np.zeros(24), code="early", latitude=23.0, longitude=95.0))
    put(make.series(APRIL[220:240], np.zeros(20), code="whole", latitude=23.0, longitude=95.0))
    put(make.series(APRIL, np.ones(720), code="kp", place="global"))
    put(make.track(np.linspace(0, 40, 2000), np.full(2000, 95.0), start="2016-04-13T18:00"))
    put(make.track(np.linspace(0, 40, 2000), np.full(2000, 150.0), start="2016-04-13T19:00", half_orbit_id="031191"))
    days = np.arange("2016-04-13", "2016-04-14", np.timedelta64(2, "h"), dtype="datetime64[h]")
    put(make.field(days, np.arange(-87.5, 90, 2.5), np.arange(-180, 180, 5.0)))
    main, after = quake("us1", 23.1, "2016-04-13T13:55", 6.9), quake("us2", 23.2, "2016-04-14")
    put(events=(main, after, quake("us3", 60.0, "2016-04-14")), events_collection_id="seismology.comcat.events")
    put(events=(main, quake("us4", 23.0, "2016-05-14")), events_collection_id="seismology.isc.events")
    return archive


def test_counts_come_first_and_say_which_are_exact(held, me):
    found = around(held, me, MYANMAR, WEEK)
    assert [(one.collection_id, one.granules, one.count, one.exact) for one in found.counts] == [
        ("seismology.comcat.events", 1, 2, True),
        ("seismology.isc.events", 1, 1, True),
        ("geomagnetism.near.pt1h", 1, 168, True),  # of 720, by its times
        ("geomagnetism.whole.pt1h", 1, 20, True),
        ("topside.cses_01.lap_1.l2", 1, 2000, False),
        ("ionosphere.codg.gim", 1, 12, True),
    ]
    near = found.counts[2]
    assert (near.first, near.last) == (WEEK.start, WEEK.stop)
    for one in found.counts:
        its = query.granules(held, me, Selection(one.collection_id))
        its = [record for record in its if record.granule_id in {each.granule_id for each in found.granules}]
        assert one.bytes == sum(len(held.objects.get(record.object_key)) for record in its)


def test_an_earthquake_of_two_catalogues_is_listed_once(held, me):
    found = around(held, me, MYANMAR, WEEK)
    assert [(one.earthquake.event_id, one.catalogues) for one in found.earthquakes] == [
        ("us1", ("seismology.comcat.events", "seismology.isc.events")),
        ("us2", ("seismology.comcat.events",)),
    ]


def test_the_observations_are_cut_to_place_and_window(held, me):
    found = {one.collection_id: one.dataset for one in around(held, me, MYANMAR, WEEK).stream()}
    assert list(found) == [
        "geomagnetism.near.pt1h",
        "geomagnetism.whole.pt1h",
        "topside.cses_01.lap_1.l2",
        "ionosphere.codg.gim",
    ]
    np.testing.assert_array_equal(found["geomagnetism.near.pt1h"]["b_north"], np.arange(216.0, 384.0))
    track = found["topside.cses_01.lap_1.l2"]
    latitude = np.linspace(0, 40, 2000)
    inside = latitude[distance_km(23.1, 94.9, latitude, 95.0) <= 900.0]
    np.testing.assert_array_equal(track["latitude"], inside)
    maps = found["ionosphere.codg.gim"]
    assert (maps["latitude"].values.min(), maps["latitude"].values.max()) == (17.5, 30.0)
    assert maps["longitude"].values.tolist() == [90.0, 95.0, 100.0]
    assert maps.sizes["time"] == 12


def test_what_is_counted_is_what_comes(held, me):
    for window in (WEEK, Window("2016-03-01", "2016-06-01"), Window("2016-04-13T18:10", "2016-04-13T18:20")):
        found = around(held, me, Box(80, 10, 110, 35), window)
        came: dict[str, int] = {}
        for one in found.stream():
            came[one.collection_id] = came.get(one.collection_id, 0) + one.dataset.sizes["time"]
        for count in found.counts:
            if count.shape != "events":
                got = came.pop(count.collection_id, 0)
                assert got == count.count if count.exact else got <= count.count
        assert not came


def test_indices_come_along_when_asked_for(held, me):
    found = around(held, me, MYANMAR, WEEK, context=["geomagnetism.kp.pt1h"])
    (index,) = [one for one in found.counts if one.context]
    assert index.collection_id == "geomagnetism.kp.pt1h"
    (only,) = found.stream("geomagnetism.kp.pt1h")
    assert only.dataset.sizes["time"] == 168
    with pytest.raises(NotFound):
        around(held, me, MYANMAR, WEEK, context=["space_weather.none.pt3h"])
    with pytest.raises(BadParameter, match="not series"):
        around(held, me, MYANMAR, WEEK, context=["ionosphere.codg.gim"])


def test_variables_narrow_the_observations(held, me):
    found = around(held, me, MYANMAR, WEEK, variables=["vtec"])
    assert [one.shape for one in found.counts] == ["events", "events", "field"]
    assert [one.collection_id for one in found.stream()] == ["ionosphere.codg.gim"]


def test_the_stream_reads_as_it_goes(held, me):
    found = around(held, me, MYANMAR, WEEK)
    stream = found.stream()
    assert next(stream).collection_id == "geomagnetism.near.pt1h"
    for record in found.granules:
        if record.shape == "field":
            held.objects.delete(record.object_key)
    next(stream)
    next(stream)
    with pytest.raises(Lost, match="missing"):
        next(stream)


def test_a_guest_is_told_of_nothing(held):
    found = around(held, Viewer("guest"), MYANMAR, WEEK)
    assert (found.counts, found.earthquakes, found.granules, list(found.stream())) == ((), (), (), [])


def test_as_of_counts_and_gives_what_was_held(held, me, make, put):
    before = around(held, me, MYANMAR, WEEK)
    then = max(one.version for one in before.counts)
    put(make.series(APRIL[220:250], np.ones(30), code="whole", latitude=23.0, longitude=95.0))
    assert around(held, me, MYANMAR, WEEK).counts[3].count == 30
    again = around(held, me, MYANMAR, WEEK, as_of=then)
    assert [one.count for one in again.counts] == [one.count for one in before.counts]
    (one,) = again.stream("geomagnetism.whole.pt1h")
    assert one.dataset["b_north"].values.tolist() == [0.0] * 20


def test_a_map_is_cut_over_the_date_line_and_to_its_nearest_point(make):
    maps = make.field(["2016-04-13T00"], np.arange(-10, 11, 5.0), np.arange(-180, 180, 60.0))
    assert cut_map(maps, Box(170, -5, -110, 5))["longitude"].values.tolist() == [-180.0, -120.0]
    small = cut_map(maps, Near(2.0, 70.0, 10.0))
    assert (small["latitude"].values.tolist(), small["longitude"].values.tolist()) == ([0.0], [60.0])
    assert cut_map(maps, Box(175, 1, -175, 2))["longitude"].values.tolist() == [-180.0]


def test_where_the_window_cuts_too_much_to_read_the_count_is_a_bound(held, me, monkeypatch):
    monkeypatch.setattr("soap.archive.around._MOST_READ", 0)
    (near,) = [one for one in around(held, me, MYANMAR, WEEK).counts if one.collection_id == "geomagnetism.near.pt1h"]
    assert (near.count, near.exact) == (720, False)


def test_observed_and_simulated_of_one_name_are_counted_and_come_apart(archive, me, make):
    for provider, value, simulated in (("CHN", 1.0, False), ("PER", 2.0, True)):
        one = make.series(APRIL, np.full(720, value), latitude=23.0, longitude=95.0, simulated=simulated)
        publish.publish(archive, me, [make.arrival(observations=(one,))], provider=provider)
    found = around(archive, me, MYANMAR, WEEK)
    assert [(one.simulated, one.count) for one in found.counts] == [(False, 168), (True, 168)]
    values = [[part["b_north"].values for part in found.datasets(one)] for one in found.counts]
    assert [[part.tolist() for part in parts] for parts in values] == [[[1.0] * 168], [[2.0] * 168]]
