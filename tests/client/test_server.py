"""The client against a running server: the files that were ingested, read by pandas, are the authority."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys

import numpy as np
import pandas
import pytest

from soap.archive import Archive, query
from soap.archive.contacts import set_contacts
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.client import Soap
from soap.core.errors import ArchiveError, BadParameter, NotFound, Unknown
from soap.core.place import distance_km
from soap.core.settings import Settings
from soap.observations import Contact, check
from soap.services.ingest import ingest
from soap.systems.seismo_ionospheric import composition
from soap.testing import data
from soap.testing.web import OWNER, free_port, serving, signed

MINUTES = "ground/geomag/2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz"
SERIES = "geomagnetism.mmb.pt1m"
MADE = "geomagnetism.tst.pt1m"
HEAD = """\
 Format                 IAGA-2002                                    |
 Source of Data         A test                                       |
 Station Name           Test                                         |
 IAGA CODE              TST                                          |
 Geodetic Latitude      38.500                                       |
 Geodetic Longitude     142.000                                      |
 Elevation              10                                           |
 Reported               XYZF                                         |
 Sensor Orientation     XYZ                                          |
 Digital Sampling       1 second                                     |
 Data Interval Type     1-minute                                     |
 Data Type              definitive                                   |
DATE       TIME         DOY     TSTX      TSTY      TSTZ      TSTF   |
"""
QUAKES = """\
time,latitude,longitude,depth,mag,magType,nst,gap,dmin,rms,net,id,updated,place,type
2011-03-11T05:46:24.120Z,38.297,142.373,29,9.1,mww,,,,,us,usp000hvnu,2020-01-01T00:00:00.000Z,"Tohoku",earthquake
2011-03-09T02:45:20.330Z,38.435,142.842,32,7.3,mww,,,,,us,usp000hvhj,2020-01-01T00:00:00.000Z,"Foreshock",earthquake
2011-02-22T00:00:00.000Z,-43.58,172.68,5,6.1,mww,,,,,us,usp000huvq,2020-01-01T00:00:00.000Z,"Far",earthquake
"""


ASKED = Contact("A test", "head", "A. Head", "head@example.org", "https://example.org/tst")


def made_minutes() -> str:
    rows = [f"2011-03-11 00:{minute:02d}:00.000 070    {3000 + minute:9.2f} {4000:9.2f} {5000:9.2f} {9999:9.2f}"
            for minute in range(10)]  # fmt: skip
    return HEAD + "".join(f"{row}\n" for row in rows)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server's address, and the token of a user of China's."""
    here = tmp_path_factory.mktemp("served")
    folder = here / "archive"
    (here / "query.csv").write_text(QUAKES)
    (here / "tst20110311dmin.min").write_text(made_minutes())
    archive = Archive.open(Settings(archive=folder))
    ingest(OWNER, archive, composition(), [here / "query.csv", data.real(MINUTES)])
    ingest(OWNER, archive, composition(), [here / "tst20110311dmin.min"], provider="CHN")
    for one in query.collections(archive, OWNER):
        terms = (
            Terms("CHN", "members") if one.collection_id == MADE else Terms("", "open", (), None, "CC-BY-4.0", "JMA")
        )
        set_terms(archive, OWNER, Subject("collection", one.collection_id, one.providers[0]), terms)
    set_contacts(archive, OWNER, "platform", "TST", [ASKED])
    token = signed(archive, "c@chn", "CHN")["Authorization"].split()[1]
    with serving(folder) as (url, _):
        yield url, token


@pytest.fixture
def soap(served):
    with Soap(served[0]) as found:
        yield found


@pytest.fixture
def china(served):
    with Soap(*served) as found:
        yield found


@pytest.fixture(scope="module")
def table():
    """The file of minutes as pandas reads it."""
    text = gzip.decompress(data.real(MINUTES).read_bytes()).decode()
    lines = [line for line in text.splitlines() if line[:4].isdigit()]
    head = next(line for line in text.splitlines() if line.startswith("DATE"))
    names = head.replace("|", "").split()
    found = pandas.read_csv(io.StringIO("\n".join(lines)), sep=r"\s+", names=names)
    found.index = pandas.to_datetime(found["DATE"] + "T" + found["TIME"])
    return found


def test_collections(soap, china):
    found = {one.collection_id: one for one in soap.collections()}
    assert set(found) == {SERIES, "seismology.comcat.events"}
    minutes = found[SERIES]
    assert (minutes.shape, minutes.count, minutes.licence) == ("series", 31 * 1440, "CC-BY-4.0")
    assert minutes.start == np.datetime64("2011-03-01T00:00:00")
    assert minutes.version.startswith(f"{SERIES}@")
    assert MADE in {one.collection_id for one in china.collections()}


