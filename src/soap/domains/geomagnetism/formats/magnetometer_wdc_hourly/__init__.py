"""WDC exchange format for hourly mean values: one line of 120 characters a station, element and day.

Spec    World Data Centre for Geomagnetism (Edinburgh), "Digital WDC exchange format for observatory hourly mean
        values": columns 1-3 station, 4-5 year, 6-7 month, 8 element (D I H X Y Z F), 9-10 day, 15-16 century, 17-20
        tabular base, 21-116 the 24 hours (9999 is missing), 117-120 daily mean. Intensities: base x 100 + hour [nT];
        angles: base + hour / 600 [degree].
Gives   a series a station, `geomagnetism.<code>.pt1h`: hourly means, `time` the start of the hour (00:00 UT is the
        mean of 00:00-01:00), on every day that has a record. Variables are those the file has, over its whole span.

Beware
- Centuries: older files leave columns 15-16 blank, or mark quiet and disturbed days in column 15 (Q, D or 1, 2); such
  years are 19yy, or 18yy where column 16 is 8.
- Records may follow each other without line ends.
- Years, months and days may be blank-padded (`TND 1 1F 1` is 2001-01-01).
- A station's elements change: H, D up to some year and X, Y after it, or H beside X. Nothing is computed here; the
  horizontal intensity of X and Y is `science.horizontal.horizontal_from_xy`.
- Declination near zero is written with base 359 or 360 as well as -1 or 0; it is folded into -180..180 degree.
- The tabular base may change every day; it is no level of the field. A wrong one moves a whole day: hours that stand
  further from the level of the 31 days around than 800 nT (angles: 1.5 degree) and ten times the usual daily range are
  kept and flagged `jump`, and a note counts them. Faults much smaller than that cannot be told from storms.
- A daily mean may be given beside missing hours, and a day may have a single hour. Daily means are not used.
- Records may be out of order or come twice. The first record of a day stands, its missing hours are filled from the
  later one; where two values contradict each other the day is flagged `clock`, and a note names it.
- The code in the records says which station it is, not the file's name. One code is known to be wrong and is replaced,
  with a note: SHI stands for Shillong, IAGA code SHL.
- There are no coordinates. They come from a station list.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from soap.core.errors import BadFile
from soap.core.time import NS
from soap.domains.geomagnetism.formats.magnetometer_wdc_hourly.records import Records, parse, recognise
from soap.domains.geomagnetism.formats.magnetometer_wdc_hourly.station_days import StationDays, by_element
from soap.domains.geomagnetism.names import NAMES
from soap.formats.reader import Reader, Reading, scan_by_reading
from soap.formats.source import Source
from soap.observations import series

VARIABLES = {
    "X": "b_north", "Y": "b_east", "Z": "b_down", "H": "b_horizontal", "F": "b_total", "D": "declination",
    "I": "inclination",
}  # fmt: skip
"""Element letters of the format, and our names."""

KNOWN_MISNOMERS = {"SHI": "SHL"}
"""Codes that records carry instead of the IAGA code: Shillong's hourly values of 2011."""

_HOURS = np.arange(24).astype("timedelta64[h]")


def sniff(head: bytes, filename: str) -> bool:
    """True when the first line is such a record: letter, numbers and blanks where they belong."""
    return recognise(head)


def read(source: Source) -> Reading:
    """Everything in the file, one series a station; `BadFile` names the first line that breaks the format."""
    records = parse(source.data, file=source.name)
    if not len(records):
        raise BadFile("The file holds no record, only blank lines", file=source.name, next_step="Fetch it again.")
    notes = []
    if records.without_century:
        notes.append(f"{records.without_century:,} records leave the century out; their years are taken as 19yy.")
    observations = []
    for code, station in _stations(records).items():
        dataset, remarks = _series(code, station)
        observations.append(dataset)
        notes += remarks
    return Reading(observations=tuple(observations), notes=tuple(notes))


def _stations(records: Records) -> dict[str, Records]:
    """The records of each station, by its code in upper case as the records have it."""
    if (records.code == records.code[0]).all():
        return {records.code[0].decode("ascii").upper(): records}
    codes = np.char.upper(records.code)
    return {code.decode("ascii"): records.of(codes == code) for code in np.unique(codes)}


def _series(code_in_file: str, records: Records) -> tuple[xr.Dataset, list[str]]:
    """The series of one station's records, and what a person should hear about it."""
    code = KNOWN_MISNOMERS.get(code_in_file, code_in_file)
    notes = []
    if code != code_in_file:
        notes.append(f"The records call the station {code_in_file}; it is kept under its IAGA code, {code}.")
    days, elements, beside_gap = by_element(records)
    if beside_gap:
        notes.append(f"{code}: {beside_gap:,} records give a daily mean beside missing hours; the hours stay missing.")
    for letter, found in elements.items():
        notes += [f"{code} {VARIABLES[letter]}: {remark}" for remark in found.notes(days)]
    notes += _switch(code, days, elements)
    dataset = series(
        (days.astype(NS)[:, None] + _HOURS).ravel(),
        {VARIABLES[letter]: found.values.ravel() for letter, found in elements.items()},
        names=NAMES,
        flags={VARIABLES[letter]: found.flags.ravel() for letter, found in elements.items() if found.flags is not None},
        collection_id=f"geomagnetism.{code.lower()}.pt1h",
        platform=code.lower(),
        iaga_code=code,
        cadence="PT1H",
        time_stamp="start",
    )
    return dataset, notes


def _switch(code: str, days: np.ndarray, elements: dict[str, StationDays]) -> list[str]:
    """A note where the horizontal field is given as H in one span and as X, Y in another."""
    spans = [f"{letter} {elements[letter].span(days)}" for letter in "HX" if letter in elements]
    return [f"{code}: the horizontal field is given as {' and as '.join(spans)}."] if len(spans) == 2 else []


READER = Reader(
    name="magnetometer_wdc_hourly",
    title="Hourly mean values of geomagnetic observatories, WDC exchange format",
    shape="series",
    level="L1",
    status="nominal",
    spec="WDC for Geomagnetism (Edinburgh), Digital WDC exchange format for observatory hourly mean values",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Daily means are not kept; coordinates come from a station list.",
)
