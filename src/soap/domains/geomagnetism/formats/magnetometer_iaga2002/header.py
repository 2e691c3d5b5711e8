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
_VALUE_COLUMN = 24
_LABELS = (
    "format", "source of data", "station name", "iaga code", "geodetic latitude", "geodetic longitude", "elevation",
    "reported", "sensor orientation", "digital sampling", "data interval type", "data type", "publication date",
)  # fmt: skip
"""What the format's header lines begin with, in lower case; their values are found even where columns have shifted."""

_INDICES = frozenset(
    ("AE", "AU", "AL", "AO", "AX", "DST", "SYM-H", "SYM-D", "ASY-H", "ASY-D", "SYMH", "SYMD", "ASYH", "ASYD")
)
"""Columns of activity indices that the World Data Centre in Kyoto also gives in this format."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_LONGEST_LINE = 1000
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
            if any(texts):
                latitude, longitude = check_latlon(float(texts[0]), float(texts[1]))
                found = {"latitude": latitude, "longitude": round(longitude, 9)}  # folding leaves a last-digit residue
        except (ValueError, BadParameter):
            notes.append(f"The header's latitude {texts[0]!r} and longitude {texts[1]!r} are no place; left out.")
        try:
            if self["elevation"] and abs(height := float(self["elevation"])) < 10_000:
                found["height_m"] = height
            elif self["elevation"]:
                notes.append(f"The header's elevation {self['elevation']!r} is none on Earth; left out.")
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
    """The header at the beginning of a file; `BadFile` says what is wrong with it.

    Lines may lack the blank they should begin with.
    """
    if not recognise(data):
        raise BadFile("The first line is not 'Format IAGA-2002'", file=file, next_step="Is it of another format?")
    if b"\n" not in data and b"\r" in data:
        raise BadFile("The lines end in CR alone", file=file, next_step="Convert the line ends to LF.")
    fields: dict[str, str] = {}
    comments: list[str] = []
    start = 0
    for number in range(1, _MOST_LINES):
        end = data.find(b"\n", start)
        if end < 0:
            break
        line = _text(data[start:end], number, file)
        start = end + 1
        if line.upper().split(maxsplit=3)[:3] == ["DATE", "TIME", "DOY"]:
            columns, codes, notes = _columns(line, number, fields.get("iaga code", ""), file)
            return Header(fields, tuple(comments), columns, codes, number, start, notes)
        _take(line, number, fields, comments, file)
    raise BadFile("The header has no line 'DATE TIME DOY …', so there is no data", file=file,
                  next_step="The file was cut short; fetch it again.")  # fmt: skip


def _text(line: bytes, number: int, file: str) -> str:
    """A header line as text: UTF-8, or Latin-1 as older files have it."""
    if len(line) > _LONGEST_LINE:
        raise BadFile(f"Line {number} of the header has {len(line):,} characters, 70 belong there", file=file,
                      next_step="The file is damaged, or its line ends are lost; fetch it again.")  # fmt: skip
    try:
        text = line.decode("utf-8").rstrip()
    except UnicodeDecodeError:
        text = line.decode("latin-1").rstrip()
    if found := _UNPRINTABLE.search(text):
        raise BadFile(f"Line {number} of the header holds the control character {found.group()!r}", file=file,
                      next_step="The file is damaged; fetch it again.")  # fmt: skip
    return text


def _take(line: str, number: int, fields: dict[str, str], comments: list[str], file: str) -> None:
    """One header or comment line into `fields` or `comments`."""
    content = line.lstrip()
    if content.startswith("#"):
        comments.append(content[1:].rstrip("|").strip())
        return
    known = next((label for label in _LABELS if content.lower().startswith(label)), "")
    if content and not known and not line.startswith(" "):
        raise BadFile(f"Line {number} is no header line: {line[:40]!r}", file=file,
                      next_step="Header lines begin with a blank; fetch the file again.")  # fmt: skip
    label = known or line[1:_VALUE_COLUMN].strip().lower()
    value = (content[len(known) :] if known else line[_VALUE_COLUMN:]).rstrip("|").strip()
    if label in fields:
        raise BadFile(f"Line {number} gives {label!r} a second time", file=file,
                      next_step="Several files were pasted together; read each by itself.")  # fmt: skip
    if label:
        fields[label] = value


def _columns(line: str, number: int, code: str, file: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Element letters of the column line ("" where not used), the station codes before them, notes."""
    labels = line.rstrip("| ").split()[3:]
    if not 1 <= len(labels) <= 4:
        raise BadFile(f"Line {number} names no columns, or more than four: {line[:70]!r}", file=file,
                      next_step="It must read DATE TIME DOY and one to four elements.")  # fmt: skip
    if indices := [label for label in labels if label.upper() in _INDICES]:
        raise BadFile(f"The columns {', '.join(indices)} are indices of activity, not the field at a station",
                      file=file, next_step="Of these indices, Dst is read, in the WDC exchange format.")  # fmt: skip
    unused = [label.upper().endswith("NUL") for label in labels]
    codes = tuple(label[:-3] if skip else label[:-1] for label, skip in zip(labels, unused, strict=True))
    letters = ["" if skip else label[-1].upper() for label, skip in zip(labels, unused, strict=True)]
    notes = []
    for at, letter in enumerate(letters):
        if letter and not (letter in VARIABLES and _stands_for_station(codes[at], code, codes)):
            notes.append(f"The column {labels[at]} is no element known here; left out.")
            letters[at] = ""
    if "F" in letters and "S" in letters:
        notes.append("Total intensity comes as F and as S; S is left out.")
        letters[letters.index("S")] = ""
    used = [letter for letter in letters if letter]
    if not used or len(set(used)) != len(used):
        raise BadFile(f"Line {number} names no element, or one twice: {' '.join(labels)}", file=file,
                      next_step="Elements are X Y Z H D I F S G E, after the station's code.")  # fmt: skip
    return tuple(letters), codes, tuple(notes)


def _stands_for_station(prefix: str, code: str, prefixes: tuple[str, ...]) -> bool:
    """Whether what stands before an element's letter is the station's code, and not part of another quantity's name.

    It is nothing, the header's code or, where the header has none or another, what all columns have in common.
    """
    if prefix.upper() in ("", code.upper()):
        return True
    return len(set(prefixes)) == 1 and len(prefix) >= 3 and prefix.isalnum() and (not code or len(prefixes) >= 3)
