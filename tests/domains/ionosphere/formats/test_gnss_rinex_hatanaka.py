"""Hatanaka compression: pairs of files that its author's program wrote, and what damage to a difference may cost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats.gnss_rinex_observation import parse
from soap.domains.ionosphere.formats.gnss_rinex_observation.assembly import LOCK_AND_STRENGTH, fill
from soap.domains.ionosphere.formats.gnss_rinex_observation.header import read_header
from soap.domains.ionosphere.formats.gnss_rinex_observation.walk import Walker
from soap.formats import Source
from soap.testing.data import real
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
    types_third,
)

PAIRS = (("pdel0010.21d", "pdel0010.21o"), ("delf0010.21d", "delf0010.21o.gz"))


def body(source: Source) -> list[str]:
    """The lines of a file's epochs, written anew from what was decoded of it."""
    head = read_header(source)
    walk = Walker(source, head).walk()
    filled = fill(source, head, walk, np.arange(len(walk.epochs) - 1), None, LOCK_AND_STRENGTH)
    planes = {plan.system: (plan, *(read_planes(one, plan, walk) for one in (filled.values, filled.flags)))
              for plan in filled.plans}  # fmt: skip
    lines = []
    for k, epoch in enumerate(walk.epochs[:-1]):
        rows = walk.rows[epoch[2] : walk.epochs[k + 1][2]]
        names = [f"{chr(number // 100 + 64)}{number % 100:02d}" for number in rows]
        values = {name: row(planes[name[0]], number, k) for name, number in zip(names, rows, strict=True)}
        write = epoch_second if head.version == 2 else epoch_third
        lines += write(stamp(epoch[0], head.version), values, flag=epoch[1])
    return lines


def read_planes(flat, plan, walk):
    n_times = len(walk.epochs) - 1
    shape = (len(plan.codes), n_times, len(plan.numbers))
    return flat[plan.begin : plan.begin + np.prod(shape)].reshape(shape)


def row(planes, number, k):
    plan, values, flags = planes
    column = list(plan.numbers).index(number)
    digits = " 0123456789"
    return [
        (value or None, digits[flag & 15], digits[flag >> 4])
        for value, flag in zip(values[:, k, column], flags[:, k, column], strict=True)
    ]


def stamp(nanoseconds, version):
    time = np.datetime64(int(nanoseconds), "ns").astype("datetime64[us]").item()
    second = f"{time.second + time.microsecond / 1e6:10.7f}"
    if version == 2:
        return f"{time:%y} {time.month:2d} {time.day:2d} {time.hour:2d} {time.minute:2d} {second}"
    return f"{time:%Y %m %d %H %M} {second}"


@pytest.mark.parametrize(("packed", "plain"), PAIRS)
def test_decoded_lines_are_those_of_the_plain_file(packed, plain):
    lines = Source.from_path(real(f"ground/gnss/formats/{plain}")).data.decode().splitlines()
    start = next(k for k, line in enumerate(lines) if line[60:].startswith("END OF HEADER")) + 1
    ours = body(Source.from_path(real(f"ground/gnss/formats/{packed}")))
    differing = [(a, b) for a, b in zip(ours, lines[start:], strict=True) if a.rstrip() != b.rstrip()]
    assert not differing


@pytest.mark.parametrize(("packed", "plain"), PAIRS)
def test_the_compression_written_for_these_tests_is_that_of_the_author(packed, plain):
    made = compress(Source.from_path(real(f"ground/gnss/formats/{plain}")).data).splitlines()
    given_lines = Source.from_path(real(f"ground/gnss/formats/{packed}")).data.splitlines()
    differing = [(a, b) for a, b in zip(made, given_lines, strict=True) if a.rstrip() != b.rstrip()]
    assert [b[60:].rstrip() for _, b in differing] == [b"CRINEX PROG / DATE"]


CODES = ["C1C", "L1C", "S1C"]


def third(n=8, **changes):
    """A file of version 3: two satellites, `n` epochs; `changes` (`at_3`) are rows of an epoch in place of its own."""
    epochs = []
    for k in range(n):
        rows = {
            sv: [2e7 + 1000 * k + 7.125 * k * k + j, (1.05e8 + 5000.5 * k + j, "1" if k == 2 else " ", "7"), 45.0]
            for j, sv in enumerate(("G05", "G12"))
        }
        epochs.append(epoch_third(at_third(k), changes.get(f"at_{k}", rows)))
    return text(header(types={"G": CODES}), *epochs)


