"""What observation files do that a reader must know, each in a file written here."""

import tracemalloc

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats.gnss_rinex_observation import READER, parse
from soap.domains.ionosphere.formats.gnss_rinex_observation.observation_types import translated
from soap.formats import Source
from soap.observations.quality import SUFFIX, Quality
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

TWO = {"G": ["C1C", "L1C"]}


def third(*parts, types=TWO, **changes):
    return text(header(types=types, **changes), *parts)


def one(k, value=2e7, sv="G05", **changes):
    return epoch_third(at_third(k), {sv: [value + k, 1e8 + k]}, **changes)


def read(data, **changes):
    return parse(Source("test0100.24o", data), **changes)


def plane(observations, code="C1C", sv="G05"):
    system = observations.systems[sv[0]]
    return system.plane(code)[:, system.sv.index(sv)].tolist()


def noted(observations, *words):
    return any(all(word in note for word in words) for note in observations.notes)


def test_thirteen_satellites_and_more_go_on_in_the_next_line_of_version_2():
    names = [f"G{n:2d}" for n in range(1, 31)]
    rows = [{name: [2e7 + j + k, 1e8] for j, name in enumerate(names)} for k in range(3)]
    got = read(text(header("2.11", ["C1", "L1"]), *(epoch_second(at_second(k), rows[k]) for k in range(3))))
    assert got.systems["G"].sv == tuple(f"G{n:02d}" for n in range(1, 31))
    assert got.systems["G"].plane("C1C")[2].tolist() == [2e7 + j + 2 for j in range(30)]


def test_eleven_types_take_three_lines_a_satellite_and_two_header_lines():
    kinds = ["C1", "L1", "P2", "L2", "S1", "S2", "D1", "D2", "C5", "L5", "S5"]
    values = [2e7, 1e8, 2.1e7, 8e7, 45.0, 40.0, -1.5, 1.25, None, 9e7, 30.0]
    parts = [epoch_second(at_second(k), {"G 5": values, "G 6": [2e7] + [None] * 10}) for k in range(2)]
    got = read(text(header("2.11", kinds), *parts))
    assert [plane(got, code)[1] for code in ("C1C", "L2W", "D2W", "L5X", "S5X")] == [2e7, 8e7, 1.25, 9e7, 30.0]
    assert "C5X" not in got.systems["G"].codes  # nothing was observed of it
    assert np.isnan(plane(got, "L1C", "G06")).all()


@pytest.mark.parametrize(("year", "full"), [("99", 1999), ("80", 1980), ("24", 2024), ("05", 2005), ("79", 2079)])
def test_two_digit_years(year, full):
    stamp = f"{year}  3 10  0  0  0.0000000"
    got = read(text(header("2.10", ["C1", "L1"]), epoch_second(stamp, {"G 5": [2e7, 1e8]})))
    assert got.time[0] == np.datetime64(f"{full}-03-10", "ns")


@pytest.mark.parametrize(("system", "sv"), [("G", "G07"), ("R", "R07"), ("E", "E07"), (" ", "G07"), ("M", "G07")])
def test_a_blank_letter_is_of_the_system_of_the_file(system, sv):
    got = read(text(header("2.11", ["C1", "L1"], system=system), epoch_second(at_second(0), {"  7": [2e7, 1e8]})))
    assert [one.sv for one in got.systems.values()] == [(sv,)]


def test_codes_of_version_2_in_those_of_version_3():
    listed = ["C1", "P1", "L1", "C2", "P2", "L2", "S2"]
    assert translated("G", listed, "2.11") == ["C1C", "C1W", "L1C", "C2X", "C2W", "L2W", "S2W"]
    assert translated("R", listed, "2.11") == ["C1C", "C1P", "L1C", "C2C", "C2P", "L2P", "S2P"]
    assert translated("G", ["P1", "L1", "C2", "L2"], "2.11") == ["C1W", "L1W", "C2X", "L2X"]
    assert translated("E", ["C1", "L1", "C5", "L5", "L7", "C2"], "2.11") == ["C1X", "L1X", "C5X", "L5X", "L7X", ""]
    assert translated("C", ["C1", "C2", "L2", "C7", "L7"], "2.11") == ["", "C2I", "L2I", "C7I", "L7I"]
    assert translated("C", ["C1", "L1", "C7"], "2.11") == ["C2I", "L2I", "C7I"]


