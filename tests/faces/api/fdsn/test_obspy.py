"""ObsPy's FDSN client against a running server: the file that was ingested, read by pandas, is the authority."""

from __future__ import annotations

import gzip
import io
import warnings

import numpy as np
import pandas
import pytest
from obspy import UTCDateTime
from obspy.clients.fdsn import Client
from obspy.clients.fdsn.header import FDSNBadRequestException, FDSNNoDataException
from obspy.geodetics import locations2degrees
from obspy.io.quakeml.core import _validate as valid_quakeml
from obspy.io.stationxml.core import validate_stationxml

from soap.archive import Archive, query
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.settings import Settings
from soap.services.ingest import ingest
from soap.systems.seismo_ionospheric import composition
from soap.testing import data
from soap.testing.web import OWNER, serving

CATALOGUE = "ground/earthquakes/usgs_M5plus_2013-2023.csv.gz"
MINUTES = "ground/geomag/2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz"
OPEN = Terms("", "open")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Rows of magnitude 6.5 and more, as the file has them, and the file."""
    head, *lines = gzip.decompress(data.real(CATALOGUE).read_bytes()).decode().splitlines()
    every = pandas.read_csv(io.StringIO("\n".join([head, *lines])))
    large = [line for line, one in zip(lines, every["mag"] >= 6.5, strict=True) if one]
    path = tmp_path_factory.mktemp("catalogue") / "query.csv"
    path.write_text("\n".join([head, *large]) + "\n", encoding="utf-8")
    return pandas.read_csv(path), path


@pytest.fixture(scope="module")
def url(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "archive"
    archive = Archive.open(Settings(archive=folder))
    ingest(OWNER, archive, composition(), [table[1], data.real("ground/geomag/observatories.csv"), data.real(MINUTES)])
    for one in query.collections(archive, OWNER):
        set_terms(archive, OWNER, Subject("collection", one.collection_id, ""), OPEN)
    for code in ("MMB", "KAK", "HON"):
        set_terms(archive, OWNER, Subject("station", f"iaga_code:{code}", ""), OPEN)
    with serving(folder) as (address, _):
        yield address


@pytest.fixture(scope="module")
def client(url):
    return Client(url)


def ids(events) -> list[str]:
    """Identifiers within the catalogue."""
    return [str(one.resource_id).rpartition("/")[2] for one in events]


def test_the_services_are_discovered(client):
    assert {"event", "station"} <= set(client.services)
    assert client.services["available_event_catalogs"] == {"seismology.comcat.events"}
    assert client.services["available_event_contributors"] == {"archive"}
    assert client.get_webservice_version("event") == [1, 2, 0]
    assert client.get_webservice_version("station") == [1, 1, 0]


def test_every_earthquake_is_told_as_the_file_has_it(client, table):
    rows = table[0].set_index("id")
    found = client.get_events()
    assert sorted(ids(found)) == sorted(rows.index)
    for event, name in zip(found, ids(found), strict=True):
        origin, magnitude, row = event.preferred_origin(), event.preferred_magnitude(), rows.loc[name]
        assert origin.time == UTCDateTime(row["time"])
        assert (origin.latitude, origin.longitude) == (row["latitude"], row["longitude"])
        assert origin.depth == pytest.approx(row["depth"] * 1000, abs=1e-6)
        assert (magnitude.mag, magnitude.magnitude_type) == (row["mag"], row["magType"].lower())


def degrees_from(table, latitude, longitude):
    return np.array([locations2degrees(latitude, longitude, a, b)
                     for a, b in zip(table["latitude"], table["longitude"], strict=True)])  # fmt: skip


FILTERS = {
    "time": ({"starttime": UTCDateTime(2015, 1, 1), "endtime": UTCDateTime(2016, 1, 1)},
             lambda t: (t["time"] >= "2015-01-01") & (t["time"] <= "2016-01-01")),
    "box": ({"minlatitude": -10, "maxlatitude": 45, "minlongitude": 60, "maxlongitude": 150},
            lambda t: t["latitude"].between(-10, 45) & t["longitude"].between(60, 150)),
    "box across 180": ({"minlatitude": -40, "maxlatitude": 0, "minlongitude": 170, "maxlongitude": -170},
                       lambda t: t["latitude"].between(-40, 0) & ((t["longitude"] >= 170) | (t["longitude"] <= -170))),
    "half a box": ({"minlatitude": 40}, lambda t: t["latitude"] >= 40),
    "ring": ({"latitude": 38.0, "longitude": 142.0, "minradius": 2.0, "maxradius": 20.0},
             lambda t: pandas.Series((degrees_from(t, 38, 142) >= 2) & (degrees_from(t, 38, 142) <= 20))),
    "circle at 180": ({"latitude": -18.0, "longitude": 179.5, "maxradius": 8.0},
                      lambda t: pandas.Series(degrees_from(t, -18, 179.5) <= 8)),
    "depth": ({"mindepth": 100, "maxdepth": 300}, lambda t: t["depth"].between(100, 300)),
    "magnitude": ({"minmagnitude": 7.0, "maxmagnitude": 7.5}, lambda t: t["mag"].between(7.0, 7.5)),
    "kind of magnitude": ({"magnitudetype": "mwc"}, lambda t: t["magType"] == "mwc"),
    "catalogue": ({"catalog": "seismology.comcat.events", "minmagnitude": 7.8}, lambda t: t["mag"] >= 7.8),
    "contributor": ({"contributor": "archive", "minmagnitude": 7.8}, lambda t: t["mag"] >= 7.8),
}  # fmt: skip


@pytest.mark.parametrize("name", FILTERS)
def test_filters_find_what_pandas_finds(client, table, name):
    asked, wanted = FILTERS[name]
    rows = table[0][wanted(table[0]).to_numpy()]
    assert 0 < len(rows) < len(table[0])
    assert sorted(ids(client.get_events(**asked))) == sorted(rows["id"])


def test_order_limit_and_offset(client, table):
    by_size = table[0].sort_values(["mag"], kind="stable")["mag"].tolist()
    found = client.get_events(orderby="magnitude-asc", limit=5, offset=3)
    assert [one.preferred_magnitude().mag for one in found] == by_size[2:7]
    latest = table[0].sort_values("time")["id"].tolist()
    assert ids(client.get_events(limit=2)) == latest[::-1][:2]
    assert ids(client.get_events(limit=2, orderby="time-asc")) == latest[:2]
    whole = ids(client.get_events(orderby="time-asc"))
    pages = [ids(client.get_events(orderby="time-asc", limit=100, offset=at)) for at in range(1, len(whole) + 1, 100)]
    assert [one for page in pages for one in page] == whole


def test_one_by_its_identifier_and_none(client, table):
    name = table[0]["id"][0]
    assert ids(client.get_events(eventid=name)) == [name]
    with pytest.raises(FDSNNoDataException):
        client.get_events(eventid="none")
    with pytest.raises(FDSNNoDataException):
        client.get_events(minmagnitude=9.9)
    with pytest.raises(FDSNNoDataException):
        client.get_events(updatedafter=UTCDateTime(2099, 1, 1))
    assert len(client.get_events(updatedafter=UTCDateTime(2000, 1, 1))) == len(table[0])
    with pytest.raises(FDSNBadRequestException, match="minmagnitude=8 is more than maxmagnitude=7"):
        client.get_events(minmagnitude=8, maxmagnitude=7)


def test_documents_are_valid(client, url, tmp_path):
    import httpx2

    path = tmp_path / "document.xml"
    path.write_bytes(httpx2.get(f"{url}/fdsnws/event/1/query").content)
    assert valid_quakeml(str(path))
    for level in ("network", "station", "channel"):
        path.write_bytes(httpx2.get(f"{url}/fdsnws/station/1/query?level={level}").content)
        assert validate_stationxml(str(path)) == (True, ())


@pytest.mark.parametrize("format_name", ["xml", "text"])
def test_stations_at_each_level(client, format_name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nets = client.get_stations(level="network", format=format_name)
        assert [one.code for one in nets] == ["IAGA"]
        (net,) = client.get_stations(level="station", format=format_name)
        places = {one.code: (float(one.latitude), float(one.longitude)) for one in net}
        assert set(places) == {"HON", "KAK", "MMB"}
        listed = pandas.read_csv(data.real("ground/geomag/observatories.csv")).set_index("iaga_code")
        for code, place in places.items():
            row = listed.loc[code]
            assert place == pytest.approx((row["latitude_deg"], (row["longitude_deg"] + 180) % 360 - 180))
        ((station,),) = client.get_stations(level="channel", format=format_name, station="M*", channel="U_Y_*")
    assert station.code == "MMB"
    minutes = {one.code: one for one in station}
    assert {"U_Y_BHORIZONTAL", "U_Y_DECLINATION", "U_Y_BDOWN"} <= set(minutes)
    level = minutes["U_Y_BHORIZONTAL"]
    assert level.sample_rate == pytest.approx(1 / 60)
    assert (level.start_date, level.end_date) == (UTCDateTime(2011, 3, 1), UTCDateTime(2011, 3, 31, 23, 59))


STATIONS = {
    "code": ({"station": "K?K"}, {"KAK"}),
    "codes": ({"station": "KAK,HON"}, {"KAK", "HON"}),
    "network": ({"network": "I*"}, {"HON", "KAK", "MMB"}),
    "box": ({"minlongitude": 140, "maxlongitude": 142}, {"KAK"}),
    "box across 180": ({"minlongitude": 170, "maxlongitude": -150}, {"HON"}),
    "circle": ({"latitude": 43.9, "longitude": 144.2, "maxradius": 5}, {"MMB"}),
    "ring": ({"latitude": 43.9, "longitude": 144.2, "minradius": 5, "maxradius": 20}, {"KAK"}),
    "operating": ({"starttime": UTCDateTime(2011, 3, 31), "endtime": UTCDateTime(2012, 1, 1)}, {"MMB"}),
    "begun": ({"startbefore": UTCDateTime(2011, 3, 2)}, {"MMB"}),
    "ended": ({"endafter": UTCDateTime(2011, 3, 31)}, {"MMB"}),
}


@pytest.mark.parametrize("name", STATIONS)
def test_stations_by_condition(client, name):
    asked, wanted = STATIONS[name]
    assert {station.code for net in client.get_stations(**asked) for station in net} == wanted


@pytest.mark.parametrize("asked", [
    {"station": "XXX"}, {"network": "II"}, {"channel": "BH?"}, {"endtime": UTCDateTime(2011, 2, 1)},
    {"startafter": UTCDateTime(2011, 3, 2)}, {"endbefore": UTCDateTime(2011, 3, 2)},
])  # fmt: skip
def test_no_station(client, asked):
    with pytest.raises(FDSNNoDataException):
        client.get_stations(**asked)
