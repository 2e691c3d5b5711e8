"""Fields of any width in a table of fixed-width records, as numbers and days; a malformed field is named by line."""

from __future__ import annotations

import numpy as np

from soap.core.errors import BadFile
from soap.formats.fixed_columns import shown, whole_numbers

_BLANK, _POINT = 32, 46

FIRST_YEAR, LAST_YEAR = 1800, 2200
"""Years that a record of observations can be of; `datetime64[ns]` holds no more than 1678 to 2262."""


class Records:
    """A table of characters (uint8, shape (lines, width)) whose fields are taken out column by column.

    Columns are counted from 0, `stop` excluded; `first_line` is the line of the file that the first record stands on.
    """

    def __init__(self, characters: np.ndarray, file: str, first_line: int = 1):
        self.characters, self.file, self.first_line = characters, file, first_line

    def __len__(self) -> int:
        return len(self.characters)

    def whole(self, start: int, stop: int, what: str) -> np.ndarray:
        """Whole numbers, int64 of shape (lines,); `BadFile` where a field is none."""
        values, good = self._whole(self.characters[:, start:stop])
        self._require(good, start, stop, what)
        return values

    def whole_or_missing(self, start: int, stop: int, what: str) -> np.ndarray:
        """Whole numbers as float64, NaN where the field is blank; `BadFile` where it is neither."""
        field = self.characters[:, start:stop]
        values, good = self._whole(field)
        blank = (field == _BLANK).all(axis=1)
        self._require(good | blank, start, stop, what)
        return np.where(blank, np.nan, values.astype(float))

    def decimal_or_missing(self, start: int, stop: int, what: str, decimals: int = 1) -> np.ndarray:
        """Numbers with a fixed count of decimals (`F6.1`), NaN where blank; `BadFile` where neither."""
        field = self.characters[:, start:stop]
        blank, point = (field == _BLANK).all(axis=1), field.shape[1] - 1 - decimals
        values, good = self._whole(np.delete(field, point, axis=1))
        self._require((good & (field[:, point] == _POINT)) | blank, start, stop, what)
        return np.where(blank, np.nan, values / 10.0**decimals)

    def days(self, year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Calendar days, `datetime64[D]`; `BadFile` for a date that is none or that does not come after the last."""
        self.require((year >= FIRST_YEAR) & (year <= LAST_YEAR), "the date is none")
        month_start = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
        dates = month_start.astype("datetime64[D]") + (day - 1)
        real = (month >= 1) & (month <= 12) & (day >= 1) & (dates < (month_start + 1).astype("datetime64[D]"))
        self.require(real, "the date is none")
        self.require_rising(dates)
        return dates

    def require_rising(self, days: np.ndarray) -> None:
        """`BadFile` where a record's day does not come after the day of the record before."""
        rising = np.ones(len(days), bool)
        rising[1:] = days[1:] > days[:-1]
        self.require(rising, "the day does not come after the one before")

    def require(self, good: np.ndarray, fact: str) -> None:
        """`BadFile` that states the `fact` for the first record where `good` is False."""
        if not good.all():
            at = int(np.argmin(good))
            raise BadFile(
                f"Line {self.first_line + at}: {fact} ({shown(self.characters[at])})",
                file=self.file,
                next_step="The file is damaged; fetch it again.",
            )

    def _require(self, good: np.ndarray, start: int, stop: int, what: str) -> None:
        if not good.all():
            field = bytes(self.characters[int(np.argmin(good)), start:stop]).decode("ascii", "replace")
            self.require(good, f"columns {start + 1}-{stop}, {what}, hold {field!r}")

    @staticmethod
    def _whole(field: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        width = 4 if field.shape[1] <= 4 else 8
        padded = np.full((len(field), width), _BLANK, np.uint8)
        padded[:, width - field.shape[1] :] = field
        values, good = whole_numbers(padded)
        return values.astype(np.int64), good


def within_days(days: np.ndarray, per_day: int) -> np.ndarray:
    """Starts of the `per_day` equal parts of each day, in order: `datetime64[h]` of shape (days x per_day,)."""
    return (days[:, None] + np.arange(per_day) * np.timedelta64(24 // per_day, "h")).ravel()


def gaps_note(days: np.ndarray) -> list[str]:
    """A note when the days between the first and the last are not all there."""
    absent = int((days[-1] - days[0]).astype(int)) + 1 - len(days)
    return [f"{absent} day(s) between {days[0]} and {days[-1]} are not in the file."] if absent else []
