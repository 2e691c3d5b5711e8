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
