"""RINEX navigation 2, 3 and 4: the same messages in three spellings, real files, and damage of every kind."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats import gnss_rinex_navigation as navigation
from soap.domains.ionosphere.formats import open_orbits
from soap.domains.ionosphere.science.gnss.broadcast_message import broadcast_orbits
from soap.formats import Source
from soap.testing.data import real

GPS_3 = """\
     3.04           N: GNSS NAV DATA    M: MIXED            RINEX VERSION / TYPE
                                                            END OF HEADER
G02 2024 01 10 00 00 00-3.966894000769E-04-1.159605745226E-11 0.000000000000E+00
     4.100000000000E+01-1.181250000000E+01 4.270535024560E-09-2.283397644850E+00
    -5.960464477539E-07 1.569435186684E-02 3.764405846596E-06 5.153676368713E+03
     2.592000000000E+05-1.694999635220E-07-1.783229091300E+00-2.067536115646E-07
     9.654838339810E-01 3.241562500000E+02-1.217862343480E+00-7.949259744050E-09
    -4.403754862650E-10 1.000000000000E+00 2.296000000000E+03 0.000000000000E+00
     2.000000000000E+00 {health}-1.769512891769E-08 4.100000000000E+01
     2.520180000000E+05 {fit}
"""
GLONASS_3 = """\
R05 2024 01 10 00 15 00 1.251287758350E-04 9.094947017730E-13 2.592300000000E+05
    -1.616008886720E+04-2.242461204530E+00 0.000000000000E+00 0.000000000000E+00
     1.043836425780E+04 4.980888366700E-01 0.000000000000E+00 1.000000000000E+00
     1.674524462890E+04-2.478892326360E+00-3.725290298460E-09 0.000000000000E+00
