"""Damaged observation files: whatever is done to one, what is read of it is right, absent or refused; and in time.

The bound: 8 s and 100 bytes of memory for each byte of input, some tenfold of what the worst inputs found here take.
"""

import random
import time
import tracemalloc
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats.gnss_rinex_observation import READER, parse
from soap.formats import Source
from tests.domains.ionosphere.formats.rinex_text import (
    at_second,
    at_third,
    compress,
    epoch_second,
    epoch_third,
    event,
    header,
    label,
    text,
    types_second,
    types_third,
)

SECONDS_A_MB = 8.0
BYTES_A_BYTE = 100
_FLOOR_MB = 0.25


def rows(k, names):
    return {sv: [(2e7 + 111 * k + j, " ", "7"), (1e8 + 583 * k + j, "1" if k == 4 else " ", "6"), 44.5, None, -1.25]
            for j, sv in enumerate(names)}  # fmt: skip


@cache
def files() -> dict[str, bytes]:
    """One file of each make, with every kind of line: events, splices, types that change, satellites that go."""
    splice = [label("RINEX FILE SPLICE", "COMMENT")]
    codes = ["C1C", "L1C", "S1C", "C2W", "D1C"]
    third = [header(types={"G": codes, "R": codes}, extra=[label("  1 R03  5", "GLONASS SLOT / FRQ #")])]
    second = [header("2.11", ["C1", "L1", "S1", "P2", "D1", "D2"])]
    for k in range(10):
        there = ["G05", "G06", "R03"][: 3 if k != 6 else 2]
        third.append(epoch_third(at_third(k), rows(k, there), flag=int(k == 7)))
        values = {sv: [*row, None] for sv, row in rows(k, there).items()}
        second.append(epoch_second(at_second(k), values, flag=int(k == 7)))
        if k == 3:
            third.append(event(3, 4, splice))
            second.append(event(2, 4, splice))
    plain = {"third": text(*third), "second": text(*second)}
    changed = types_third("G", list(reversed(codes)))
    changing = text(*third[:5], event(3, 4, changed), event(3, 5, [], time=at_third(4)), *third[6:])
    again = text(*second[:5], event(2, 4, types_second(["C1", "L1", "S1", "P2", "D1", "D2"])), *second[6:])
    return plain | {f"{name} packed": compress(data) for name, data in plain.items()} | {
        "third changing": changing, "second changing": again,
    }  # fmt: skip


@cache
def truth(name):
    return parse(Source(name, files()[name]))


def read(data):
    """What is read of `data`, None where it is refused with the file's name; within the bounds of the module's text."""
    started, complaint = time.process_time(), ""
    try:
        made = parse(Source("damaged-file", data))
    except BadFile as error:
        made, complaint = None, str(error)
    assert made is not None or "damaged-file" in complaint
    assert time.process_time() - started < SECONDS_A_MB * max(len(data) / 1e6, _FLOOR_MB)
    return made


def well_formed(made):
    assert (np.diff(made.time) > np.timedelta64(0)).all()
    assert ((made.breaks >= 0) & (made.breaks < len(made.time))).all()
    for system in made.systems.values():
        assert system.values.shape == system.lli.shape == (len(system.codes), len(made.time), len(system.sv))
        assert list(system.sv) == sorted(set(system.sv))
        known = system.values[~np.isnan(system.values)]
        assert (np.abs(known) < 1e10).all()
        assert not (known == 0).any()
        assert (system.lli <= 9).all()


def cut(name, places):
    data, whole = files()[name], truth(name)
    for at in places:
        made = read(data[:at])
        if made is None:
            continue
        well_formed(made)
        n = len(made.time)
        np.testing.assert_array_equal(made.time, whole.time[:n])
        for letter, system in made.systems.items():
            full = whole.systems[letter]
            columns, planes = [full.sv.index(sv) for sv in system.sv], [full.codes.index(one) for one in system.codes]
            told = full.values[planes][:, :n][:, :, columns]
            assert ((system.values == told) | np.isnan(system.values)).all()


@pytest.mark.parametrize("name", files())
def test_cut_in_every_kind_of_line_it_is_the_beginning_of_what_it_was(name):
    """At every eleventh byte behind the header: of each kind of line there are many, each cut at other places."""
    data = files()[name]
    cut(name, range(data.index(b"END OF HEADER"), len(data), 11))


@pytest.mark.slow
@pytest.mark.parametrize("name", files())
def test_cut_at_every_byte_it_is_the_beginning_of_what_it_was(name):
    cut(name, range(len(files()[name])))


def lines_changed(data, rng):
    lines = data.split(b"\n")
    at, kind = rng.randrange(len(lines)), rng.randrange(7)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, lines[rng.randrange(len(lines))])
    elif kind == 2:
        lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
    elif kind == 3:
        lines[at] = bytes(rng.randrange(32, 127) for _ in range(rng.randrange(90)))
    elif kind == 4:
        other = rng.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == 5:
        lines[at] = lines[at] * rng.randrange(2, 60)
    else:
        place = rng.randrange(len(lines[at]) + 1)
        lines[at] = (
            lines[at][:place] + rng.choice([b"9", b"-", b"&", b">", b" ", b"G", b"\r", b"\xff"]) + lines[at][place:]
        )
    return b"\n".join(lines)


