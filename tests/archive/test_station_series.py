"""Series by station, variable and time, without knowing what the collection is called."""

from __future__ import annotations

import numpy as np
import pytest

from soap.archive import Selection, publish, query
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Station, series

HOURS = np.arange("2016-04-01", "2016-04-03", dtype="datetime64[h]")
MINUTES = np.arange("2016-04-02", "2016-04-03", dtype="datetime64[m]")
BOTH = Window("2016-04-01", "2016-04-03")
FIRST = Window("2016-04-01", "2016-04-02")


@pytest.fixture
def held(archive, make, put):
    put(make.series(HOURS, {"b_north": np.arange(48.0), "b_east": np.ones(48)}))
    put(make.series(MINUTES, np.arange(1440.0) + 100, cadence="PT1M"))
    put(make.series(HOURS, np.zeros(48), code="abg", latitude=18.6, longitude=72.9))
    put(make.track(np.linspace(-60, 60, 100), np.full(100, 10.0)))
    return archive


def sensor(make, name):
    """A series of a second instrument of the station."""
    return series(
        HOURS.astype("datetime64[ns]"), {"b_north": np.ones(48)}, names=make.names, collection_id=name, platform="kak",
        cadence="PT1H",
    )  # fmt: skip


def test_the_finest_cadence_that_has_something_in_the_window_is_taken(held, me):
    def name(variables, window):
        return query.collection_of_station(held, me, "KAK", variables, window)

    assert name(["b_north"], BOTH) == "geomagnetism.kak.pt1m"
    assert name(["b_north"], FIRST) == "geomagnetism.kak.pt1h"
    assert name(["b_north", "b_east"], BOTH) == "geomagnetism.kak.pt1h"  # the minutes have no b_east
    assert name(["b_north"], Window("2000-01-01", "2001-01-01")) == "geomagnetism.kak.pt1m"


def test_the_values_are_the_stations(held, me):
    got = query.series_of_station(held, me, "Kak", "b_north", FIRST)
    np.testing.assert_array_equal(got["b_north"], np.arange(24.0))
    assert "b_east" not in got
    with pytest.raises(NotFound, match="it holds 2016-04-02T00:00:00Z to 2016-04-02T23:59:00Z"):
        query.series_of_station(held, me, "kak", "b_north", Window("2000-01-01", "2001-01-01"))


def test_station_and_platform_are_one_in_capitals_or_not(held, me, put):
    put(stations=(Station("KAK", 36.2, 140.2),))
    for word in ("kak", "KAK", "Kak"):
        names = [one.collection_id for one in query.granules(held, me, Selection(station=word))]
        assert names == ["geomagnetism.kak.pt1h", "geomagnetism.kak.pt1m"]
    assert query.series_of_station(held, me, "KAK", "b_north", BOTH).attrs["latitude"] == 36.2
    assert len(query.granules(held, me, Selection(station="CSES_01"))) == 1
    for word in ("ka", "ka%", "k_k", "", "kak "):
        assert query.granules(held, me, Selection(station=word)) == ()


def test_several_as_fine_are_not_chosen_among(held, me, make, put):
    put(sensor(make, "geomagnetism.kak.fluxgate_2.pt1h"))
    with pytest.raises(BadParameter, match=r"fluxgate_2\.pt1h \(PT1H\), geomagnetism\.kak\.pt1h \(PT1H\); name"):
        query.collection_of_station(held, me, "KAK", ["b_north"], FIRST)
    assert query.collection_of_station(held, me, "KAK", ["b_east"], FIRST) == "geomagnetism.kak.pt1h"


def test_observed_comes_before_simulated_however_fine(held, me, make, put):
    put(make.series(MINUTES, np.zeros(1440), code="abg", cadence="PT1M", simulated=True))
    assert query.collection_of_station(held, me, "abg", ["b_north"], BOTH) == "geomagnetism.abg.pt1h"
    put(make.series(MINUTES, np.zeros(1440), code="sim", cadence="PT1M", simulated=True))
    assert query.collection_of_station(held, me, "sim", ["b_north"], BOTH) == "geomagnetism.sim.pt1m"


def test_one_platform_of_a_collection_that_has_several(held, me, make, put):
    for platform, value in (("one", 1.0), ("two", 2.0)):
        put(
            series(
                HOURS.astype("datetime64[ns]"), {"b_north": np.full(48, value)}, names=make.names,
                collection_id="geomagnetism.net.pt1h", platform=platform, cadence="PT1H",
            )
        )  # fmt: skip
    for ask in (query.series, query.whole):
        with pytest.raises(BadParameter, match="2 platforms"):
            ask(held, me, "geomagnetism.net.pt1h", BOTH)
        got = ask(held, me, "geomagnetism.net.pt1h", BOTH, station="TWO")
        assert (got["b_north"].values == 2).all()
    assert (query.series_of_station(held, me, "one", "b_north", BOTH)["b_north"].values == 1).all()
    assert query.decimated(held, me, "geomagnetism.net.pt1h", BOTH, 1, station="two")["b_north_max"].item() == 2


def test_what_one_member_handed_in_and_what_held_then(archive, me, make):
    for provider, value in (("CHN", 1.0), ("PAK", 2.0)):
        publish.publish(
            archive, me, [make.arrival(observations=(make.series(HOURS, np.full(48, value)),))], provider=provider
        )
    before = query.collections(archive, me)[0].version
    publish.publish(archive, me, [make.arrival(observations=(make.series(MINUTES, np.zeros(1440), cadence="PT1M"),))])
    for provider, value in (("CHN", 1.0), ("PAK", 2.0)):
        got = query.series_of_station(archive, me, "kak", "b_north", BOTH, provider=provider)
        assert (got["b_north"].values == value).all()
    assert query.collection_of_station(archive, me, "kak", ["b_north"], BOTH) == "geomagnetism.kak.pt1m"
    assert query.collection_of_station(archive, me, "kak", ["b_north"], BOTH, as_of=before) == "geomagnetism.kak.pt1h"
    with pytest.raises(NotFound, match=r"station 'kak' of TUR here"):
        query.collection_of_station(archive, me, "kak", ["b_north"], BOTH, provider="TUR")


def test_what_is_not_there_is_said(held, me):
    with pytest.raises(NotFound, match="no series of a station 'nil' here"):
        query.series_of_station(held, me, "nil", "b_north", BOTH)
    with pytest.raises(NotFound, match="no series of a station 'cses_01' here"):
        query.series_of_station(held, me, "cses_01", "electron_density", BOTH)
    with pytest.raises(BadParameter, match=r"KAK has no series of b_up; it has b_east, b_north\."):
        query.series_of_station(held, me, "KAK", "b_up", BOTH)
    with pytest.raises(BadParameter, match="Name the variable"):
        query.collection_of_station(held, me, "KAK", [], BOTH)
    with pytest.raises(NotFound, match="no series of a station 'kak' here"):
        query.series_of_station(held, Viewer("guest"), "kak", "b_north", BOTH)
