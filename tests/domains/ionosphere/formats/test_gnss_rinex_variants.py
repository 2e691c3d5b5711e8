"""Observation files as receivers and programs write them that are not in the data: each value and line is read."""

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats.gnss_rinex_observation import parse
from soap.formats import Source
from tests.domains.ionosphere.formats.rinex_text import (
    at_third,
    compress,
    epoch_third,
    event,
    header,
    label,
    text,
    types_third,
)

TWO = {"G": ["C1C", "L1C"]}


def third(*parts, types=TWO, **changes):
    return text(header(types=types, **changes), *parts)


def one(k, values=(2e7, 1e8), sv="G05"):
    return epoch_third(at_third(k), {sv: list(values)})


def read(data):
    return parse(Source("test0100.24o", data))


def plane(observations, code="C1C", sv="G05"):
    system = observations.systems[sv[0]]
    return system.plane(code)[:, system.sv.index(sv)].tolist()


def test_scale_factors_of_more_than_twelve_codes_go_on_in_the_next_line():
    """RINEX 3.05, table A2, SYS / SCALE FACTOR: A1,1X,I4,2X,I2,12(1X,A3); continuation 10X,12(1X,A3)."""
    bands = [f"{kind}{band}" for band in ("1C", "1W", "2W", "2X", "5X") for kind in "CLS"]
    scaled = bands[:13]
    lines = [
        label("G   10  13" + "".join(f" {code}" for code in scaled[:12]), "SYS / SCALE FACTOR"),
        label(" " * 10 + f" {scaled[12]}", "SYS / SCALE FACTOR"),
    ]
    values = [1000.0 + k for k in range(15)]
    types = {"G": bands}
    for data in (third(one(0, values), types=types, extra=lines),
                 compress(third(one(0, values), types=types, extra=lines))):  # fmt: skip
        got = read(data)
        assert [plane(got, code) for code in bands] == [
            [value / 10 if code in scaled else value] for code, value in zip(bands, values, strict=True)
        ]


@pytest.mark.parametrize("line", ["    10   1 L1C", "G   11   1 L1C", "           L1C"])
def test_scale_factors_of_no_system_or_size_are_told(line):
    with pytest.raises(BadFile, match=r"SCALE FACTOR.*a factor is 1, 10, 100 or 1000, of a system"):
        read(third(one(0), extra=[label(line, "SYS / SCALE FACTOR")]))


@pytest.mark.parametrize("shift", [-4, 1, 3])
def test_a_time_system_some_columns_aside(shift):
    lines = [
        label(f"  2024     1    10     0     0    0.0000000{' ' * (5 + shift)}GLO", "TIME OF FIRST OBS")
        if "TIME OF FIRST" in line else line for line in header(types=TWO)
    ]  # fmt: skip
    assert read(text(lines, one(0))).time[0] == np.datetime64("2024-01-10T00:00:18", "ns")


def test_a_receiver_that_tells_no_place():
    got = read(third(one(0), position=""))
    assert np.isnan(got.position_m).all()
    assert any("APPROX POSITION" in note for note in got.notes)


@pytest.mark.parametrize(
    "position", ["   4789028.4701    176610.0133   4195017.0310", " 4789028.4701 176610.0133 4195017.0310"]
)
def test_a_place_that_stands_beside_its_columns(position):
    assert read(third(one(0), position=position)).position_m.tolist() == [4789028.4701, 176610.0133, 4195017.031]


def test_a_count_of_satellites_that_stands_to_the_left():
    lines = [line.replace("  0  1", "  0 1 ") + "     -0.123456789012" * line.startswith(">") for line in one(0)]
    assert plane(read(third(lines, one(1)))) == [2e7, 2e7]


def test_epochs_with_picoseconds():
    """RINEX 4.02 gives them behind the clock's offset, and Hatanaka's program, from 4.2.0 on, behind its difference."""
    plain = [line + (" " * 22 + "12345" if line.startswith(">") else "") for line in [*one(0), *one(1, (2.1e7, 1e8))]]
    data = third(plain, version="4.02")
    assert plane(read(data)) == [2e7, 2.1e7]
    lines = compress(third(one(0), one(1, (2.1e7, 1e8)), one(2), version="4.02")).decode().split("\n")
    at = next(k for k, line in enumerate(lines) if line.startswith(">"))
    lines[at + 1], lines[at + 4], lines[at + 7] = "3&12 12345", "-3     6", " &&&&&"
    assert plane(read("\n".join(lines).encode())) == [2e7, 2.1e7, 2e7]
    lines[at + 4] = "-3 1x345"
    with pytest.raises(BadFile, match="is no clock offset"):
        read("\n".join(lines).encode())


def test_types_with_a_blank_attribute_take_their_field_and_are_left_out():
    """RINEX 3.05, table A2 and 5.12: X1, the receiver's channel number, has no attribute."""
    got = read(third(one(0, [2e7, 7.0, 1e8]), types={"G": ["C1C", "X1 ", "L1C"]}))
    assert got.systems["G"].codes == ("C1C", "L1C")
    assert plane(got, "L1C") == [1e8]


@pytest.mark.parametrize("slots", ["  3 R01  1 R02    R03 -4", "  3 R01 +1R03 -4", "  2 R 1  1 R 3 -4"])
def test_glonass_channels_however_they_stand(slots):
    """A satellite whose channel the receiver did not know stands alone; some programs leave the blank behind out."""
    got = read(third(one(0), extra=[label(slots, "GLONASS SLOT / FRQ #")]))
    assert dict(got.channels) == {"R01": 1, "R03": -4}
    with pytest.raises(BadFile, match=r"SLOT.*'X02' is no satellite"):
        read(third(one(0), extra=[label("  1 X02 -4", "GLONASS SLOT / FRQ #")]))


def test_a_file_joined_of_several_brings_their_headers_as_events():
    """Its first line and its last are in the event as well; the list of types in it holds from there on."""
    inside = [line for line in header(types={}) if "OBS TYPES" not in line]
    inside = [*inside[:-1], *types_third("G", ["L1C", "C1C"]), inside[-1]]
    for change in (lambda data: data, compress):
        got = read(change(third(one(0), event(3, 4, inside), one(1, (1.1e8, 2.1e7)))))
        assert plane(got) == [2e7, 2.1e7]
        assert plane(got, "L1C") == [1e8, 1.1e8]
        assert got.breaks.tolist() == [1]
        assert not any("not known here" in note for note in got.notes)
    with pytest.raises(BadFile, match=r"RINEX VERSION / TYPE.*a second time"):
        read(
            third(
                one(0),
                event(3, 4, [label("     2.11           OBSERVATION DATA    M", "RINEX VERSION / TYPE")]),
                one(1),
            )
        )
