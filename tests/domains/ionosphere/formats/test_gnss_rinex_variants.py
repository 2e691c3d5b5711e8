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


@pytest.mark.parametrize("shift", [-2, 1, 3])
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


def test_types_with_a_blank_attribute_take_their_field_and_are_left_out():
    """RINEX 3.05, table A2 and 5.12: X1, the receiver's channel number, has no attribute."""
    got = read(third(one(0, [2e7, 7.0, 1e8]), types={"G": ["C1C", "X1 ", "L1C"]}))
    assert got.systems["G"].codes == ("C1C", "L1C")
    assert plane(got, "L1C") == [1e8]


def test_a_glonass_satellite_of_unknown_channel():
    slots = [label("  3 R01  1 R02    R03 -4", "GLONASS SLOT / FRQ #")]
    assert dict(read(third(one(0), extra=slots)).channels) == {"R01": 1, "R03": -4}


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
