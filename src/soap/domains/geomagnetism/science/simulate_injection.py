"""A signal of known size put into a simulated observatory, so that the power to find one can be measured."""

from __future__ import annotations

import numpy as np
import xarray as xr

_STEPS = 40


def local_days(times: np.ndarray, longitude_deg: float) -> np.ndarray:
    """Day of local mean solar time (UTC + longitude / 15 h) of each time, `datetime64[D]`."""
    return (times + np.timedelta64(round(longitude_deg * 240), "s")).astype("datetime64[D]")


def day_to_day_sigma(dataset: xr.Dataset, quiet_days: np.ndarray) -> float:
    """Standard deviation of the natural logarithm of H's daily range over the whole local days in `quiet_days`."""
    days = local_days(dataset["time"].values, dataset.attrs["longitude"])
    order = np.unique(days, return_index=True)[1]
    values = np.split(dataset["b_horizontal"].values, order[1:])
    whole = max(len(part) for part in values)
    kept = [
        np.log(np.ptp(part))
        for part, day in zip(values, days[order], strict=True)
        if len(part) == whole and day in quiet_days
    ]
    return float(np.std(kept, ddof=1))


def enlarge_daily_range(dataset: xr.Dataset, days: np.ndarray, factor: float) -> xr.Dataset:
    """The dataset with the daily range of `b_horizontal` multiplied by `factor` (>= 1) on the local `days`.

    On each of these days the departure of H from the straight line between its first and last value grows, so that
    no jump appears at midnight; the range is then `factor` times what it was, to 1e-6. `b_total` follows. Days that
    the dataset does not hold are left out.
    """
    horizontal = dataset["b_horizontal"].values.copy()
    of_day = local_days(dataset["time"].values, dataset.attrs["longitude"])
    for day in days:
        here = np.flatnonzero(of_day == day)
        if len(here) > 2:
            horizontal[here] = _enlarged(horizontal[here], factor)
    changed = dataset.copy()
    changed["b_horizontal"] = dataset["b_horizontal"].copy(data=horizontal)
    changed["b_total"] = dataset["b_total"].copy(data=np.hypot(horizontal, dataset["b_down"].values))
    return changed


def _enlarged(values: np.ndarray, factor: float) -> np.ndarray:
    """One day's values, their departure from the chord scaled until the range is `factor` times what it was."""
    chord = np.linspace(values[0], values[-1], len(values))
    departure, wanted = values - chord, factor * np.ptp(values)
    low, high = 1.0, 2.0
    while np.ptp(chord + high * departure) < wanted:
        high *= 2.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if np.ptp(chord + middle * departure) < wanted else (low, middle)
    return chord + high * departure
