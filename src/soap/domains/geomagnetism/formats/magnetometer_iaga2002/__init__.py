"""IAGA-2002, the text exchange format of geomagnetic observatories: samples and means from milliseconds to years.

Spec    IAGA 2002 Data Exchange Format, https://www.ncei.noaa.gov/node/2198: lines of 70 characters; 12 header lines and
        any number of comments, the column line `DATE TIME DOY`, then date, time, day of year and four elements in F9.2.
Gives   one series, `geomagnetism.<code>.<cadence>`, in nT and degree; longitude folded into -180..180.

Elements    X Y Z `b_north` `b_east` `b_down`; H `b_horizontal`; F, S (scalar) `b_total`; D I `declination`
            `inclination`, in minutes of arc in the file; G `b_total_difference`, vector minus scalar. H beside E is not
            the horizontal intensity: the pair are the magnetometer's own axes, `b_magnetic_north`, `b_magnetic_east`.
Exactness   A printed number is a whole number k of hundredths; the value is k/100, for angles k/6000 degree, each one
            correctly rounded division. Writing multiplies back and rounds to hundredths: the same digits come out.

Beware
- 99999 is missing, 88888 not recorded, with .00, .9, .99 or nothing after it: both are NaN. NUL elements are absent.
- D of variation data may be relative to a base that only a comment gives (DECBAS, tenths of a minute). Nothing is
  added: the attribute `declination_base_deg` and a note say so.
- Where there is no scalar measurement, or no vector, G is a fill value or -F; flagged `out_of_range` then.
- The header may be all but empty. Without an IAGA code the column labels are asked, then the station name, then the
  file's name; a note says so. Without coordinates the series has no place until a station list gives it one.
- The cadence is that of the lines, not of the header's words: hourly and daily files are made with `1-minute` left in.
- The header's interval says which part of it the time is, as (first-last): (00:15-01:45) is centred on the minute,
  (00:00-00:59) starts it. Where it says nothing, times at half past are centres; of the others minutes and seconds are
  taken as centred, the rule of INTERMAGNET, longer means as starting at their time. A note says so.
- Times may repeat or run backwards after a logger's restart. Lines are sorted; of two at one time the first stands, its
  gaps filled from the second; where they contradict each other the value is flagged `clock`, and a note counts them.
- Elements may stand beside their columns where a file was edited; they are told apart by the blanks between them, with
  a note. A line that this does not help, or that is too short, is an error: fixed columns show a cut last line.
- Activity indices (AE, SYM-H, Dst) also come in this format. They are no field of a station and are refused; so that
  AE is not taken for the element E of a station A, a column counts only under the station's code, or under none.
- Several files pasted together (a second header between the data) are refused, not read up to the second header.

A comment with the words `SIMULATED DATA` marks a file as simulated; our writer sets it, and `simulated` becomes 1.
"""

from __future__ import annotations

from soap.domains.geomagnetism.formats.magnetometer_iaga2002.assembly import assemble
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.header import parse_header, recognise
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.lines import parse_lines
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.writing import write, write_series
from soap.formats.reader import Reader, Reading, scan_by_reading
from soap.formats.source import BYTE_ORDER_MARK, Source

__all__ = ["READER", "read", "sniff", "write", "write_series"]


def sniff(head: bytes, filename: str) -> bool:
    """True when the first line says so."""
    return recognise(head)


def read(source: Source) -> Reading:
    """The series of the file; `BadFile` names the first line that breaks the format."""
    content = source.data.removeprefix(BYTE_ORDER_MARK)
    header = parse_header(content, file=source.name)
    lines = parse_lines(content, header, file=source.name)
    dataset, notes = assemble(header, lines, file=source.name)
    return Reading(observations=(dataset,), notes=tuple(notes))


READER = Reader(
    name="magnetometer_iaga2002",
    title="Geomagnetic observatories, IAGA-2002",
    shape="series",
    level="L1",
    status="nominal",
    spec="IAGA 2002 Data Exchange Format, https://www.ncei.noaa.gov/node/2198",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    write=write,
    limits="Writes at most four elements, to 0.01 nT and 0.01 minute of arc, as the format has it.",
)
