"""Writing IONEX 1.0. What is written reads back with identical values wherever five columns can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadObservation
from soap.domains.ionosphere.formats.tec_ionex.centre import PLATFORM_REMARK
from soap.domains.ionosphere.formats.tec_ionex.maps import MISSING, PER_LINE, WIDTH
from soap.formats.reader import Reading

if TYPE_CHECKING:
    import xarray as xr

_EXPONENTS = range(2, -7, -1)
_LARGEST, _SMALLEST = 10**WIDTH - 1, -(10 ** (WIDTH - 1) - 1)


def write(reading: Reading) -> bytes:
    """The reading's one field of `vtec` (and `vtec_rms`) [TECU] as an IONEX 1.0 file.

    The unit is the largest power of ten in which every value is a whole number; where there is none, values are
    rounded to the finest that fits into five columns. Needs a grid of even steps in latitude and longitude. The
    attributes `mapping`, `shell_height_km`, `base_radius_km` and so on go into the header; a simulated field is
    marked SIMULATED there. Raises `BadObservation` for what the format cannot hold.
    """
    fields = [one for one in reading.observations if "vtec" in one]
    if len(fields) != 1 or fields[0].attrs.get("shape") != "field":
        raise BadObservation(f"IONEX holds one field with vtec; the reading has {len(fields)} such observation(s).")
    dataset = fields[0]
    southward = dataset.isel(latitude=slice(None, None, -1))
    values = {"TEC": southward["vtec"].values}
    if "vtec_rms" in southward:
        values["RMS"] = southward["vtec_rms"].values
    latitude, longitude = _steps(southward["latitude"].values), _steps(_unwrapped(southward["longitude"].values))
    exponent = _exponent(np.concatenate([part.ravel() for part in values.values()]))
    lines = _header(dataset, latitude, longitude, exponent)
    for kind, maps in values.items():
        for number, (time, grid) in enumerate(zip(dataset["time"].values, maps, strict=True), start=1):
            lines += _map(kind, number, time, _whole(grid, exponent), latitude, longitude, _height(dataset))
    lines.append(_line("", "END OF FILE"))
    return ("\n".join(lines) + "\n").encode("ascii", "replace")


def _line(content: str, label: str) -> str:
    return f"{content[:60]:<60}{label:<20}"


def _height(dataset: xr.Dataset) -> float:
    if "shell_height_km" not in dataset.attrs:
        raise BadObservation("The field has no attribute shell_height_km; IONEX needs the height of its shell.")
    return float(dataset.attrs["shell_height_km"])


def _unwrapped(longitude: np.ndarray) -> np.ndarray:
    """Longitudes that go on rising where the field crosses 180 degrees."""
    return longitude + 360.0 * np.concatenate([[0], np.cumsum(np.diff(longitude) < 0)])


def _steps(axis: np.ndarray) -> tuple[float, float, float, int]:
    """First, last, step and count of an axis of even steps."""
    step = (axis[-1] - axis[0]) / (len(axis) - 1) if len(axis) > 1 else 0.0
    written = [round(float(value), 1) for value in (axis[0], axis[-1], step)]
    grid = written[0] + written[2] * np.arange(len(axis))
    if not np.allclose(grid, axis, rtol=0, atol=1e-6):
        raise BadObservation(
            f"IONEX holds grids of even steps in tenths of a degree; this axis is {axis[:4]} … {axis[-1]}."
        )
    return written[0], written[1], written[2], len(axis)


def _exponent(values: np.ndarray) -> int:
    """Largest exponent in which all values are whole, else the finest in which they fit five columns."""
    finite = values[np.isfinite(values)]
    fitting = []
    for exponent in _EXPONENTS:
        numbers = _scaled(finite, exponent)
        rounded = np.rint(numbers)
        if rounded.size and (rounded.max() > _LARGEST or rounded.min() < _SMALLEST or (rounded == MISSING).any()):
            continue
        if np.allclose(numbers, rounded, rtol=0, atol=1e-6) and exponent <= -1:
            return exponent
        fitting.append(exponent)
    if not fitting:
        raise BadObservation(f"Values from {finite.min():g} to {finite.max():g} TECU do not fit five columns of IONEX.")
    return min(fitting)


def _scaled(values: np.ndarray, exponent: int) -> np.ndarray:
    return values * 10.0**-exponent if exponent < 0 else values / 10.0**exponent


def _whole(grid: np.ndarray, exponent: int) -> np.ndarray:
    numbers = np.rint(_scaled(np.nan_to_num(grid), exponent)).astype(int)
    return np.where(np.isnan(grid), MISSING, numbers)


def _epoch(time: np.datetime64) -> str:
    second = time.astype("datetime64[s]")
    if second != time:
        raise BadObservation(f"IONEX gives epochs in whole seconds; a map is of {time}.")
    date = str(second)
    parts = (date[0:4], date[5:7], date[8:10], date[11:13], date[14:16], date[17:19])
    return "".join(f"{int(part):6d}" for part in parts)


def _header(dataset: xr.Dataset, latitude: tuple, longitude: tuple, exponent: int) -> list[str]:
    attrs, times, height = dataset.attrs, dataset["time"].values, _height(dataset)
    steps = np.unique(np.diff(times)) if len(times) > 1 else np.array([0])
    interval = int(steps[0] // np.timedelta64(1, "s")) if len(steps) == 1 and len(times) > 1 else 0
    lines = [
        _line(f"{1.0:8.1f}{'':12}{'IONOSPHERE MAPS':<20}{'MIX':<20}", "IONEX VERSION / TYPE"),
        _line(f"{'SOAP':<20}{attrs.get('agency', '')[:20]:<20}{'':20}", "PGM / RUN BY / DATE"),
    ]
    if attrs.get("simulated"):
        lines.append(_line("SIMULATED: computed from models, no observation", "COMMENT"))
    lines += [
        _line(PLATFORM_REMARK + str(attrs["platform"]), "COMMENT"),
        _line(_epoch(times[0]), "EPOCH OF FIRST MAP"),
        _line(_epoch(times[-1]), "EPOCH OF LAST MAP"),
        _line(f"{interval:6d}", "INTERVAL"),
        _line(f"{len(times):6d}", "# OF MAPS IN FILE"),
        _line(f"  {str(attrs.get('mapping', 'none')).upper()[:4]:<4}", "MAPPING FUNCTION"),
        _line(f"{float(attrs.get('elevation_cutoff_deg', 0.0)):8.1f}", "ELEVATION CUTOFF"),
        _line(str(attrs.get("observables", "")), "OBSERVABLES USED"),
        _line(f"{float(attrs.get('base_radius_km', 6371.0)):8.1f}", "BASE RADIUS"),
        _line(f"{2:6d}", "MAP DIMENSION"),
        _line(f"  {height:6.1f}{height:6.1f}{0:6.1f}", "HGT1 / HGT2 / DHGT"),
        _line("  " + "".join(f"{value:6.1f}" for value in latitude[:3]), "LAT1 / LAT2 / DLAT"),
        _line("  " + "".join(f"{value:6.1f}" for value in longitude[:3]), "LON1 / LON2 / DLON"),
        _line(f"{exponent:6d}", "EXPONENT"),
        _line(f"Values in 1E{exponent} TECU; {MISSING} where there is none", "COMMENT"),
        _line("", "END OF HEADER"),
    ]
    return lines


def _map(kind: str, number: int, time: np.datetime64, grid: np.ndarray, latitude: tuple, longitude: tuple,
         height_km: float) -> list[str]:  # fmt: skip
    lines = [_line(f"{number:6d}", f"START OF {kind} MAP"), _line(_epoch(time), "EPOCH OF CURRENT MAP")]
    for k, row in enumerate(grid):
        place = (latitude[0] + latitude[2] * k, *longitude[:3], height_km)
        lines.append(_line("  " + "".join(f"{value:6.1f}" for value in place), "LAT/LON1/LON2/DLON/H"))
        cells = row.tolist()
        parts = (cells[at : at + PER_LINE] for at in range(0, len(cells), PER_LINE))
        lines += [f"%{WIDTH}d" * len(part) % tuple(part) for part in parts]
    lines.append(_line(f"{number:6d}", f"END OF {kind} MAP"))
    return lines
