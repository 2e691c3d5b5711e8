"""Observation files written line by line for the tests, and Hatanaka's compression of them.

`compress` is checked against files that Hatanaka's own program wrote (test_gnss_rinex_hatanaka.py), so that it may
stand for it where a test needs a file that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Field = tuple[float | str | None, str, str]
"""A value (a text stands as it is), its loss of lock and its signal strength."""


def label(content: str, name: str) -> str:
    return f"{content:<60}{name:<20}"


def types_third(system: str, codes: Sequence[str], count: int | None = None) -> list[str]:
    lines = []
    for at in range(0, max(len(codes), 1), 13):
        start = f"{system}  {len(codes) if count is None else count:3d}" if at == 0 else " " * 6
        lines.append(label(start + "".join(f" {code}" for code in codes[at : at + 13]), "SYS / # / OBS TYPES"))
    return lines


def types_second(kinds: Sequence[str], count: int | None = None) -> list[str]:
    lines = []
    for at in range(0, max(len(kinds), 1), 9):
        start = f"{len(kinds) if count is None else count:6d}" if at == 0 else " " * 6
        lines.append(label(start + "".join(f"    {kind}" for kind in kinds[at : at + 9]), "# / TYPES OF OBSERV"))
    return lines


def header(
    version: str = "3.04", types: Mapping[str, Sequence[str]] | Sequence[str] = (), *, system: str = "M",
    clock: str = "GPS", marker: str = "TEST", extra: Sequence[str] = (),
    position: str = " -1837003.1909  6065631.1631  -716184.0550",
) -> list[str]:  # fmt: skip
    """Header lines; `types` by system for version 3 and 4, one list for version 2."""
    listed = (
        [line for letter, codes in types.items() for line in types_third(letter, codes)]
        if isinstance(types, Mapping)
        else types_second(types)
    )
    return [
        label(f"{version:>9}           OBSERVATION DATA    {system}", "RINEX VERSION / TYPE"),
        label("SOAP                TEST                20240110 000000 UTC", "PGM / RUN BY / DATE"),
        label(marker, "MARKER NAME"),
        label("1                   SOME RECEIVER       1.0", "REC # / TYPE / VERS"),
        label("1                   SOME ANTENNA", "ANT # / TYPE"),
        label(position, "APPROX POSITION XYZ"),
        *listed,
        label("    30.000", "INTERVAL"),
        label(f"  2024     1    10     0     0    0.0000000     {clock}", "TIME OF FIRST OBS"),
        *extra,
        label("", "END OF HEADER"),
    ]


def field(one: Field | float | str | None) -> str:
    value, lock, strength = one if isinstance(one, tuple) else (one, " ", " ")
    text = " " * 14 if value is None else f"{value:>14}" if isinstance(value, str) else f"{value:14.3f}"
    return text + (lock or " ") + (strength or " ")


def epoch_third(time: str, rows: Mapping[str, Sequence], flag: int = 0, count: int | None = None) -> list[str]:
    """An epoch of version 3; `time` as `2024 01 10 00 00 30.0000000`."""
    lines = [f"> {time}  {flag}{len(rows) if count is None else count:3d}"]
    return lines + [(sv + "".join(field(one) for one in values)).rstrip() for sv, values in rows.items()]


def epoch_second(time: str, rows: Mapping[str, Sequence], flag: int = 0, count: int | None = None) -> list[str]:
    """An epoch of version 2; `time` as `24  1 10  0  0 30.0000000`."""
    names = list(rows)
    lines = []
    for at in range(0, max(len(names), 1), 12):
        start = f" {time:<25}  {flag}{len(rows) if count is None else count:3d}" if at == 0 else " " * 32
        lines.append(start + "".join(names[at : at + 12]))
    for values in rows.values():
        lines += ["".join(field(one) for one in values[at : at + 5]).rstrip() for at in range(0, len(values), 5)]
    return lines


def event(version: int, flag: int, lines: Sequence[str], time: str = "") -> list[str]:
    """An event and its lines; without a time the place of it stays blank."""
    start = f" {time:<25}  " if version == 2 else f"> {time:<27}  "
    return [f"{start}{flag}{len(lines):3d}", *lines]


def text(*parts: Sequence[str], ends: str = "\n") -> bytes:
    return "".join(line + ends for part in parts for line in part).encode("ascii")


def at_third(k: int, step: int = 30) -> str:
    """Time of epoch `k` of 2024-01-10, version 3."""
    second = k * step
    return f"2024 01 10 {second // 3600:02d} {second // 60 % 60:02d} {second % 60:2d}.0000000"


def at_second(k: int, step: int = 30) -> str:
    """Time of epoch `k` of 2024-01-10, version 2."""
    second = k * step
    return f"24  1 10 {second // 3600:2d} {second // 60 % 60:2d} {second % 60:2d}.0000000"


class _Arc:
    """Differences of one field: those of the last epoch, and the order reached."""

    def __init__(self, value: int):
        self.held, self.level = [value], 0

    def next(self, value: int, order: int = 3) -> int:
        differences = [value]
        for k in range(min(self.level + 1, order)):
            differences.append(differences[k] - self.held[k])
        self.held, self.level = differences, len(differences) - 1
        return differences[-1]


def changed(old: str, new: str) -> str:
    """What makes `new` of `old`: a blank where nothing changes, `&` where a character becomes a blank."""
    width = max(len(old), len(new))
    pairs = zip(old.ljust(width), new.ljust(width), strict=True)
    return "".join(" " if a == b else "&" if b == " " else b for a, b in pairs).rstrip()


def compress(plain: bytes, order: int = 3) -> bytes:
    """Hatanaka's compression of an observation file (CRINEX 1.0 of version 2, 3.0 of versions 3 and 4)."""
    lines = plain.decode("ascii").split("\n")[:-1]
    version = int(lines[0][:9].split(".")[0])
    at = next(k for k, line in enumerate(lines) if line[60:].startswith("END OF HEADER")) + 1
    made = [
        label(f"{'1.0' if version == 2 else '3.0':<20}COMPACT RINEX FORMAT", "CRINEX VERS   / TYPE"),
        label("SOAP TEST           ", "CRINEX PROG / DATE"),
        *lines[:at],
    ]
    types: dict[str, int] = {}
    for line in lines[:at]:
        if line[60:].startswith("SYS / # / OBS TYPES") and line[0] != " ":
            types[line[0]] = int(line[3:6])
        if line[60:].startswith("# / TYPES OF OBSERV") and line[:6].strip():
            types[""] = int(line[:6])
    squeezed = _Squeezed(version, types, order)
    while at < len(lines):
        at = squeezed.epoch(lines, at)
    return ("\n".join(made + squeezed.lines) + "\n").encode("ascii")


