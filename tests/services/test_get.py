"""Get: the values come back from every format, read by other programs."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas
import pyarrow.parquet as pq
import pytest
import xarray as xr

from soap.core.errors import ArchiveError, BadParameter, NotFound
from soap.core.time import Window
from soap.formats import Source
from soap.services.get import formats, get
from soap.services.ingest import ingest
from soap.services.tables import csv_bytes
from soap.systems.seismo_ionospheric import composition
from soap.testing.tiny import COMPOSITION, tiny

WINDOW = Window("2016-04-13", "2016-04-14")
VALUES = [30_000.1, None, -0.5, 1e-9]


@pytest.fixture
def held(tmp_path, archive, me):
    quake = {
        "event_id": "us1",
        "time": "2016-04-13T13:55:17.68",
        "latitude": 23.1,
        "longitude": 94.9,
        "depth_km": 136.0,
        "magnitude": 6.9,
        "place": "a place, with a comma",
    }
    files = [
        tiny(code="kak", start="2016-04-13", values=VALUES, latitude=36.2, longitude=140.2),
        tiny(code="xaa", start="2016-04-13", values=[1], simulated=1),
        tiny(events=[quake]),
    ]
    paths = [tmp_path / str(number) for number in range(len(files))]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    ingest(me, archive, COMPOSITION, paths)
    return archive


def fetch(held, me, tmp_path, format_name, collection_id="geomagnetism.kak.pt1h", **more):
    out = tmp_path / f"out.{format_name}"
    export = get(me, held, composition(), collection_id, WINDOW, format_name=format_name, out=out, **more)
    assert export.bytes == out.stat().st_size
    return out


def expected():
    return np.array([np.nan if value is None else value for value in VALUES])


def test_csv(held, me, tmp_path):
    out = fetch(held, me, tmp_path, "csv")
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["time"] for row in rows] == [f"2016-04-13T{hour:02}:00:00Z" for hour in range(4)]
    np.testing.assert_array_equal([float(row["b_north [nT]"] or "nan") for row in rows], expected())
    assert [row["b_north_quality"] for row in rows] == ["0", "1", "0", "0"]
    np.testing.assert_array_equal(pandas.read_csv(out)["b_north [nT]"], expected())


def test_parquet_and_netcdf(held, me, tmp_path):
    table = pq.read_table(fetch(held, me, tmp_path, "parquet"))
    np.testing.assert_array_equal(table["b_north"].to_numpy(), expected())
    assert table.schema.field("b_north").metadata[b"units"] == b"nT"
    with xr.open_dataset(fetch(held, me, tmp_path, "netcdf"), engine="netcdf4") as plain:  # the C library, not ours
        np.testing.assert_array_equal(plain["b_north"].values, expected())
        assert plain["time"].values[1] == np.datetime64("2016-04-13T01")
        assert plain.attrs["latitude"] == 36.2


def test_simulated_says_so_in_every_format(held, me, tmp_path):
    name = "geomagnetism.xaa.pt1h"
    assert "simulated" in fetch(held, me, tmp_path, "csv", name).read_text().splitlines()[0]
    assert pq.read_table(fetch(held, me, tmp_path, "parquet", name))["simulated"].to_pylist() == [1]
    with xr.open_dataset(fetch(held, me, tmp_path, "netcdf", name), engine="netcdf4") as plain:
        assert plain.attrs["simulated"] == 1


def test_earthquakes(held, me, tmp_path):
    rows = list(csv.DictReader(io.StringIO(fetch(held, me, tmp_path, "csv", "seismology.tiny.events").read_text())))
    assert rows[0]["time"] == "2016-04-13T13:55:17.680000000Z"
    assert rows[0]["place"] == "a place, with a comma"
    out = fetch(held, me, tmp_path, "quakeml", "seismology.tiny.events")
    (event,) = composition().reader("quake_quakeml").read(Source("x", out.read_bytes())).events
    assert (event.magnitude, event.depth_km) == (6.9, 136.0)
    with pytest.raises(BadParameter, match="no grid"):
        fetch(held, me, tmp_path, "netcdf", "seismology.tiny.events")
    with pytest.raises(BadParameter, match=r"Have it as csv, parquet\.$"):
        fetch(held, me, tmp_path, "iaga2002", "seismology.tiny.events")


def test_a_time_that_is_missing_is_an_empty_field():
    times = np.array(["2016-04-13T13:55:17", "NaT"], dtype="datetime64[ns]")
    written = csv_bytes({"least_time": times, "count": np.array([1, 0])}, {})
    assert written == b'"least_time","count"\n"2016-04-13T13:55:17Z",1\n,0\n'


def test_what_cannot_be_had(held, me, tmp_path):
    with pytest.raises(BadParameter, match="csv, parquet, netcdf"):
        fetch(held, me, tmp_path, "xlsx")
    with pytest.raises(NotFound, match=r"nope\.a\.b"):
        fetch(held, me, tmp_path, "csv", "nope.a.b")
    with pytest.raises(BadParameter, match="b_up"):
        fetch(held, me, tmp_path, "csv", variables=("b_up",))
    with pytest.raises(ArchiveError, match="cannot be written"):
        fetch(held, me, tmp_path / "no such folder", "csv")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".out", "out"))]


def test_formats_go_by_their_last_word_where_that_is_clear():
    names = formats(composition())
    assert names["ionex"] is names["tec_ionex"]
    assert names["iaga2002"] is names["magnetometer_iaga2002"]
    assert "h5" not in names  # two readers end so


def test_one_members_part_of_a_collection(archive, me, tmp_path):
    for provider, values, simulated in (("CHN", [1, 2], 0), ("PAK", [3], 0), ("PER", [4], 1)):
        path = tmp_path / provider
        path.write_bytes(tiny(code="kak", start="2016-04-13", values=values, simulated=simulated))
        assert ingest(me, archive, COMPOSITION, [path], provider=provider).new == 1
    with pytest.raises(BadParameter, match=r"real series of CHN, PAK; simulated series of PER; ask for one"):
        fetch(archive, me, tmp_path, "csv")
    rows = {
        provider: list(csv.DictReader(io.StringIO(fetch(archive, me, tmp_path, "csv", provider=provider).read_text())))
        for provider in ("CHN", "PAK", "PER")
    }
    assert {name: [float(row["b_north [nT]"]) for row in found] for name, found in rows.items()} == {
        "CHN": [1, 2],
        "PAK": [3],
        "PER": [4],
    }
    assert [name for name, found in rows.items() if "simulated" in found[0]] == ["PER"]
    with pytest.raises(NotFound, match=r"There is no collection 'geomagnetism.kak.pt1h' of TUR here"):
        fetch(archive, me, tmp_path, "csv", provider="TUR")
