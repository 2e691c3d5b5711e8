"""Objects: what goes in comes out, bit by bit, and plain programs read them with units."""

from __future__ import annotations

import io

import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray as xr
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.archive.block import from_dataset, same, to_dataset, unite
from soap.archive.encoding import decode, encode, smallest_exact
from soap.archive.events_object import decode_events, encode_events
from soap.core.errors import ArchiveError
from soap.observations import Earthquake

HOURS = np.datetime64("2016-04-13T00", "ns") + np.arange(5) * np.timedelta64(1, "h")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(allow_infinity=False, width=64), min_size=1, max_size=20))
def test_float32_only_where_every_value_survives(numbers):
    values = np.array(numbers)
    short = smallest_exact(values)
    np.testing.assert_array_equal(short.astype(np.float64), values)
    if short.dtype == np.float64:
        with np.errstate(over="ignore"):
            assert (values.astype(np.float32).astype(np.float64) != values)[~np.isnan(values)].any()


def test_series_round_trip_is_exact_with_mixed_finality(make):
    rng = np.random.default_rng(5)
    first = from_dataset(
        make.series(
            HOURS,
            {"b_north": rng.normal(30_000, 1, 5), "b_east": [1, 2, np.nan, 4, 5]},
            maturity="provisional",
            latitude=36.2,
            longitude=140.2,
        )
    )
    block = unite(first, from_dataset(make.series(HOURS[3:], [1.5, np.nan], maturity="definitive")))
    back = decode(encode(block), "x.parquet")
    assert same(back, block)
    assert to_dataset(back).identical(to_dataset(block))
    assert encode(back) == encode(block)


def test_only_the_variables_asked_for_are_read(make):
    block = from_dataset(make.series(HOURS, {"b_north": np.arange(5), "b_east": np.arange(5)}))
    assert list(decode(encode(block), "x.parquet", ("b_east",)).values) == ["b_east"]


def test_track_and_field_round_trip_is_exact(make):
    grid = np.linspace(-87.5, 87.5, 71), np.linspace(-180, 180, 73)
    for dataset, key in (
        (make.track([89.5, 89.9, 89.6], [179.99, -180.0, 10.0]), "x.parquet"),
        (make.field(["2016-04-13T00", "2016-04-13T02"], *grid), "x.zarr.zip"),
    ):
        block = from_dataset(dataset)
        assert to_dataset(decode(encode(block), key)).identical(dataset)
        assert encode(block) == encode(decode(encode(block), key))


@pytest.mark.parametrize("rows", [slice(1, 3), slice(0, 0), slice(0, 3)])
def test_only_the_rows_asked_for_are_given(make, rows):
    content = encode(from_dataset(make.track([10.0, 20.0, 30.0], [1.0, 2.0, 3.0])))
    plain = pq.read_table(io.BytesIO(content))
    asked = []

    def span(time, along):
        asked.append((time, along["latitude"]))
        return rows

    block = decode(content, "x.parquet", span=span)
    np.testing.assert_array_equal(asked[0][1], [10.0, 20.0, 30.0])
    np.testing.assert_array_equal(asked[0][0], plain["time"].to_numpy())
    np.testing.assert_array_equal(block.along["longitude"], np.array([1.0, 2.0, 3.0])[rows])
    np.testing.assert_array_equal(block.time, plain["time"].to_numpy()[rows])
    for name, values in block.values.items():
        np.testing.assert_array_equal(values, plain[name].to_numpy()[rows])
        np.testing.assert_array_equal(block.flags[name], plain[f"{name}_quality"].to_numpy()[rows])


def test_what_is_to_be_done_meanwhile_is_done_once_and_changes_no_byte(make):
    grid = np.linspace(-87.5, 87.5, 71), np.linspace(-180, 180, 73)
    for dataset in (
        make.series(HOURS, [1, 2, np.nan, 4, 5]),
        make.track([10.0, 20.0], [1.0, 2.0]),
        make.field(["2016-04-13T00", "2016-04-13T02"], *grid),
    ):
        block, done = from_dataset(dataset), []
        assert encode(block, lambda done=done: done.append("put")) == encode(block)
        assert done == ["put"]


