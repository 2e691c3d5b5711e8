"""The simulated observatory against real ones: not the same days, but the same kind of days."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from soap.domains.geomagnetism.formats import magnetometer_wdc_hourly
from soap.domains.geomagnetism.names import NAMES
from soap.domains.geomagnetism.science.simulate_disturbance import ring_current
from soap.domains.geomagnetism.science.simulate_injection import day_to_day_sigma, enlarge_daily_range, local_days
from soap.domains.geomagnetism.science.simulate_observatory import observatory
from soap.domains.geomagnetism.science.simulate_sq import sq_variation
from soap.domains.space_weather.formats import index_rc_h5
from soap.formats import Source
from soap.observations import Station, series
from soap.science.simulator import Drivers
from soap.testing.data import real

PLACES = {
    "ABG": (18.638, 72.872),
    "GUA": (13.59, 144.87),
    "CBI": (27.096, 142.185),
    "KDU": (-12.69, 132.47),
    "BMT": (40.3, 116.2),
    "KAK": (36.232, 140.186),
    "MMB": (43.91, 144.19),
}
YEAR = 2011  # F10.7 near 115 sfu; none of its days went into the coefficients


@cache
def _drivers_of(year: int, months: range) -> Drivers:
    """Real Kp, ap and F10.7, read here with plain slicing, not by our reader."""
    lines = Source.from_path(real("ground/indices/SW-All_celestrak.txt.gz")).data.decode().splitlines()
    rows = [line for line in lines if line[:7] in {f"{year} {month:02d}" for month in months}]
    kp = np.array([[int(line[18 + 3 * i : 21 + 3 * i]) / 10 for i in range(8)] for line in rows]).ravel()
    ap = np.array([[int(line[46 + 4 * i : 50 + 4 * i]) for i in range(8)] for line in rows], float).ravel()
    days = np.array([line[:10].replace(" ", "-") for line in rows], "datetime64[D]")
    time = days[0].astype("datetime64[ns]") + np.arange(len(kp)) * np.timedelta64(3, "h")
    return Drivers(time, kp, ap, days, np.array([float(line[112:118]) for line in rows]), seed=7)


def _drivers() -> Drivers:
    return _drivers_of(YEAR, range(2, 6))


MINUTES = np.arange(f"{YEAR}-03-01", f"{YEAR}-05-01", dtype="datetime64[m]").astype("datetime64[ns]")


@cache
def _simulated(code: str):
    station = Station(code, *PLACES[code])
    return observatory(station, MINUTES, _drivers(), _drivers().rng("observatory", code))


@cache
def _observed(code: str):
    found = next(real("ground/geomag/wdc-hourly").glob(f"{code}_*.wdc.gz"))
    one = magnetometer_wdc_hourly.READER.read(Source.from_path(found)).observations[0]
    return one.sel(time=slice(f"{YEAR}-03-01", f"{YEAR}-04-30T23:59"))


def _quiet_ranges(values: np.ndarray, times: np.ndarray, longitude: float) -> np.ndarray:
    """Range of hourly means on whole local days with no Kp above 3."""
    drivers, days = _drivers(), local_days(times, longitude)
    kp_day = local_days(drivers.time + np.timedelta64(90, "m"), longitude)
    ranges = []
    for day in np.unique(days):
        here = values[days == day]
        if len(here) == 24 and np.isfinite(here).all() and drivers.kp[kp_day == day].max() <= 3.01:
            ranges.append(np.ptp(here))
    return np.array(ranges)


def _hourly(dataset, name: str) -> tuple[np.ndarray, np.ndarray]:
    return dataset[name].values.reshape(-1, 60).mean(axis=1), dataset["time"].values[30::60]


def _horizontal(dataset) -> np.ndarray:
    """H, or sqrt(X² + Y²) in the years in which an observatory reported those."""
    given = [dataset["b_horizontal"].values] if "b_horizontal" in dataset else []
    if "b_north" in dataset:
        given.append(np.hypot(dataset["b_north"].values, dataset["b_east"].values))
    return given[0] if len(given) == 1 else np.where(np.isfinite(given[0]), given[0], given[1])


@pytest.mark.parametrize("code", sorted(PLACES))
def test_quiet_daily_range_is_that_of_the_real_observatory(code):
    """Median of H within 35 %, of Z within 12 nT or 50 %; day-to-day scatter of log H 0.15 to 0.5, as observed."""
    longitude = PLACES[code][1]
    seen = _observed(code)
    times = seen["time"].values
    made = _quiet_ranges(*_hourly(_simulated(code), "b_horizontal"), longitude)
    found = _quiet_ranges(_horizontal(seen), times, longitude)
    assert min(len(made), len(found)) >= 20
    assert np.median(made) == pytest.approx(np.median(found), rel=0.35)
    for ranges in (made, found):
        assert 0.15 < np.std(np.log(ranges)) < 0.5
    made_down = _quiet_ranges(*_hourly(_simulated(code), "b_down"), longitude)
    found_down = _quiet_ranges(seen["b_down"].values, times, longitude)
    assert np.median(made_down) == pytest.approx(np.median(found_down), rel=0.5, abs=12)


@pytest.mark.parametrize("code", ["BMT", "KAK", "MMB"])
def test_level_of_the_field_is_that_of_the_observatory_but_for_its_crust(code):
    """The IGRF leaves out the crust: some hundred nT at these three (Alken et al. 2021)."""
    for name in ("b_horizontal", "b_down"):
        seen = _horizontal(_observed(code)) if name == "b_horizontal" else _observed(code)[name].values
        assert float(_simulated(code)[name].mean()) == pytest.approx(np.nanmedian(seen), abs=500)


def test_shape_of_the_quiet_day():
    """Textbook features of Sq (Chapman and Bartels 1940, ch. 7; Yamazaki and Maute 2017, section 2)."""
    hours = np.arange(0, 24, 0.25)
    north, east, down = sq_variation(10.0, hours)
    assert 10.5 <= hours[np.argmax(north)] <= 12.5  # H is largest before noon at low latitudes
    north, east, down = sq_variation(42.0, hours)
    assert 9 <= hours[np.argmin(north)] <= 12.5  # poleward of the focus it is smallest there
    assert 6 <= hours[np.argmax(east)] <= 10 <= 12 <= hours[np.argmin(east)] <= 15.5  # D: east, then west
    assert 10 <= hours[np.argmin(down)] <= 13  # Z is smallest near noon in the north,
    assert 10 <= hours[np.argmax(sq_variation(-30.0, hours)[2])] <= 13  # and largest in the south
    equator, beside = np.ptp(sq_variation(0.0, hours)[0]), np.ptp(sq_variation(9.0, hours)[0])
    assert 1.6 < equator / beside < 3.0  # electrojet


def test_declination_swings_as_at_kakioka():
    """Mean quiet day of Y, from the potential fitted to X alone, against Y observed in March and April 2011."""
    seen = _observed("KAK")
    observed = seen["b_east"].values
    time = seen["time"].values
    local = (time + np.timedelta64(round(140.186 * 240), "s")).astype("datetime64[m]")
    hour = (local - local.astype("datetime64[D]")) / np.timedelta64(1, "h")
    bins = np.floor(hour).astype(int)
    mean = np.array([np.nanmedian(observed[bins == k]) for k in range(24)])
    model = sq_variation(30.6, np.array([np.mean(hour[bins == k]) for k in range(24)]))[1]
    assert np.corrcoef(mean, model)[0, 1] > 0.9
    assert np.ptp(model) == pytest.approx(np.ptp(mean), rel=0.4)


def test_ring_current_follows_the_observed_one():
    """RC (N. Olsen et al., 2014) of 2015, a year that was not fitted: correlation above 0.7, size within 40 %."""
    observed = index_rc_h5.READER.read(Source.from_path(real("ground/indices/RC_index.h5"))).observations[0]
    observed = observed.sel(time=slice("2015-02-01", "2015-12-31"))
    drivers = _drivers_of(2015, range(1, 13))
    made = ring_current(observed["time"].values + np.timedelta64(30, "m"), drivers)
    known = np.isfinite(observed["rc"].values)
    assert np.corrcoef(made[known], observed["rc"].values[known])[0, 1] > 0.7
    assert np.polyfit(made[known], observed["rc"].values[known], 1)[0] == pytest.approx(1.0, abs=0.4)


def test_a_station_stands_alone():
    """The same seed gives the same values; another seed, or another station's generator, other weather or noise."""
    station, times = Station("XB1", 23.8, 90.4), MINUTES[:2880]
    drivers = _still()
    first = observatory(station, times, drivers, drivers.rng("observatory", "XB1"))
    assert first.identical(observatory(station, times, drivers, drivers.rng("observatory", "XB1")))
    other = observatory(station, times, _still(seed=2), _still(seed=2).rng("observatory", "XB1"))
    assert np.ptp(first["b_horizontal"].values - other["b_horizontal"].values) > 1.0
    assert first.attrs["simulated"] == 1


