"""The header of an IAGA-2002 file: what is said about the station and the samples."""

from __future__ import annotations

import re
from dataclasses import dataclass

from soap.core.errors import BadFile, BadParameter
from soap.core.place import check_latlon

SIMULATED = "SIMULATED DATA"
"""The words in a comment that mark a file as made up."""

VARIABLES = {
    "X": "b_north", "Y": "b_east", "Z": "b_down", "H": "b_horizontal", "F": "b_total", "S": "b_total",
    "D": "declination", "I": "inclination", "E": "b_magnetic_east", "G": "b_total_difference",
}  # fmt: skip
"""Element letters of the format, and our names; H beside E is `b_magnetic_north`."""

ANGLES = frozenset({"declination", "inclination"})

_FIRST = re.compile(rb"\s?Format\s+IAGA-2002\b", re.IGNORECASE)
_VALUE_COLUMN, _LAST_COLUMN = 24, 69
_DECBAS = re.compile(r"DECBAS\s+(-?\d+)")
_MOST_LINES = 2000


@dataclass(frozen=True)
class Header:
    """`fields` by lower-case label, `comments`, the `columns` (element letters, "" where not used) and their `codes`.

    `line_count` header lines take the first `size` bytes of the file.
    """

    fields: dict[str, str]
    comments: tuple[str, ...]
    columns: tuple[str, ...]
    codes: tuple[str, ...]
    line_count: int
    size: int
    notes: tuple[str, ...] = ()

    def __getitem__(self, label: str) -> str:
        return self.fields.get(label, "")

    @property
    def variables(self) -> tuple[str, ...]:
        """Our name of each column, "" where it is not used."""
        names = [VARIABLES.get(letter, "") for letter in self.columns]
        if "E" in self.columns and "H" in self.columns:
            names[self.columns.index("H")] = "b_magnetic_north"
        return tuple(names)

    @property
    def simulated(self) -> int:
        """1 where a comment says that the data are made up."""
        return int(any(SIMULATED in comment.upper() for comment in self.comments))

    @property
    def code(self) -> str:
        """The station's code, from the header or the column labels; "" where neither has one."""
        return (self["iaga code"] or next((code for code in self.codes if code), "")).upper()

    def place(self) -> tuple[dict[str, float], list[str]]:
        """`latitude`, `longitude`, `height_m` where the header has them, and notes on what is no place."""
        notes = []
        texts = self["geodetic latitude"], self["geodetic longitude"]
        found: dict[str, float] = {}
        try:
            if all(texts):
                latitude, longitude = check_latlon(float(texts[0]), float(texts[1]))
                found = {"latitude": latitude, "longitude": round(longitude, 9)}  # folding leaves a last-digit residue
        except (ValueError, BadParameter):
            notes.append(f"The header's latitude {texts[0]!r} and longitude {texts[1]!r} are no place; left out.")
        try:
            if self["elevation"] and abs(float(self["elevation"])) < 10_000:
                found["height_m"] = float(self["elevation"])
        except ValueError:
            notes.append(f"The header's elevation {self['elevation']!r} is no number of metres; left out.")
        return found, notes

    def declination_base_deg(self) -> float | None:
        """The base of a relative declination [degree], where a comment gives one."""
        found = _DECBAS.search(" ".join(self.comments))
        return int(found.group(1)) / 600 if found else None


def recognise(head: bytes) -> bool:
    """True when the content begins as an IAGA-2002 file does."""
    return _FIRST.match(head) is not None


def parse_header(data: bytes, *, file: str) -> Header:
    """The header at the beginning of a file; `BadFile` says what is wrong with it."""
    if not recognise(data):
        raise BadFile("The first line is not 'Format IAGA-2002'", file=file, next_step="Is it of another format?")
    fields: dict[str, str] = {}
    comments: list[str] = []
    start = 0
    for number in range(1, _MOST_LINES):
        end = data.find(b"\n", start)
        if end < 0:
            break
        line = _text(data[start:end])
        start = end + 1
        if line.startswith("DATE"):
            columns, codes, notes = _columns(line, number, file)
            return Header(fields, tuple(comments), columns, codes, number, start, notes)
        _take(line, number, fields, comments, file)
    raise BadFile("The header has no line 'DATE TIME DOY …', so there is no data", file=file,
                  next_step="The file was cut short; fetch it again.")  # fmt: skip


def _text(line: bytes) -> str:
    """A header line as text: UTF-8, or Latin-1 as older files have it."""
    try:
        return line.decode("utf-8").rstrip()
    except UnicodeDecodeError:
        return line.decode("latin-1").rstrip()


def _take(line: str, number: int, fields: dict[str, str], comments: list[str], file: str) -> None:
    """One header or comment line into `fields` or `comments`."""
    if line and not line.startswith(" "):
        raise BadFile(f"Line {number} is no header line: {line[:40]!r}", file=file,
                      next_step="Header lines begin with a blank; fetch the file again.")  # fmt: skip
    if line.lstrip().startswith("#"):
        comments.append(line.lstrip()[1:].rstrip("|").strip())
        return
    label, value = line[1:_VALUE_COLUMN].strip().lower(), line[_VALUE_COLUMN:].rstrip("|").strip()
    if label in fields:
        raise BadFile(f"Line {number} gives {label!r} a second time", file=file,
                      next_step="Several files were pasted together; read each by itself.")  # fmt: skip
    if label:
        fields[label] = value


def _columns(line: str, number: int, file: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Element letters of the column line ("" where not used), the station codes before them, notes."""
    labels = line.rstrip("| ").split()[3:]
    if not 1 <= len(labels) <= 4 or line.split()[:3] != ["DATE", "TIME", "DOY"]:
        raise BadFile(f"Line {number} names no columns: {line[:70]!r}", file=file,
                      next_step="It must read DATE TIME DOY and one to four elements.")  # fmt: skip
    unused = [label.endswith("NUL") for label in labels]
    letters = ["" if skip else label[-1].upper() for label, skip in zip(labels, unused, strict=True)]
    notes = []
    for at, letter in enumerate(letters):
        if letter and letter not in VARIABLES:
            notes.append(f"The column {labels[at]} is no element known here; left out.")
            letters[at] = ""
    if "F" in letters and "S" in letters:
        notes.append("Total intensity comes as F and as S; S is left out.")
        letters[letters.index("S")] = ""
    used = [letter for letter in letters if letter]
    if not used or len(set(used)) != len(used):
        raise BadFile(f"Line {number} names no element, or one twice: {' '.join(labels)}", file=file,
                      next_step="Elements are X Y Z H D I F S G E.")  # fmt: skip
    codes = tuple(label[:-3] if skip else label[:-1] for label, skip in zip(labels, unused, strict=True))
    return tuple(letters), codes, tuple(notes)
