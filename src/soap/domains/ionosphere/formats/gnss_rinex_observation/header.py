"""The header of an observation file, and the header lines that events bring later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from soap.core.errors import BadFile
from soap.formats.source import BYTE_ORDER_MARK, Source

_SYSTEMS = frozenset("GRECJISM ")
_FIRST = re.compile(rb" {0,8}[1-4](\.\d{0,2})? +O")
_COMPACT = re.compile(rb" {0,8}([13])\.\d {10,}COMPACT RINEX FORMAT")
_SLOT = re.compile(r"R([ \d]\d)(?: {0,3}([+-]?\d{1,2}))?(?!\d)")
_POSITION_TOLERANCE_M = 100.0
_LONGEST_LINE = 4096


@dataclass
class Types:
    """Observation types by system letter, in the order of the fields; "" holds those of RINEX 2, alike for all."""

    of: dict[str, list[str]] = field(default_factory=dict)
    stated: dict[str, int] = field(default_factory=dict)
    scale: dict[tuple[str, str], int] = field(default_factory=dict)

    def copy(self) -> Types:
        """A copy that later header lines may change."""
        return Types({key: list(value) for key, value in self.of.items()}, dict(self.stated), dict(self.scale))


@dataclass
class Header:
    """What the header lines say, so far. `body` is the first byte after them, `body_line` its line number."""

    version: int = 0
    edition: str = ""
    compact: bool = False
    system: str = "G"
    marker: str = ""
    receiver: str = ""
    antenna: str = ""
    position_m: np.ndarray = field(default_factory=lambda: np.full(3, np.nan))
    interval_s: float = np.nan
    time_system: str = ""
    leap_seconds: int | None = None
    clock_applied: bool = False
    types: Types = field(default_factory=Types)
    scaling: tuple[str, int] = (" ", 0)
    channels: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    closed: bool = False
    body: int = 0
    body_line: int = 1


def is_observation_file(head: bytes) -> bool:
    """True when the first lines are those of a RINEX observation file, plain or in Hatanaka compression."""
    lines = head.split(b"\n", 3)
    if _COMPACT.match(lines[0]) and b"CRINEX VERS" in lines[0]:
        lines = lines[2:]
    first = lines[0] if lines else b""
    return bool(
        _FIRST.match(first[:21])
        and first[20:21] == b"O"
        and first[60:80].startswith(b"RINEX VERSION")
        and first[40:41] != b"D"
    )


def read_header(source: Source) -> Header:
    """The header; `BadFile` where it is none, has no end, or lists no observation types."""
    if not is_observation_file(source.head):
        raise BadFile("The first line is not that of a RINEX observation file", file=source.name)
    header = Header()
    at = len(BYTE_ORDER_MARK) if source.data.startswith(BYTE_ORDER_MARK) else 0
    if b"CRINEX VERS" in source.data[at : at + 80]:
        header.compact = True
        for _ in range(2):
            at = source.data.index(b"\n", at) + 1
            header.body_line += 1
    for line, after in _lines(source, at):
        header.body_line += 1
        header.body = after
        if line[60:80].rstrip() == "END OF HEADER":
            header.closed = True
            break
        read_label(header, line, source.name, header.body_line - 1)
    else:
        raise BadFile("The header has no END OF HEADER", file=source.name, next_step="Fetch the file again.")
    check_types(header, source.name, header.body_line - 1)
    if not header.types.of:
        raise BadFile("The header lists no observation types", file=source.name)
    return header


def _lines(source: Source, at: int) -> Iterator[tuple[str, int]]:
    while (end := source.data.find(b"\n", at)) >= 0:
        yield source.data[at : min(end, at + _LONGEST_LINE)].decode("latin-1").rstrip("\r"), end + 1
        at = end + 1


def read_label(header: Header, line: str, name: str, number: int) -> None:
    """Take one header line in; `BadFile` where its own numbers are none."""
    label = line[60:80].strip()
    if not label:
        return
    reader = _LABELS.get(label)
    if reader is None:
        if label not in _KNOWN:
            header.unknown[label] = header.unknown.get(label, 0) + 1
        return
    try:
        reader(header, line)
    except ValueError as error:
        raise BadFile(f"Line {number}, {label}: {line[:60].rstrip()!r} is not readable ({error})", file=name) from error


def check_types(header: Header, name: str, number: int) -> None:
    """`BadFile` where a list of observation types is not as long as it says, or names a type twice."""
    for system, listed in header.types.of.items():
        where = f"The list of observation types{' of system ' + system if system else ''} before line {number + 1}"
        if len(listed) != header.types.stated[system]:
            raise BadFile(f"{where} says {header.types.stated[system]} and has {len(listed)}", file=name)
        if len(set(listed)) != len(listed):
            twice = next(code for code in listed if listed.count(code) > 1)
            raise BadFile(f"{where} has {twice} twice", file=name)


def moved(one: np.ndarray, two: np.ndarray) -> bool:
    """True where two approximate places are of different sites."""
    return bool(np.linalg.norm(one - two) > _POSITION_TOLERANCE_M)


def _version(header: Header, line: str) -> None:
    edition = line[:20].strip()
    if header.edition and not (header.closed and header.edition == edition):  # joined files bring theirs in an event
        raise ValueError("it stands a second time")
    header.edition = edition
    header.version = 2 if header.edition.startswith("2") else 3
    if header.edition[:1] not in "234":
        raise ValueError("versions 2, 3 and 4 are read")
    letter = line[40:41].upper() or " "
    if letter not in _SYSTEMS:
        raise ValueError(f"no satellite system {letter!r}")
    header.system = letter if letter not in " M" else "M" if letter == "M" else "G"


def _marker(header: Header, line: str) -> None:
    header.marker = line[:60].strip()


def _receiver(header: Header, line: str) -> None:
    header.receiver = " ".join(line[20:60].split())


def _antenna(header: Header, line: str) -> None:
    header.antenna = " ".join(line[20:40].split())


def _position(header: Header, line: str) -> None:
    words = line[:60].split()
    if len(words) != 3:  # three numbers with blanks between are themselves wherever they stand
        words = [line[k : k + 14].strip() or "nan" for k in (0, 14, 28)]
    place = np.array([float(word) for word in words])
    if not np.isfinite(place).all() or not 6.2e6 < np.linalg.norm(place) < 9e6:
        place = np.full(3, np.nan)
    header.position_m = place


def _interval(header: Header, line: str) -> None:
    value = float(line[:10].strip() or "nan")
    header.interval_s = value if 0 < value < 1e5 else np.nan


def _first_time(header: Header, line: str) -> None:
    header.time_system = line[43:60].lstrip(" .0123456789").strip().upper()[:3]


def _leaps(header: Header, line: str) -> None:
    header.leap_seconds = int(line[:6]) if line[:6].strip() else None


def _clock(header: Header, line: str) -> None:
    header.clock_applied = line[:6].strip() == "1"


def _types_third(header: Header, line: str) -> None:
    system = line[0]
    if system != " ":
        header.types.of[system] = []
        header.types.stated[system] = int(line[3:6])
    elif not header.types.of:
        raise ValueError("no system")
    else:
        system = next(reversed(header.types.of))
    listed = line[6:60].split()
    if any(len(code) not in (2, 3) for code in listed):  # two where the attribute is blank: X1, a channel's number
        raise ValueError("codes have three characters")
    header.types.of[system] = header.types.of.pop(system) + listed  # the last one listed is the one that goes on


def _types_second(header: Header, line: str) -> None:
    if line[:6].strip():
        header.types.of[""] = []
        header.types.stated[""] = int(line[:6])
    elif "" not in header.types.of:
        raise ValueError("no count")
    listed = line[6:60].split()
    if any(len(code) != 2 for code in listed):
        raise ValueError("types have two characters")
    header.types.of[""] += listed


def _scale(header: Header, line: str) -> None:
    if line[:10].strip():
        header.scaling = line[0], int(line[2:6])
    system, factor = header.scaling
    if factor not in (1, 10, 100, 1000) or system == " ":
        raise ValueError("a factor is 1, 10, 100 or 1000, of a system")
    for code in line[10:58].split() or ["*"]:
        header.types.scale[system, code] = factor


def _channels(header: Header, line: str) -> None:
    rest = _SLOT.sub("", line[3:60])
    if rest.replace(" ", ""):
        raise ValueError(f"{rest.split()[0]!r} is no satellite with its channel")
    for number, channel in _SLOT.findall(line[3:60]):
        if channel:  # a satellite whose channel was not known stands alone
            header.channels[f"R{int(number):02d}"] = int(channel)


_LABELS = {
    "RINEX VERSION / TYPE": _version, "MARKER NAME": _marker, "REC # / TYPE / VERS": _receiver,
    "ANT # / TYPE": _antenna, "APPROX POSITION XYZ": _position, "INTERVAL": _interval, "TIME OF FIRST OBS": _first_time,
    "LEAP SECONDS": _leaps, "RCV CLOCK OFFS APPL": _clock, "SYS / # / OBS TYPES": _types_third,
    "# / TYPES OF OBSERV": _types_second, "SYS / SCALE FACTOR": _scale, "GLONASS SLOT / FRQ #": _channels,
}  # fmt: skip

_KNOWN: Iterable[str] = frozenset(
    """PGM / RUN BY / DATE|COMMENT|MARKER NUMBER|MARKER TYPE|OBSERVER / AGENCY|ANTENNA: DELTA H/E/N|ANTENNA: DELTA X/Y/Z
    |ANTENNA:PHASECENTER|ANTENNA: PHASECENTER|ANTENNA: B.SIGHT XYZ|ANTENNA: ZERODIR AZI|ANTENNA: ZERODIR XYZ
    |CENTER OF MASS: XYZ|WAVELENGTH FACT L1/2|TIME OF LAST OBS|# OF SATELLITES|PRN / # OF OBS|SYS / DCBS APPLIED
    |SYS / PCVS APPLIED|SYS / PHASE SHIFT|SYS / PHASE SHIFTS|SIGNAL STRENGTH UNIT|GLONASS COD/PHS/BIS
    |GLONASS COD/PHS/BIS#|END OF HEADER|DOI|LICENSE OF USE|STATION INFORMATION|CRINEX VERS   / TYPE|CRINEX PROG / DATE
    """.replace("\n    ", "").split("|")
)