def test_injected_signal_has_the_size_that_was_asked_for():
    station, times = Station("XB1", 23.8, 90.4), MINUTES[: 10 * 1440]
    drivers = _still()
    before = observatory(station, times, drivers, drivers.rng("observatory", "XB1"))
    days = np.unique(local_days(times, 90.4))[3:5]
    after = enlarge_daily_range(before, days, 1.8)
    of_day, old, new = local_days(times, 90.4), before["b_horizontal"].values, after["b_horizontal"].values
    for day in np.unique(of_day):
        here = of_day == day
        factor = 1.8 if day in days else 1.0
        assert np.ptp(new[here]) == pytest.approx(factor * np.ptp(old[here]), rel=1e-6)
        assert new[here][0] == old[here][0]
        assert new[here][-1] == pytest.approx(old[here][-1], abs=1e-9)
    np.testing.assert_array_equal(new[~np.isin(of_day, days)], old[~np.isin(of_day, days)])
    np.testing.assert_allclose(after["b_total"], np.hypot(new, after["b_down"]))


def test_sigma_is_the_scatter_of_the_logarithm():
    """Eleven days of sine waves with known amplitudes: the standard deviation is that of their logarithms."""
    sizes = np.array([20.0, 30, 25, 40, 22, 35, 28, 31, 26, 24, 29])
    times = np.arange("2016-03-01", "2016-03-12", dtype="datetime64[m]").astype("datetime64[ns]")
    wave = np.repeat(sizes, 1440) * np.tile(np.sin(2 * np.pi * np.arange(1440) / 1440), len(sizes)) / 2
    dataset = series(times, {"b_horizontal": 30_000 + wave}, names=NAMES, collection_id="geomagnetism.xb1.pt1m",
                     platform="xb1", latitude=0.0, longitude=0.0)  # fmt: skip
    quiet = np.unique(local_days(times, 0.0))[:-1]
    assert day_to_day_sigma(dataset, quiet) == pytest.approx(np.std(np.log(sizes[:-1]), ddof=1), rel=1e-3)


def _still(seed: int = 1) -> Drivers:
    """Three calm months around the first of March 2011."""
    days = np.arange("2011-02-01", "2011-05-01", dtype="datetime64[D]")
    time = days[0].astype("datetime64[ns]") + np.arange(8 * len(days)) * np.timedelta64(3, "h")
    return Drivers(time, np.ones(len(time)), np.full(len(time), 4.0), days, np.full(len(days), 95.0), seed)
