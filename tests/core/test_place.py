"""Distances against ObsPy's, boxes at the date line, places that are none."""

import numpy as np
import pytest
from obspy.geodetics import locations2degrees

from soap.core.errors import BadParameter
from soap.core.place import EARTH_RADIUS_KM, Box, check_latlon, distance_km, east180, unit_vectors


def test_distance_agrees_with_obspy():
    rng = np.random.default_rng(1)
    lat1, lat2 = rng.uniform(-90, 90, (2, 500))
    lon1, lon2 = rng.uniform(-180, 180, (2, 500))
    arc_deg = [locations2degrees(*pair) for pair in zip(lat1, lon1, lat2, lon2, strict=True)]
    metre = 0.001
    np.testing.assert_allclose(distance_km(lat1, lon1, lat2, lon2), np.radians(arc_deg) * EARTH_RADIUS_KM, atol=metre)


def test_distance_of_a_few_metres_keeps_its_digits():
    assert distance_km(35.0, 139.0, 35.0 + 1e-5, 139.0) == pytest.approx(np.radians(1e-5) * 6371, rel=1e-6)


def test_unit_vectors_point_where_they_should():
    np.testing.assert_allclose(unit_vectors([0, 0, 90], [0, 90, 0]), np.eye(3), atol=1e-15)


@pytest.mark.parametrize(("east", "folded"), [(254.764, -105.236), (180.0, -180.0), (-180.0, -180.0), (359.0, -1.0)])
def test_longitude_is_folded(east, folded):
    assert east180(east) == pytest.approx(folded, abs=1e-9)


def test_box_across_the_date_line():
    fiji = Box(west=170, south=-30, east=-170, north=0)
    assert fiji.holds([-18, -18, -18, 10], [178, -175, 0, 178]).tolist() == [True, True, False, False]


@pytest.mark.parametrize("place", [(91, 0), (-90.1, 0), (0, 400), (float("nan"), 0)])
def test_no_place_on_earth(place):
    with pytest.raises(BadParameter, match="no place on Earth"):
        check_latlon(*place)


@pytest.mark.parametrize("edges", [(0, 10, 10, 0), (0, -91, 10, 0), (-200, 0, 0, 10)])
def test_box_that_is_none(edges):
    with pytest.raises(BadParameter, match="south <= north"):
        Box(*edges)
