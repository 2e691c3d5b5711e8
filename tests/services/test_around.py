"""Around: an earthquake's surroundings in a folder, read back by other programs."""

from __future__ import annotations

import csv

import numpy as np
import pandas
import pytest
import xarray as xr

from soap.archive import publish, query
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.core.errors import BadParameter, NotFound
from soap.core.names import Variable
from soap.core.place import distance_km
from soap.core.who import Viewer
from soap.formats import Reading
from soap.observations import Earthquake, field, series, track
from soap.services.around import around, write_folder

NAMES = (
    Variable("b_north", "X", "nT", "field towards north", (-80_000.0, 80_000.0)),
    Variable("vtec", "VTEC", "TECU", "vertical electron content", (0.0, 500.0)),
    Variable("electron_density", "Ne", "m-3", "electron density", (0.0, 1e14)),
)
APRIL = np.arange("2016-04-01", "2016-07-01", dtype="datetime64[h]").astype("datetime64[ns]")
MYANMAR = Earthquake("us1", np.datetime64("2016-04-13T13:55"), 23.1, 94.9, 136.0, 6.9, "mww", "Myanmar")


@pytest.fixture
def held(archive, me):
    def put(*observations, **events):
        content = repr((observations, events)).encode()
        file = Arrival("file", content, sha256(content), "test", Reading(observations=observations, **events))
        assert publish.publish(archive, me, [file]).published

    common = {"names": NAMES, "cadence": "PT1H"}
    for code, latitude in (("near", 23.0), ("far", 60.0)):
        put(
            series(
                APRIL, {"b_north": np.arange(len(APRIL), dtype=float)}, collection_id=f"geomagnetism.{code}.pt1h",
                platform=code, latitude=latitude, longitude=95.0, **common,
            )
        )  # fmt: skip
    put(
        series(
            APRIL, {"b_north": np.ones(len(APRIL))}, collection_id="geomagnetism.index.pt1h", platform="index",
            place="global", **common,
        )
    )  # fmt: skip
    for number in (1, 2):
        time = np.datetime64(f"2016-04-1{number}T18", "ns") + np.arange(2000) * np.timedelta64(1, "s")
        path = np.linspace(0, 40, 2000), np.full(2000, 95.0), np.full(2000, 507.0)
        put(
            track(
                time, *path, {"electron_density": np.arange(2000.0)}, names=NAMES, platform="cses_01",
                collection_id="topside.cses_01.lap_1.l2", half_orbit_id=f"03119{number}",
            )
        )  # fmt: skip
    grid = np.arange(-87.5, 90, 2.5), np.arange(-180, 180, 5.0)
    vtec = np.random.default_rng(1).uniform(1, 50, (2, len(grid[0]), len(grid[1])))
    put(field(APRIL[:2], *grid, {"vtec": vtec}, collection_id="ionosphere.codg.gim", platform="codg", **common))
    other = Earthquake("us2", np.datetime64("2016-04-14"), 23.2, 95.0, 10.0, 5.0)
    put(events=(MYANMAR, other), events_collection_id="seismology.comcat.events")
    put(events=(MYANMAR,), events_collection_id="seismology.isc.events")
    return archive


def test_a_folder_of_tables_with_its_contents(held, me, tmp_path):
    found = around(me, held, event_id="us1", context=["geomagnetism.index.pt1h"])
    assert found.radius_km == pytest.approx(926.8, abs=0.1)  # Dobrovolsky (1979) for M 6.9
    out = tmp_path / "myanmar"
    told: list = []
    files = write_folder(found, out, progress=lambda *step: told.append(step))
    assert sorted(path.name for path in out.iterdir()) == sorted([*(one.file for one in files), "contents.csv"])
    hours = pandas.read_csv(out / "geomagnetism.near.pt1h.csv")
    assert len(hours) == 27 * 24 + 14  # from the first hour held to 15 days after 13:55 on the 13th
    assert hours["b_north [nT]"].tolist()[:2] == [0.0, 1.0]
    passes = pandas.read_csv(out / "topside.cses_01.lap_1.l2.csv")
    path = np.linspace(0, 40, 2000)
    inside = int((distance_km(23.1, 94.9, path, 95.0) <= found.radius_km).sum())
    assert passes.groupby("pass_number").size().tolist() == [inside, inside]
    quakes = pandas.read_csv(out / "earthquakes.csv")
    assert quakes["catalogues"].tolist() == [
        "seismology.comcat.events seismology.isc.events",
        "seismology.comcat.events",
    ]
    contents = list(csv.DictReader((out / "contents.csv").read_text().splitlines()))
    assert {row["collection"] for row in contents} == {
        "seismology.comcat.events", "seismology.isc.events", "geomagnetism.near.pt1h", "geomagnetism.index.pt1h",
        "topside.cses_01.lap_1.l2", "ionosphere.codg.gim",
    }  # fmt: skip
    (near,) = [row for row in contents if row["collection"] == "geomagnetism.near.pt1h"]
    (recorded,) = [row for row in query.collections(held, me) if row.collection_id == "geomagnetism.near.pt1h"]
    assert near["version"].split("@")[0] == "geomagnetism.near.pt1h"
    assert np.datetime64(near["version"].split("@")[1].rstrip("Z")) == recorded.version
    assert told[0][:2] == (0, 4)


@pytest.mark.parametrize("format_name", ["netcdf", "parquet"])
def test_the_other_formats(held, me, tmp_path, format_name):
    write_folder(around(me, held, event_id="us1"), tmp_path / "out", format_name=format_name)
    if format_name == "parquet":
        table = pandas.read_parquet(tmp_path / "out" / "topside.cses_01.lap_1.l2.parquet")
        assert set(table["half_orbit_id"]) == {"031191", "031192"}
        return
    with xr.open_dataset(tmp_path / "out" / "ionosphere.codg.gim.nc", engine="netcdf4") as maps:
        assert (maps.sizes["time"], maps["latitude"].values.min(), maps["latitude"].values.max()) == (2, 15.0, 30.0)


def test_what_cannot_be_asked_or_written(held, me, tmp_path):
    with pytest.raises(BadParameter, match="start and a stop"):
        around(me, held, near=(23.0, 95.0, 100.0))
    with pytest.raises(BadParameter, match="one place"):
        around(me, held)
    with pytest.raises(NotFound, match="us1"):
        around(Viewer("guest"), held, event_id="us1")
    found = around(me, held, event_id="us1")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadParameter, match="is a file"):
        write_folder(found, tmp_path / "file")
    with pytest.raises(BadParameter, match="own folder"):
        write_folder(found, held.folder / "out")
    with pytest.raises(BadParameter, match="csv, parquet, netcdf"):
        write_folder(found, tmp_path / "out", format_name="xlsx")
    assert (tmp_path / "file").read_text() == "mine"
