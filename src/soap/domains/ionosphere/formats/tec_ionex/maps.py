"""The maps of an IONEX file: their frame line by line, their numbers all at once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from soap.core.time import iso
from soap.domains.ionosphere.formats.tec_ionex.header import Header, exponent_in
from soap.domains.ionosphere.formats.tec_ionex.lines import LABEL, Lines

MISSING = 9999
PER_LINE, WIDTH = 16, 5
"""Values in a line, columns of a value."""

_BLOCK = 1 << 14
"""Values parsed at once; their work arrays stay in the processor's cache."""

_NO_TIME = np.datetime64("NaT", "ns")
_BLANK, _MINUS = 240, 253  # the octets ' ' and '-' less '0', modulo 256


@dataclass(frozen=True)
class Maps:
    """`times` of the TEC maps, `vtec` and `rms` (None without RMS maps) [TECU], shape (time, latitude, longitude)."""

    times: np.ndarray
    vtec: np.ndarray
    rms: np.ndarray | None
    notes: tuple[str, ...]


@dataclass
class _Map:
    """A map while its lines are walked through: number, epoch, first row, unit."""

    kind: str
    number: int
    line: int
    exponent: int
    time: np.datetime64 = _NO_TIME
    rows: int = 0


@dataclass
class _Body:
    """All maps found, and what was odd about the file's end."""

    maps: list[_Map] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[_Map]:
        return [one for one in self.maps if one.kind == kind]


def read_maps(lines: Lines, header: Header) -> Maps:
    """All TEC and RMS maps; `BadFile` when a map is cut, a value is no number, or time does not rise."""
    body = _walk(lines, header)
    tec, rms = body.of("TEC"), body.of("RMS")
    if not tec:
        raise lines.bad("the file holds no TEC map after its header", len(lines) - 1)
    times = np.array([one.time for one in tec])
    for k in np.flatnonzero(np.diff(times) <= np.timedelta64(0)):
        raise lines.bad(f"TEC map {tec[k + 1].number} is of {iso(times[k + 1])}, not after the map before it",
                        tec[k + 1].line)  # fmt: skip
    vtec = _values(lines, header, tec)
    errors = _aligned(lines, times, rms, _values(lines, header, rms)) if rms else None
    return Maps(times, vtec, errors, (*body.notes, *_oddities(header, times, len(rms), len(body.of("HEIGHT")))))


def _oddities(header: Header, times: np.ndarray, rms_count: int, height_count: int):
    if header.map_count is not None and header.map_count != len(times):
        yield f"The header announces {header.map_count} maps; the file holds {len(times)}."
    for word, announced, found in (("first", header.first, times[0]), ("last", header.last, times[-1])):
        if announced is not None and announced != found and header.map_count == len(times):
            yield f"The header says that the {word} map is of {iso(announced)}; the map says {iso(found)}."
    if rms_count and rms_count != len(times):
        yield f"There are {rms_count} RMS maps beside {len(times)} TEC maps."
    if height_count:
        yield f"{height_count} height maps were left out."


def _aligned(lines: Lines, times: np.ndarray, rms: list[_Map], values: np.ndarray) -> np.ndarray:
    """RMS maps in the order of the TEC maps of the same epoch, NaN where there is none."""
    at = {time: k for k, time in enumerate(times)}
    aligned = np.full((len(times), *values.shape[1:]), np.nan)
    for one, grid in zip(rms, values, strict=True):
        if one.time not in at:
            raise lines.bad(f"RMS map {one.number} has the epoch {iso(one.time)}, which no TEC map has", one.line)
        aligned[at.pop(one.time)] = grid
    return aligned