def test_parquet_is_plain_to_others(make):
    content = encode(from_dataset(make.series(HOURS, [30_000.5, 1, 2, 3, np.nan])))
    file = pq.ParquetFile(io.BytesIO(content))
    assert file.schema_arrow.field("b_north").metadata[b"units"] == b"nT"
    assert str(file.schema_arrow.field("time").type) == "timestamp[ns, tz=UTC]"
    assert file.schema_arrow.field("b_north").type == "float"  # these five are exact in float32
    column = file.metadata.row_group(0).column(1)
    assert column.compression == "ZSTD"
    assert "BYTE_STREAM_SPLIT" in column.encodings
    assert "DELTA_BINARY_PACKED" in file.metadata.row_group(0).column(0).encodings


def test_values_of_an_instrument_of_coarse_resolution_stay_doubles_and_take_little_room(make):
    rng = np.random.default_rng(8)
    minutes = np.datetime64("2016-04-01", "ns") + np.arange(43_200) * np.timedelta64(1, "m")
    values = (30_000 + np.cumsum(rng.normal(0, 0.2, 43_200))).round(1)
    values[7_000:7_100] = np.nan
    content = encode(from_dataset(make.series(minutes, values)))
    plain = pq.read_table(io.BytesIO(content))
    assert str(plain.schema.field("b_north").type) == "double"
    np.testing.assert_array_equal(plain["b_north"].to_numpy(), values)
    assert len(content) < 1.7 * len(values)


def test_what_soap_need_not_read_is_there_for_others(make):
    block = from_dataset(make.series(HOURS, {"b_north": [1, np.nan, 3, 4, 5], "b_east": np.arange(5)}))
    block.flags["b_east"][2] = 4
    content = encode(block)
    plain = pq.read_table(io.BytesIO(content))
    np.testing.assert_array_equal(plain["time"].to_numpy(), HOURS)
    np.testing.assert_array_equal(plain["b_north_quality"], [0, 1, 0, 0, 0])
    np.testing.assert_array_equal(plain["b_east_quality"], [0, 0, 4, 0, 0])
    back = decode(content, "x.parquet")
    np.testing.assert_array_equal(back.time, HOURS)
    np.testing.assert_array_equal(back.flags["b_north"], [0, 1, 0, 0, 0])
    np.testing.assert_array_equal(back.flags["b_east"], [0, 0, 4, 0, 0])


def test_field_object_is_plain_zarr(make, tmp_path):
    dataset = make.field(["2016-04-13T00"], [-10.0, 0.0], [0.0, 5.0])
    (tmp_path / "x.zarr.zip").write_bytes(encode(from_dataset(dataset)))
    with (
        zarr.storage.ZipStore(tmp_path / "x.zarr.zip", mode="r") as store,
        xr.open_zarr(store, consolidated=False) as plain,
    ):
        assert plain["vtec"].attrs["units"] == "TECU"
        np.testing.assert_array_equal(plain["time"].values, dataset["time"].values)
        np.testing.assert_array_equal(plain["vtec"].values, dataset["vtec"].values)


def test_events_round_trip():
    events = (
        Earthquake(
            "us1", np.datetime64("2016-04-13T13:55:17.68"), 23.0944, 94.8654, 136.0, 6.9, "mww", "Myanmar", "reviewed"
        ),
        Earthquake("us2", np.datetime64("2016-04-14"), -90.0, 180.0, float("nan"), 5.0),
    )
    assert repr(decode_events(encode_events(reversed(events)), "x")) == repr(events)
    assert decode_events(encode_events(()), "x") == ()


@pytest.mark.parametrize("key", ["x.parquet", "x.zarr.zip"])
def test_a_damaged_object_is_named(make, key):
    dataset = make.field(["2016-04-13T00"], [0.0], [0.0]) if key == "x.zarr.zip" else make.series(HOURS, np.arange(5))
    content = encode(from_dataset(dataset))
    for broken in (b"", content[: len(content) // 2], b"noise" * 100):
        with pytest.raises(ArchiveError, match=key):
            decode(broken, key)
