"""Columns of Parquet that hold numbers of a few decimals as whole numbers, exactly.

What an instrument writes with three decimals is kept as whole thousandths, a Parquet DECIMAL: by differences
(DELTA_BINARY_PACKED) a third of the size of floats. A missing value is null.
"""

from __future__ import annotations

import numpy as np

DIGITS = 15
"""Significant digits that a float64 gives back whatever they are."""

_MOST_PLACES = 6
_SAMPLE = 256


def places(values: np.ndarray) -> int | None:
    """Decimals that give every value back bit by bit, at most 6; None where there are none such."""
    for count in range(_MOST_PLACES + 1):
        if _fits(values[:: max(len(values) // _SAMPLE, 1)], count) and _fits(values, count):
            return count
    return None


def _fits(values: np.ndarray, count: int) -> bool:
    scaled = np.rint(values * 10.0**count)
    return bool(((scaled / 10.0**count == values) & (np.abs(scaled) < 10.0**DIGITS)).all())


def column(values: np.ndarray):
    """Arrow column of float64 values: DECIMAL where that gives them back bit by bit, else float64; NaN is null."""
    import pyarrow as pa

    known = ~np.isnan(values)
    count = places(values[known])
    if count is None or (np.signbit(values) & (values == 0.0)).any():  # whole numbers know no minus zero
        return pa.array(values, mask=~known)
    whole = np.zeros((len(values), 2), dtype=np.int64)
    whole[known, 0] = np.rint(values[known] * 10.0**count)
    whole[:, 1] = whole[:, 0] >> 63  # the sign of a 128-bit number
    there = pa.array(known, mask=~known).buffers()[0]
    return pa.Array.from_buffers(
        pa.decimal128(DIGITS, count), len(values), [there, pa.py_buffer(whole)], null_count=int((~known).sum())
    )


def encoding_of(array) -> str:
    """How Parquet packs such a column best."""
    import pyarrow as pa

    return "DELTA_BINARY_PACKED" if pa.types.is_decimal(array.type) else "BYTE_STREAM_SPLIT"


def numbers(array) -> np.ndarray:
    """An Arrow column as float64, null as NaN."""
    import pyarrow as pa

    if not pa.types.is_decimal(array.type):
        return array.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    start, count = array.offset, len(array)
    whole = np.frombuffer(array.buffers()[1], dtype=np.int64).reshape(-1, 2)[start : start + count, 0]
    values = whole / 10.0**array.type.scale
    if array.null_count:
        values[array.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return values