class _Squeezed:
    def __init__(self, version: int, types: Mapping[str, int], order: int):
        self.version, self.types, self.order = version, types, order
        self.lines: list[str] = []
        self.line, self.arcs, self.flags = "", {}, {}

    def epoch(self, lines: list[str], at: int) -> int:
        """Compress the epoch at line `at`; where the next one is."""
        flag_at, names_at = (28, 32) if self.version == 2 else (31, 41)
        first = lines[at]
        flag, count = first[flag_at], int(first[flag_at + 1 : flag_at + 4])
        if flag > "1":
            self.lines += [("&" + first[1:]) if self.version == 2 else first, *lines[at + 1 : at + 1 + count]]
            self.line = ""
            return at + 1 + count
        if self.version == 2:
            names = "".join(line[32:68] for line in lines[at : at + max(-(-count // 12), 1)])
            at, clock = at + max(-(-count // 12), 1), first[68:80].strip()
        else:
            names = "".join(line[:3] for line in lines[at + 1 : at + 1 + count])
            at, clock = at + 1, first[41:56].strip()
        whole = (first[: 32 if self.version == 2 else 35].ljust(names_at) + names).rstrip()
        fresh = not self.line
        self.lines.append((("&" + whole[1:]) if self.version == 2 else whole) if fresh else changed(self.line, whole))
        if fresh:
            self.arcs, self.flags = {}, {}
        self.line = whole
        self.lines.append(f"3&{clock.replace('.', '')}" if clock else "")
        arcs, flags = {}, {}
        for k in range(count):
            sv = names[3 * k : 3 * k + 3]
            n = self.types["" if self.version == 2 else sv[0]]
            taken = -(-n // 5) if self.version == 2 else 1
            row = (
                "".join(line.ljust(80)[:80] for line in lines[at : at + taken]) if self.version == 2 else lines[at][3:]
            )
            at += taken
            self.lines.append(self._row(sv, row.ljust(16 * n), n, arcs, flags))
        self.arcs, self.flags = arcs, flags
        return at

    def _row(self, sv: str, row: str, n: int, arcs: dict, flags: dict) -> str:
        out, marks = [], ""
        old = list(self.flags.get(sv, "").ljust(2 * n))
        for k in range(n):
            part = row[16 * k : 16 * k + 16]
            value = part[:14].strip()
            marks += part[14:16]
            if not value:
                out.append("")
                if self.version == 2:
                    old[2 * k : 2 * k + 2] = "  "
                continue
            number = round(float(value) * 1000)
            arc = self.arcs.get((sv, k))
            if arc is None:
                arc = _Arc(number)
                out.append(f"{self.order}&{number}")
            else:
                out.append(str(arc.next(number, self.order)))
            arcs[sv, k] = arc
        flags[sv] = marks
        plain = self.version == 2 or sv in self.flags
        told = changed("".join(old), marks) if plain else marks.replace(" ", "&")
        return (" ".join(out) + " " + told).rstrip()
