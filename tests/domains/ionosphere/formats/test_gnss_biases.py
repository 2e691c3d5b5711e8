"""Code biases: SINEX-BIAS of four centres, CODE's DCB files, and the traps in them."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats import gnss_bias_code_dcb, gnss_bias_sinex, open_biases
from soap.domains.ionosphere.science.gnss.code_bias import ABSOLUTE, BiasRow, CodeBiases
from soap.formats import Source
from soap.testing.data import real

CAS = "2024-010/CAS0OPSRAP_20240100000_01D_01D_DCB.BIA.gz"
GFZ = "2024-010/GFZ0OPSRAP_20240100000_01D_01D_DCB.BIA.gz"
CODE_OSB = "2021-078/COD0MGXFIN_20210780000_01D_01D_OSB.BIA.gz"
WHU_OSB = "2021-210/WUM0MGXRAP_20212100000_01D_01D_ABS.BIA.gz"


def opened(*names) -> CodeBiases:
    return open_biases([Source.from_path(real(f"ground/gnss/{name}")) for name in names])


def lines_of(name) -> list[str]:
    return Source.from_path(real(f"ground/gnss/{name}")).data.decode("latin-1").splitlines()


def test_receivers_of_the_set_have_the_values_that_its_compilers_noted():
    """Data manifest: CIBG -19.164 ns, BELE +0.019 ns, C1C-C2W, 2024-010."""
    biases = opened(CAS)
    assert biases.receiver("CIBG", "G", "C1C", "C2W") == -19.164
    assert biases.receiver("bele", "G", "C1C", "C2W") == 0.019
    assert biases.receiver_sigma("CIBG", "G", "C1C", "C2W") == 0.098
    assert biases.receiver("CIBG", "R", "C1C", "C1P") == 2.959
    assert math.isnan(biases.receiver("ANKR", "G", "C1C", "C2W"))


def test_every_row_of_a_real_file_comes_out_both_ways():
    biases, rows = opened(CAS), 0
    for line in lines_of(CAS):
        words = line.split()
        if words[:1] == ["DSB"] and re.fullmatch(r"[GRECJ]\d\d", words[2]) and len(words) == 10:
            assert biases.satellite(words[2], words[3], words[4]) == float(words[8])
            assert biases.satellite(words[2], words[4], words[3]) == -float(words[8])
            rows += 1
    assert rows > 700


def test_two_centres_agree_on_the_satellites_of_a_day():
    """CAS and GFZ, C1W-C2W of GPS, 2024-010: but for the offset of their references, within 0.8 ns; the six block III
    satellites (G04, G11, G14, G18, G23, G28) stand apart from the others together, by 1.6 ns."""
    cas, gfz = opened(CAS), opened(GFZ)
    names = [f"G{number:02d}" for number in range(1, 33) if number != 27]
    apart = {sv: cas.satellite(sv, "C1W", "C2W") - gfz.satellite(sv, "C1W", "C2W") for sv in names}
    third = {"G04", "G11", "G14", "G18", "G23", "G28"}
    for group in (third, set(names) - third):
        values = np.array([apart[sv] for sv in sorted(group)])
        assert np.abs(values - np.median(values)).max() < 0.8


def test_differences_are_composed_of_others():
    """CODE, January 2020, G01: P1-C1 = 1.230, P1-P2 = -7.651, so that C1C-C2W is their difference."""
    biases = opened("2020-001/P1C12001.DCB.Z", "2020-001/P1P22001_ALL.DCB.Z")
    assert biases.satellite("G01", "C1W", "C2W") == -7.651
    assert biases.satellite("G01", "C1C", "C1W") == -1.230
    assert biases.satellite("G01", "C1C", "C2W") == pytest.approx(-8.881, abs=1e-12)
    assert biases.satellite("G01", "C1W", "C1W") == 0.0


def test_a_glonass_row_is_not_taken_for_the_gps_receiver():
    """Trap: CODE gives stations a GPS and a GLONASS row under one name, and AMU2 the GLONASS row alone."""
    biases = opened("2020-001/P1P22001_ALL.DCB.Z")
    assert biases.receiver("ABPO", "G", "C1W", "C2W") == -1.800
    assert biases.receiver("ABPO", "R", "C1P", "C2P") == -19.177
    assert math.isnan(biases.receiver("AMU2", "G", "C1W", "C2W"))
    assert biases.receiver("AMU2", "R", "C1P", "C2P") == -22.060


def test_missing_satellites_are_unknown_not_zero():
    """Trap: G04 is in none of January 2016's files; a station without a domes number (MNLS) is there."""
    assert math.isnan(opened("2016-001/P1P21601_ALL.DCB.Z", "2016-001/P1C11601.DCB.Z").satellite("G04", "C1W", "C2W"))
    assert opened("2020-001/P1P22001_ALL.DCB.Z").receiver("MNLS", "R", "C1P", "C2P") == -6.945