def test_the_first_band_of_beidou_is_its_second_in_version_3_02_alone():
    assert translated("C", ["C1I", "L1X", "C7I"], "3.02") == ["C2I", "L2X", "C7I"]
    assert translated("C", ["C1X", "C1P", "C2I"], "3.04") == ["C1X", "C1P", "C2I"]
    assert translated("C", ["C1I", "L1I"], "3.05") == ["C2I", "L2I"]  # B1C has no I: some programs went on as before
    assert translated("C", ["C1I", "C2I"], "3.03") == ["C2I", ""]


@pytest.mark.parametrize("edition", ["3.00", "3.02", "3.05", "4.00", "4.02", "3"])
def test_versions_3_and_4(edition):
    assert plane(read(text(header(edition, TWO), one(0), one(1)))) == [2e7, 2e7 + 1]


@pytest.mark.parametrize("edition", ["5.00", "1.00", "x"])
def test_other_versions_are_not(edition):
    with pytest.raises(BadFile):
        read(text(header(edition, TWO), one(0)))


def test_more_than_thirteen_codes_and_a_list_in_another_order_than_systems():
    codes = [f"{kind}{band}C" for kind in "CLDS" for band in (1, 2, 5, 6)]
    values = [float(n) for n in range(1, 17)]
    types = types_third("R", ["C1C"]) + types_third("G", codes)
    lines = [line for line in header(types={}) if "OBS TYPES" not in line]
    data = text(lines[:-1], types, lines[-1:], epoch_third(at_third(0), {"G05": values, "R03": [2e7]}))
    assert [plane(read(data), code)[0] for code in codes] == values


def test_carriage_returns_trailing_blanks_and_padding():
    parts = (header(types=TWO), one(0), one(1))
    plain = read(text(*parts))
    for data in (text(*parts, ends="\r\n"), text(*parts, ends="   \n"), text(*parts) + b"\x00" * 99,
                 text(*parts) + b"\x1a", text(*parts)[:-1] + b"\x00" * 9,
                 b"\xef\xbb\xbf" + text(*parts), text(*parts) + b"\n\n"):  # fmt: skip
        assert plane(read(data)) == plane(plain)
        assert READER.recognises(Source("a", data))
    packed = compress(text(*parts))
    assert plane(read(packed.replace(b"\n", b"\r\n"))) == plane(plain)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.2000001D+08", 20000010.0), ("2.5E+01", 25.0), (" 0.000", None), ("-0.125", -0.125), (".125", 0.125),
        ("1234567890.123", 1234567890.123), ("-.250", -0.25),
        ("**************", "bad"), ("12 4.000", "bad"), ("20000000", "bad"), ("20000000.12", "bad"), ("nan", "bad"),
        ("20000000.12x", "bad"), ("1e999", "bad"), ("--1.000", "bad"), ("0x10.000", "bad"),
        ("1.2345678D+03", 1234.5678),
    ],
)  # fmt: skip
def test_how_values_are_written(written, value):
    got = read(third(one(0), epoch_third(at_third(1), {"G05": [(written, " ", " "), 1e8]}), one(2)))
    told = plane(got)[1]
    assert np.isnan(told) if value in (None, "bad") else told == value
    assert noted(got, "field is no number") == (value == "bad")
    assert plane(got)[::2] == [2e7, 2e7 + 2]
    assert plane(got, "L1C") == [1e8, 1e8, 1e8 + 2]


