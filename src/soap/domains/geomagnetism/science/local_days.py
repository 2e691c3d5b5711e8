"""Days of a station's local mean time, and which samples count in them."""

from __future__ import annotations

import numpy as np

from soap.core.errors import BadParameter
from soap.core.time import NS
from soap.observations import Quality

_DOUBTFUL = np.uint8(Quality.OUT_OF_RANGE | Quality.SPIKE | Quality.JUMP)


def cadence_of(times: np.ndarray) -> np.timedelta64:
    """The most frequent step of `times` (n,), n at least 2, which must rise; `BadParameter` otherwise."""
    steps = np.diff(np.asarray(times).astype(NS)).astype(np.int64)
    if not len(steps) or (steps <= 0).any():
        raise BadParameter(f"The {len(times)} times do not rise strictly; give at least two, in order, each once.")
    found, counts = np.unique(steps, return_counts=True)
    return np.timedelta64(int(found[np.argmax(counts)]), "ns")


def local_shift(longitude_deg: float, cadence: np.timedelta64) -> np.timedelta64:
    """Local mean time minus UTC, longitude/15 h, to the nearest whole sample; `BadParameter` for no longitude."""
    if not -180 <= longitude_deg <= 360:
        raise BadParameter(f"Longitude {longitude_deg} is none; it runs from -180 to 360 degree, east positive.")
    folded = (longitude_deg + 180.0) % 360.0 - 180.0
    samples = round(folded / 360.0 * 86_400e9 / int(cadence.astype("timedelta64[ns]").astype(np.int64)))
    return samples * cadence


def local_day_starts(times: np.ndarray, longitude_deg: float) -> np.ndarray:
    """The UTC instant at which the local day of each time begins, `datetime64[ns]`, same shape."""
    shift = local_shift(longitude_deg, cadence_of(times))
    return (np.asarray(times).astype(NS) + shift).astype("datetime64[D]").astype(NS) - shift


def doubtful(quality: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
    """True where a quality flag forbids the use of the value: out of range, spike, jump."""
    return np.zeros(shape, bool) if quality is None else (np.asarray(quality) & _DOUBTFUL) > 0
