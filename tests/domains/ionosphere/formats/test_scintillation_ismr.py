"""ISMR files: the indices are the file's own numbers, at its own times."""

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.core.time import gps_to_utc
from soap.domains.ionosphere.formats.scintillation_ismr import READER
from soap.formats import Source
from soap.testing.data import real

FILE = "ground/scintillation/2011-305-PRU1/PRU1305C.11_.ismr.gz"
LINE = (
    "1660,180300,  2,       628,141, 30,46.6, 0.085, 0.047, 0.023, 0.032, 0.035, 0.036, 0.036,-37.854, 0.127, 52.215,"
    " 0.078, 52.453, 0.020, 55.194, 0.048, 56.165, 0.066,16916,0,  553,34.0, 0.022, 2.338, 1.61, nan,   nan,   nan,"
    "   nan,   nan,   nan,   nan,   nan,    nan,   nan,  nan,   nan,   nan,  nan"
)


def one(text, name="PRU1305C.11_.ismr"):
    return READER.read(Source(name, text.encode()))


def with_field(number, value, line=LINE):
    fields = line.split(",")
    fields[number - 1] = value
    return ",".join(fields)


def test_a_line_is_read_into_its_columns():
    minute, quarters = one(LINE + "\n").observations
    assert minute["time"].values[0] == gps_to_utc(np.datetime64("2011-11-01T02:05:00"))
    told = {name: float(minute[name].sel(sv="G02")[0]) for name in ("azimuth_deg", "elevation_deg", "cn0", "s4")}
    assert told == {"azimuth_deg": 141, "elevation_deg": 30, "cn0": 46.6, "s4": 0.085}
    assert float(minute["s4_correction"][0, 0]) == 0.047
    assert [float(minute[name][0, 0]) for name in ("sigma_phi_1s", "sigma_phi", "lock_time")] == [0.023, 0.036, 16916]
    np.testing.assert_array_equal(quarters["stec_receiver"].values[:, 0], [52.215, 52.453, 55.194, 56.165])
    np.testing.assert_array_equal(quarters["dtec_receiver"].values[:, 0], [0.078, 0.020, 0.048, 0.066])
    assert (quarters["time"].values[-1], np.unique(np.diff(quarters["time"].values)).tolist()) == (
        minute["time"].values[0], [15_000_000_000]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("svid", "satellite"),
    [(1, "G01"), (38, "R01"), (61, "R24"), (71, "E01"), (120, "S20"), (141, "C01"), (183, "J03"), (223, "C41")],
)
def test_satellites_have_the_receivers_own_numbers(svid, satellite):
    assert one(with_field(3, str(svid)) + "\n").observations[0]["sv"].values.tolist() == [satellite]


def test_every_number_of_the_real_file_comes_back():
    """Against the file's own text, read here as comma-separated numbers."""
    source = Source.from_path(real(FILE))
    lines = [line.split(b",") for line in source.data.splitlines()]
    assert READER.recognises(source)
    reading = READER.read(source)
    minutes = [one for one in reading.observations if one.attrs["cadence"] == "PT1M"]
    for name, column in (("s4", 7), ("sigma_phi", 13), ("s4_second", 32), ("sigma_phi_second", 38)):
        expected = sorted(float(line[column]) for line in lines if line[column].strip() != b"nan")
        found = np.concatenate([one[name].values.ravel() for one in minutes])
        np.testing.assert_array_equal(np.sort(found[~np.isnan(found)]), expected)
    assert {one.attrs["system"] for one in minutes} == {"gps", "glonass", "sbas"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LINE.rsplit(",", 3)[0], "has 42 fields"),
        (with_field(8, "0.0x5"), "no number"),
        (with_field(2, "700000"), "no time and satellite"),
        (with_field(1, "nan"), "no time and satellite"),
        (LINE + "\n" + with_field(8, "0.9"), "stands twice"),
        (with_field(3, "62"), "names no satellite"),
        ("", "empty"),
    ],
)
def test_a_damaged_file_is_refused(text, said):
    with pytest.raises(BadFile, match=said):
        one(text)


def test_the_station_must_be_in_the_name():
    with pytest.raises(BadFile, match="only by its name"):
        one(LINE, "records.txt")


def test_a_line_that_stands_twice_is_taken_once():
    reading = one(f"{LINE}\n{LINE}\n")
    assert reading.observations[0].sizes["time"] == 1
    assert "stand twice" in reading.notes[0]
