"""What was measured: columns in canonical units, with what speaks against single values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadFile
from soap.domains.topside.formats.cses_l2_h5.layout import Column, Layout
from soap.domains.topside.formats.cses_l2_h5.samples import Samples, column, filled
from soap.formats import hdf5
from soap.formats.source import Source
from soap.observations.quality import Quality

if TYPE_CHECKING:
    import h5py

_FACTORS: dict[str, dict[str, float]] = {
    "electron_density": {"m-3": 1.0, "cm-3": 1e6},
    "electron_temperature": {"k": 1.0},
    "b_total": {"nt": 1.0},
}
"""Factor to the canonical unit for each spelling of a unit, see `_spelling`."""

_LAP_RANGE_CM3 = (5e2, 1e7)
_LARGEST = 1e20
"""No quantity here comes near; larger numbers are damage."""

_FIRST_SAMPLE_FACTOR = 3.0


def measured(file: h5py.File, source: Source, layout: Layout, rows: Samples):
    """Columns, extra quality flags and notes for the kept rows; `BadFile` for damage and unknown units."""
    names = hdf5.names(file, source)
    columns, flags, notes = {}, {}, []
    torquer = _magnetorquer(file, names, source, rows)
    for wanted in layout.columns:
        if not wanted.is_in(names):
            continue
        values = _magnitude(file, names, source, wanted, rows.row_count)[rows.kept]
        factor, note = _factor(file, names, source, wanted, values)
        notes += [note] if note else []
        values = values * factor
        flag = np.where(rows.doubtful, np.uint8(Quality.CLOCK), np.uint8(0))
        flag[torquer] |= np.uint8(Quality.CONTAMINATED)
        if layout.payload == "LAP":
            _flag_first(values, flag)
        columns[wanted.variable], flags[wanted.variable] = values, flag
    if all(np.isnan(values).all() for values in columns.values()):
        raise BadFile("Every value is missing", file=source.name)
    return columns, flags, notes


def _magnitude(file: h5py.File, names, source: Source, wanted: Column, row_count: int) -> np.ndarray:
    """The column, or the magnitude of its components; one value per row of the file."""
    if names.issuperset(wanted.datasets):
        parts = [_sane(column(file, name, source), name, source) for name in wanted.datasets]
    else:
        stacked = hdf5.numbers(file, wanted.stacked, source)
        if stacked.shape != (row_count, len(wanted.datasets)):
            raise BadFile(
                f"{wanted.stacked} has the shape {stacked.shape}, not ({row_count}, {len(wanted.datasets)})",
                file=source.name,
            )
        parts = [_sane(part, wanted.stacked, source) for part in stacked.T]
    if any(len(part) != row_count for part in parts):
        raise BadFile(f"{' '.join(wanted.datasets)} and UTC_TIME differ in length", file=source.name)
    return parts[0] if len(parts) == 1 else np.sqrt(sum(part**2 for part in parts))


def _sane(values: np.ndarray, name: str, source: Source) -> np.ndarray:
    values = filled(values)
    largest = np.nanmax(np.abs(values), initial=0.0)
    if largest > _LARGEST:
        raise BadFile(f"{name} holds {largest:g}, which is no measurement", file=source.name,
                      next_step="Fetch the file again; it is damaged.")  # fmt: skip
    return values


def _factor(file: h5py.File, names, source: Source, wanted: Column, values: np.ndarray) -> tuple[float, str]:
    """Factor from the file's unit to the canonical one, from `units` or `Units`, and a note where it was inferred."""
    name = wanted.datasets[0] if wanted.datasets[0] in names else wanted.stacked
    spelled = (hdf5.attribute(file[name], key, source) for key in ("units", "Units"))
    text = next((found for found in spelled if found), "")
    known = _FACTORS[wanted.variable]
    if text:
        factor = known.get(_spelling(str(text)))
        if factor is None:
            raise BadFile(f"{name} is in {text!r}; {', '.join(known)} can be converted", file=source.name)
        return factor, ""
    if wanted.variable != "electron_density":
        return 1.0, ""
    return _inferred_density_factor(name, source, values)


def _inferred_density_factor(name: str, source: Source, values: np.ndarray) -> tuple[float, str]:
    """The probe's range in cm-3 and in m-3 do not overlap, so that values without a unit still tell it."""
    low, high = _LAP_RANGE_CM3
    median = float(np.nanmedian(values)) if np.isfinite(values).any() else np.nan
    for unit, factor in _FACTORS["electron_density"].items():
        if low <= median * factor / 1e6 <= high:
            return factor, f"{name} states no unit; its median {median:g} can only be {unit}."
    raise BadFile(f"{name} states no unit and its median {median:g} fits neither m-3 nor cm-3", file=source.name)


def _spelling(text: str) -> str:
    """`cm^-3`, `1/cm3`, `#/cm^3`, `cm**-3` and the like as `cm-3`, in lower case."""
    plain = text.strip().lower()
    for noise in (" ", "^", "**", "{", "}", "(", ")", "#", "electrons"):
        plain = plain.replace(noise, "")
    per_volume = {"1/cm3": "cm-3", "/cm3": "cm-3", "1/m3": "m-3", "/m3": "m-3"}
    return per_volume.get(plain, plain)


def _magnetorquer(file: h5py.File, names, source: Source, rows: Samples) -> np.ndarray:
    """Rows taken while a magnetorquer worked (FLAG_MT is 1); a file without the flag has none."""
    if "FLAG_MT" not in names:
        return np.zeros(len(rows.kept), dtype=bool)
    flag = column(file, "FLAG_MT", source)
    if len(flag) != rows.row_count:
        raise BadFile("FLAG_MT and UTC_TIME differ in length", file=source.name)
    if not np.isin(flag, (0, 1, -9999)).all():
        wrong = flag[~np.isin(flag, (0, 1, -9999))][0]
        raise BadFile(f"FLAG_MT holds {wrong}; 0, 1 and -9999 (unknown) are possible", file=source.name)
    return flag[rows.kept] == 1


def _flag_first(values: np.ndarray, flag: np.ndarray) -> None:
    """A LAP file's first sample is often bad: flagged when 3 times over or under the next ones (in place)."""
    following = values[1:6]
    if len(following) < 3 or np.isnan(values[0]) or np.isnan(following).all():
        return
    usual = np.nanmedian(following)
    if not usual / _FIRST_SAMPLE_FACTOR <= values[0] <= usual * _FIRST_SAMPLE_FACTOR:
        flag[0] |= np.uint8(Quality.SPIKE)
