"""Rows as text and bytes: times as numpy spells them, CSV as pandas reads it, JSON as the standard library does."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soap.core.errors import ArchiveError
from soap.services.parquet_stream import parquet_pieces
from soap.services.row_formats import binary_rows, csv_rows, iso_characters, iso_width, json_rows, write_iso

NS = 10**9
stamps = st.lists(st.integers(-9_200_000_000 * NS, 9_200_000_000 * NS), min_size=1, max_size=40, unique=True).map(
    sorted
)


def spelled(characters: np.ndarray) -> list[str]:
    return [row.tobytes().decode() for row in characters]


@given(stamps)
def test_times_to_the_nanosecond(numbers):
    time = np.array(numbers, "int64").view("datetime64[ns]")
    assert spelled(iso_characters(time, 9)) == [f"{one}Z" for one in np.datetime_as_string(time).tolist()]


@given(stamps)
def test_times_of_whole_seconds(numbers):
    time = (np.array(numbers, "int64") // NS * NS).view("datetime64[ns]")
    wanted = [f"{one}Z" for one in np.datetime_as_string(time, unit="s").tolist()]
    assert spelled(iso_characters(time, 0)) == wanted
    assert {len(one) for one in wanted} == {iso_width(0)}


@pytest.mark.parametrize("step", [1, 60, 3600, 43_200, 86_400, 7, 100_000])
@pytest.mark.parametrize("first", [0, 3599, 86_399, -1, -86_401, 951_782_280])  # the last: a leap day's beginning
def test_times_a_step_apart(step, first):
    for count in (2, 23, 24, 25, 1439, 1440, 1441, 3000):
        time = (first + step * np.arange(count)).astype("datetime64[s]").astype("datetime64[ns]")
        wanted = np.datetime_as_string(time, unit="s")
        records = np.zeros((count, 7 + iso_width(0) + 9), np.uint8)
        write_iso(records[:, 7 : 7 + iso_width(0)], time, 0)
        assert records[:, 7 : 7 + iso_width(0) - 1].copy().view("S19").ravel().astype(str).tolist() == wanted.tolist()
        assert (records[:, 7 + iso_width(0) - 1] == ord("Z")).all()
        assert not records[:, :7].any()
        assert not records[:, -9:].any()


def test_one_time_that_is_missing_between_even_ones():
    time = np.delete(np.arange("2016-02-28", "2016-03-02", dtype="datetime64[m]"), 2000).astype("datetime64[ns]")
    assert spelled(iso_characters(time, 0)) == [f"{one}Z" for one in np.datetime_as_string(time, unit="s").tolist()]


def test_a_part_of_a_second_is_never_dropped():
    with pytest.raises(ArchiveError, match=r"2016-01-01T00:00:00\.5"):
        iso_characters(np.array(["2016-01-01", "2016-01-01T00:00:00.5"], "datetime64[ns]"), 0)


def test_no_rows_are_no_characters():
    assert iso_characters(np.array([], "datetime64[ns]"), 0).shape == (0, 20)


COLUMNS = {
    "time": np.array(["1969-12-31T23:59:59", "2016-04-13", "2016-04-14"], "datetime64[ns]"),
    "b_north": np.array([1.5, np.nan, 0.1 + 0.2]),
    "flags": np.array([0, 1, 64], np.uint8),
    "label": np.array(["a", 'b,"c"', "äö"], dtype=object),
}


def test_csv_is_read_back():
    for absent in ("NaN", ""):
        text = csv_rows(COLUMNS, 0, absent=absent)
        found = pd.read_csv(io.BytesIO(text), header=None, names=list(COLUMNS))
        assert found["time"].tolist() == ["1969-12-31T23:59:59Z", "2016-04-13T00:00:00Z", "2016-04-14T00:00:00Z"]
        np.testing.assert_array_equal(found["b_north"], COLUMNS["b_north"])
        assert found["flags"].tolist() == [0, 1, 64]
        assert found["label"].tolist() == COLUMNS["label"].tolist()


def test_json_is_read_back():
    rows = json.loads(b"[" + json_rows(COLUMNS, 0) + b"]")
    assert rows[1] == ["2016-04-13T00:00:00Z", None, 1, 'b,"c"']
    assert rows[2][1] == 0.1 + 0.2
    many = {"time": np.arange(5000).astype("datetime64[s]").astype("datetime64[ns]"), "x": np.arange(5000.0)}
    assert [row[1] for row in json.loads(b"[" + json_rows(many, 0) + b"]")] == list(range(5000))
    other = np.array(["2016-04-13T12:00:00.5", "NaT", "2016-04-13"], "datetime64[ns]")
    rows = json.loads(b"[" + json_rows({"time": COLUMNS["time"], "when": other}, 0) + b"]")
    assert [row[1] for row in rows] == ["2016-04-13T12:00:00.500000000Z", None, "2016-04-13T00:00:00.000000000Z"]


def test_binary_is_read_back():
    content = binary_rows(COLUMNS, 0, {"label": 8})
    kind = [("time", "S20"), ("b_north", "<f8"), ("flags", "<i4"), ("label", "S8")]
    found = np.frombuffer(content, kind)
    assert found["time"][1] == b"2016-04-13T00:00:00Z"
    np.testing.assert_array_equal(found["b_north"], COLUMNS["b_north"])
    assert [one.decode() for one in found["label"]] == COLUMNS["label"].tolist()
    with pytest.raises(ArchiveError, match="longer than the 2 bytes"):
        binary_rows(COLUMNS, 0, {"label": 2})


def test_parquet_in_pieces_is_one_file(monkeypatch):
    monkeypatch.setattr("soap.services.parquet_stream.GROUP_ROWS", 4)
    batches = [{name: values[part] for name, values in COLUMNS.items()} for part in (slice(0, 2), slice(2, 3))] * 3
    pieces = list(parquet_pieces(batches, {"b_north": {"units": "nT"}}, {"licence": "CC-BY-4.0"}))
    assert len(pieces) > 2
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(b"".join(pieces)))
    assert table.schema.metadata[b"licence"] == b"CC-BY-4.0"
    assert table.schema.field("b_north").metadata[b"units"] == b"nT"
    assert str(table.schema.field("time").type) == "timestamp[ns, tz=UTC]"
    np.testing.assert_array_equal(table["b_north"], np.tile(COLUMNS["b_north"], 3))
    assert table["label"].to_pylist() == COLUMNS["label"].tolist() * 3
    assert list(parquet_pieces([], {}, {})) == []
