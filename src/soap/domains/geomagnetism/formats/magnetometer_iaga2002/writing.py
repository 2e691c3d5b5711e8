"""Writing IAGA-2002: the same digits come out that went in."""

from __future__ import annotations

import textwrap

import numpy as np
import xarray as xr

from soap.core.errors import BadParameter
from soap.core.place import east180
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.header import ANGLES, SIMULATED
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.stamping import cadence_seconds, interval_words
from soap.formats.reader import Reading
from soap.observations.quality import SUFFIX

_LETTERS = {
    "b_north": "X", "b_east": "Y", "b_magnetic_north": "H", "b_magnetic_east": "E", "b_horizontal": "H",
    "declination": "D", "inclination": "I", "b_down": "Z", "b_total": "F", "b_total_difference": "G",
}  # fmt: skip
_MISSING, _NOT_RECORDED = "99999.00", "88888.00"
_MOST_NT = 88887.0  # 88888 and 99999 are fill values
_MOST_ELEMENTS = 4
_END = "\r\n"


def write(reading: Reading) -> bytes:
    """The one series of a reading as an IAGA-2002 file; `BadParameter` where there are more, or none."""
    if len(reading.observations) != 1:
        raise BadParameter(f"An IAGA-2002 file holds one series, not {len(reading.observations)}; write one file each.")
    return write_series(reading.observations[0])


def write_series(dataset: xr.Dataset, comments: tuple[str, ...] = ()) -> bytes:
    """A geomagnetic series as an IAGA-2002 file, values to 0.01 nT and 0.01 minute of arc.

    `comments` are added to those the series brings (attribute `comments`); a simulated series says so in the first.
    Of more than four elements, those without a single value are left out.
    Raises `BadParameter` for more than four elements, none, a time finer than a millisecond, or a value that is too
    large for the columns.
    """
    names = [str(name) for name in dataset.data_vars if not str(name).endswith(SUFFIX)]
    if len(names) > _MOST_ELEMENTS:
        names = [name for name in names if dataset[name].notnull().any()]
    unknown = [name for name in names if name not in _LETTERS]
    letters = [_LETTERS.get(name, "") for name in names]
    if unknown or not 1 <= len(names) <= _MOST_ELEMENTS or len(set(letters)) != len(letters):
        raise BadParameter(
            f"IAGA-2002 holds one to four different elements of the field, not {', '.join(names)};"
            " choose the variables to write.",
            command="`soap get --variable NAME` chooses one.",
        )
    header = _header(dataset, letters, comments)
    return (header + _lines(dataset, names)).encode("utf-8")


def _header(dataset: xr.Dataset, letters: list[str], comments: tuple[str, ...]) -> str:
    attrs = dataset.attrs
    step = cadence_seconds(dataset["time"].values)
    words = interval_words(str(attrs.get("time_stamp", "")), step) if step else ""
    has_place = "latitude" in attrs and "longitude" in attrs
    code = str(attrs.get("iaga_code", ""))
    fields = {
        "Format": "IAGA-2002",
        "Source of Data": attrs.get("institution", ""),
        "Station Name": attrs.get("station_name", ""),
        "IAGA CODE": code,
        "Geodetic Latitude": f"{float(attrs['latitude']):.5f}" if has_place else "",
        "Geodetic Longitude": f"{_east360(float(attrs['longitude'])):.5f}" if has_place else "",
        "Elevation": f"{float(attrs['height_m']):g}" if np.isfinite(attrs.get("height_m", np.nan)) else "",
        "Reported": "".join(letters) + "NUL" * (_MOST_ELEMENTS - len(letters)),
        "Sensor Orientation": attrs.get("sensor_orientation", ""),
        "Digital Sampling": attrs.get("digital_sampling", ""),
        "Data Interval Type": attrs.get("data_interval_type", "") or words,
        "Data Type": attrs.get("maturity", ""),
    }
    lines = [f" {label:<23}{_plain(str(value)):<45.45}|" for label, value in fields.items()]
    own = tuple(text for text in str(attrs.get("comments", "")).split("\n") if text)
    if attrs.get("simulated") and not any(SIMULATED in text.upper() for text in (*own, *comments)):
        own = (f"{SIMULATED}: computed, not observed", *own)
    for text in (*own, *comments):
        lines += [f" # {piece:<66}|" for piece in textwrap.wrap(_plain(text), 66) or [""]]
    labels = [f"{code}{letter}" for letter in letters] + [f"{code}NUL"] * (_MOST_ELEMENTS - len(letters))
    columns = "".join(f"{label:<10}" for label in labels[:-1]) + f"{labels[-1]:<7}|"
    return _END.join([*lines, f"{'DATE':<11}{'TIME':<13}{'DOY':<8}{columns}", ""])


def _plain(text: str) -> str:
    """Text that cannot break the header's lines."""
    return " ".join(text.replace("|", " ").split())


def _east360(longitude_deg: float) -> float:
    return float(east180(longitude_deg)) % 360.0


def _lines(dataset: xr.Dataset, names: list[str]) -> str:
    time = dataset["time"].values
    if (time.astype(np.int64) % 1_000_000).any():
        raise BadParameter("A time is finer than a millisecond, the finest that IAGA-2002 writes.")
    days = time.astype("datetime64[D]")
    day_of_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) + 1
    columns = [_column(dataset[name].values * (60 if name in ANGLES else 1), name) for name in names]
    columns += [[f"{_NOT_RECORDED:>9}"] * len(time)] * (_MOST_ELEMENTS - len(names))
    stamps = np.datetime_as_string(time, unit="ms").tolist()
    return "".join(
        f"{stamp[:10]} {stamp[11:]} {day:03d}    {a} {b} {c} {d}{_END}"
        for stamp, day, a, b, c, d in zip(stamps, day_of_year.tolist(), *columns, strict=True)
    )


def _column(values: np.ndarray, name: str) -> list[str]:
    """Values as F9.2 text."""
    if np.any(np.abs(values) > _MOST_NT):
        worst = values[np.nanargmax(np.abs(values))]
        raise BadParameter(f"{name} reaches {worst:g}; IAGA-2002 has room for -{_MOST_NT:g} to {_MOST_NT:g}.")
    return [f"{value:9.2f}" if value == value else f"{_MISSING:>9}" for value in values.tolist()]
