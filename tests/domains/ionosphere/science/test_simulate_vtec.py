"""Simulated maps against a real global ionosphere map and the published sizes of day-to-day scatter."""

from __future__ import annotations

import numpy as np
import pytest

from soap.domains.ionosphere.formats import tec_ionex
from soap.domains.ionosphere.science.simulate_vtec import file_name, vtec_map
from soap.formats import Source
from soap.science.ionosphere_climate import climate
from soap.science.simulator import Drivers, Grid
from soap.testing.data import real

GRID = Grid(np.arange(-87.5, 87.6, 2.5), np.arange(-180.0, 180.1, 5.0))
F107_SFU = 108.6  # observed, 81-day mean centred on 1 January 2016


def _drivers(ap: float = 5.0, seed: int = 1, days: int = 91) -> Drivers:
    day = np.datetime64("2015-12-15") + np.arange(days)
    time = day[0].astype("datetime64[ns]") + np.arange(8 * days) * np.timedelta64(3, "h")
    return Drivers(time, np.ones(8 * days), np.full(8 * days, ap), day, np.full(days, F107_SFU), seed)


def test_climate_is_that_of_a_real_map():
    """CODE's final map of 1 January 2016: one day against monthly medians that end with the ionosphere.

    Global mean within 35 % (GNSS sees 2 to 5 TECU of plasmasphere that the IRI has not), pattern correlated above 0.8,
    difference below 10 TECU rms (GIMs themselves are good to 2 to 8).
    """
    seen = (
        tec_ionex.READER.read(Source.from_path(real("ground/ionex/codg0010.16i.Z")))
        .observations[0]
        .isel(time=slice(0, 24))
    )
    medians = climate(np.datetime64("2016-01-01"), np.datetime64("2016-01-02"), F107_SFU, 507.0)
    latitude = seen["latitude"].values[:, None]
    made = medians.at("vtec", seen["time"].values[:, None, None], latitude, seen["longitude"].values)
    observed, weight = seen["vtec"].values, np.broadcast_to(np.cos(np.radians(latitude)), made.shape)
    assert np.average(made, weights=weight) == pytest.approx(np.average(observed, weights=weight), rel=0.35)
    assert np.corrcoef(made.ravel(), observed.ravel())[0, 1] > 0.8
    assert np.sqrt(np.average((made - observed) ** 2, weights=weight)) < 10.0


def test_interpolated_climate_is_pyiri_itself():
    """Between the nodes (2 h, 2.5 x 15 degrees) within 5 % of PyIRI at the very instants and places, typically."""
    import PyIRI
    import PyIRI.edp_update as iri

    rng = np.random.default_rng(8)
    latitude, longitude, hours = rng.uniform(-60, 60, 40), rng.uniform(-180, 180, 40), np.array([1.0, 7.5, 13.2, 20.7])
    *_, density = iri.IRI_density_1day(
        2016, 1, 1, hours, longitude, latitude, np.array([507.0]), F107_SFU, PyIRI.coeff_dir, 0
    )
    medians = climate(np.datetime64("2016-01-01"), np.datetime64("2016-01-02"), F107_SFU, 507.0)
    times = np.datetime64("2016-01-01", "ns") + (hours * 3600e9).astype("timedelta64[ns]")
    error = np.abs(medians.at("density", times[:, None], latitude, longitude) / density[:, 0] - 1)
    assert np.median(error) < 0.05
    assert np.percentile(error, 90) < 0.15


def test_scatter_from_day_to_day_is_that_of_quiet_days():
    """15 to 25 % of the mean (Forbes et al. 2000: quiet days, periods of 2 to 30 days), at every latitude."""
    times = np.datetime64("2015-12-20T12:00", "ns") + np.arange(60) * np.timedelta64(1, "D")
    grid = Grid(np.array([-50.0, 0.0, 20.0, 50.0]), np.arange(-180.0, 180.0, 20.0))
    made = vtec_map(grid, times, _drivers(), np.random.default_rng(0))["vtec"].values
    trend = np.linspace(0, 1, len(times))
    scatter = [
        np.std(np.log(column) - np.polyval(np.polyfit(trend, np.log(column), 2), trend))
        for column in made.reshape(len(times), -1).T
    ]
    assert 0.12 < np.median(scatter) < 0.25


def test_storms_raise_low_latitudes_and_lower_high_ones():
    times = np.array(["2016-01-10T12:00"], "datetime64[ns]")
    calm, storm = (
        vtec_map(GRID, times, _drivers(ap), np.random.default_rng(0))["vtec"].values[0] for ap in (5.0, 60.0)
    )
    low, high = np.abs(GRID.latitude) < 20, np.abs(GRID.latitude) > 60
    assert storm[low].mean() > 1.1 * calm[low].mean()
    assert storm[high].mean() < 0.95 * calm[high].mean()


def test_written_as_ionex_and_read_back():
    times = np.datetime64("2016-01-10", "ns") + np.arange(12) * np.timedelta64(2, "h")
    made = vtec_map(GRID, times, _drivers(), np.random.default_rng(0))
    assert file_name(made) == "ssimg0100.16i"
    data = tec_ionex.READER.write(_reading(made))
    back = tec_ionex.READER.read(Source(file_name(made), data)).observations[0]
    assert back.attrs["simulated"] == 1
    assert back.attrs["collection_id"] == made.attrs["collection_id"]
    np.testing.assert_allclose(back["vtec"].values, made["vtec"].values, atol=1e-9)


def _reading(dataset):
    from soap.formats import Reading

    return Reading((dataset,))
