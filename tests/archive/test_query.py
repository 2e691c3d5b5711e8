"""Questions by place and time: date line, poles, tracks, maps, scattered earthquakes; and what nobody holds."""

from __future__ import annotations

import numpy as np
import pytest

from soap.archive import Selection, query
from soap.core.errors import BadParameter, NotFound
from soap.core.place import Box
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake

HOURS = np.arange("2016-04-01", "2016-05-01", dtype="datetime64[h]")


def ids(archive, me, **selection):
    return [one.granule_id for one in query.granules(archive, me, Selection(**selection))]


def at(make, code, latitude, longitude, times=HOURS):
    return make.series(times, np.zeros(len(times)), code=code, latitude=latitude, longitude=longitude)


def test_points_near_a_place(archive, me, make, put):
    put(at(make, "pole", 89.95, 10.0), at(make, "fiji", -17.0, 179.9), at(make, "kak", 36.2, 140.2))
    assert ids(archive, me, near=(89.95, -170.0, 20.0)) == ["geomagnetism.pole.pt1h:pole:2016"]
    assert ids(archive, me, near=(-17.0, -179.9, 50.0)) == ["geomagnetism.fiji.pt1h:fiji:2016"]
    assert ids(archive, me, near=(-17.0, -179.9, 20.0)) == []  # 21.3 km away
    assert ids(archive, me, box=Box(175, -20, -175, -10)) == ["geomagnetism.fiji.pt1h:fiji:2016"]
    assert len(ids(archive, me, near=(0.0, 0.0, 20_100.0))) == 3


def test_time_is_half_open(archive, me, make, put):
    put(at(make, "kak", 36.2, 140.2, HOURS[:24]))
    assert ids(archive, me, window=Window("2016-03-01", "2016-04-01")) == []
    assert len(ids(archive, me, window=Window("2016-03-01", "2016-04-01T00:00:00.000000001"))) == 1
    assert len(ids(archive, me, window=Window("2016-04-01T23", "2016-05-01"))) == 1
    assert ids(archive, me, window=Window("2016-04-01T23:00:00.000000001", "2016-05-01")) == []


def test_by_variable_collection_and_shape(archive, me, make, put):
    put(at(make, "kak", 36.2, 140.2), make.track([0.0, 1.0], [10.0, 10.0]))
    assert ids(archive, me, variable="b_north") == ["geomagnetism.kak.pt1h:kak:2016"]
    assert ids(archive, me, variable="b_nort_") == []  # no wildcard
    assert ids(archive, me, shape="track") == ["topside.cses_01.lap_1.l2:cses_01:031190"]
    assert ids(archive, me, collection_id="geomagnetism.kak.pt1h") == ["geomagnetism.kak.pt1h:kak:2016"]


def test_a_track_is_near_only_where_and_when_it_passes(archive, me, make, put):
    latitude = np.linspace(-65, 65, 2200)
    put(make.track(latitude, (175 + np.linspace(0, 10, 2200) + 180) % 360 - 180, start="2016-04-13T13:00"))
    across = (0.0, 180.0, 200.0)
    assert len(ids(archive, me, near=across)) == 1
    assert ids(archive, me, near=(0.0, 170.0, 200.0)) == []
    when = np.datetime64("2016-04-13T13:00", "ns") + np.timedelta64(1100, "s")
    minute = np.timedelta64(60, "s")
    assert len(ids(archive, me, near=across, window=Window(when - minute, when + minute))) == 1
    assert ids(archive, me, near=across, window=Window("2016-04-13T13:00", "2016-04-13T13:05")) == []
    (record,) = query.granules(archive, me, Selection())
    assert record.box.west == pytest.approx(175)
    assert record.box.east == pytest.approx(-175)


def test_maps_cover_their_grid(archive, me, make, put):
    put(make.field(["2016-04-13T00"], np.linspace(-87.5, 87.5, 71), np.linspace(-180, 175, 72)))
    for place in ((0.0, 178.0, 10.0), (10.0, 20.0, 1.0), (89.9, 0.0, 300.0)):
        assert len(ids(archive, me, near=place)) == 1
    assert ids(archive, me, near=(89.9, 0.0, 100.0)) == []


def test_a_global_index_is_in_no_place(archive, me, make, put):
    put(make.series(HOURS, np.zeros(len(HOURS)), code="kp", place="global"))
    assert len(ids(archive, me)) == 1
    assert ids(archive, me, box=Box(-180, -90, 180, 90)) == []
    assert query.unplaced(archive, me) == ()


def quake(event_id, latitude, longitude, time="2016-04-13T13:55", magnitude=6.0):
    return Earthquake(event_id, np.datetime64(time), latitude, longitude, 10.0, magnitude)


def test_earthquakes_by_place_time_and_size(archive, me, put):
    put(
        events=(
            quake("myanmar", 23.1, 94.9, magnitude=6.9),
            quake("fiji", -18, -179.5),
            quake("old", 23.1, 94.9, "2016-01-01"),
            quake("pole", 90.0, 0.0, magnitude=float("nan")),
        ),
        events_collection_id="seismology.comcat.events",
    )

    def found(**asked):
        return [one.event_id for one in query.events(archive, me, **asked)]

    assert found(near=(23.0, 95.0, 100.0)) == ["old", "myanmar"]
    assert found(near=(23.0, 95.0, 100.0), window=Window("2016-04-01", "2016-05-01")) == ["myanmar"]
    assert found(box=Box(179, -20, -179, -15)) == ["fiji"]
    assert found(min_magnitude=6.5) == ["myanmar"]
    assert found(near=(89.0, 120.0, 120.0)) == ["pole"]
    assert found(collection_id="seismology.other.events") == []
    assert len(ids(archive, me, near=(23.0, 95.0, 100.0), window=Window("2016-04-01", "2016-05-01"))) == 1
    assert ids(archive, me, near=(23.0, 95.0, 100.0), window=Window("2016-06-01", "2016-07-01")) == []


