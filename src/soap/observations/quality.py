"""Per-value quality flags: why a value is missing or doubtful. Flags are added, values never deleted."""

from __future__ import annotations

from enum import IntFlag

import numpy as np

from soap.core.names import Variable


class Quality(IntFlag):
    """Bits of a `<variable>_quality` value; 0 is a value with nothing against it."""

    GOOD = 0
    MISSING = 1
    """The source gives no value; it is NaN here."""
    OUT_OF_RANGE = 2
    """Outside the plausible range of the variable (`core.names.Variable.plausible`)."""
    SPIKE = 4
    """Stands alone far from its neighbours."""
    JUMP = 8
    """The level changes by more than the instrument or the field can: a base line, an absurd tabular base."""
    CLOCK = 16
    """The time tag is in doubt."""
    CONTAMINATED = 32
    """A known source other than the field is in the value (spacecraft, magnetorquer, traffic)."""
    INTERPOLATED = 64
    """Filled in, by the source or by us."""


SUFFIX = "_quality"
_MASKS = [int(flag) for flag in Quality if flag]
_MEANINGS = " ".join(flag.name.lower() for flag in Quality if flag and flag.name)


def from_values(values: np.ndarray, variable: Variable) -> np.ndarray:
    """Flags that the values alone tell: missing (NaN) and out of the plausible range; uint8, same shape."""
    flags = np.isnan(values).astype(np.uint8) * np.uint8(Quality.MISSING)
    if variable.plausible is not None:
        low, high = variable.plausible
        with np.errstate(invalid="ignore"):
            outside = (values < low) | (values > high)
        if outside.any():
            flags[outside] |= np.uint8(Quality.OUT_OF_RANGE)
    return flags


def attributes(name: str) -> dict:
    """CF attributes (`flag_masks`, `flag_meanings`) of the quality variable of `name`."""
    return {"long_name": f"quality flags of {name}", "flag_masks": list(_MASKS), "flag_meanings": _MEANINGS}
