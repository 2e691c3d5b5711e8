"""The header of an IONEX file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from soap.domains.ionosphere.formats.tec_ionex.lines import Lines

_REQUIRED = ("HGT1 / HGT2 / DHGT", "LAT1 / LAT2 / DLAT", "LON1 / LON2 / DLON")
_SINGLE = (
    "IONEX VERSION / TYPE", "PGM / RUN BY / DATE", "EPOCH OF FIRST MAP", "EPOCH OF LAST MAP", "INTERVAL",
    "# OF MAPS IN FILE", "MAPPING FUNCTION", "ELEVATION CUTOFF", "OBSERVABLES USED", "# OF STATIONS",
    "# OF SATELLITES", "BASE RADIUS", "MAP DIMENSION", *_REQUIRED, "EXPONENT",
)  # fmt: skip
_MANY = ("DESCRIPTION", "COMMENT", "START OF AUX DATA", "END OF AUX DATA")
_AUXILIARY = ("PRN / BIAS / RMS", "STATION / BIAS / RMS")
_MANY_MORE = frozenset({*_MANY, *_AUXILIARY})
_LABEL = re.compile(r"[A-Z#][A-Z0-9 #/.-]+")
_LIMIT_NODES = 4_000_000


@dataclass(frozen=True)
class Axis:
    """Grid values in the file's order [degree]."""

    first: float
    step: float
    count: int

    @property
    def values(self) -> np.ndarray:
        """The grid values, shape (count,)."""
        return np.round(self.first + self.step * np.arange(self.count), 6)


@dataclass(frozen=True)
class Header:
    """What the header says. `body` is the line that follows it; `exponent` the power of ten of the first map's unit."""

    latitude: Axis
    longitude: Axis
    shell_height_km: float
    base_radius_km: float
    elevation_cutoff_deg: float
    mapping: str
    exponent: int
    map_count: int | None
    first: np.datetime64 | None
    last: np.datetime64 | None
    interval_s: int
    program: str
    agency: str
    observables: str
    remarks: tuple[str, ...]
    simulated: bool
    body: int
    notes: tuple[str, ...]


def read_header(lines: Lines) -> Header:
    """The header; `BadFile` when a label is missing, repeated or no label, or the grid is none."""
    at, remarks, body, notes = _labels(lines)
    missing = [label for label in _REQUIRED if label not in at]
    if missing:
        raise lines.bad(f"the header ends without {', '.join(missing)}", body - 1)
    version = lines.number(at["IONEX VERSION / TYPE"], 0, 8, "The IONEX version")
    if not 1 <= version < 2:
        raise lines.bad(f"the IONEX version is {version:g}; version 1 is read", at["IONEX VERSION / TYPE"])

    def words(label: str, start: int, stop: int) -> str:
        return " ".join(lines.text(at[label])[start:stop].split()) if label in at else ""

    def number(label: str, start: int, stop: int, otherwise: float) -> float:
        return lines.number(at[label], start, stop, label) if label in at else otherwise

    def instant(label: str) -> np.datetime64 | None:
        return lines.instant(at[label], label) if label in at else None

    latitude, longitude = _grid(lines, at)
    count = int(number("# OF MAPS IN FILE", 0, 6, -1))
    return Header(
        latitude=latitude, longitude=longitude, shell_height_km=_shell_height(lines, at),
        base_radius_km=number("BASE RADIUS", 0, 8, 6371.0),
        elevation_cutoff_deg=number("ELEVATION CUTOFF", 0, 8, 0.0),
        mapping=words("MAPPING FUNCTION", 0, 60).lower(), exponent=_exponent(lines, at),
        map_count=count if count >= 0 else None,
        first=instant("EPOCH OF FIRST MAP"), last=instant("EPOCH OF LAST MAP"),
        interval_s=round(number("INTERVAL", 0, 8, 0.0)),
        program=words("PGM / RUN BY / DATE", 0, 20), agency=words("PGM / RUN BY / DATE", 20, 40),
        observables=words("OBSERVABLES USED", 0, 60), remarks=remarks,
        simulated=any(remark.startswith("SIMULATED") for remark in remarks), body=body, notes=notes,
    )  # fmt: skip


