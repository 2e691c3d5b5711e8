"""The structure of an observation file: epochs, their satellites, and what events change on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats.gnss_rinex_observation import kernels, tables
from soap.domains.ionosphere.formats.gnss_rinex_observation.header import (
    Header,
    Types,
    check_types,
    moved,
    read_label,
)
from soap.formats.source import Source

EVENTS = {
    2: "the antenna begins to move",
    3: "a new site is occupied",
    4: "header lines",
    5: "an external event",
    6: "cycle slips that were repaired",
}
_LONGEST_EPOCH_LINE = 4096
_MOST_SATELLITES = 1000


@dataclass
class Walk:
    """What the file holds. `epochs` and `rows` are the tables of `tables`; `epochs` has one row more at its end.

    `types` are the lists of observation types that were in force, by segment. `broken` are indices of epochs before
    which an event broke the phases; `away` are ranges of epochs that were not observed at the site of the header.
    """

    epochs: np.ndarray
    rows: np.ndarray
    types: list[Types]
    broken: list[int] = field(default_factory=list)
    away: list[tuple[int, int]] = field(default_factory=list)
    events: Counter[int] = field(default_factory=Counter)
    miscounted: int = 0
    doubled: int = 0
    cut: bool = False
    notes: list[str] = field(default_factory=list)


class Walker:
    """Drives the compiled walk: gives it room, and reads the lines of events."""

    def __init__(self, source: Source, header: Header):
        self._source, self._header = source, header
        self._data = np.frombuffer(source.data, np.uint8)[: text_end(source.data)]
        self._cursor = np.zeros(16, np.int64)
        self._cursor[tables.AT], self._cursor[tables.LINE] = header.body, header.body_line - 1
        self._cursor[tables.LENGTH], self._cursor[tables.FRESH] = -1, 1
        self._epochs = np.zeros((len(self._data) // 4000 + 16, 7), np.int64)
        self._rows = np.zeros(len(self._data) // 160 + 2 * _MOST_SATELLITES, np.int16)
        self._last_row = np.full(tables.SATELLITES, -1, np.int64)
        self._held = np.zeros(_LONGEST_EPOCH_LINE, np.uint8)
        self._moving_from = -1
        self._site = header.position_m.copy()
        self._marker = header.marker
        self._walk = Walk(self._epochs, self._rows, [header.types.copy()])

    def walk(self) -> Walk:
        """The whole file; `BadFile` where it is not what its header says."""
        cursor, walk = self._cursor, self._walk
        while (status := self._step()) in (tables.FULL, tables.EVENT):
            if status == tables.FULL:
                self._make_room()
            else:
                self._read_event()
        if status not in (tables.DONE, tables.CUT):
            raise self._complaint(status)
        n_epochs, n_rows = int(cursor[tables.EPOCHS]), int(cursor[tables.ROWS])
        if self._moving_from >= 0:
            walk.away.append((self._moving_from, n_epochs))
        self._make_room()
        self._epochs[n_epochs, tables.FIRST_ROW] = n_rows
        walk.epochs, walk.rows = self._epochs[: n_epochs + 1], self._rows[:n_rows]
        walk.miscounted, walk.doubled = int(cursor[tables.MISCOUNTED]), int(cursor[tables.DOUBLED])
        walk.cut = status == tables.CUT
        return walk

    def _step(self) -> int:
        header = self._header
        found = (self._cursor, self._epochs, self._rows, self._last_row)
        default = ord(header.system if header.system != "M" else "G")
        if header.compact:
            version = 4 if header.edition >= "4.02" else header.version
            return kernels.walk_compact(self._data, version, default, self._held, *found)
        if header.version == 2:
            return kernels.walk_second(self._data, default, (len(header.types.of[""]) + 4) // 5, *found)
        return kernels.walk_third(self._data, *found)

    def _make_room(self) -> None:
        cursor = self._cursor
        if cursor[tables.EPOCHS] + 1 >= len(self._epochs):
            self._epochs = np.concatenate([self._epochs, np.zeros_like(self._epochs)])
        if cursor[tables.ROWS] + _MOST_SATELLITES >= len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])

    def _read_event(self) -> None:
        """Read the lines of the event at the cursor and take in what they change."""
        cursor, walk, header = self._cursor, self._walk, self._header
        flag = int(cursor[tables.FLAG_OF_EVENT])
        line_number, index = int(cursor[tables.LINE]), int(cursor[tables.EPOCHS])
        lines = self._event_lines(int(cursor[tables.LINES_OF_EVENT]))
        walk.events[flag] += 1
        before = header.types.copy()
        for k, line in enumerate(lines):
            if flag < 5 and len(line) > 60:
                read_label(header, line, self._source.name, line_number + 1 + k)
        if header.types != before:
            check_types(header, self._source.name, int(cursor[tables.LINE]))
            walk.types.append(header.types.copy())
            cursor[tables.SEGMENT] = len(walk.types) - 1
        spliced = any("SPLICE" in line for line in lines)
        if flag in (2, 3) or spliced or header.types != before:
            walk.broken.append(index)
        self._note_place(flag, index)

    def _event_lines(self, count: int) -> list[str]:
        cursor, lines = self._cursor, []
        at = int(cursor[tables.AT])
        for _ in range(count):
            end = self._source.data.find(b"\n", at, len(self._data))
            if end < 0:
                self._walk.cut = True
                at = len(self._data)
                break
            lines.append(self._source.data[at : min(end, at + _LONGEST_EPOCH_LINE)].decode("latin-1").rstrip("\r"))
            at = end + 1
        cursor[tables.AT] = at
        cursor[tables.LINE] += len(lines)
        return lines

    def _note_place(self, flag: int, index: int) -> None:
        """Keep book of epochs that are not of the first site: while the antenna moves, and at another place."""
        away = moved(self._header.position_m, self._site) or self._header.marker != self._marker
        if self._moving_from < 0 and (flag == 2 or away):
            self._moving_from = index
        elif self._moving_from >= 0 and flag == 3 and not away:
            self._walk.away.append((self._moving_from, index))
            self._moving_from = -1

    def _complaint(self, status: int) -> BadFile:
        line = int(self._cursor[tables.LINE])
        text = self._source.data.split(b"\n", line)[line - 1][:50] if line < 10_000_000 else b""
        shown = repr(text.decode("latin-1").rstrip("\r"))
        fact = {
            tables.BAD_EPOCH: f"Line {line}, {shown}, is no epoch line, where one should stand",
            tables.BAD_SATELLITE: f"Line {line}, {shown}, names no satellite, where one should stand",
            tables.BAD_CLOCK: f"Line {line}, {shown}, is no clock offset, where one should stand",
            tables.NO_START: f"Line {line}, {shown}, continues an epoch line that was not begun",
            tables.ODD_BYTE: f"Line {line} holds bytes that are no text",
            tables.TWICE: f"Line {line}: the list of satellites that it makes has one of them twice",
            tables.LONG_LINE: f"Line {line} is longer than any epoch line",
        }[status]
        return BadFile(
            fact, file=self._source.name, next_step="The lines before it may be right: cut the file, or fetch it again."
        )


def text_end(data: bytes) -> int:
    """Where the text ends: zero bytes and Ctrl-Z that old programs put behind it are no part of it."""
    end = len(data)
    while end and data[end - 1] in (0, 26):
        end -= 1
    return end