@pytest.mark.parametrize(
    "name",
    ["2015-139/P1C11505.DCB.Z", "2015-139/P1P21505_ALL.DCB.Z", "2016-001/P1P21601_ALL.DCB.Z", "formats/P1P2_ALL.DCB",
     "formats/P2C2.DCB"],
)  # fmt: skip
def test_every_row_of_codes_files_is_read(name):
    source = Source.from_path(real(f"ground/gnss/{name}"))
    found, notes = gnss_bias_code_dcb.parse(source)
    rows = sum(bool(re.match(r"[GR](\d\d| )", line)) for line in lines_of(name))
    assert len({row.owner for row in found}) == rows
    assert notes == []


def test_civil_signals_of_the_second_frequency():
    """P2-C2, G01 of July 2010: -0.365 ns, whichever part of L2C a receiver tracks."""
    biases = opened("formats/P2C2.DCB", "formats/P1P2_ALL.DCB")
    assert biases.satellite("G01", "C2W", "C2X") == biases.satellite("G01", "C2W", "C2L") == -0.365
    assert biases.satellite("G01", "C1W", "C2X") == pytest.approx(2.042 - 0.365, abs=1e-12)


def test_single_signal_biases_give_differences():
    """WHU, G01, 2021-210: C1C 9.7876, C1W 10.7366, C2W 17.6826 ns."""
    biases = opened(WHU_OSB)
    assert biases.satellite("G01", "C1C", "C2W") == pytest.approx(9.7876 - 17.6826, abs=1e-9)
    assert biases.satellite("G01", "C1W", "C2W") == pytest.approx(10.7366 - 17.6826, abs=1e-9)


def test_biases_that_are_zero_by_definition_are_not_taken_for_known():
    """Trap: CODE's files for ambiguity resolution put C1W and C2W of all satellites to zero. Their difference, 7 ns
    for G01, is not in the file; C1C-C1W is."""
    biases = opened(CODE_OSB)
    assert math.isnan(biases.satellite("G01", "C1W", "C2W"))
    assert math.isnan(biases.satellite("G01", "C1C", "C2W"))
    assert biases.satellite("G01", "C1C", "C1W") == -1.4928
    assert any("clock's reference" in note for note in biases.notes)


def test_an_equally_short_way_is_chosen_by_its_variance():
    rows = [
        BiasRow("G01", "C1C", "C1W", 1.0, 0.1), BiasRow("G01", "C1W", "C2W", 1.0, 0.1),
        BiasRow("G01", "C1C", "C5X", 7.0, 0.5), BiasRow("G01", "C5X", "C2W", 7.0, 0.5),
    ]  # fmt: skip
    assert CodeBiases(rows).satellite("G01", "C1C", "C2W") == 2.0
    assert CodeBiases(rows[::-1]).satellite("G01", "C1C", "C2W") == 2.0
    assert CodeBiases([*rows, BiasRow("G01", "C1C", "C2W", 5.0, 9.0)]).satellite("G01", "C1C", "C2W") == 5.0


def test_the_first_given_file_holds():
    one, two = BiasRow("G01", "C1W", "C2W", 1.0), BiasRow("G01", "C1W", "C2W", 2.0)
    assert CodeBiases([one, two]).satellite("G01", "C1W", "C2W") == 1.0
    assert CodeBiases([two, one]).satellite("G01", "C2W", "C1W") == -2.0


def test_files_of_several_times_each_serve_their_own():
    """CODE, G01: P1-P2 of May 2015, January 2016 and January 2020, as the files print them."""
    files = ("2020-001/P1P22001_ALL.DCB.Z", "2015-139/P1P21505_ALL.DCB.Z", "2016-001/P1P21601_ALL.DCB.Z", CAS)
    biases = opened(*files)
    for day, name in (("2020-01-01", files[0]), ("2015-05-19", files[1]), ("2016-01-31", files[2])):
        printed = next(line for line in lines_of(name) if line.startswith("G01 "))
        of_day = biases.at(np.datetime64(day))
        assert of_day.satellite("G01", "C1W", "C2W") == float(printed.split()[1])
        assert of_day.notes == ()
    assert biases.at(np.datetime64("2024-01-10T23:59:42", "ns")).satellite("G01", "C1W", "C2W") == -7.187
    assert biases.satellite("G01", "C1W", "C2W") == -7.651  # without a time: the first given


