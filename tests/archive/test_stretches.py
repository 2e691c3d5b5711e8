"""Stretches of a track: all that is within reach and little else, however its rows are grouped and wherever it lies."""

from __future__ import annotations

import io
import time

import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.archive import Archive, encoding, passes, publish, stretches
from soap.archive.block import from_dataset
from soap.archive.draft import Arrival
from soap.archive.encoding import encode
from soap.archive.objects import FolderObjects, sha256
from soap.archive.store_objects import StoreObjects
from soap.archive.stretches import Reach
from soap.core.errors import ArchiveError, Lost
from soap.core.names import Variable
from soap.core.place import Box
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import folder_owner
from soap.formats import Reading
from soap.observations import track

START = np.datetime64("2016-04-13T00:00", "ns")
SECOND = np.timedelta64(1, "s")
WHOLE = Window("2016-04-13", "2016-04-14")
ALL = Box(-180, -90, 180, 90)
KEY = "objects/track.parquet"
TRACKS = "topside.cses_01.lap_1.l2"
NAMES = (Variable("electron_density", "Ne", "m-3", "electron density", (0.0, 1e14)),)


@pytest.fixture(params=["folder", "memory", "s3"])
def objects(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return FolderObjects(tmp_path)
    if request.param == "memory":
        return StoreObjects("memory:///")
    server = request.getfixturevalue("s3_server")
    for name, value in server.surroundings.items():
        monkeypatch.setenv(name, value)
    return StoreObjects(server.new_bucket())


def content_of(observed, rows, monkeypatch):
    monkeypatch.setattr(encoding, "_TRACK_ROWS", rows)
    return encode(from_dataset(observed))


def to_and_fro(make, count=600, turns=3):
    """A track between 60 south and 60 north, over the same ground several times, at times that are not quite even."""
    phase = np.linspace(0, turns, count) % 1
    there = make.track(60 - 240 * np.abs(phase - 0.5), np.linspace(-180, 180, count))
    values = np.random.default_rng(count).normal(1e10, 1e9, count)
    there["electron_density"][:] = values
    uneven = there["time"].values + (np.arange(count) % 3).astype("timedelta64[ns]")
    return there.assign_coords(time=uneven)


def rows_read(monkeypatch):
    """Numbers of the groups of rows that are read from now on."""
    read, plain = [], pq.ParquetFile.read_row_groups

    def spy(self, groups, *args, **more):
        read.extend(groups)
        return plain(self, groups, *args, **more)

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", spy)
    return read


@pytest.mark.parametrize("rows", [9, 50, 64, 599, 600, 4096])
def test_all_within_reach_is_there_and_groups_out_of_reach_are_not_read(make, objects, monkeypatch, rows):
    there = to_and_fro(make)
    objects.put(KEY, content_of(there, rows, monkeypatch))
    box = Box(-180, 20, 180, 30)
    inside = np.flatnonzero(box.holds(there["latitude"].values, there["longitude"].values))
    read = rows_read(monkeypatch)
    found = stretches.stretches(objects, KEY, None, Reach(box, WHOLE))
    assert read == sorted({int(row) // rows for row in inside})
    got = np.concatenate([one.time for one in found])
    assert set(there["time"].values[inside]) <= set(got)
    assert (np.diff(got) > np.timedelta64(0)).all()
    for one in found:
        part = there.sel(time=one.time)
        for name in ("latitude", "longitude"):
            np.testing.assert_array_equal(one.along[name], part[name].values)
        some = slice(len(one.time) // 3, len(one.time))
        block = one[some]
        np.testing.assert_array_equal(block.values["electron_density"], part["electron_density"].values[some])
        np.testing.assert_array_equal(block.along["height_km"], part["height_km"].values[some])
        np.testing.assert_array_equal(block.time, part["time"].values[some])


def test_spells_and_window_bound_what_is_read(make, objects, monkeypatch):
    there = to_and_fro(make)
    objects.put(KEY, content_of(there, 100, monkeypatch))
    stamps = there["time"].values.astype(np.int64)
    read = rows_read(monkeypatch)
    spells = (stamps[[150, 199, 420]], stamps[[160, 200, 420]])
    assert len(stretches.stretches(objects, KEY, None, Reach(ALL, WHOLE, spells))) == 2
    assert read == [1, 2, 4]
    read.clear()
    window = Window(there["time"].values[300], there["time"].values[400])  # its end is not in it
    stretches.stretches(objects, KEY, None, Reach(ALL, window))
    assert read == [3]
    read.clear()
    for nothing in (Reach(ALL, Window("2017-01-01", "2017-01-02")), Reach(Box(0, 70, 10, 80), WHOLE)):
        assert stretches.stretches(objects, KEY, None, nothing) == []
    assert read == []


def test_a_sample_without_a_place_hides_no_other(make, objects, monkeypatch):
    there = to_and_fro(make)
    latitude = there["latitude"].values.copy()
    latitude[::7], latitude[100:200] = np.nan, np.nan
    there = there.assign_coords(latitude=("time", latitude))
    objects.put(KEY, content_of(there, 50, monkeypatch))
    box = Box(-180, 20, 180, 30)
    inside = np.flatnonzero(box.holds(latitude, there["longitude"].values))
    found = stretches.stretches(objects, KEY, (), Reach(box, None))
    assert set(there["time"].values[inside]) <= {instant for one in found for instant in one.time}


def test_where_the_footer_tells_no_bounds_all_is_read(make, tmp_path, monkeypatch):
    """As others may write such a file."""
    there = to_and_fro(make)
    content = content_of(there, 100, monkeypatch)
    table = pq.read_table(io.BytesIO(content))
    metadata = {b"soap": pq.read_metadata(io.BytesIO(content)).metadata[b"soap"]}
    objects = FolderObjects(tmp_path)
    (tmp_path / "objects").mkdir()
    pq.write_table(table.replace_schema_metadata(metadata), tmp_path / KEY, row_group_size=100, write_statistics=False)
    (one,) = stretches.stretches(objects, KEY, None, Reach(Box(0, 0, 1, 1), WHOLE))
    np.testing.assert_array_equal(one.time, there["time"].values)


def test_of_a_large_object_in_a_store_a_part_is_fetched(make, monkeypatch):
    count = 500_000
    there = make.track(np.linspace(-60, 60, count), np.linspace(-10, 10, count))
    there["electron_density"][:] = np.random.default_rng(1).normal(1e10, 1e9, count)
    objects, content = StoreObjects("memory:///"), content_of(there, 4096, monkeypatch)
    assert len(content) > 4 << 20
    objects.put(KEY, content)
    fetched, plain = [], StoreObjects.piece
    monkeypatch.setattr(StoreObjects, "piece", lambda self, key, a, b: fetched.append(b - a) or plain(self, key, a, b))
    box = Box(-180, -20, 180, -19)
    (one,) = stretches.stretches(objects, KEY, None, Reach(box, None))
    inside = box.holds(there["latitude"].values, there["longitude"].values)
    assert set(there["time"].values[inside]) <= set(one.time)
    part = there.sel(time=one.time)
    np.testing.assert_array_equal(one[:].values["electron_density"], part["electron_density"].values)
    assert fetched
    assert sum(fetched) <= 1 << 20


def test_what_is_damaged_or_gone_is_named(make, objects, monkeypatch):
    content = content_of(to_and_fro(make), 100, monkeypatch)
    reach = Reach(ALL, WHOLE)
    with pytest.raises(Lost, match=f"{KEY} is missing"):
        stretches.stretches(objects, KEY, None, reach)
    for number, broken in enumerate(
        (b"x", content[: len(content) // 2], content[:8] + b"\xff" * 2000 + content[2008:])
    ):
        key = f"objects/{number}.parquet"
        objects.put(key, broken)
        with pytest.raises(ArchiveError, match=f"{key} is damaged"):
            stretches.stretches(objects, key, None, reach)


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """Half-orbits in groups of sixteen rows, and their samples one by one."""
    archive, me = Archive.open(Settings(archive=tmp_path_factory.mktemp("stretches"))), folder_owner("tester")
    rng, tracks = np.random.default_rng(27), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "_TRACK_ROWS", 16)
        for number in range(12):
            count = int(rng.integers(2, 300))
            latitude = np.clip(np.cumsum(rng.normal(0, 4, count)), -90, 90)
            longitude = (np.cumsum(rng.normal(0, 6, count)) + rng.uniform(-180, 180) + 180) % 360 - 180
            start = START + int(rng.integers(0, 80_000)) * SECOND
            tracks.append(track_of(start + np.arange(count) * SECOND, latitude, longitude, f"{number:06}"))
        files = [(one, repr(number).encode()) for number, one in enumerate(tracks)]
        arrivals = [Arrival("file", name, sha256(name), "test", Reading(observations=(one,))) for one, name in files]
        assert publish.publish(archive, me, arrivals).published
    return archive, me, tracks


def track_of(times, latitude, longitude, half_orbit_id):
    """Of a density that grows with the samples."""
    values = {"electron_density": np.linspace(1e10, 2e10, len(times))}
    attrs = {"collection_id": TRACKS, "platform": "cses_01", "half_orbit_id": half_orbit_id}
    return track(times, latitude, longitude, np.full(len(times), 507.0), values, names=NAMES, **attrs)


def samples(found):
    return sorted((one.attrs["half_orbit_id"], instant) for one in found for instant in one["time"].values)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(-180, 180), st.floats(-90, 80), st.floats(-180, 180), st.floats(0, 80)),
    st.integers(0, 80_000), st.integers(1, 40_000), st.booleans(),
)  # fmt: skip
def test_passes_have_the_samples_that_a_look_at_each_finds(held, corners, begin, length, as_of):
    archive, me, tracks = held
    west, south, east, height = corners
    box = Box(west, south, east, min(south + height, 90.0))
    window = Window(START + begin * SECOND, START + (begin + length) * SECOND)
    wanted = [
        (one.attrs["half_orbit_id"], instant)
        for one in tracks
        for instant, latitude, longitude in zip(
            one["time"].values, one["latitude"].values, one["longitude"].values, strict=True
        )
        if window.start <= instant < window.stop and south <= latitude <= box.north
        and (west <= longitude <= east if west <= east else longitude >= west or longitude <= east)
    ]  # fmt: skip
    when = np.datetime64("2261-01-01", "ns") if as_of else None
    assert samples(passes.passes(archive, me, None, box, window, as_of=when).tracks) == sorted(wanted)


def test_several_readers_give_what_one_gives_in_its_order(held, monkeypatch):
    archive, me, _ = held
    monkeypatch.setattr(passes, "_READERS", 1)
    alone = passes.passes(archive, me, None, ALL, WHOLE).tracks
    turns = [one.attrs["half_orbit_id"] for one in passes.passes_in_turn(archive, me, TRACKS, ALL, WHOLE)]
    plain, rng = passes.stretches, np.random.default_rng(4)

    def now_and_then_late(*asked):
        time.sleep(float(rng.uniform(0, 0.01)))
        return plain(*asked)

    monkeypatch.setattr(passes, "stretches", now_and_then_late)
    monkeypatch.setattr(passes, "_READERS", 5)
    several = passes.passes(archive, me, None, ALL, WHOLE).tracks
    assert len(several) == len(alone) == 12
    for one, other in zip(alone, several, strict=True):
        xr.testing.assert_identical(one, other)
    assert [one.attrs["half_orbit_id"] for one in passes.passes_in_turn(archive, me, TRACKS, ALL, WHOLE)] == turns