@pytest.mark.parametrize("flags", [("x", " "), (" ", "-")])
def test_a_flag_that_is_no_digit_makes_its_value_doubtful(flags):
    got = read(third(epoch_third(at_third(0), {"G05": [(2e7, *flags), 1e8]}), one(1)))
    assert np.isnan(plane(got)[0])
    assert noted(got, "no number")


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_line_with_a_character_lost_or_added_gives_no_wrong_value(shift):
    truth = {"C1C": 23456789.123, "L1C": 123456789.456, "C2W": 23456790.123, "L2W": 98765432.123}
    types = {"G": list(truth)}
    good = epoch_third(at_third(0), {"G05": [(value, "1", "7") for value in truth.values()]})
    for at in range(3, len(good[1])):
        line = good[1][:at] + "5" + good[1][at:] if shift > 0 else good[1][:at] + good[1][at + 1 :]
        try:
            got = read(third([good[0], line], one(1), types=types))
        except BadFile:
            continue
        for k, (code, value) in enumerate(truth.items()):
            if code in got.systems["G"].codes and at < 3 + 16 * k:  # the fields behind the damage
                told = plane(got, code)[0]
                assert np.isnan(told) or told == value, (at, code, told)


def test_loss_of_lock_stands_beside_its_value():
    rows = [{"G05": [2e7, (1e8 + k, str(k) if k else " ", "7")]} for k in range(8)]
    got = read(third(*(epoch_third(at_third(k), rows[k]) for k in range(8))))
    system = got.systems["G"]
    assert system.lli[system.codes.index("L1C"), :, 0].tolist() == list(range(8))
    (dataset,) = READER.read(
        Source("test0100.24o", third(*(epoch_third(at_third(k), rows[k]) for k in range(8))))
    ).observations
    lost = (dataset["l1c" + SUFFIX].values[:, 0] & np.uint8(Quality.JUMP)) != 0
    assert lost.tolist() == [False, True] * 4


def test_a_power_failure_and_a_splice_break_and_a_remark_does_not():
    splice = event(3, 4, [label("RINEX FILE SPLICE", "COMMENT")])
    remark = event(3, 4, [label("all is well", "COMMENT")])
    outside = event(3, 5, [], time=at_third(2))
    got = read(third(one(0), remark, outside, one(1), splice, one(2), one(3, flag=1), one(4)))
    assert got.breaks.tolist() == [2, 3]
    assert noted(got, "2 events of kind 4")
    assert noted(got, "1 event of kind 5")


def test_a_break_marks_the_next_phase_of_every_satellite():
    splice = event(3, 4, [label("RINEX FILE SPLICE", "COMMENT")])
    rows = [{"G05": [2e7, 1e8], "G06": [2e7, 1e8]}, {"G05": [2e7, 1e8]}, {"G05": [2e7, None], "G06": [2e7, 1e8]}]
    parts = [epoch_third(at_third(k), row) for k, row in enumerate([rows[0], rows[2], rows[0], rows[0]])]
    data = third(parts[0], splice, *parts[1:])
    (dataset,) = READER.read(Source("test0100.24o", data)).observations
    lost = (dataset["l1c" + SUFFIX].values & np.uint8(Quality.JUMP)) != 0
    assert lost.tolist() == [[False, False], [False, True], [True, False], [False, False]]


def test_cycle_slip_records_are_no_observations():
    slips = epoch_third(at_third(1), {"G05": [7.0, 8.0]}, flag=6)
    got = read(third(one(0), slips, one(1)))
    assert plane(got) == [2e7, 2e7 + 1]
    second = text(header("2.11", ["C1", "L1", "P1", "P2", "L2", "S1"]), *(
        epoch_second(at_second(k), {"G 5": [2e7 + k] * 6}, flag=6 if k == 1 else 0) for k in range(3)))  # fmt: skip
    assert plane(read(second)) == [2e7, 2e7 + 2]
    assert plane(read(compress(third(one(0), slips, one(1))))) == [2e7, 2e7 + 1]