def test_biases_of_another_time_are_used_with_a_note():
    biases = opened("2020-001/P1P22001_ALL.DCB.Z", "2020-001/P1C12001.DCB.Z")
    (note,) = biases.at(np.datetime64("2024-01-10")).notes
    assert note.startswith("No bias given is of 2024-01-10; the nearest, of 2020-01-01 to 2020-02-01, are used.")
    assert biases.at(np.datetime64("2024-01-10")).satellite("G01", "C1C", "C2W") == pytest.approx(-8.881, abs=1e-12)
    old = opened("formats/P1P2_ALL.DCB")  # 30 days ending on day 203 of 2010, 22 July
    assert old.at(np.datetime64("2010-07-22")).notes == old.at(np.datetime64("2010-06-24")).notes == ()
    assert old.at(np.datetime64("2010-06-20")).notes
    assert CodeBiases([BiasRow("G01", "C1W", "C2W", 1.0)]).at(np.datetime64("2024-01-10")).notes == ()


SINEX = """\
%=BIA 1.00 CAS 24:012:49556   CAS 2024:010:00000 2024:011:00000 R 00000003
+BIAS/SOLUTION
*BIAS SVN_ PRN STATION__ OBS1 OBS2 BIAS_START____ BIAS_END______ UNIT __ESTIMATED_VALUE____ _STD_DEV___
 DSB  G063 G01           C1C  C1W  2024:010:00000 2024:011:00000 ns                 -0.9030      0.0060
 DSB  G    G   CIBG      C1C  C2W  2024:010:00000 2024:011:00000 ns                -19.1640      0.0980
 OSB  G063 G01           L1C       2024:010:00000 2024:011:00000 cyc                 0.1000      0.0060
 ISB  G    G   CIBG      C1C  C1W  2024:010:00000 2024:011:00000 ns                  1.0000      0.0060
-BIAS/SOLUTION
%=ENDBIA
"""
DCB = """\
CODE'S MONTHLY GNSS P1-P2 DCB SOLUTION, YEAR 2020, MONTH 01      04-FEB-20 06:46
--------------------------------------------------------------------------------

DIFFERENTIAL (P1-P2) CODE BIASES FOR SATELLITES AND RECEIVERS:

PRN / STATION NAME        VALUE (NS)  RMS (NS)
***   ****************    *****.***   *****.***
G01                          -7.651       0.007
G     ABPO 33302M001         -1.800       0.048
"""


DAILY = """\
CODE'S MGEX (OSB) RESULTS FOR DAY 359, 2020                      26-DEC-20 10:31
--------------------------------------------------------------------------------

DIFFERENTIAL (P1-C1) CODE BIASES FOR SATELLITES AND RECEIVERS:

PRN / STATION NAME        VALUE (NS)  RMS (NS)
***   ****************    *****.***   *****.***
G01                           1.614       0.005    2020 12 24 00 00 00  2020 12 25 00 00 00
G02                           -.585

DIFFERENTIAL (INTER-FREQ) CODE BIASES FOR SATELLITES AND RECEIVERS:

PRN / STATION NAME        VALUE (NS)  RMS (NS)
***   ****************    *****.***   *****.***
G     ABMF 97103M001        -12.345       0.020    2020 12 24 00 00 00  2020 12 25 00 00 00
E     ABMF 97103M001         -2.345       0.020    2020 12 24 00 00 00  2020 12 25 00 00 00
"""


def test_a_file_of_a_day_has_several_tables_and_rows_of_their_own_time():
    """com21374.dcb of CODE: its row of G01, and its second table, which names no two code signals."""
    rows, notes = gnss_bias_code_dcb.parse(Source("made", DAILY.encode()))
    day = (np.datetime64("2020-12-24", "s"), np.datetime64("2020-12-25", "s"))
    assert rows[0] == BiasRow("G01", "C1W", "C1C", 1.614, 0.005, day)
    assert (rows[1].owner, rows[1].value_ns, rows[1].span) == ("G02", -0.585, None)
    assert math.isnan(rows[1].sigma_ns)
    assert len(rows) == 2
    assert notes == ["2 row(s) of biases that no two code signals name were left out."]
    with pytest.raises(BadFile, match=r"Line 8: .* is no row"):
        gnss_bias_code_dcb.parse(Source("made", DAILY.replace("2020 12 25", "2020 13 25").encode()))


