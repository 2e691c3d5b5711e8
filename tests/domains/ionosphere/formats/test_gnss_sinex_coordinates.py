"""SINEX coordinates in the columns of the IERS specification (version 2.02)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats import open_coordinates
from soap.formats import Source

MADE = """\
%=SNX 2.02 IGN 20:100:00000 IGN 94:002:00000 20:001:00000 P 00012 2 S
+SOLUTION/EPOCHS
*CODE PT SOLN T _DATA_START_ __DATA_END__ _MEAN_EPOCH_
 USUD  A    1 C 94:002:00000 11:070:20760 02:000:00000
 USUD  A    2 C 11:070:20760 20:001:00000 15:000:00000
-SOLUTION/EPOCHS
+SOLUTION/ESTIMATE
*INDEX TYPE__ CODE PT SOLN _REF_EPOCH__ UNIT S __ESTIMATED VALUE____ _STD_DEV___
     1 STAX   USUD  A    1 10:001:00000 m    2 -3.85516790000000E+06 7.00000e-04
     2 STAY   USUD  A    1 10:001:00000 m    2  3.42742150000000E+06 7.00000e-04
     3 STAZ   USUD  A    1 10:001:00000 m    2  3.74102070000000E+06 7.00000e-04
     4 VELX   USUD  A    1 10:001:00000 m/y  2 -1.00000000000000E-02 7.00000e-05
     5 VELY   USUD  A    1 10:001:00000 m/y  2  2.00000000000000E-02 7.00000e-05
     6 VELZ   USUD  A    1 10:001:00000 m/y  2 -5.00000000000000E-03 7.00000e-05
     7 STAX   USUD  A    2 10:001:00000 m    2 -3.85516810000000E+06 7.00000e-04
     8 STAY   USUD  A    2 10:001:00000 m    2  3.42742160000000E+06 7.00000e-04
     9 STAZ   USUD  A    2 10:001:00000 m    2  3.74102060000000E+06 7.00000e-04
    10 STAX   HALF  A    1 10:001:00000 m    2 -3.85516810000000E+06 7.00000e-04
    11 XPO    ----  A    1 10:001:00000 mas  2  1.00000000000000E+02 7.00000e-04
-SOLUTION/ESTIMATE
%ENDSNX
"""


def opened(text: str):
    return open_coordinates([Source("made.snx", text.encode())])


def test_a_position_moves_with_its_velocity():
    coordinates = opened(MADE)
    assert coordinates.stations == ("USUD",)
    at = coordinates.position("usud00JPN", np.datetime64("2000-01-01T12:00", "ns"))
    np.testing.assert_allclose(at, [-3855167.8, 3427421.3, 3741020.75], rtol=0, atol=1e-4)


def test_the_solution_of_the_time_is_taken():
    """The station is another place after 2011-03-11 05:46."""
    coordinates = opened(MADE)
    before, after = (coordinates.position("USUD", np.datetime64(f"2011-03-{day}", "ns")) for day in ("11", "12"))
    assert before[0] == pytest.approx(-3855167.9 - 0.01 * 1.19, abs=1e-3)
    np.testing.assert_array_equal(after, [-3855168.1, 3427421.6, 3741020.6])
    late = coordinates.position("USUD", np.datetime64("2030-01-01", "ns"))
    np.testing.assert_array_equal(late, after)


def test_what_is_not_whole_is_told_and_the_unknown_is_nan():
    coordinates = opened(MADE)
    assert coordinates.notes == ("made.snx: Solutions without a whole position on the ground were left out: HALF.",)
    assert np.isnan(coordinates.position("HALF", np.datetime64("2011-01-01", "ns"))).all()


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "not a file of coordinates; it is empty"),
        (MADE.replace("SOLUTION/ESTIMATE", "SOLUTION/APRIORI"), "no table SOLUTION/ESTIMATE"),
        (MADE.replace("-3.85516790000000E+06", "-3.855167900x0000E+06"), "Line 9: .* is no STAX in m"),
        (MADE.replace("-3.85516790000000E+06", "-3.85516790000000E+09"), "Line 9: .* is no STAX in m"),
        (MADE.replace("m/y  2 -1.0", "mm/y 2 -1.0"), "Line 12: .* is no VELX in m/y"),
    ],
)
def test_what_is_wrong_is_said(text, fact):
    with pytest.raises(BadFile, match=fact):
        opened(text)


@settings(max_examples=100, deadline=1000)
@given(st.integers(0, len(MADE)))
def test_cut_anywhere_it_never_gives_another_place(at):
    time = np.datetime64("2005-01-01", "ns")
    try:
        position = opened(MADE[:at]).position("USUD", time)
    except BadFile:
        return
    whole = opened(MADE)
    known = [whole.position("USUD", time), whole.position("USUD", np.datetime64("2015-01-01", "ns"))]
    assert np.isnan(position).all() or any(np.abs(position - one).max() < 0.5 for one in known)
