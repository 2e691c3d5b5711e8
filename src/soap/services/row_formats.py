"""Rows on their way out: columns as CSV, JSON and binary records, made without a loop over rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from soap.core.errors import ArchiveError
from soap.services.row_times import WHOLE, decimals_of_times, iso_characters, iso_width, write_iso

TEXT_BYTES = 512 << 10
"""Bytes of text made at a time, roughly: while it is taken slowly, three times as many are held."""

_SPECIAL = re.compile('[",\\r\\n]')
_A_NUMBER = 12  # characters that one takes with what is between it and the next, as numbers of instruments are
_QUOTE, _COMMA = b"\x02", b"\x03"  # stand for these in texts of JSON, where no control character is ever bare
_PLAIN = bytes.maketrans(_QUOTE + _COMMA, b'",')


def text_parts(batches: Iterable[Mapping[str, np.ndarray]]) -> Iterator[dict[str, np.ndarray]]:
    """The rows of all batches in parts of which each makes some `TEXT_BYTES` of text; none is empty but the first."""
    for number, columns in enumerate(batches):
        count, rows = len(columns["time"]), max(TEXT_BYTES // (WHOLE + _A_NUMBER * len(columns)), 1)
        for begin in range(0, count if number else max(count, 1), rows):
            yield {name: values[begin : begin + rows] for name, values in columns.items()}


def csv_rows(columns: Mapping[str, np.ndarray], decimals: int, *, absent: str = "NaN") -> bytes:
    """Rows as CSV (RFC 4180) without a header, `time` first; a missing value is written as `absent`."""
    import pyarrow as pa

    arrays = [_text(iso_characters(columns["time"], decimals))]
    special = False
    for name, values in columns.items():
        if name != "time":
            special |= values.dtype.kind in "OU" and any(_SPECIAL.search(word) for word in set(values.tolist()))
            arrays.append(pa.array(values, from_pandas=True))  # from_pandas: NaN is missing
    return _written(arrays, absent, quoted=special)


def _written(arrays: Sequence[Any], absent: str, *, quoted: bool) -> bytes:
    """Columns as lines of text."""
    import pyarrow as pa
    import pyarrow.csv

    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(
        include_header=False, batch_size=4096, quoting_style="needed" if quoted else "none", null_string=absent
    )
    names = [str(number) for number in range(len(arrays))]
    pyarrow.csv.write_csv(pa.RecordBatch.from_arrays(arrays, names=names), sink, options)
    return sink.getvalue().to_pybytes()


def _text(characters: np.ndarray):
    """Rows of characters as a column of text, without a copy."""
    import pyarrow as pa

    count, width = characters.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(characters)])


def json_rows(columns: Mapping[str, np.ndarray], decimals: int) -> bytes:
    """Rows as JSON arrays, between commas; what is missing, or no finite number, is null.

    They are lines of CSV whose first column ends the row before and begins this one, with a time between quotes.
    """
    if not len(columns["time"]):
        return b""
    others = [_json_column(values) for name, values in columns.items() if name != "time"]
    lines = _written([_text(_begun(columns["time"], decimals)), *others], "null", quoted=False)
    return lines.translate(_PLAIN)[2:-1] + b"]"  # the first row ends none, the last none comes after


def _begun(time: np.ndarray, decimals: int) -> np.ndarray:
    """Characters of `],["2016-04-13T13:55:17Z"`, a row for each time."""
    before, width = b"]" + _COMMA + b"[" + _QUOTE, iso_width(decimals)
    out = np.empty((len(time), len(before) + width + 1), np.uint8)
    out[:, : len(before)] = np.frombuffer(before, np.uint8)
    write_iso(out[:, len(before) : -1], time, decimals)
    out[:, -1] = ord(_QUOTE)
    return out


def _json_column(values: np.ndarray):
    """A column as JSON has it; a time that is none is null, as a number that is none."""
    import pyarrow as pa

    if values.dtype.kind == "f":
        finite = np.isfinite(values)
        return pa.array(values) if finite.all() else pa.array(values, mask=~finite)
    if values.dtype.kind == "M":
        return _json_times(values)
    return pa.array(values) if values.dtype.kind in "iub" else _json_words(values)


def _json_times(values: np.ndarray):
    import pyarrow as pa
    import pyarrow.compute

    known = ~np.isnat(values)
    there = values[known]
    decimals = decimals_of_times(there)
    text = np.full((len(values), iso_width(decimals) + 2), ord(_QUOTE), np.uint8)
    text[known, 1:-1] = iso_characters(there, decimals)
    return pyarrow.compute.if_else(pa.array(known), _text(text), pa.scalar(None, pa.string()))


def _json_words(values: np.ndarray):
    """Texts between quotes, escaped as JSON wants it, with stand-ins for what CSV would quote again."""
    import orjson
    import pyarrow as pa

    told = values.tolist()
    spelled = {
        word: None if word is None else orjson.dumps(word).replace(b'"', _QUOTE).replace(b",", _COMMA).decode()
        for word in set(told)
    }
    return pa.array([spelled[word] for word in told], pa.string())


def binary_rows(columns: Mapping[str, np.ndarray], decimals: int, lengths: Mapping[str, int]) -> memoryview:
    """Rows as records without a gap: time as text, text of `lengths` bytes, integers of 4 and floats of 8, LSB first.

    `ArchiveError` for a text that is longer than is said.
    """
    import pyarrow as pa

    record = record_type({name: values.dtype for name, values in columns.items()}, decimals, lengths)
    count, width = len(columns["time"]), record["time"].itemsize
    # Of Arrow's memory: megabytes that are made and let go in turn are there again without the kernel clearing them.
    plain = np.frombuffer(pa.allocate_buffer(count * record.itemsize), np.uint8).reshape(count, record.itemsize)
    out = plain.view(record)[:, 0]
    write_iso(plain[:, :width], columns["time"], decimals)
    for name, values in columns.items():
        if name != "time":
            out[name] = encoded(values, lengths[name]) if name in lengths else values
    return plain.data.cast("B")


def record_type(kinds: Mapping[str, np.dtype], decimals: int, lengths: Mapping[str, int]) -> np.dtype:
    """What a row of columns of these number types is in `binary_rows`; `time` is the first field."""
    fields = {"time": f"S{iso_width(decimals)}"}
    for name, kind in kinds.items():
        if name != "time":
            fields[name] = f"S{lengths[name]}" if name in lengths else "<f8" if kind.kind == "f" else "<i4"
    return np.dtype(list(fields.items()))


def encoded(values: Sequence[str] | np.ndarray, length: int) -> np.ndarray:
    """Texts as UTF-8; `ArchiveError` where one is longer than `length` bytes."""
    told = list(values)
    known = {word: word.encode() for word in set(told)}
    if any(len(word) > length for word in known.values()):
        raise ArchiveError(f"{max(told, key=len)!r} is longer than the {length} bytes that were said of it.")
    return np.array([known[word] for word in told], dtype=f"S{length}")
