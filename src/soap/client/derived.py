"""Quantities that a collection need not hold: worked out of those that it does, and marked as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from soap.observations import check
from soap.observations.quality import SUFFIX, attributes

if TYPE_CHECKING:
    import xarray as xr

SOURCES = {"b_horizontal": ("b_north", "b_east")}
"""Of what each quantity is worked out: the horizontal intensity is the length of the horizontal components."""


def horizontal(held: xr.Dataset, name: str) -> xr.Dataset:
    """The dataset with the quantity `name` for its sources: their Euclidean length, with the flags of both.

    Its attribute `derivation` says so.
    """
    import xarray as xr

    north, east = SOURCES[name]
    values = np.hypot(held[north].values, held[east].values)
    flags = held[north + SUFFIX].values | held[east + SUFFIX].values
    told = {"units": held[north].attrs["units"], "symbol": "H", "long_name": "horizontal intensity",
            "derivation": f"sqrt({north}^2 + {east}^2)"}  # fmt: skip
    data: dict[str, Any] = {name: ("time", values, told), name + SUFFIX: ("time", flags, attributes(name))}
    kept = held.drop_vars([one + end for one in (north, east) for end in ("", SUFFIX)])
    return check(xr.Dataset({**kept.data_vars, **data}, held.coords, held.attrs))
