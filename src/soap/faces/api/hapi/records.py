"""Records of a dataset as CSV, binary or JSON, made batch by batch, with or without the header before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from soap.faces.api.hapi.answers import head
from soap.faces.api.hapi.header import HALF_ORBIT, HALF_ORBIT_LENGTH
from soap.faces.api.sending import Piece
from soap.services.datasets import Dataset, Stream
from soap.services.row_formats import binary_rows, csv_rows, json_rows, text_parts

MEDIA = {"csv": "text/csv; charset=utf-8", "binary": "application/octet-stream", "json": "application/json"}


def records(
    dataset: Dataset, names: tuple[str, ...], stream: Stream | None, form: str, header: Mapping[str, Any] | None
) -> Iterator[Piece]:
    """The answer's body, piece by piece; `stream` is None where there is nothing, `header` where none is wanted."""
    told = None if header is None else {**head(1200 if stream else 1201), **header, "format": form}
    batches = () if stream is None else ({name: batch[name] for name in ("time", *names)} for batch in stream)
    if form == "json":
        yield orjson.dumps(told)[:-1] + b',"data":['
        between = b"\n"
        for part in text_parts(batches):
            yield between + json_rows(part, dataset.decimals)
            between = b",\n"
        yield b"\n]}\n"
        return
    if told is not None:
        text = orjson.dumps(told, option=orjson.OPT_INDENT_2)
        yield b"#" + text.replace(b"\n", b"\n#") + b"\n"
    lengths = {HALF_ORBIT: HALF_ORBIT_LENGTH} if HALF_ORBIT in names else {}
    if form == "csv":
        yield from (csv_rows(part, dataset.decimals) for part in text_parts(batches))
    else:
        yield from (binary_rows(batch, dataset.decimals, lengths) for batch in batches)