def test_a_last_row_that_may_be_cut_inside_its_value_is_left_out():
    cut = DCB[: DCB.index("-7.651") + 5]
    assert gnss_bias_code_dcb.parse(Source("made", cut.encode()))[1][0].startswith("The last line has no line end")


def test_rows_that_are_no_code_biases_are_counted():
    rows, notes = gnss_bias_sinex.parse(Source("made", SINEX.encode()))
    day = (np.datetime64("2024-01-10", "s"), np.datetime64("2024-01-11", "s"))
    assert rows == [
        BiasRow("G01", "C1C", "C1W", -0.903, 0.006, day),
        BiasRow("CIBG/G", "C1C", "C2W", -19.164, 0.098, day),
    ]
    assert notes == ["1 row(s) of kind ISB were left out.", "1 row(s) of phase biases were left out."]


def test_a_table_without_end_is_told():
    cut = SINEX[: SINEX.index("-BIAS/SOLUTION")]
    assert "cut short" in gnss_bias_sinex.parse(Source("made", cut.encode()))[1][-1]


@pytest.mark.parametrize(
    ("parse", "text", "fact"),
    [
        (gnss_bias_sinex.parse, "", "first line"),
        (gnss_bias_sinex.parse, SINEX.replace("+BIAS", "+BIAZ"), "no table"),
        (gnss_bias_sinex.parse, SINEX.replace("-0.9030", "-0.9x30"), "Line 4: '-0.9x30' is no bias"),
        (gnss_bias_sinex.parse, SINEX.replace("-0.9030", "       "), "Line 4: '' is no bias"),
        (gnss_bias_sinex.parse, SINEX.replace("-0.9030", "1e9    "), "Line 4: '1e9' is no bias"),
        (gnss_bias_sinex.parse, SINEX.replace("G063 G01      ", "G063 G0?      ", 1), "no satellite"),
        (gnss_bias_sinex.parse, SINEX.replace("C1C  C1W  2024", "XXX  C1W  2024", 1), "are no signals"),
        (gnss_bias_code_dcb.parse, "", "The title is not"),
        (gnss_bias_code_dcb.parse, DCB.replace("-7.651", "-7x651"), "Line 8: .* is no row"),
        (gnss_bias_code_dcb.parse, DCB.replace("G01 ", "G0  "), "Line 8: .* is no row"),
        (gnss_bias_code_dcb.parse, DCB.replace("ABPO", "    "), "Line 9: .* is no row"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(parse, text, fact):
    with pytest.raises(BadFile, match=fact):
        parse(Source("made", text.encode()))


def test_another_file_is_refused_with_what_it_is():
    with pytest.raises(BadFile, match=r"not a bias file; it is an SP3 file, orbits.*SINEX-BIAS files or DCB files"):
        opened("2009-091/esa15253.sp3.gz")


@settings(max_examples=200, deadline=1000)
@given(
    st.sampled_from([(gnss_bias_sinex.parse, SINEX), (gnss_bias_code_dcb.parse, DCB)]),
    st.integers(0, 900), st.binary(max_size=12), st.integers(0, 12),
)  # fmt: skip
def test_damaged_anywhere_it_is_bad_or_holds_biases(kind, at, put, drop):
    """Overwritten or lengthened anywhere: `BadFile`, or rows that are still biases of a size that occurs."""
    parse, text = kind
    data = text.encode()
    try:
        rows, _ = parse(Source("made", data[:at] + put + data[at + drop :]))
    except BadFile:
        return
    for row in rows:
        assert abs(row.value_ns) < 1e4
        assert row.two == ABSOLUTE or row.two.startswith(("C", "band"))
    CodeBiases(rows)


@pytest.mark.parametrize(
    "kind", [(gnss_bias_sinex.parse, SINEX), (gnss_bias_code_dcb.parse, DCB), (gnss_bias_code_dcb.parse, DAILY)]
)
def test_cut_anywhere_it_never_gives_another_value(kind):
    parse, text = kind
    whole = {(row.owner, row.one, row.two): row.value_ns for row in parse(Source("made", text.encode()))[0]}
    for at in range(len(text)):
        try:
            rows, _ = parse(Source("made", text[:at].encode()))
        except BadFile:
            continue
        assert all(whole[row.owner, row.one, row.two] == row.value_ns for row in rows)