@pytest.mark.parametrize("version", [2, 3])
def test_types_that_change_on_the_way(version):
    if version == 2:
        parts = [epoch_second(at_second(0), {"G 5": [2e7, 1e8]}), event(2, 4, types_second(["L1", "S1", "C1"])),
                 epoch_second(at_second(1), {"G 5": [3e8, 45.0, 2.5e7]})]  # fmt: skip
        data = text(header("2.11", ["C1", "L1"]), *parts)
    else:
        parts = [one(0), event(3, 4, types_third("G", ["L1C", "S1C", "C1C"])),
                 epoch_third(at_third(1), {"G05": [3e8, 45.0, 2.5e7]})]  # fmt: skip
        data = third(*parts)
    got = read(data)
    assert got.systems["G"].codes == ("C1C", "L1C", "S1C")
    assert (plane(got), plane(got, "L1C")) == ([2e7, 2.5e7], [1e8, 3e8])
    assert got.breaks.tolist() == [1]


def test_epochs_of_a_moving_antenna_and_of_another_site_are_left_out():
    other = event(3, 3, [label("ELSE", "MARKER NAME")])
    back = event(3, 3, [label("TEST", "MARKER NAME")])
    moves = event(3, 2, [])
    got = read(third(one(0), moves, one(1), back, one(2), other, one(3), one(4)))
    assert plane(got) == [2e7, 2e7 + 2]
    assert got.breaks.tolist() == [1]
    assert noted(got, "3 epochs of a moving antenna or of another site were left out")
    with pytest.raises(BadFile, match="None of its epochs"):
        read(third(moves, one(0)))


@pytest.mark.parametrize(("clock", "ahead"), [("GPS", 0), ("GAL", 0), ("QZS", 0), ("IRN", 0), ("BDT", 14), ("GLO", 18)])
def test_clocks_of_other_systems_become_gps_time(clock, ahead):
    got = read(third(one(0), one(1), clock=clock))
    assert got.time[0] == np.datetime64("2024-01-10", "ns") + np.timedelta64(ahead, "s")


@pytest.mark.parametrize(("system", "ahead"), [("R", 18), ("C", 14), ("G", 0), ("M", 0)])
def test_a_file_that_names_no_clock_counts_by_that_of_its_system(system, ahead):
    got = read(text(header(types=TWO, system=system, clock="   "), one(0)))
    assert got.time[0] == np.datetime64("2024-01-10", "ns") + np.timedelta64(ahead, "s")


def test_an_unknown_clock_is_refused():
    with pytest.raises(BadFile, match="'DOR'"):
        read(third(one(0), clock="DOR"))


def test_a_leap_second_has_no_name_in_utc_and_gives_way():
    stamps = ("2016 12 31 23 59 59.0000000", "2017 01 01 00 00  0.0000000", "2017 01 01 00 00 18.0000000",
              "2017 01 01 00 00 17.0000000")  # fmt: skip
    lines = [epoch_third(stamps[k], {"G05": [2e7 + k, 1e8]}) for k in (0, 1, 3, 2)]
    reading = READER.read(Source("test0010.17o", third(*lines)))
    assert reading.observations[0]["time"].values[-1] == np.datetime64("2017-01-01")
    assert len(reading.observations[0]["time"]) == 3
    assert any("leap second" in note for note in reading.notes)


@pytest.mark.parametrize(("order", "kept", "said"), [
    ((0, 1, 1, 2), [0, 1, 2], "1 epoch repeats an earlier time and was left out"),
    ((0, 1, 2, 900, 3, 4), [0, 1, 2, 3, 4], "1 epoch is out of order"),
    ((2, 3, 4, 0, 5, 6), [2, 3, 4, 5, 6], "1 epoch is out of order"),
    ((0, 1, 2, 0, 1, 2), [0, 1, 2], "repeat"),
    ((9, 0, 1, 2), [0, 1, 2], "1 epoch is out of order"),
])  # fmt: skip
def test_epochs_out_of_order_cost_themselves(order, kept, said):
    for data in (third(*(one(k) for k in order)), compress(third(*(one(k) for k in order)))):
        got = read(data)
        assert plane(got) == [2e7 + k for k in kept]
        assert noted(got, said)


