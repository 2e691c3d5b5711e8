"""Dobrovolsky's relation against the table recomputed in the project's method notes, to 0.1 km."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.science.preparation import preparation_radius_km


@pytest.mark.parametrize(
    ("magnitude", "radius_km"),
    [(5, 141.3), (5.5, 231.7), (6, 380.2), (6.5, 623.7), (7, 1023.3), (7.5, 1678.8), (8, 2754.2), (9, 7413.1)],
)
def test_table(magnitude, radius_km):
    assert preparation_radius_km(magnitude) == pytest.approx(radius_km, abs=0.05)


def test_missing_stays_missing_and_shape_is_kept():
    radius = preparation_radius_km([[5.0, np.nan]])
    assert radius.shape == (1, 2)
    assert np.isnan(radius[0, 1])


@pytest.mark.parametrize("magnitude", [-3, 11, [6, 99]])
def test_impossible_magnitude_is_refused(magnitude):
    with pytest.raises(BadParameter, match="-2 to 10"):
        preparation_radius_km(magnitude)