def test_a_series_is_the_file(soap, table):
    found = soap.series(SERIES, ["b_horizontal", "b_down"], "2011-03-10", "2011-03-12")
    assert check(found) is found
    rows = table.loc["2011-03-10":"2011-03-11"]
    assert len(rows) == 2 * 1440
    np.testing.assert_array_equal(found["time"].values, rows.index.values.astype("datetime64[ns]"))
    for name, column in (("b_horizontal", "MMBH"), ("b_down", "MMBZ")):
        expected = rows[column].where(rows[column] < 88_888).to_numpy(float)
        np.testing.assert_array_equal(found[name].values, expected)
        np.testing.assert_array_equal(found[f"{name}_quality"].values & 1, np.isnan(expected))
        assert found[name].attrs["units"] == "nT"
    assert (found.attrs["licence"], found.attrs["citation"]) == ("CC-BY-4.0", "JMA")
    assert found.attrs["version"].startswith(f"{SERIES}@")
    assert found.attrs["latitude"] == pytest.approx(43.91)
    cited = soap.series(found.attrs["version"], None, "2011-03-10", "2011-03-12")
    assert {"b_horizontal", "b_down", "declination"} <= set(cited.data_vars)


def test_a_quantity_that_is_not_held_is_worked_out_and_says_so(china):
    found = china.series(MADE, "b_horizontal", "2011-03-11", "2011-03-12")
    assert list(found.data_vars) == ["b_horizontal", "b_horizontal_quality"]
    minute = np.arange(10)
    np.testing.assert_allclose(found["b_horizontal"], np.sqrt((3000.0 + minute) ** 2 + 4000.0**2), rtol=1e-15)
    assert found["b_horizontal"].attrs["derivation"] == "sqrt(b_north^2 + b_east^2)"
    with pytest.raises(BadParameter, match="b_east"):
        china.series(MADE, "vtec", "2011-03-11", "2011-03-12")


def test_events(soap):
    assert [one.event_id for one in soap.events()] == ["usp000huvq", "usp000hvhj", "usp000hvnu"]
    (one,) = soap.events("2011-03-01", min_magnitude=9)
    assert (one.magnitude, one.magnitude_type, one.depth_km) == (9.1, "mww", 29.0)
    assert one.time == np.datetime64("2011-03-11T05:46:24.120")
    assert [one.event_id for one in soap.events(near=(-43.0, 172.0), radius_km=200)] == ["usp000huvq"]
    assert [one.event_id for one in soap.events(box=(170, -50, 175, -40))] == ["usp000huvq"]


def test_pages_are_put_together(soap, monkeypatch):
    monkeypatch.setattr("soap.client.server._PAGE", 2)
    assert len(soap.events()) == 3
    assert len(list(soap.granules())) == len({one.granule_id for one in soap.granules()}) == 2


def test_around_an_earthquake(china):
    found = china.around("usp000hvnu", radius_km=1000, start="2011-03-11", stop="2011-03-12")
    assert (found.event.magnitude, found.radius_km) == (9.1, 1000)
    assert {one.collection_id for one in found.counts} == {SERIES, MADE, "seismology.comcat.events"}
    assert float(distance_km(43.91, 144.189, 38.297, 142.373)) < 1000
    minutes, made = found.datasets[SERIES], found.datasets[MADE]
    assert (minutes.sizes["time"], made.sizes["time"]) == (1440, 10)
    np.testing.assert_array_equal(made["b_north"].values, 3000.0 + np.arange(10))
    assert minutes["b_down"].attrs["units"] == "nT"
    assert minutes.attrs["licence"] == "CC-BY-4.0"
    assert [one.event_id for one in found.earthquakes] == ["usp000hvnu"]
    zone = china.around("usp000hvhj", variables=["b_down"])
    assert zone.radius_km == pytest.approx(10 ** (0.43 * 7.3))


def test_whom_to_ask_about_a_station(china, soap):
    assert china.contacts("TST", "platform") == (ASKED,)
    with pytest.raises(NotFound, match="no station 'tst'"):
        soap.contacts("tst", "platform")


def test_granules(soap):
    (one,) = soap.granules(SERIES, "2011-03-01", "2011-03-02")
    assert (one.platform, one.shape, one.simulated) == ("mmb", "series", False)
    assert len(one.sha256) == 64


def test_errors_are_the_server_s_words(soap, served):
    with pytest.raises(NotFound, match=r"geomagnetism\.xyz\.pt1h"):
        soap.series("geomagnetism.xyz.pt1h", None, "2011-03-01", "2011-03-02")
    with pytest.raises(NotFound, match=r"geomagnetism\.tst"):  # which the public may not know of
        soap.series(MADE, None, "2011-03-11", "2011-03-12")
    with pytest.raises(NotFound, match="us0"):
        soap.around("us0")
    with pytest.raises(BadParameter):
        soap.series(SERIES, "b_down", "2011-03-02", "2011-03-01")
    with pytest.raises(Unknown):
        Soap(served[0], "soap_wrong").collections()
    with pytest.raises(BadParameter, match="https://HOST"):
        Soap("soap.example.org")


def test_nobody_listens(monkeypatch):
    monkeypatch.setattr("soap.client.transport._FIRST_PAUSE_S", 0.001)
    with pytest.raises(ArchiveError, match="asked 5 times"):
        Soap(f"http://127.0.0.1:{free_port()}").collections()


def test_it_is_imported_fast_and_brings_nothing_heavy_with_it():
    told = "import sys, soap.client; print(sorted({one.partition('.')[0] for one in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    heavy = {"xarray", "pandas", "pyarrow", "httpx2", "sqlalchemy", "fastapi", "h5py", "scipy", "numba"}
    assert not heavy & set(eval(run.stdout))
