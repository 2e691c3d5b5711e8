"""The lines of an IONEX file as offsets into its bytes, so that maps are parsed without making strings."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadFile
from soap.formats.source import BYTE_ORDER_MARK, Source

LABEL = slice(60, 80)
"""Columns of a line's label."""


@dataclass(frozen=True)
class Lines:
    """`starts` and `ends` (line end excluded) index `octets`; `closed` tells whether the last line has its line end."""

    name: str
    octets: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    closed: bool
    _data: bytes

    @classmethod
    def of(cls, source: Source) -> Lines:
        """The lines of a source; line ends may be LF or CR LF, blank lines at the end of the file do not count."""
        whole = source.data.removeprefix(BYTE_ORDER_MARK)
        data = whole.rstrip(b" \r\n\t\x1a") if whole.endswith((b"\n", b"\x1a")) else whole
        if b"\r" in data[:200] and b"\n" not in data:
            raise BadFile("The lines end in CR alone", file=source.name, next_step="Convert the line ends to LF.")
        octets = np.frombuffer(data, dtype=np.uint8)
        breaks = np.flatnonzero(octets == 10)
        starts = np.concatenate([[0], breaks + 1])
        ends = np.concatenate([breaks, [len(octets)]])
        ends = ends - ((ends > starts) & (octets[np.maximum(ends - 1, 0)] == 13))
        return cls(source.name, octets, starts, ends, len(data) < len(whole), data)

    def __len__(self) -> int:
        return len(self.starts)

    def text(self, line: int) -> str:
        """One line as text; bytes beyond ASCII, which centres write in descriptions, are taken as Latin-1."""
        return self._data[self.starts[line] : self.ends[line]].decode("latin-1")

    def label(self, line: int) -> str:
        """Label of one line, "" where the line is too short to have one."""
        return self.text(line)[LABEL].rstrip()

    def bad(
        self, fact: str, line: int, next_step: str = "Fetch the file again; it is damaged or not IONEX."
    ) -> BadFile:
        """The error that says what is wrong in which line."""
        return BadFile(f"Line {line + 1}: {fact}", file=self.name, next_step=next_step)

    def number(self, line: int, start: int, stop: int, what: str) -> float:
        """The number in columns `start` to `stop` (from 0) of a line; `BadFile` where there is none."""
        field = self.text(line)[start:stop]
        try:
            value = float(field)
        except ValueError:
            value = float("nan")
        if not abs(value) < 1e7:
            raise self.bad(f"{what} is {field.strip()!r}, not a number", line)
        return value

    def whole(self, line: int, start: int, stop: int, what: str) -> int:
        """The whole number in columns `start` to `stop` of a line; `BadFile` where there is none."""
        value = self.number(line, start, stop, what)
        if value != int(value):
            raise self.bad(f"{what} is {value}, not a whole number", line)
        return int(value)

    def instant(self, line: int, what: str) -> np.datetime64:
        """The epoch in six fields of six columns, UTC; hour 24 and second 60 begin the next day and minute."""
        year, month, day, hour, minute = (self.whole(line, 6 * k, 6 * k + 6, what) for k in range(5))
        second = self.number(line, 30, 36, what)
        if not (0 <= hour <= 24 and 0 <= minute <= 60 and 0 <= second <= 60):
            raise self.bad(f"{what} has the clock {hour}:{minute}:{second:g}", line)
        try:
            date = datetime.date(year, month, day)
        except ValueError:
            date = datetime.date.min
        if not 1950 <= date.year <= 2200:
            raise self.bad(f"{what} has the date {year}-{month}-{day}", line)
        return np.datetime64(date, "ns") + np.timedelta64(round((hour * 3600 + minute * 60 + second) * 1e9), "ns")
