"""From header and lines to the checked series, and what a person should hear about it."""

from __future__ import annotations

import re
from pathlib import PurePath

import numpy as np
import xarray as xr

from soap.core.errors import BadFile
from soap.core.time import iso
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.header import Header
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.lines import Lines
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.stamping import (
    cadence_seconds,
    declared_seconds,
    iso_duration,
    time_stamp,
)
from soap.domains.geomagnetism.names import NAMES
from soap.observations import Quality, series

_KEPT = {
    "source of data": "institution",
    "station name": "station_name",
    "sensor orientation": "sensor_orientation",
    "digital sampling": "digital_sampling",
    "data interval type": "data_interval_type",
}
"""Header labels that become attributes as they are."""


def assemble(header: Header, lines: Lines, *, file: str) -> tuple[xr.Dataset, list[str]]:
    """The series and its notes."""
    time, values, contradictory, notes = _in_order(lines)
    cadence_s, remarks = _cadence(time, header, file)
    platform, more = _platform(header, file)
    stamp, doubt = time_stamp(header["data interval type"], cadence_s, time[0])
    place, misplaced = header.place()
    cadence = iso_duration(cadence_s)
    columns = {name: values[at] for at, name in enumerate(header.variables) if name}
    base = header.declination_base_deg() if "declination" in columns else None
    notes = [*header.notes, *notes, *remarks, *more, *([doubt] if doubt else []), *misplaced]
    if base is not None:
        notes.append(f"D is relative to a base of {base:.4f} degree (DECBAS); the base is not added.")
    attrs = {name: header[label] for label, name in _KEPT.items() if header[label]} | place
    if header.code:
        attrs["iaga_code"] = header.code
    if base is not None:
        attrs["declination_base_deg"] = base
    if header.comments:
        attrs["comments"] = "\n".join(header.comments)
    dataset = series(
        time,
        columns,
        names=NAMES,
        flags={name: contradictory[at] for at, name in enumerate(header.variables) if name and contradictory.size},
        collection_id=f"geomagnetism.{platform}.{cadence.lower()}",
        platform=platform,
        cadence=cadence,
        time_stamp=stamp,
        maturity=header["data type"].lower(),
        simulated=header.simulated,
        **attrs,
    )
    return dataset, notes


def _in_order(lines: Lines) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Times strictly rising, values, flags of contradictory repetitions (empty where there are none), and notes."""
    notes = []
    if lines.wrong_days:
        notes.append(f"{lines.wrong_days:,} lines have a day of the year that is not their date's; the date is taken.")
    if lines.out_of_columns:
        notes.append(f"{lines.out_of_columns:,} lines have elements out of their columns; blanks tell them apart.")
    steps = np.diff(lines.time)
    if (steps > np.timedelta64(0)).all():
        return lines.time, lines.values, np.empty((0, 0), np.uint8), notes
    if (steps < np.timedelta64(0)).any():
        notes.append(f"Time runs backwards {int((steps < np.timedelta64(0)).sum())} time(s); the lines are sorted.")
    order = np.argsort(lines.time, kind="stable")
    time, values = lines.time[order], lines.values[:, order]
    again = np.concatenate([[False], np.diff(time) == np.timedelta64(0)])
    first = np.maximum.accumulate(np.where(again, 0, np.arange(len(time))))
    flags = np.zeros(values.shape, np.uint8)
    for at in np.flatnonzero(again):
        kept, other = values[:, first[at]], values[:, at]
        differs = ~np.isnan(kept) & ~np.isnan(other) & (kept != other)
        flags[differs, first[at]] |= np.uint8(Quality.CLOCK)
        values[:, first[at]] = np.where(np.isnan(kept), other, kept)
    if again.any():
        count = int((flags[:, ~again] > 0).any(axis=0).sum())
        told = (
            f"{count:,} with different values, of which the first stands, flagged clock"
            if count
            else "with equal values"
        )
        notes.append(f"{int(again.sum()):,} time(s), the first {iso(time[again][0])}, come more than once; {told}.")
    return time[~again], values[:, ~again], flags[:, ~again], notes


def _cadence(time: np.ndarray, header: Header, file: str) -> tuple[float, list[str]]:
    """The cadence [s], and notes where lines and header disagree or the lines do not keep it."""
    interval = header["data interval type"]
    declared, found = declared_seconds(interval), cadence_seconds(time)
    if found is None:
        if declared is None:
            raise BadFile(
                f"There is one line of data, and the header's interval ({interval!r}) does not say the cadence",
                file=file, next_step="Write it there, as in '1-minute'.",
            )  # fmt: skip
        return declared, []
    notes = []
    if declared is not None and declared != found:
        notes.append(f"The header says {interval!r}, but the lines, which count, are {iso_duration(found)} apart.")
    steps, step = np.diff(time).astype(np.int64), np.int64(found * 1e9)
    irregular = steps[steps != step]
    astray = int((irregular % step != 0).sum())
    if astray and found < 28 * 86400:
        notes.append(f"{astray:,} steps between lines are no multiple of {iso_duration(found)}.")
    return found, notes


def _platform(header: Header, file: str) -> tuple[str, list[str]]:
    """The station as collections call it: its code, else its name, else the file's name, with a note."""
    if re.fullmatch("[A-Z0-9]{3}", header.code):
        return header.code.lower(), []
    for origin, text in (("code", header.code), ("station name", header["station name"]), ("file's name", _stem(file))):
        slug = re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")
        if slug and origin == "code":
            return slug, [f"The header's code, {text!r}, is no IAGA code of three characters; it is kept."]
        if slug:
            return slug, [f"The header has no IAGA code; the {origin}, {text!r}, stands in for it."]
    return "unnamed", ["The header has no IAGA code and no station name."]


def _stem(file: str) -> str:
    return PurePath(file).name.split(".")[0]