def bytes_changed(data, rng):
    made = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        made[rng.randrange(len(made))] = rng.choice(b" 0123456789.-&>GREC\n\x00\xff")
    return bytes(made)


def tried(seeds):
    for name, data in files().items():
        for seed in seeds:
            rng = random.Random(f"{name} {seed}")
            made = read(rng.choice([lines_changed, bytes_changed])(data, rng))
            if made is not None:
                well_formed(made)


def test_lines_and_bytes_lost_doubled_swapped_and_changed():
    tried(range(150))


@pytest.mark.slow
def test_lines_and_bytes_lost_doubled_swapped_and_changed_at_length():
    tried(range(150, 8000))


printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=82)
labels = st.sampled_from([
    "RINEX VERSION / TYPE", "SYS / # / OBS TYPES", "# / TYPES OF OBSERV", "SYS / SCALE FACTOR", "GLONASS SLOT / FRQ #",
    "TIME OF FIRST OBS", "APPROX POSITION XYZ", "INTERVAL", "LEAP SECONDS", "MARKER NAME", "COMMENT", "END OF HEADER",
])  # fmt: skip
header_lines = st.builds(lambda content, name: f"{content[:60]:<60}{name}", printable, labels)
digits = st.text("0123456789 .-&>GRE", max_size=70)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(["third", "second", "third packed", "second packed"]),
       extra=st.lists(header_lines, max_size=4), body=st.lists(digits, max_size=8), keep=st.booleans())  # fmt: skip
def test_headers_and_bodies_made_of_anything(name, extra, body, keep):
    lines = files()[name].decode("ascii").split("\n")
    end = next(k for k, line in enumerate(lines) if line[60:].startswith("END OF HEADER"))
    made = [*lines[: end if keep else 1], *extra, *lines[end : end + 1], *body, *lines[end + 1 :]]
    result = read("\n".join(made).encode("ascii"))
    if result is not None:
        well_formed(result)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=3000))
def test_any_bytes_behind_a_header(noise):
    for data in files().values():
        start = data.index(b"END OF HEADER") + 21
        made = read(data[:start] + noise)
        if made is not None:
            well_formed(made)


def heavy() -> dict[str, bytes]:
    """Inputs that would cost most: many events, lists of types, blank lines, empty and repeated epochs, long lines."""
    n = 60_000
    head = text(header(types={"G": ["C1C", "L1C"]}))
    last = text(epoch_third(at_third(0), {"G05": [2e7, 1e8]}))
    packed = compress(head + last)[: -len(last)]
    packed = packed[: packed.index(b"END OF HEADER") + 21]
    orders = [text(event(3, 4, types_third("G", codes))) for codes in (["C1C", "L1C"], ["L1C", "C1C"])]
    every = b"> 2024 01 10 00 00  0.0000000  0 99      " + b"".join(b"G%02d" % k for k in range(1, 100))
    return {
        "events": head + text(event(3, 4, [])) * (n // 36) + last,
        "types": head + b"".join(orders) * (n // 234) + last,
        "blank lines": head + b"\n" * n,
        "header": head[:-81] + b"\n" * n + head[-81:] + last,
        "labels": head[:-81] + text([label("", f"LABEL {k}") for k in range(n // 81)]) + head[-81:] + last,
        "empty epochs": head + b"".join(text(epoch_third(at_third(k, 1), {})) for k in range(n // 36)),
        "backward": head + b"".join(text(epoch_third(at_third(n // 36 - k, 1), {})) for k in range(n // 36)),
        "repeated": packed + b"> 2024 01 10 00 00  0.0000000  0  0\n\n" + b"\n\n" * (n // 2),
        "satellites": packed + every + b"\n\n" + b"\n" * 99 + (b" " * 25 + b"1\n\n" + b"\n" * 99) * (n // 126),
        "long line": head + b"> " + b"1" * n + b"\n",
        "long row": head + last[:-1] + b" " * n + b"\n",
    }  # fmt: skip


@pytest.mark.parametrize("kind", heavy())
def test_time_and_memory_are_bounded_by_the_size(kind):
    data = heavy()[kind]
    read(data)
    tracemalloc.start()
    try:
        parse(Source(kind, data))
    except BadFile:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < BYTES_A_BYTE * len(data)


@pytest.mark.parametrize("name", files())
def test_datasets_of_a_damaged_file_are_checked_ones_or_refused(name):
    for seed in range(12):
        data, complaint = lines_changed(files()[name], random.Random(seed)), ""
        try:
            assert READER.read(Source("damaged-file", data)).observations  # each has passed the shape's check
        except BadFile as error:
            complaint = str(error)
        assert not complaint or "damaged-file" in complaint
