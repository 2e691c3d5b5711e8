"""Records of a dataset as CSV, binary or JSON, made batch by batch, with or without the header before them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import orjson

from soap.faces.api.hapi.answers import head
from soap.faces.api.hapi.header import HALF_ORBIT, HALF_ORBIT_LENGTH
from soap.faces.api.kept_answers import KeptAnswers
from soap.faces.api.sending import Piece
from soap.services.datasets import Dataset, Stream, Unread, read
from soap.services.row_formats import binary_rows, csv_rows, json_rows, record_type, text_parts
from soap.services.row_times import WHOLE

MEDIA = {"csv": "text/csv; charset=utf-8", "binary": "application/octet-stream", "json": "application/json"}

_LENGTHS = {HALF_ORBIT: HALF_ORBIT_LENGTH}
_VALUE_BYTES = {"csv": 10, "json": 10, "binary": 8}
"""Bytes of a value, about: what will be more than can be kept is not begun to be."""


@dataclass(frozen=True)
class Records:
    """All records of an answer, in pieces; none where there are none."""

    pieces: Iterable[Piece] = ()
    size: int | None = 0
    """Bytes, where that is known before they are made."""
    owners: tuple[str, ...] = ()
    """Codes of the members whose values these are; empty: the archive's own."""
    made: bool = False
    """True where no piece need be made."""
    empty: bool = False
    """True where there are none."""


def records(dataset: Dataset, names: tuple[str, ...], values: Unread | None, form: str, kept: KeptAnswers) -> Records:
    """The records of what was found; nothing is read where they are kept from before."""
    if values is None:
        return Records(empty=True)
    decimals = dataset.decimals
    to_keep = values.most_rows * (WHOLE + _VALUE_BYTES[form] * len(names)) <= kept.most
    what = (values.digest(), names, form, decimals) if to_keep else None
    pieces = None if what is None else kept.held(what)
    if pieces is not None:
        return Records(iter(pieces), sum(map(len, pieces)), values.owners, made=True)
    stream = read(values)
    if stream is None:
        return Records(empty=True)
    encoded = _encoded(stream, names, form, decimals)
    made = encoded if what is None else kept.keeping(what, encoded)
    return Records(made, _size(stream, names, decimals) if form == "binary" else None, stream.owners)


def body(found: Records, form: str, header: Mapping[str, Any] | None) -> Records:
    """The records with what is before and after them; `header` is None where none is wanted."""
    told = None if header is None else {**head(1201 if found.empty else 1200), **header, "format": form}
    if form == "json":
        before, after = orjson.dumps(told)[:-1] + b',"data":[', b"\n]}\n"
    elif told is None:
        return found
    else:
        before, after = b"#" + orjson.dumps(told, option=orjson.OPT_INDENT_2).replace(b"\n", b"\n#") + b"\n", b""
    size = None if found.size is None else len(before) + found.size + len(after)
    return Records(
        chain((before,), found.pieces, (after,) if after else ()), size, found.owners, found.made, found.empty
    )


def _encoded(stream: Stream, names: tuple[str, ...], form: str, decimals: int) -> Iterator[Piece]:
    batches = ({name: batch[name] for name in ("time", *names)} for batch in stream)
    if form == "json":
        return _json(batches, decimals)
    if form == "csv":
        return (csv_rows(part, decimals) for part in text_parts(batches))
    return (binary_rows(batch, decimals, _lengths(names)) for batch in batches)


def _json(batches: Iterable[Mapping[str, np.ndarray]], decimals: int) -> Iterator[Piece]:
    between = b"\n"
    for part in text_parts(batches):
        yield between + json_rows(part, decimals)
        between = b",\n"


def _lengths(names: tuple[str, ...]) -> dict[str, int]:
    return {name: length for name, length in _LENGTHS.items() if name in names}


def _size(stream: Stream, names: tuple[str, ...], decimals: int) -> int | None:
    """Bytes of all binary records."""
    kinds: dict[str, np.dtype] = {name: stream.kinds[name] for name in names}
    return None if stream.count is None else stream.count * record_type(kinds, decimals, _lengths(names)).itemsize