def _walk(lines: Lines, header: Header) -> _Body:
    """Follow the labels from map to map; the rows of values are only counted."""
    body, exponent, current, expected = _Body(), header.exponent, None, header.body
    rows = header.latitude.count * (1 + -(-header.longitude.count // PER_LINE))
    for line in _frame_lines(lines, header.body):
        label = lines.label(line)
        if line == len(lines) - 1 and not lines.closed and _is_cut(lines.text(line), _closing_label(current)):
            break
        if current is None:
            expected = _past_blanks(lines, expected, line)
        ends_map = current is not None and label == _closing_label(current)
        if line != (expected + rows if ends_map else expected):
            raise _between_rows(lines, current, line) or _misplaced(lines, current, expected, rows, line)
        expected = line + 1
        if ends_map and current is not None:
            current.rows = line - rows
            _close(lines, body, current, line)
            current = None
        elif label == "EXPONENT":
            exponent = exponent_in(lines, line)
            if current is not None:
                current.exponent = exponent
        elif label == "EPOCH OF CURRENT MAP" and current is not None:
            current.time = lines.instant(line, "The epoch")
        elif label in ("START OF TEC MAP", "START OF RMS MAP", "START OF HEIGHT MAP") and current is None:
            current = _Map(label.split()[2], lines.whole(line, 0, 6, "The map number"), line, exponent)
        elif label == "END OF FILE" and current is None:
            if expected != len(lines):
                raise lines.bad("there are lines after END OF FILE", expected)
            return body
        elif label.startswith("START OF ") and current is None:
            raise lines.bad(f"{label!r}: only TEC, RMS and HEIGHT maps are read", line, "Give a file of TEC maps.")
        elif label != "COMMENT":
            raise lines.bad(f"{label!r} stands where it cannot", line)
    return _without_end(lines, body, current, expected, rows)


def _close(lines: Lines, body: _Body, current: _Map, line: int) -> None:
    if np.isnat(current.time):
        raise lines.bad(f"{current.kind} map {current.number} has no epoch", line)
    body.maps.append(current)


def _without_end(lines: Lines, body: _Body, current: _Map | None, expected: int, rows: int) -> _Body:
    """A file that stops before END OF FILE: accepted, with a note, when no value is missing from its last map."""
    label = _closing_label(current)
    if current is not None:
        expected += rows
    if len(lines) == expected + 1 and not lines.closed and _is_cut(lines.text(expected), label):
        body.notes.append(f"The file's last label is cut short ({lines.text(expected)[LABEL]!r} of {label!r}).")
    elif current is not None or len(lines) != expected:
        raise _misplaced(lines, current, expected - (rows if current else 0), rows, len(lines) - 1)
    else:
        body.notes.append("The file ends without the label END OF FILE; all maps in it are complete.")
    if current is not None:
        current.rows = expected - rows
        _close(lines, body, current, expected)
    return body


def _closing_label(current: _Map | None) -> str:
    return f"END OF {current.kind} MAP" if current is not None else "END OF FILE"


def _is_cut(text: str, label: str) -> bool:
    """True when the line is the beginning of one that carries the label."""
    head, tail = text[: LABEL.start].strip(), text[LABEL]
    return label.startswith(tail) and tail != label and (not head or head.isdigit())


def _past_blanks(lines: Lines, start: int, stop: int) -> int:
    """The first line from `start` on that is not blank, at most `stop`."""
    while start < stop and not lines.text(start).strip():
        start += 1
    return start


def _between_rows(lines: Lines, current: _Map | None, line: int):
    """The error for a record that the format allows among the rows of a map, but that is not read there; else None."""
    label = lines.label(line)
    if current is None or label not in ("EXPONENT", "COMMENT"):
        return None
    return lines.bad(
        f"{label} stands among the rows of {current.kind} map {current.number}, where it is not read", line,
        "Write the map in one unit and without comments among its rows.",
    )  # fmt: skip


def _misplaced(lines: Lines, current: _Map | None, expected: int, rows: int, line: int):
    if current is None:
        return lines.bad("there is text between the maps", min(expected, len(lines) - 1))
    return lines.bad(
        f"{current.kind} map {current.number} has {max(line - expected, 0)} lines of values here;"
        f" its grid needs {rows}",
        line, "Fetch the file again; it is cut short or damaged.",
    )  # fmt: skip


def _frame_lines(lines: Lines, body: int) -> np.ndarray:
    """Lines that carry a label other than that of a row of values."""
    long_enough = body + np.flatnonzero(lines.ends[body:] - lines.starts[body:] > LABEL.start + 3)
    at = lines.starts[long_enough] + LABEL.start
    first = lines.octets[at]
    is_label = (first >= ord("A")) & (first <= ord("Z"))
    is_row = (first == ord("L")) & (lines.octets[at + 1] == ord("A")) & (lines.octets[at + 3] == ord("/"))
    return long_enough[is_label & ~is_row]


def _values(lines: Lines, header: Header, maps: list[_Map]) -> np.ndarray:
    """Numbers of the maps in TECU, shape (map, latitude, longitude); NaN for 9999."""
    n_lat, n_lon = header.latitude.count, header.longitude.count
    per_row = -(-n_lon // PER_LINE)
    first = np.array([one.rows for one in maps])[:, None] + np.arange(n_lat) * (1 + per_row)
    _check_rows(lines, header, first)
    data = first[..., None] + 1 + np.arange(per_row)
    counts = np.minimum(PER_LINE, n_lon - PER_LINE * np.arange(per_row))
    _check_widths(lines, data, counts * WIDTH)
    k = np.arange(n_lon)
    cells = lines.starts[data][..., k // PER_LINE] + WIDTH * (k % PER_LINE)
    numbers, bad = _integers(lines.octets, cells.ravel())
    if bad.any():
        at = cells.ravel()[int(np.argmax(bad))]
        line = int(np.searchsorted(lines.starts, at, side="right")) - 1
        text = lines.octets[at : at + WIDTH].tobytes().decode("latin-1")
        raise lines.bad(f"{text!r} in columns {at - lines.starts[line] + 1} on is no whole number", line)
    return _scaled(numbers.reshape(cells.shape), np.array([one.exponent for one in maps]))


def _scaled(numbers: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """Whole numbers times ten to the map's exponent, each the nearest double to the decimal number."""
    exponents = exponents[:, None, None]
    values = numbers * 10.0 ** np.maximum(exponents, 0) / 10.0 ** np.maximum(-exponents, 0)
    values[numbers == MISSING] = np.nan
    return values


def _check_rows(lines: Lines, header: Header, rows: np.ndarray) -> None:
    """Every row's label line names the latitude, longitudes and height that the header promises."""
    too_short = lines.ends[rows] - lines.starts[rows] < LABEL.start
    if too_short.any():
        raise lines.bad("a row of values has no label LAT/LON1/LON2/DLON/H", int(rows[too_short][0]))
    text = lines.octets[lines.starts[rows][..., None] + np.arange(LABEL.start)]
    differs = (text != text[0]).any(axis=-1)
    differs[0] = True
    longitude = header.longitude
    last = longitude.first + longitude.step * (longitude.count - 1)
    found = np.array([_row_grid(lines, int(row)) for row in rows[differs]])
    promised = np.broadcast_to((longitude.first, last, longitude.step, header.shell_height_km), (len(found), 4))
    wanted = np.column_stack([header.latitude.values[np.nonzero(differs)[1]], promised])
    wrong = (np.abs(found - wanted) > 0.051).any(axis=1)
    if wrong.any():
        k = int(np.argmax(wrong))
        raise lines.bad(
            f"the row is of latitude, longitudes and height {found[k]}; the header's grid has {wanted[k]} here",
            int(rows[differs][k]),
        )


def _row_grid(lines: Lines, line: int) -> list[float]:
    """Latitude, first, last and step of longitude, and height in the label line of a row."""
    if lines.label(line) != "LAT/LON1/LON2/DLON/H":
        raise lines.bad("a row of values has no label LAT/LON1/LON2/DLON/H", line)
    return [lines.number(line, 2 + 6 * k, 8 + 6 * k, "The row's grid") for k in range(5)]


def _check_widths(lines: Lines, data: np.ndarray, needed: np.ndarray) -> None:
    """Every line of values is long enough, and blank after its last value."""
    lengths = lines.ends[data] - lines.starts[data]
    wrong = lengths < needed
    longer = lengths > needed
    if longer.any():
        begin, stop = (lines.starts[data] + needed)[longer], lines.ends[data][longer]
        at = begin[:, None] + np.arange(int((stop - begin).max()))
        octets = lines.octets[np.minimum(at, len(lines.octets) - 1)]
        wrong[longer] = ((octets != ord(" ")) & (at < stop[:, None])).any(axis=1)
    if wrong.any():
        where = tuple(np.argwhere(wrong)[0])
        raise lines.bad(
            f"the line has {lengths[where]} columns; {needed[where[-1]] // WIDTH} values of {WIDTH} belong here",
            int(data[where]),
        )


def _integers(octets: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Right-justified whole numbers in `WIDTH` columns at each offset, and where there is none."""
    numbers, bad = np.empty(len(at), dtype=np.int32), np.empty(len(at), dtype=bool)
    for start in range(0, len(at), _BLOCK):
        part = slice(start, start + _BLOCK)
        numbers[part], bad[part] = _integers_of_block(octets, at[part])
    return numbers, bad


def _integers_of_block(octets: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value = np.zeros(len(at), dtype=np.int32)
    negative, begun, bad = (np.zeros(len(at), dtype=bool) for _ in range(3))
    for column in range(WIDTH):
        digit = octets[at + column] - np.uint8(ord("0"))
        is_digit, is_minus = digit <= 9, digit == _MINUS
        bad |= ~is_digit & (begun | ~(is_minus | (digit == _BLANK)))
        value *= 1 + 9 * is_digit.view(np.uint8)
        value += digit * is_digit
        negative |= is_minus
        begun |= is_digit | is_minus
    bad |= ~is_digit
    return np.where(negative, -value, value), bad