def same(one, two):
    assert np.array_equal(one.time, two.time)
    assert list(one.systems) == list(two.systems)
    for name, system in one.systems.items():
        other = two.systems[name]
        assert (system.codes, system.sv) == (other.codes, other.sv)
        np.testing.assert_array_equal(system.values, other.values)
        np.testing.assert_array_equal(system.lli, other.lli)


@pytest.mark.parametrize("order", [1, 2, 3, 5, 7])
def test_any_order_of_differences(order):
    same(parse(Source("a", compress(third(20), order))), parse(Source("a", third(20))))


def test_a_satellite_that_went_and_came_begins_anew():
    plain = third(9, at_4={"G12": [21e6, 1e8, 40.0]})
    same(parse(Source("a", compress(plain))), parse(Source("a", plain)))


def test_a_field_that_is_empty_ends_its_differences_and_its_flags():
    hole = {"G05": [None, (1e8, "1", "6"), None], "G12": [21e6, (None, " ", " "), 40.0]}
    plain = third(9, at_4=hole)
    same(parse(Source("a", compress(plain))), parse(Source("a", plain)))
    rows = {"G05": [2e7, (1e8, "1", "6"), None], "R 7": [2.1e7, None, (None, " ", " ")]}
    full = {"G05": [2.2e7, (1.1e8, " ", "6"), 44.0], "R 7": [2.1e7, (1e8, "1", "5"), 43.0]}
    epochs = [epoch_second(at_second(k), rows if k in (3, 4) else full) for k in range(9)]
    plain = text(header("2.11", ["C1", "L1", "S1"]), *epochs)
    same(parse(Source("a", compress(plain))), parse(Source("a", plain)))


@pytest.mark.parametrize("version", [2, 3])
def test_events_begin_all_differences_anew_and_may_change_the_types(version):
    if version == 3:
        changed = types_third("G", ["L1C", "C1C", "C2W", "S1C"])
        one, two = third(3), [epoch_third(at_third(k), {"G05": [1e8, 2e7, 2.1e7, 30.0]}) for k in (3, 4)]
    else:
        changed = [label("     3    L1    C1    P2", "# / TYPES OF OBSERV")]
        one = text(header("2.11", ["C1", "L1"]), *(epoch_second(at_second(k), {"G05": [2e7, 1e8]}) for k in range(3)))
        two = [epoch_second(at_second(k), {"G05": [1e8, 2e7, 2.1e7]}) for k in (3, 4)]
    splice = [label("RINEX FILE SPLICE", "COMMENT")]
    plain = one + text(event(version, 4, changed), event(version, 4, splice), *two)
    lines = plain.decode().split("\n")
    where = next(k for k, line in enumerate(lines) if "SPLICE" in line) + 1
    packed = compress(text(lines[:where])) + later(lines[:-1], where, version)
    read = parse(Source("a", packed))
    same(read, parse(Source("a", plain)))
    gps = read.systems["G"]
    assert gps.plane("C1C")[:, gps.sv.index("G05")][-1] == 2e7
    assert gps.plane("C2W")[:, gps.sv.index("G05")].tolist()[-2:] == [2.1e7, 2.1e7]
    assert read.breaks.tolist() == [3]


def later(lines, where, version):
    """The epochs from line `where` on, compressed under the list of types that the event brought."""
    head = header("2.11", ["L1", "C1", "P2"]) if version == 2 else header(types={"G": ["L1C", "C1C", "C2W", "S1C"]})
    packed = compress(text(head, lines[where:])).split(b"\n")
    start = next(k for k, line in enumerate(packed) if line[60:].startswith(b"END OF HEADER")) + 1
    return b"\n".join(packed[start:])


def damaged(at, old, new, n=8):
    """The compressed file with `old` replaced in the first data line of epoch `at`."""
    lines = compress(third(n)).split(b"\n")
    start = next(k for k, line in enumerate(lines) if line[60:].startswith(b"END OF HEADER")) + 1
    where = start + 4 * at + 2
    assert old in lines[where]
    lines[where] = lines[where].replace(old, new, 1)
    return b"\n".join(lines)