def _labels(lines: Lines) -> tuple[dict[str, int], tuple[str, ...], int, tuple[str, ...]]:
    """Line of each label that stands once, the remarks, the first line after the header, notes on unknown labels."""
    at: dict[str, int] = {}
    remarks: list[str] = []
    unknown: Counter[str] = Counter()
    for line in range(len(lines)):
        label = _label(lines, line)
        if label == "END OF HEADER":
            notes = tuple(f"Header lines {name!r} ({count}) are not of IONEX 1 and were left out."
                          for name, count in unknown.items())  # fmt: skip
            return at, tuple(remarks), line + 1, notes
        if label in _SINGLE:
            if label in at:
                raise lines.bad(f"the header repeats {label!r} of line {at[label] + 1}", line)
            at[label] = line
        elif label in ("DESCRIPTION", "COMMENT"):
            remarks.append(lines.text(line)[:60].strip())
        elif label in _MANY_MORE:
            continue
        elif _LABEL.fullmatch(label) and len(lines.text(line)) <= 82 and "MAP" not in label:
            unknown[label] += 1
        else:
            raise lines.bad(f"the header has no label in columns 61-80 but {label!r}", line)
    raise lines.bad("the file ends inside the header, before END OF HEADER", len(lines) - 1, "Fetch the file again.")


def _label(lines: Lines, line: int) -> str:
    """The line's label; one pushed a few columns aside by a long entry, as CAS files have it, is recognised too."""
    label = lines.label(line)
    if label in _SINGLE or label in _MANY_MORE:
        return label
    text = lines.text(line).rstrip()
    moved = (known for known in _SINGLE if text.endswith(known) and 55 <= len(text) - len(known) <= 65)
    return next(moved, label)


def _grid(lines: Lines, at: dict[str, int]) -> tuple[Axis, Axis]:
    latitude = _axis(lines, at["LAT1 / LAT2 / DLAT"], 90.0)
    longitude = _axis(lines, at["LON1 / LON2 / DLON"], 360.0)
    if latitude.count * longitude.count > _LIMIT_NODES:
        raise lines.bad(
            f"the grid has {latitude.count} x {longitude.count} nodes, more than {_LIMIT_NODES:,}",
            at["LON1 / LON2 / DLON"],
        )
    if abs(longitude.step) * (longitude.count - 1) > 360.0 + 1e-6:
        raise lines.bad("the longitudes go round the Earth more than once", at["LON1 / LON2 / DLON"])
    return latitude, longitude


def _axis(lines: Lines, line: int, limit: float) -> Axis:
    first, last, step = (lines.number(line, 2 + 6 * k, 8 + 6 * k, lines.label(line)) for k in range(3))
    count = 1 if first == last else round((last - first) / step) + 1 if step else 0
    if count < 1 or abs(first + (count - 1) * step - last) > 1e-3 or max(abs(first), abs(last)) > limit:
        raise lines.bad(
            f"{lines.label(line)} = {first:g}, {last:g}, {step:g} is no grid within +-{limit:g} degree", line
        )
    return Axis(first, step, count)


def _shell_height(lines: Lines, at: dict[str, int]) -> float:
    line = at["HGT1 / HGT2 / DHGT"]
    low, high = lines.number(line, 2, 8, "HGT1"), lines.number(line, 8, 14, "HGT2")
    dimension = lines.whole(at["MAP DIMENSION"], 0, 6, "MAP DIMENSION") if "MAP DIMENSION" in at else 2
    if low != high or dimension != 2:
        raise lines.bad(
            f"the maps have {dimension} dimensions, heights {low:g} to {high:g} km", line,
            "Only maps on one thin shell (MAP DIMENSION 2) are read; extract one height.",
        )  # fmt: skip
    return low


def _exponent(lines: Lines, at: dict[str, int]) -> int:
    if "EXPONENT" not in at:
        return -1
    return exponent_in(lines, at["EXPONENT"])


def exponent_in(lines: Lines, line: int) -> int:
    """The power of ten in an EXPONENT line; `BadFile` beyond -9..9."""
    exponent = lines.whole(line, 0, 6, "EXPONENT")
    if not -9 <= exponent <= 9:
        raise lines.bad(f"EXPONENT is {exponent}; -9 to 9 is possible", line)
    return exponent