def test_series_across_years_with_variables_that_change(archive, me, make, put):
    put(make.series(np.arange("2015-12-31", "2016-01-01", dtype="datetime64[h]"), {"b_north": np.arange(24)}))
    put(make.series(np.arange("2016-01-01", "2016-01-02", dtype="datetime64[h]"), {"b_east": np.arange(24)}))
    window = Window("2015-12-31T20", "2016-01-01T04")
    both = query.series(archive, me, "geomagnetism.kak.pt1h", window)
    np.testing.assert_array_equal(both["b_north"], [20, 21, 22, 23, *[np.nan] * 4])
    np.testing.assert_array_equal(both["b_east_quality"], [1, 1, 1, 1, 0, 0, 0, 0])
    assert (np.diff(both["time"].values) == np.timedelta64(1, "h")).all()
    only = query.series(archive, me, "geomagnetism.kak.pt1h", window, ["b_east"])
    assert only["b_east"].values.tolist() == [0, 1, 2, 3]
    with pytest.raises(BadParameter, match="b_east, b_north"):
        query.series(archive, me, "geomagnetism.kak.pt1h", window, ["b_down"])


def test_what_nobody_holds_is_said(archive, me, make, put):
    put(make.series(HOURS, np.zeros(len(HOURS))))
    window = Window("2016-04-01", "2016-05-01")
    with pytest.raises(NotFound, match=r"nope\.a\.b"):
        query.series(archive, me, "nope.a.b", window)
    with pytest.raises(NotFound, match="2016-04-01T00:00:00Z to 2016-04-30T23:00:00Z"):
        query.series(archive, me, "geomagnetism.kak.pt1h", Window("2010-01-01", "2011-01-01"))
    with pytest.raises(NotFound):
        query.series(archive, Viewer("guest"), "geomagnetism.kak.pt1h", window)
    with pytest.raises(BadParameter, match="shape series"):
        query.tracks(archive, me, "geomagnetism.kak.pt1h", window)
    with pytest.raises(NotFound, match="us999"):
        query.event(archive, me, "us999")


def test_tracks_and_fields_are_cut_to_the_window(archive, me, make, put):
    put(make.track(np.linspace(-60, 60, 100), np.full(100, 10.0), start="2016-04-13T00:00"))
    put(make.field(["2016-04-13T00", "2016-04-13T02"], [0.0], [0.0]))
    (part,) = query.tracks(
        archive, me, "topside.cses_01.lap_1.l2", Window("2016-04-13T00:00:10", "2016-04-13T00:00:20")
    )
    assert part.sizes["time"] == 10
    (maps,) = query.fields(archive, me, "ionosphere.codg.gim", Window("2016-04-13T01", "2016-04-13T03"))
    assert maps["time"].values.tolist() == [np.datetime64("2016-04-13T02", "ns").astype(int)]


def test_tracks_as_a_whole_keep_their_half_orbits_apart(archive, me, make, put):
    put(
        make.track([0.0, 1.0], [10.0, 10.0]),
        make.track([1.0, 0.0], [30.0, 30.0], start="2016-04-13T01:00", half_orbit_id="031191"),
    )
    whole = query.whole(archive, me, "topside.cses_01.lap_1.l2", Window("2016-04-13", "2016-04-14"))
    assert whole["half_orbit_id"].values.tolist() == ["031190", "031190", "031191", "031191"]


def test_collections_tell_what_they_hold(archive, me, make, put):
    put(make.series(HOURS, {"b_north": np.zeros(len(HOURS)), "b_east": np.zeros(len(HOURS))}))
    put(make.series(HOURS, np.zeros(len(HOURS)), code="xaa", simulated=1))
    real, made_up = query.collections(archive, me)
    assert (real.collection_id, real.variables, real.count) == (
        "geomagnetism.kak.pt1h",
        ("b_east", "b_north"),
        len(HOURS),
    )
    assert (real.first, real.last) == (np.datetime64("2016-04-01"), np.datetime64("2016-04-30T23"))
    assert made_up.simulated
    assert query.collections(archive, me, simulated=False) == (real,)
    assert query.collections(archive, me, domain="ionosphere") == ()


def test_the_quality_summary_counts(archive, me, make, put):
    put(make.series(HOURS[:5], [1.0, np.nan, 90_000.0, 2.0, 3.0]))
    (record,) = query.granules(archive, me, Selection())
    assert record.quality == {"b_north": {"values": 5, "missing": 1, "out_of_range": 1}}


def test_contradictory_places_are_refused():
    with pytest.raises(BadParameter, match="not as both"):
        Selection(near=(0, 0, 1), box=Box(0, 0, 1, 1))
    for radius in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(BadParameter, match="radius"):
            Selection(near=(0, 0, radius))


def test_a_place_can_be_asked_of_the_past(archive, me, make, put):
    put(at(make, "kak", 36.2, 140.2, HOURS[:5]))
    (first,) = query.granules(archive, me, Selection())
    put(at(make, "kak", 36.2, 140.2, HOURS[5:9]))
    window = Window("2016-04-01", "2016-04-02")
    near = (36.0, 140.0, 100.0)
    (now,) = query.granules(archive, me, Selection(near=near, window=window))
    (then,) = query.granules(archive, me, Selection(near=near, window=window, as_of=first.recorded_from))
    assert (now.version, now.count, then.version, then.count) == (2, 9, 1, 5)
    assert ids(archive, me, near=(0.0, 0.0, 10.0), as_of=first.recorded_from) == []
