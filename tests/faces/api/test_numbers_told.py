"""Numbers between commas: as many as are wanted, each finite."""

import pytest

from soap.core.errors import BadParameter
from soap.faces.api.numbers_told import numbers_in


def test_numbers_are_told_between_commas():
    assert numbers_in("near", "23.8, -90.4", 2) == [23.8, -90.4]
    assert numbers_in("bbox", "1,2,3,4,5e0,6", 4, 6) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "told", ["", "1,2,3,4,5", "1,2,3", "1;2;3;4", "1,2,3,x", "nan,0,0,0", "inf,0,0,0", "1,2,3,", "1e999,0,0,0"]
)
def test_anything_else_is_refused_with_what_is_wanted(told):
    with pytest.raises(BadParameter, match="is not 4 or 6 numbers between commas") as refused:
        numbers_in("bbox", told, 4, 6)
    assert repr(told) in str(refused.value)