def test_missing_epochs_and_a_wrong_interval_are_told():
    got = read(third(*(one(k) for k in (0, 2, 4, 10, 12))))
    assert got.interval_s == 60
    assert noted(got, "INTERVAL of the header is 30 s; most steps are 60 s")
    assert noted(got, "2 of 7 epochs are missing, in 1 gap")


def test_counts_of_an_epoch_that_lie():
    rows = {"G05": [2e7, 1e8], "G06": [2.1e7, 1e8]}
    for count in (1, 3):
        got = read(third(epoch_third(at_third(0), rows, count=count), one(1)))
        assert plane(got, sv="G06")[0] == 2.1e7
        assert noted(got, "1 epoch has another number of satellites than stated")
    second = text(header("2.11", ["C1", "L1"]), epoch_second(at_second(0), {"G 5": [2e7, 1e8]}, count=2))
    with pytest.raises(BadFile, match="names no satellite"):
        read(second)


@pytest.mark.parametrize("count", [1, 3, 999, 0])
def test_counts_of_the_header_that_lie(count):
    lines = [line for line in header(types={}) if "OBS TYPES" not in line]
    with pytest.raises(BadFile, match=f"says {count} and has 2"):
        read(text(lines[:-1], types_third("G", ["C1C", "L1C"], count), lines[-1:], one(0)))
    with pytest.raises(BadFile, match=f"says {count} and has 2"):
        read(text([*header("2.11", [])[:-4], *types_second(["C1", "L1"], count), *header("2.11", [])[-1:]], one(0)))


def test_a_satellite_given_twice_is_doubtful():
    rows = [*one(0), *one(0)[1:]]
    got = read(third(["> 2024 01 10 00 00  0.0000000  0  2", *rows[1:]], one(1)))
    assert np.isnan(plane(got)[0])
    assert noted(got, "given twice")


def test_values_of_a_file_that_scales_them():
    scale = [label("G  100  1  L1C", "SYS / SCALE FACTOR")]
    data = third(epoch_third(at_third(0), {"G05": [2e7, 123456.789]}), one(1), extra=scale)
    assert plane(read(data), "L1C")[0] == 123456.789 / 100
    assert plane(read(data))[0] == 2e7
    assert plane(read(compress(data)), "L1C")[0] == 123456.789 / 100


def test_other_systems_are_left_out_with_a_note():
    rows = {"G05": [2e7, 1e8], "S20": [3.8e7], "I02": [3.6e7], "R03": [2e7]}
    types = {"G": ["C1C", "L1C"], "S": ["C1C"], "I": ["C5A"], "R": ["C1C"]}
    for data in (third(epoch_third(at_third(0), rows), types=types),
                 compress(third(epoch_third(at_third(0), rows), types=types))):  # fmt: skip
        got = read(data)
        assert list(got.systems) == ["G", "R"]
        assert noted(got, "1 satellite of system S (SBAS) was left out")
        assert noted(got, "1 satellite of system I (NavIC) was left out")
    with pytest.raises(BadFile, match="holds no observation of GPS"):
        READER.read(Source("a", third(epoch_third(at_third(0), {"S20": [3.8e7]}), types={"S": ["C1C"]})))


