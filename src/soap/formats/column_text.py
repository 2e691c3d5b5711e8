"""Fields in fixed columns of chosen lines of a text, as characters and as numbers; nothing is made a string."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.formats.source import BYTE_ORDER_MARK

_PAD = 128
_IN_NUMBERS = np.zeros(256, bool)
_IN_NUMBERS[list(b"0123456789+-. eEdD")] = True
_AS_E = np.arange(256, dtype=np.uint8)
_AS_E[list(b"dDe")] = ord("E")


@dataclass(frozen=True)
class ColumnText:
    """Lines as offsets into bytes; columns are counted from 0, and blank beyond a line's end.

    `closed` tells whether the last line has its line end. Line ends are LF or CR LF.
    """

    octets: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    closed: bool

    @classmethod
    def of(cls, data: bytes) -> ColumnText:
        """The lines of some bytes; a byte order mark and blank space at the end do not count."""
        whole = data.removeprefix(BYTE_ORDER_MARK)
        text = whole.rstrip(b" \r\n\t\x1a\x00")
        octets = np.frombuffer(text + b"\n" + b" " * _PAD, np.uint8)
        breaks = np.flatnonzero(octets == 10)
        starts = np.concatenate([[0], breaks[:-1] + 1]).astype(np.int64)
        return cls(octets, starts, breaks - starts, len(text) < len(whole))

    def __len__(self) -> int:
        return len(self.starts)

    def text(self, line: int) -> str:
        """One line; bytes beyond ASCII are taken as Latin-1."""
        start = self.starts[line]
        return self.octets[start : start + self.lengths[line]].tobytes().decode("latin-1").rstrip("\r")

    def column(self, column: int) -> np.ndarray:
        """One column of all lines, uint8 of shape (lines,)."""
        return np.where(self.lengths > column, self.octets[self.starts + min(column, _PAD)], 32)

    def columns(self, lines: np.ndarray, start: int, stop: int) -> np.ndarray:
        """Characters of some lines, uint8 of shape (len(lines), stop - start); `stop` at most 128."""
        at = np.arange(start, stop)
        taken = self.octets[self.starts[lines][:, None] + at]
        taken[at >= self.lengths[lines][:, None]] = 32
        taken[taken == 13] = 32
        return taken

    def fields(self, lines: np.ndarray, starts: np.ndarray, width: int) -> np.ndarray:
        """Fields of one width: from column `starts` of `lines`, which broadcast; uint8 of shape (fields, width).

        The last field of a last line without line end is blank where it is not whole: it may have been cut.
        """
        lines, starts = (part.ravel() for part in np.broadcast_arrays(lines, starts))
        taken = self.octets[(self.starts[lines] + starts)[:, None] + np.arange(width)]
        over = starts + width > self.lengths[lines]
        cut = taken[over]
        cut[np.arange(width) >= (self.lengths[lines] - starts)[over][:, None]] = 32
        cut[cut == 13] = 32
        if not self.closed:
            cut[lines[over] == len(self) - 1] = 32
        taken[over] = cut
        return taken


def decimals(fields: np.ndarray) -> np.ndarray:
    """Numbers from fields of one width, float64 of shape (n,); NaN where a field is blank or no number.

    `fields` is uint8 of shape (n, width). An exponent may be written with E, e, D or d (Fortran).
    """
    good = _IN_NUMBERS[fields].all(axis=1) & (fields != 32).any(axis=1)
    text = np.ascontiguousarray(_AS_E[fields]).view(f"S{fields.shape[1]}").ravel()
    values = np.full(len(text), np.nan)
    try:
        values[good] = text[good].astype(float)
    except ValueError:
        for k in np.flatnonzero(good):
            values[k] = _decimal(text[k])
    return values


def _decimal(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