"""
HEALTHY, FIT = " 0.000000000000E+00", "4.000000000000E+00"


def gps(health=HEALTHY, fit=FIT) -> str:
    return GPS_3.format(health=health, fit=fit)


def parse(text: str | bytes):
    return navigation.parse(Source("made.rnx", text.encode() if isinstance(text, str) else text))


def only(text):
    (table,), notes = parse(text)
    return table, notes


def test_the_numbers_of_a_message():
    table, notes = only(gps())
    assert notes == ()
    assert table.sv.tolist() == ["G02"]
    assert table.reference[0] == np.datetime64("2024-01-10", "ns")
    assert table.valid_s[0] == 7200
    assert table.healthy[0]
    e = table.elements
    assert e.sqrt_a[0] == 5153.676368713
    assert e.eccentricity[0] == 1.569435186684e-2
    assert (e.crs[0], e.crc[0]) == (-11.8125, 324.15625)
    assert (e.cuc[0], e.cus[0]) == (-5.960464477539e-7, 3.764405846596e-6)
    assert (e.cic[0], e.cis[0]) == (-1.69499963522e-7, -2.067536115646e-7)
    assert (e.node[0], e.node_rate[0]) == (-1.7832290913, -7.94925974405e-9)
    assert (e.inclination[0], e.inclination_rate[0]) == (0.965483833981, -4.40375486265e-10)
    assert (e.perigee[0], e.mean_anomaly[0], e.delta_n[0]) == (-1.21786234348, -2.28339764485, 4.27053502456e-9)
    assert e.toe_of_week[0] == 259_200


def test_glonass_keeps_utc_and_kilometres():
    table, _ = only(gps().split("G02")[0] + GLONASS_3)
    assert table.reference[0] == np.datetime64("2024-01-10T00:15:18", "ns")
    np.testing.assert_allclose(table.position_m[0], [-16160088.8672, 10438364.2578, 16745244.6289], rtol=1e-15)
    np.testing.assert_allclose(table.velocity[0], [-2242.46120453, 498.08883667, -2478.89232636], rtol=1e-15)
    np.testing.assert_allclose(table.acceleration[0], [0.0, 0.0, -3.72529029846e-6], rtol=1e-15)
    assert table.healthy[0]


def test_health_and_fit_interval():
    assert not only(gps(health=" 6.300000000000E+01"))[0].healthy[0]
    assert not only(gps(health=" " * 19))[0].healthy[0]  # not said: not trusted
    assert only(gps(fit="6.000000000000E+00"))[0].valid_s[0] == 3 * 3600
    for standard in ("0.000000000000E+00", "1.000000000000E+00", "9.990000000000E+02", ""):
        assert only(gps(fit=standard))[0].valid_s[0] == 7200


def test_the_week_is_that_of_the_clock():
    """A message of Saturday night that refers to the first second of the new week."""
    text = (
        gps()
        .replace("G02 2024 01 10 00 00 00", "G02 2024 01 13 23 59 44")
        .replace("2.592000000000E+05", "0.000000000000E+00", 1)
    )
    assert only(text)[0].reference[0] == np.datetime64("2024-01-14", "ns")


def test_fortran_exponents_blank_fields_and_line_ends_of_windows():
    plain, _ = only(gps())
    spelled = gps().replace("E+", "D+").replace("E-", "d-").replace("\n", "\r\n")
    other, _ = only(spelled.replace(" 2.000000000000d+00", " " * 19))
    for name in ("sqrt_a", "node", "cuc"):
        assert getattr(other.elements, name) == getattr(plain.elements, name)


def test_one_message_in_three_versions():
    """The same GPS day in a RINEX 2 and a merged RINEX 3 file of two archives: equal orbits but for rounding."""
    day = "2024-010"
    two = open_orbits([Source.from_path(real(f"ground/gnss/{day}/brdc0100.24n.gz"))])
    three = open_orbits([Source.from_path(real(f"ground/gnss/{day}/BRDC00IGS_R_20240100000_01D_MN.rnx.gz"))])
    time = np.datetime64("2024-01-10T00:30", "ns") + np.arange(46) * np.timedelta64(30, "m")
    apart = np.linalg.norm(two.positions(time, two.satellites) - three.positions(time, two.satellites), axis=-1)
    assert len(two.satellites) >= 30
    assert np.isfinite(apart).mean() > 0.9
    assert np.nanmedian(apart) < 1e-3  # their last digits differ
    assert np.nanmax(apart) < 5.0  # now and then one of the files has a message more
    four = navigation.parse(Source.from_path(real("ground/gnss/formats/BRD400DLR_S_20230710000_01D_MN.rnx.gz")))[0]
    assert sorted({table.sv[0][0] for table in four}) == ["C", "E", "G", "J", "R"]


def test_glonass_of_two_versions_agrees():
    day = "2024-010"
    two = open_orbits([Source.from_path(real(f"ground/gnss/{day}/brdc0100.24g.gz"))])
    three = open_orbits([Source.from_path(real(f"ground/gnss/{day}/BRDC00IGS_R_20240100000_01D_MN.rnx.gz"))])
    time = np.datetime64("2024-01-10T01:00", "ns") + np.arange(22) * np.timedelta64(1, "h")
    apart = np.linalg.norm(two.positions(time, two.satellites) - three.positions(time, two.satellites), axis=-1)
    assert np.isfinite(apart).mean() > 0.8
    assert np.nanmedian(apart) < 1e-3
    assert np.nanmax(apart) < 10.0


@pytest.mark.parametrize(
    ("name", "system", "satellites"),
    [
        ("gnss/2005-092/07590920.05n", "G", 20),
        ("gnss/2009-091/brdc0910.09g", "R", 18),
        ("gnss/2011-070-tohoku/brdc0700.11n.gz", "G", 30),
        ("gnss/formats/VILL00ESP_R_20181700000_01D_MN.rnx.gz", "G", 25),
        ("tec-reference/ac121600.25e.Z", "E", 20),
        ("tec-reference/ac121600.25g.Z", "R", 18),
        ("scintillation/2011-305-PRU1/ppte3051.11n.gz", "G", 25),
    ],
)
def test_real_files_of_every_kind(name, system, satellites):
    tables, _ = navigation.parse(Source.from_path(real(f"ground/{name}")))
    table = next(table for table in tables if table.sv[0].startswith(system))
    assert len(set(table.sv)) >= satellites
    assert np.isfinite(broadcast_orbits([table]).positions(np.unique(table.reference), sorted(set(table.sv)))).any()


def test_what_is_not_used_is_counted():
    _, notes = navigation.parse(Source.from_path(real("ground/gnss/formats/BRD400DLR_S_20230710000_01D_MN.rnx.gz")))
    assert "9072 message(s) of SBAS were left out." in notes
    assert "283 message(s) of NavIC were left out." in notes
    assert "334 message(s) of kind CNAV (G) were left out." in notes


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"", "first line"),
        (b"\x00" * 200, "first line"),
        (gps().replace("3.04", "5.00").encode(), "version is 5"),
        (gps().split("   END OF")[0].encode(), "header has no end"),
    ],
)
def test_what_is_no_navigation_file_is_refused(data, fact):
    with pytest.raises(BadFile, match=fact):
        navigation.parse(Source("made", data))


def test_an_observation_file_is_none():
    with pytest.raises(BadFile, match="first line"):
        navigation.parse(Source.from_path(real("ground/gnss/2005-092/07590920.05o")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5.153676368713E+03", "5.153676368713E+33"), ("5.153676368713E+03", "5.15367x368713E+03"),
        ("1.569435186684E-02", "                  "), ("2024 01 10", "2024 99 10"),
        ("9.654838339810E-01", "9.65E-01.339810E-01"),
    ],
)  # fmt: skip
def test_a_message_with_an_impossible_number_is_left_out_and_told(old, new):
    tables, notes = parse(gps().replace(old, new))
    assert tables == ()
    assert notes == ("Messages whose numbers can be no orbit were left out: G02 (1).",)


def test_a_message_cut_short_is_left_out_and_told():
    lines = gps().splitlines(keepends=True)
    for count in range(3, len(lines)):
        tables, notes = parse("".join(lines[:count]))
        assert tables == ()
        assert notes == ("1 message(s) lack lines and were left out.",)


def test_a_file_without_orbits_is_refused_by_the_opener():
    with pytest.raises(BadFile, match=re.escape("No satellite has an orbit in it")):
        open_orbits([Source("empty.rnx", "".join(gps().splitlines(keepends=True)[:2]).encode())])


WHOLE = (gps() + GLONASS_3).encode()


@settings(max_examples=150, deadline=2000)
@given(st.integers(0, len(WHOLE)), st.binary(min_size=0, max_size=20), st.integers(0, 20))
def test_damaged_anywhere_it_is_bad_or_told(at, put, drop):
    """Overwritten, cut or lengthened anywhere: `BadFile`, a note, or messages that still are orbits of satellites."""
    try:
        tables, _ = parse(WHOLE[:at] + put + WHOLE[at + drop :])
    except BadFile:
        return
    orbits = broadcast_orbits(tables)
    time = np.unique(np.concatenate([np.empty(0, "datetime64[ns]"), *(table.reference for table in tables)]))
    radius = np.linalg.norm(orbits.positions(time, orbits.satellites), axis=-1)
    assert (np.isnan(radius) | ((radius > 5e6) & (radius < 1e8))).all()


@pytest.mark.parametrize("number", ["0i", "1+", "00", " x"])
def test_a_message_that_names_no_satellite_is_left_out(number):
    whole, _ = parse(second())
    at = second().index(b"END OF HEADER") + 14
    tables, notes = parse(second()[:at] + number.encode() + second()[at + 2 :])
    assert len(tables[0].sv) == len(whole[0].sv) - 1
    assert "1 message(s) name no satellite and were left out." in notes


def test_a_message_of_version_3_that_names_no_satellite_is_left_out():
    tables, notes = parse(gps().replace("G02 ", "G+2 ") + GLONASS_3)
    assert [table.sv[0] for table in tables] == ["R05"]
    assert "1 message(s) name no satellite and were left out." in notes


@pytest.mark.parametrize("huge", ["1.616008886720E+99", "1.616008886720+199", "9.99999999999E+308"])
def test_numbers_too_large_for_any_message(huge):
    tables, notes = parse(gps() + GLONASS_3.replace("1.616008886720E+04", huge))
    assert [table.sv[0] for table in tables] == ["G02"]
    assert any("R05 (1)" in note for note in notes)


def second(name="gnss/2005-092/07590920.05n"):
    """The beginning of a file of version 2, some ten messages."""
    return b"\n".join([*Source.from_path(real(f"ground/{name}")).data.splitlines()[:100], b""])


@pytest.mark.parametrize("name", ["gnss/2005-092/07590920.05n", "gnss/2009-091/brdc0910.09g"])
@settings(max_examples=200, deadline=None)
@given(where=st.floats(0, 1), put=st.text("0123456789 .-+DEIi\n", max_size=6), drop=st.integers(0, 6))
def test_version_2_damaged_anywhere_is_bad_or_told(name, where, put, drop):
    data = second(name)
    at = int(where * len(data))
    try:
        tables, _ = parse(data[:at] + put.encode() + data[at + drop :])
    except BadFile:
        return
    orbits = broadcast_orbits(tables)
    time = np.unique(np.concatenate([np.empty(0, "datetime64[ns]"), *(table.reference for table in tables)]))
    radius = np.linalg.norm(orbits.positions(time, orbits.satellites), axis=-1)
    assert (np.isnan(radius) | ((radius > 5e6) & (radius < 1e8))).all()


@settings(max_examples=60, deadline=2000)
@given(st.integers(0, len(WHOLE)))
def test_cut_anywhere_it_never_gives_another_orbit(at):
    try:
        tables, _ = parse(WHOLE[:at])
    except BadFile:
        return
    whole = {table.sv[0]: table for table in parse(WHOLE)[0]}
    for table in tables:
        cut, full = broadcast_orbits([table]), broadcast_orbits([whole[table.sv[0]]])
        time, sv = table.reference, [str(table.sv[0])]
        apart = np.linalg.norm(cut.positions(time, sv) - full.positions(time, sv), axis=-1)
        assert not (apart > 1e-6).any()
