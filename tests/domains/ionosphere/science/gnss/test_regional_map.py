"""Regional maps of made-up fields: planes come out as they are, wild rays do not matter, errors are what is said."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.regional_map import MapChoices, PiercePoints, vtec_maps, withheld_errors

NOON = np.datetime64("2020-01-01T12:00", "ns")


def network(rng, content, *, stations=9, satellites=12, epochs=5, bias=0.0, noise=0.0) -> PiercePoints:
    """Rays of receivers spread over 20-40 N, 120-145 E within 7 minutes of noon; `content(latitude, longitude)`."""
    count = stations * satellites
    south, west = rng.uniform(22, 38, stations), rng.uniform(122, 143, stations)
    latitude = np.repeat(south, satellites) + rng.uniform(-6, 6, count)
    longitude = np.repeat(west, satellites) + rng.uniform(-7, 7, count)
    station, arc = np.repeat(np.arange(stations), satellites), np.arange(count)
    wrong = np.repeat(rng.normal(0, 1, stations) * bias, satellites)
    columns = [np.repeat(one, epochs) for one in (station, arc, latitude, longitude, wrong)]
    minutes = np.tile(np.linspace(-6, 6, epochs), count)
    sunward = columns[3] - 0.25 * minutes  # the same place of the field that goes with the Sun, as time passes
    vtec = content(columns[2], columns[3]) + columns[4] + rng.normal(0, 1, count * epochs) * noise
    time = NOON + np.round(minutes * 60e9).astype("timedelta64[ns]")
    return PiercePoints(
        columns[0], columns[1], time, columns[2], sunward, vtec, np.full(count * epochs, max(bias, 1e-3))
    )


def one_map(points, latitude, longitude, choices=None):
    vtec, sigma = vtec_maps(points, np.array([NOON]), latitude, longitude, choices or MapChoices())
    return vtec[0], sigma[0]


def slope(latitude, longitude):
    return 30.0 - 0.4 * (latitude - 30) + 0.1 * (longitude - 132)


def test_an_even_ionosphere_comes_out_as_it_is():
    points = network(np.random.default_rng(1), lambda latitude, longitude: np.full(len(latitude), 17.5))
    vtec, sigma = one_map(points, np.arange(24.0, 38, 2), np.arange(124.0, 142, 3))
    np.testing.assert_allclose(vtec, 17.5, rtol=0, atol=1e-6)
    assert (sigma > 0).all()


def test_a_slope_comes_out_as_it_is_and_rays_move_with_the_sun():
    """A plane, seen from 6 minutes before to 6 after the map, in a field that goes with the Sun."""
    points = network(np.random.default_rng(2), slope, stations=25)
    latitude, longitude = np.arange(26.0, 36, 2), np.arange(126.0, 140, 3)
    vtec, _ = one_map(points, latitude, longitude)
    assert np.abs(vtec - slope(latitude[:, None], longitude)).max() < 0.15


def test_wild_rays_do_not_matter():
    rng = np.random.default_rng(3)
    points = network(rng, slope, noise=0.3, stations=25)
    wild = points.vtec.copy()
    hit = rng.choice(len(wild), len(wild) // 10, replace=False)
    wild[hit] += 60.0
    latitude, longitude = np.arange(26.0, 36, 2), np.arange(126.0, 140, 3)
    spoilt = PiercePoints(
        *(wild if name == "vtec" else getattr(points, name) for name in PiercePoints.__dataclass_fields__)
    )
    vtec, _ = one_map(spoilt, latitude, longitude)
    assert np.abs(vtec - slope(latitude[:, None], longitude)).max() < 1.0


@pytest.mark.parametrize(("bent", "least", "most"), [(1.0, 0.5, 1.2), (0.0, 0.3, 1.0)])
def test_the_standard_error_is_that_of_many_trials(bent, least, most):
    """Receivers' biases wrong by 1.5 TECU each, in 150 made-up networks: errors over their standard errors.

    Fields of the slopes and bends that the error allows for, and even ones, of which it must think too ill.
    """
    rng = np.random.default_rng(4)
    latitude, longitude = np.array([28.0, 32.0]), np.array([128.0, 133.0])
    ratio = []
    for _ in range(150):
        north, east, north_2, east_2 = bent * 0.5 * rng.normal(0, 1, 4)

        def field(latitude, longitude, north=north, east=east, north_2=north_2, east_2=east_2):
            y, x = (latitude - 30) * 111.2 / 900, (longitude - 132) * 96.3 / 1500
            return 20.0 * (1 + north * y + east * x + north_2 * y**2 / 2 + east_2 * x**2 / 2)

        vtec, sigma = one_map(network(rng, field, bias=1.5, noise=0.5), latitude, longitude)
        ratio.append(((vtec - field(latitude[:, None], longitude)) / sigma).ravel())
    ratio = np.concatenate(ratio)
    ratio = ratio[np.isfinite(ratio)]
    assert len(ratio) > 500
    assert least < np.sqrt((ratio**2).mean()) < most
    assert np.abs(ratio.mean()) < 0.2


def test_there_is_no_map_where_there_are_no_rays():
    points = network(np.random.default_rng(5), slope)
    vtec, sigma = one_map(points, np.array([-30.0, 30.0]), np.array([-60.0, 132.0]))
    assert np.isnan(vtec[0]).all()
    assert np.isnan(vtec[:, 0]).all()
    assert np.isfinite(vtec[1, 1])
    assert (np.isnan(sigma) == np.isnan(vtec)).all()
    late = vtec_maps(
        points, np.array([NOON + np.timedelta64(2, "h")]), np.array([30.0, 31]), np.array([132.0, 133]), MapChoices()
    )
    assert np.isnan(late[0]).all()


def test_a_map_grows_less_sure_away_from_the_rays():
    points = network(np.random.default_rng(6), slope, bias=1.0)
    _, sigma = one_map(points, np.array([30.0, 44.0, 47.0]), np.array([132.0, 133.0]))
    known = sigma[np.isfinite(sigma[:, 0]), 0]
    assert len(known) >= 2
    assert (np.diff(known) > 0).all()


def test_regions_across_the_date_line():
    shifted = network(np.random.default_rng(7), lambda latitude, longitude: np.full(len(latitude), 9.0))
    longitude = (shifted.longitude - 132 + 180 + 180) % 360 - 180
    points = PiercePoints(
        *(longitude if name == "longitude" else getattr(shifted, name) for name in PiercePoints.__dataclass_fields__)
    )
    vtec, _ = one_map(points, np.array([30.0, 31.0]), np.array([178.0, -178.0]))
    np.testing.assert_allclose(vtec, 9.0, rtol=0, atol=1e-6)


def test_a_withheld_receivers_wrong_bias_shows():
    points = network(np.random.default_rng(8), slope, stations=12, noise=0.2)
    vtec = points.vtec + np.where(points.station == 3, 7.0, 0.0)
    spoilt = PiercePoints(
        *(vtec if name == "vtec" else getattr(points, name) for name in PiercePoints.__dataclass_fields__)
    )
    errors = withheld_errors(spoilt, np.array([NOON]), MapChoices())
    assert set(errors) == set(range(12))
    assert errors[3].mean_tecu == pytest.approx(7.0, abs=1.0)
    others = [error for station, error in errors.items() if station != 3 and error.count > 10]
    assert np.median([error.rms_tecu for error in others]) < 1.5
    assert all(error.count <= error.rays for error in errors.values())


def test_a_lone_receiver_has_no_others_to_tell_of_it():
    points = network(np.random.default_rng(9), slope, stations=1)
    error = withheld_errors(points, np.array([NOON]), MapChoices())[0]
    assert error.count == 0
    assert error.rays > 0
    assert np.isnan(error.rms_tecu)


@pytest.mark.parametrize("wrong", [{"reach_north_km": 10.0}, {"window_s": 0.0}, {"least_arcs": 1}])
def test_choices_that_make_no_map_are_refused(wrong):
    with pytest.raises(BadParameter):
        MapChoices(**wrong)