def test_what_the_header_says_of_the_station():
    slots = [label("  2 R01  1 R02 -4", "GLONASS SLOT / FRQ #"), label("    17", "LEAP SECONDS"),
             label("something", "NEW LABEL")]  # fmt: skip
    got = read(third(one(0), extra=slots, marker="ANKR00TUR"))
    assert (got.station, got.receiver, got.antenna) == ("ANKR", "SOME RECEIVER 1.0", "SOME ANTENNA")
    assert dict(got.channels) == {"R01": 1, "R02": -4}
    assert got.position_m.tolist() == [-1837003.1909, 6065631.1631, -716184.055]
    assert noted(got, "LEAP SECONDS of the header is 17; it was 18")
    assert noted(got, "'NEW LABEL' (1)")
    nowhere = read(third(one(0), position="        0.0000        0.0000        0.0000", marker="DELFT-16"))
    assert np.isnan(nowhere.position_m).all()
    assert nowhere.station == "TEST"  # as the file is called
    assert noted(nowhere, "APPROX POSITION")


@pytest.mark.parametrize(("change", "said"), [
    (lambda s: s.replace(b"END OF HEADER", b"END OF NOTHING"), "no END OF HEADER"),
    (lambda s: s.replace(b"G    2 C1C", b"G    x C1C"), "OBS TYPES"),
    (lambda s: s.replace(b" C1C L1C", b" C1C C1C"), "has C1C twice"),
    (lambda s: s.replace(b" C1C L1C ", b" C1C L1CX"), "three characters"),
    (lambda s: s.replace(b"    30.000  ", b"    thirty  "), "INTERVAL"),
    (lambda s: s.replace(b"G    2 C1C L1C  ", b"     2 C1C L1C  "), "no system"),
    (lambda s: s.replace(b"SYS / # / OBS TYPES", b"COMMENT            "), "no observation types"),
    (lambda s: s[: s.index(b">")], "No epoch follows"),
    (lambda s: s.replace(b"> 2024 01 10 00 00 30", b"> 2024 13 10 00 00 30"), "no epoch line"),
    (lambda s: s.replace(b"> 2024 01 10 00 00 30", b"> 2024 02 30 00 00 30"), "no epoch line"),
    (lambda s: s.replace(b"\nG05", b"\nG 0", 1), "names no satellite"),
    (lambda s: s.replace(b"> 2024 01 10 00 00 30", b"  2024 01 10 00 00 30"), "names no satellite"),
    (lambda s: s.replace(b"20000001", b"2000\x0001"), "no text"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(change, said):
    with pytest.raises(BadFile, match=said) as caught:
        read(change(third(one(0), one(1), one(2))))
    assert caught.value.file == "test0100.24o"


def test_codes_that_rinex_does_not_have_are_left_out_whatever_else_a_system_has():
    rows = {"G05": [2.1e7], "R05": [2.2e7, 2.3e7]}
    data = third(*(epoch_third(at_third(k), rows) for k in range(3)), types={"G": ["C9Q"], "R": ["C1C", "C9Q"]})
    reading = READER.read(Source("a", data))
    (glonass,) = reading.observations
    assert [str(name) for name in glonass.data_vars] == ["c1c", "c1c_quality"]
    for system in ("GPS", "GLONASS"):
        assert f"Observation code C9Q of {system} is of no RINEX version and was left out." in reading.notes
    with pytest.raises(BadFile, match="under a code that RINEX has"):
        READER.read(Source("a", third(epoch_third(at_third(0), {"G05": [2.1e7]}), types={"G": ["C9Q"]})))


def test_a_file_that_spans_more_than_it_holds_is_refused_without_room_for_it():
    """A thousand codes of 99 satellites over 5,000 epochs, of which hardly any is there."""
    codes = [f"{kind}{band}{chr(65 + k)}" for kind in "CLDS" for band in range(1, 10) for k in range(26)]
    names = [f"G{n:02d}" for n in range(1, 100)]
    epochs = [epoch_third(at_third(k, 1), {names[k % 99]: []}) for k in range(5000)]
    data = text(header(types={"G": codes}), *epochs)
    tracemalloc.start()
    with pytest.raises(BadFile, match="more than the"):
        read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30 * len(data)
