"""SP3: real files of four centres, another parser's positions, and every trap in files made here."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats import gnss_sp3
from soap.domains.ionosphere.science.gnss.precise_orbit import precise_orbits
from soap.formats import Source
from soap.testing.data import real

HEADER = """\
#cP2020  1  1  0  0  0.00000000       3 d+D   IGS14 FIT AIUB
## 2086 259200.00000000   900.00000000 58849 0.0000000000000
+    2   G01G02  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
++         6  4  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
%c M  cc {system} ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc
%c cc cc ccc ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc
%f  1.2500000  1.025000000  0.00000000000  0.000000000000000
%i    0    0    0    0      0      0      0      0         0
/* made here
"""
BODY = """\
*  2020  1  1  0  0  0.00000000
PG01   9888.347630 -19617.637165 -14892.695448   -247.902361
PG02 -21823.783555  13971.156767  -4920.780188 999999.999999
*  2020  1  1  0 15  0.00000000
PG01   9897.004862 -18149.187152 -16619.108653   -247.902361
PG02      0.000000      0.000000      0.000000 999999.999999
*  2020  1  1  0 30  0.00000000
PG01  10040.000000 -16569.000000 -18150.000000   -247.902361 12 11  9 130     M
EOF
"""


def sp3(system="GPS", body=BODY) -> bytes:
    return (HEADER.format(system=system) + body).encode()


def parse(data: bytes):
    return gnss_sp3.parse(Source("made.sp3", data))


@pytest.mark.parametrize("start", ["#cP", "#a ", "#aV", "#  "])
def test_files_of_the_first_years_name_no_version(start):
    """SIO, 1992: `#  1992  6 15`, bare satellite numbers, no time system."""
    bare = sp3("ccc").replace(b"#cP", start.encode()).replace(b"\nPG0", b"\nP  ")
    assert parse(bare).sv == ("G01", "G02")
    assert np.array_equal(parse(bare).position_m, parse(sp3()).position_m, equal_nan=True)


def test_positions_gaps_and_flags():
    table = parse(sp3())
    assert table.sv == ("G01", "G02")
    assert table.time.tolist() == np.array(
        ["2020-01-01T00:00", "2020-01-01T00:15", "2020-01-01T00:30"], "datetime64[ns]"
    ).tolist()  # fmt: skip
    np.testing.assert_allclose(table.position_m[0, 1], [-21823783.555, 13971156.767, -4920780.188], rtol=1e-15)
    assert np.isnan(table.position_m[1:, 1]).all()  # 0 0 0, and no line at all
    assert table.manoeuvre.tolist() == [[False, False], [False, False], [True, False]]
    assert table.notes == ()


@pytest.mark.parametrize(
    ("system", "ahead_s"), [("GPS", 0), ("GAL", 0), ("QZS", 0), ("BDT", -14), ("TAI", 19), ("UTC", -18), ("GLO", -18)]
)
def test_time_systems_become_gps_time(system, ahead_s):
    first = parse(sp3(system)).time[0]
    assert first == np.datetime64("2020-01-01", "ns") - np.timedelta64(ahead_s, "s")


def test_a_clock_that_is_missing_leaves_the_position():
    assert np.isfinite(parse(sp3()).position_m[0, 1]).all()


def test_bare_numbers_are_gps_satellites():
    """SP3-a."""
    old = sp3(body=BODY.replace("PG01", "P  1").replace("PG02", "P  2")).replace(b"#c", b"#a", 1)
    assert parse(old).sv == ("G01", "G02")


def test_blank_lines_before_the_header_and_line_ends_of_windows():
    """The IGS file of 2017-02-14 in georinex's tests begins with one."""
    assert parse(b"\r\n" + sp3().replace(b"\n", b"\r\n")).sv == ("G01", "G02")


def test_a_last_line_that_is_cut_is_left_out_with_a_note():
    cut = sp3()[: sp3().index(b"PG01  10040") + 30]
    table = parse(cut)
    assert np.isnan(table.position_m[2]).all()
    assert table.notes == ("The file ends without EOF; it may have been cut short.",)


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        (("-19617.637165", "-19617.63x165"), "Line 11: the line holds no position"),
        (("-19617.637165", "-19617637165."), "Line 11: the line holds no position"),
        (("-19617.637165", "             "), "Line 11: the line holds no position"),
        (("PG02 -21823", "P?02 -21823"), "Line 12: the line names no satellite"),
        (("PG02 -21823", "PG01 -21823"), "the satellite is given twice"),
        (("  0 15  0.00", "  0  0  0.00"), "does not come after"),
        (("2020  1  1  0 15", "2020 13  1  0 15"), "is no time"),
        (("2020  1  1  0 15", "2020  2 30  0 15"), "is no time"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(changed, fact):
    with pytest.raises(BadFile, match=re.escape(fact)):
        parse(sp3(body=BODY.replace(*changed)))


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"", "first line"),
        (b"#cV", "first line"),
        (HEADER.format(system="GPS").encode(), "holds no time"),
        (sp3("XYZ"), "time system is 'XYZ'"),
    ],
)
def test_what_is_no_sp3_file_is_refused(data, fact):
    with pytest.raises(BadFile, match=fact):
        parse(data)


@pytest.mark.parametrize("name", ["formats/igs19362.sp3c.gz", "2009-091/esa15253.sp3.gz", "2015-139/COD18452.EPH.Z"])
def test_splitting_at_blanks_finds_the_same_positions(name):
    """These three files never let two numbers touch, so that the plainest of parsers reads them too."""
    source = Source.from_path(real(f"ground/gnss/{name}"))
    table, epoch, compared = gnss_sp3.parse(source), -1, 0
    for words in (line.split() for line in source.data.decode("latin-1").splitlines()):
        epoch += words[:1] == ["*"]
        if words and re.fullmatch(r"P[GR]\d\d", words[0]):
            position = np.array([float(word) for word in words[1:4]]) * 1e3
            found = table.position_m[epoch, table.sv.index(words[0][1:])]
            np.testing.assert_array_equal(found, position if position.any() else np.full(3, np.nan))
            compared += 1
    assert compared == (~np.isnan(table.position_m)).sum() // 3


@pytest.mark.parametrize(
    ("name", "satellites", "times"),
    [
        ("2009-091/esa15253.sp3.gz", 48, 96),
        ("2015-139/COD18452.EPH.Z", 56, 96),
        ("2020-177/GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz", 75, 96),
        ("formats/COD0MGXFIN_20230500000_01D_05M_ORB.SP3.gz", 118, 289),
    ],
)
def test_real_files_hold_what_their_headers_promise(name, satellites, times):
    source = Source.from_path(real(f"ground/gnss/{name}"))
    table = gnss_sp3.parse(source)
    lines = source.data.decode("latin-1").splitlines()
    assert int(lines[2][1:6]) == satellites == len(table.sv)
    assert int(lines[0][32:39]) == times == len(table.time)
    assert not table.notes


FULL = sp3()


@settings(max_examples=150, deadline=2000)
@given(st.integers(0, len(FULL)), st.binary(min_size=0, max_size=12), st.integers(0, 12))
def test_damaged_anywhere_it_is_bad_or_told(at, put, drop):
    """Cut, overwritten or lengthened at any place: `BadFile`, or positions that the undamaged lines hold."""
    data = FULL[:at] + put + FULL[at + drop :]
    try:
        table = parse(data)
    except BadFile:
        return
    assert table.position_m.shape == (len(table.time), len(table.sv), 3)
    assert (np.isnan(table.position_m) | (np.abs(table.position_m) < 1e8)).all()
    precise_orbits(table)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_real_file_cut_anywhere_holds_only_its_own_positions(share):
    whole = Source.from_path(real("ground/gnss/2020-001/COD20863.EPH.Z"))
    full, cut = gnss_sp3.parse(whole), gnss_sp3.parse(Source("cut", whole.data[: int(len(whole.data) * share) + 7]))
    rows = len(cut.time)
    same = np.isnan(cut.position_m) | (cut.position_m == full.position_m[:rows])
    assert cut.notes
    assert same.all()
