"""Rows as text and bytes: CSV as pandas reads it, JSON as the standard library does, records as numpy does."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soap.core.errors import ArchiveError
from soap.services import row_formats
from soap.services.parquet_stream import parquet_pieces
from soap.services.row_formats import binary_rows, csv_rows, json_rows, text_parts

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


WORDS = st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=5), st.sampled_from(['"', ",", "\x02\x03"]))


@given(st.lists(st.tuples(st.floats(), WORDS, st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=12))
def test_json_tells_any_value(rows):
    """Every float there is, whole numbers, and words with whatever is in them."""
    numbers, words, whole = (list(column) for column in zip(*rows, strict=True))
    columns = {
        "time": np.arange(len(rows)).astype("datetime64[ns]"),
        "number": np.array(numbers),
        "word": np.array(words, dtype=object),
        "whole": np.array(whole, np.int64),
    }
    found = json.loads(b"[" + json_rows(columns, 9) + b"]")
    assert [row[0] for row in found] == [f"1970-01-01T00:00:00.{number:09d}Z" for number in range(len(rows))]
    assert [row[1] for row in found] == [one if np.isfinite(one) else None for one in numbers]
    assert [row[2] for row in found] == words
    assert [row[3] for row in found] == whole


def test_text_is_made_in_parts_of_bounded_size(monkeypatch):
    monkeypatch.setattr(row_formats, "TEXT_BYTES", 50_000)
    time = np.arange(20_000).astype("datetime64[s]").astype("datetime64[ns]")
    for count in (1, 40):
        columns = {"time": time, **{f"b{number}": np.arange(20_000) / 7 for number in range(count)}}
        parts = list(text_parts([columns, columns]))
        texts = [csv_rows(part, 0) for part in parts]
        assert max(map(len, texts)) < 100_000
        assert sum(map(len, texts)) / len(texts) > 20_000
        assert b"".join(texts) == 2 * csv_rows(columns, 0)


def test_a_part_without_rows_tells_the_columns_once():
    nothing = {name: values[:0] for name, values in COLUMNS.items()}
    assert [len(part["time"]) for part in text_parts([nothing, nothing, COLUMNS, nothing])] == [0, 3]
    assert json_rows(nothing, 0) == b""


def test_binary_is_read_back():
    content = binary_rows(COLUMNS, 0, {"label": 8})
    kind = [("time", "S20"), ("b_north", "<f8"), ("flags", "<i4"), ("label", "S8")]
    found = np.frombuffer(content, kind)
    assert found["time"][1] == b"2016-04-13T00:00:00Z"
    np.testing.assert_array_equal(found["b_north"], COLUMNS["b_north"])
    assert [one.decode() for one in found["label"]] == COLUMNS["label"].tolist()
    with pytest.raises(ArchiveError, match="longer than the 2 bytes"):
        binary_rows(COLUMNS, 0, {"label": 2})


def test_long_records_hold_every_row():
    """More rows than are put together at a time, of times that are even and of times that are not."""
    count = 10_001
    for time in (np.arange(count) * 60 * 10**9, np.cumsum(np.arange(count) % 7 + 1) * 10**6):
        columns = {
            "time": time.view("datetime64[ns]"),
            "f": np.arange(count) / 3,
            "q": (np.arange(count) % 256).astype(np.uint8),
            "s": np.array(["031190", "ä"] * (count // 2) + ["x"], dtype=object),
        }
        found = np.frombuffer(binary_rows(columns, 9, {"s": 24}), "S30,<f8,<i4,S24")
        wanted = np.char.add(np.datetime_as_string(columns["time"]), "Z").astype("S30")
        assert (found["f0"] == wanted).all()
        assert (found["f1"] == columns["f"]).all()
        assert (found["f2"] == columns["q"]).all()
        assert [one.decode() for one in found["f3"]] == columns["s"].tolist()


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
