"""Parquet on its way out: a file whose parts are sent as they are made, a group of rows at a time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

GROUP_ROWS, GROUP_BYTES = 131_072, 8 << 20
"""Rows of a group, or bytes of many columns: few groups read fast, and each is in memory while it is written."""


def parquet_pieces(
    batches: Iterable[Mapping[str, np.ndarray]],
    described: Mapping[str, Mapping[str, Any]],
    metadata: Mapping[str, str],
) -> Iterator[bytes]:
    """Batches of the same columns, `time` first, as the pieces of one Parquet file.

    Units and meanings are in the fields' metadata. A file that is cut off has no footer, and no program reads it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink, writer, waiting = _Taken(), None, []
    for batch in batches:
        table = pa.table(batch)
        if writer is None:
            fields = [_field(field, described) for field in table.schema]
            schema = pa.schema(fields, metadata=dict(metadata))
            writer = pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, **_options(schema))
        waiting.append(table.cast(schema))
        if sum(len(one) for one in waiting) >= GROUP_ROWS or sum(one.nbytes for one in waiting) >= GROUP_BYTES:
            writer.write_table(pa.concat_tables(waiting), row_group_size=2 * GROUP_ROWS)
            waiting.clear()
            yield sink.taken()
    if writer is not None:
        if waiting:
            writer.write_table(pa.concat_tables(waiting), row_group_size=2 * GROUP_ROWS)
        writer.close()
        yield sink.taken()


def _field(field: Any, described: Mapping[str, Mapping[str, Any]]) -> Any:
    import pyarrow as pa

    told = described.get(field.name, {})
    kept = {key: str(told[key]) for key in ("units", "long_name", "symbol") if told.get(key)}
    kind = pa.timestamp("ns", tz="UTC") if pa.types.is_timestamp(field.type) else field.type
    return pa.field(field.name, kind, metadata=kept or None)


def _options(schema: Any) -> dict[str, Any]:
    """As the archive's own objects: zstd, floats by BYTE_STREAM_SPLIT, times by their differences."""
    import pyarrow as pa

    encodings = {field.name: "BYTE_STREAM_SPLIT" for field in schema if pa.types.is_floating(field.type)}
    encodings |= {field.name: "DELTA_BINARY_PACKED" for field in schema if pa.types.is_timestamp(field.type)}
    rest = [field.name for field in schema if field.name not in encodings]
    return {"compression": "zstd", "use_dictionary": rest or False, "column_encoding": encodings}


class _Taken(io.RawIOBase):
    """What is written, until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        """All since it was last taken."""
        out = b"".join(self._parts)
        self._parts.clear()
        return out