@pytest.mark.parametrize("bad", [b"x", b"1.5", b"--3", b"9&7", b"1" * 16, b"99999999999999"])
def test_a_damaged_difference_costs_what_rests_on_its_line_and_nothing_else(bad):
    """Of its satellite alone; the other numbers of a damaged line may be wrong as well, and look like numbers."""
    lines = compress(third(8)).split(b"\n")
    start = next(k for k, line in enumerate(lines) if line[60:].startswith(b"END OF HEADER")) + 1
    first = lines[start + 4 * 3 + 2].split(b" ")[0]
    read, whole = parse(Source("a", damaged(3, first, bad))), parse(Source("a", third(8)))
    gps, truth = read.systems["G"], whole.systems["G"]
    for code in ("C1C", "L1C"):
        assert np.isnan(gps.plane(code)[3:, 0]).all()
        np.testing.assert_array_equal(gps.plane(code)[:3, 0], truth.plane(code)[:3, 0])
        np.testing.assert_array_equal(gps.plane(code)[:, 1], truth.plane(code)[:, 1])
    assert any("no number" in note for note in read.notes)
    assert any("continue" in note for note in read.notes)


def test_a_difference_of_a_satellite_that_was_not_there_gives_nothing():
    lines = compress(third(8)).split(b"\n")
    start = next(k for k, line in enumerate(lines) if line[60:].startswith(b"END OF HEADER")) + 1
    lines[start + 4 * 4] = lines[start + 4 * 4].ljust(41) + b" 13"  # the fifth epoch's line makes G13 of G05
    read = parse(Source("a", b"\n".join(lines)))
    assert np.isnan(read.systems["G"].values[:, :, read.systems["G"].sv.index("G13")]).all()
    assert np.isnan(read.systems["G"].values[:, 4:, read.systems["G"].sv.index("G05")]).all()
    assert any("continue" in note for note in read.notes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines, s: lines.__setitem__(s, b" " + lines[s][1:]), "not begun"),
        (lambda lines, s: lines.__setitem__(s + 5, b"12 34"), "no clock offset"),
        (lambda lines, s: lines.__setitem__(s + 4, lines[s + 4].ljust(44) + b"G05"), "twice"),
        (lambda lines, s: lines.__setitem__(s + 4, lines[s + 4].ljust(44) + b"x"), "names no satellite"),
        (lambda lines, s: lines.__setitem__(s + 4, b" " * 12 + b"77"), "no epoch line"),
        (lambda lines, s: lines.__setitem__(s + 4, b" " * 5000 + b"7"), "longer than"),
        (lambda lines, s: lines.__setitem__(s + 6, b"\x00\x80" + lines[s + 6]), "no text"),
        (lambda lines, s: lines.pop(s + 6), "no|longer|twice"),
    ],
)  # fmt: skip
def test_a_lost_structure_is_refused_with_the_line(change, said):
    lines = compress(third(8)).split(b"\n")
    start = next(k for k, line in enumerate(lines) if line[60:].startswith(b"END OF HEADER")) + 1
    change(lines, start)
    with pytest.raises(BadFile, match=said) as caught:
        parse(Source("broken", b"\n".join(lines)))
    assert "Line " in str(caught.value)
    assert "broken" in str(caught.value)


def test_a_cut_line_gives_no_value():
    packed = compress(third(8))
    for cut in range(packed.index(b"END OF HEADER") + 200, len(packed) - 1):
        try:
            read = parse(Source("a", packed[:cut]))
        except BadFile:
            continue
        whole = parse(Source("a", third(8))).systems["G"]
        gps, n = read.systems["G"], len(read.time)
        columns = [whole.sv.index(sv) for sv in gps.sv]
        np.testing.assert_array_equal(gps.values, whole.values[:, :n][:, :, columns])


numbers = st.integers(-999_999_999_999, 9_999_999_999_999).filter(bool)
gaps = st.lists(st.one_of(st.none(), numbers), min_size=3, max_size=3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.dictionaries(st.sampled_from(["G01", "G02", "R03", "E11"]), gaps), min_size=1, max_size=9))
def test_whatever_is_compressed_comes_back(epochs):
    parts = [
        epoch_third(at_third(k), {sv: [v if v is None else v / 1000 for v in row] for sv, row in rows.items()})
        for k, rows in enumerate(epochs)
    ]
    plain = text(header(types=dict.fromkeys("GRE", CODES)), *parts)
    packed = parse(Source("a", compress(plain)))
    for system in packed.systems.values():
        for k, rows in enumerate(epochs):
            for column, sv in enumerate(system.sv):
                truth = [v / 1000 if v is not None else np.nan for v in rows.get(sv, [None] * 3)]
                held = dict(zip(system.codes, system.values[:, k, column], strict=True))
                np.testing.assert_array_equal([held.get(code, np.nan) for code in CODES], truth)
