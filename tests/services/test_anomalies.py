"""Anomalies at once: against pandas' rolling windows, and a null rate against its exact value."""

from __future__ import annotations

import numpy as np
import pandas
import pytest
from scipy import stats

from soap.core.errors import BadParameter, NotFound, TooLarge
from soap.core.time import Window
from soap.core.who import Viewer
from soap.science import anomaly, quality_control
from soap.services.anomalies import Asked, anomalies, by_day
from soap.services.composition import Composition
from soap.services.overhead import Place
from soap.services.study.blocks import Series
from tests.services import zone

SYSTEM = Composition(name="zone", names=zone.NAMES, methods=(*anomaly.METHODS, *quality_control.METHODS))
WINDOW = Window(np.datetime64("2016-04-01T00:30", "ns"), np.datetime64("2016-04-20", "ns"))
SIGMA, QUARTILE = "anomaly_sigma_kon_2011", "anomaly_quartile_liu_2004"
EPICENTRE = Place(23.1, 94.9, 927.0)


def asked(method=SIGMA, collection="geomagnetism.near.pt1h", variable="b_horizontal", window=WINDOW, **also):
    return Asked(collection, variable, window, method, also.pop("parameters", {}), **also)


def rolled(step_hours: int) -> pandas.Series:
    """Distance outside mean ± 2 standard deviations of the 15 days before at the same hour, by pandas."""
    values = np.where(zone.flags_of("near") == 0, zone.values_of("near"), np.nan)
    hours = pandas.Series(values, index=pandas.DatetimeIndex(zone.HOURS))
    binned = hours.resample(f"{step_hours}h")
    means = binned.mean().where(binned.count() >= step_hours / 2)
    parts = []
    for _, one in means.groupby(means.index.hour):
        past = one.shift(1).rolling(15, min_periods=8)
        low, high = past.mean() - 2 * past.std(), past.mean() + 2 * past.std()
        parts.append((one - one.clip(low, high)).where(past.mean().notna()))
    return pandas.concat(parts).sort_index()


@pytest.mark.parametrize("step_hours", [1, 3])
def test_marks_are_those_of_rolling_windows(zone_archive, me, step_hours):
    found = anomalies(me, zone_archive, SYSTEM, asked(step_s=3600 * step_hours))
    expected = rolled(step_hours)
    expected = expected[(expected.index >= WINDOW.start) & (expected.index < WINDOW.stop)]
    np.testing.assert_array_equal(found.time, expected.index.values)
    np.testing.assert_allclose(found.outside, expected.values, atol=1e-9)
    assert found.n_judged == expected.notna().sum()
    assert found.n_marked == (expected.fillna(0).abs() > 1e-9).sum() > 0
    assert found.units == "nT"


def test_the_null_rate_is_that_of_these_parameters(zone_archive, me):
    found = anomalies(me, zone_archive, SYSTEM, asked(parameters={"window_days": 10, "factor": 3.0}))
    exact = 2 * stats.t.sf(3 / np.sqrt(1 + 1 / 10), 9)
    error = np.sqrt(exact * (1 - exact) / found.null_rate.n)
    assert found.null_rate.value == pytest.approx(exact, abs=4 * error)
    assert found.parameters == {"window_days": 10, "factor": 3.0}
    assert anomalies(me, zone_archive, SYSTEM, asked(QUARTILE)).null_rate.value == pytest.approx(0.393, abs=0.015)


def test_maps_are_judged_at_the_grid_point_nearest_to_the_place(zone_archive, me):
    found = anomalies(me, zone_archive, SYSTEM, asked(collection="ionosphere.codg.gim", variable="vtec", step_s=7200,
                                              place=EPICENTRE))  # fmt: skip
    assert found.values[:2].tolist() == pytest.approx([100 + 22.5 + 9.5 + 1, 100 + 22.5 + 9.5 + 2])
    assert np.nanmax(np.abs(found.outside)) < 1e-9  # each day is like the other
    assert found.n_judged == len(found.time) == 19 * 12 - 1


def test_passes_are_judged_by_day_night_apart(zone_archive, me):
    passes = {"collection": "topside.cses_01.lap_1.l2", "variable": "electron_density", "place": EPICENTRE}
    for part, local_day in (("night", "2016-04-12"), ("day", "2016-04-11")):
        found = anomalies(me, zone_archive, SYSTEM, asked(part=part, **passes))
        (here,) = np.flatnonzero(np.isfinite(found.values))
        assert str((found.time[here] + np.timedelta64(12, "h")).astype("datetime64[D]")) == local_day
        assert found.n_judged == 0  # one pass has no background


def test_intervals_of_which_less_than_half_is_known_are_unknown():
    time = np.datetime64("2016-04-01", "ns") + np.arange(48) * np.timedelta64(30, "m")
    values = np.arange(48.0)
    values[[0, 2, 3]] = np.nan  # half of the first hour, all of the second
    starts, means = by_day(Series(time, values, "nT"), time[0], time[-1], 3600)
    assert starts.shape == means.shape == (1, 24)
    assert means[0, :3].tolist() == pytest.approx([1.0, np.nan, 4.5], nan_ok=True)
    with pytest.raises(BadParameter, match="less often than intervals of PT5M"):
        by_day(Series(time, values, "nT"), time[0], time[-1], 300)


def test_what_cannot_be_judged(zone_archive, me):
    refused = [
        (asked("spike_hampel_1974"), BadParameter, "no detector of series"),
        (asked("nothing"), NotFound, "no method"),
        (asked(parameters={"window_days": 1}), BadParameter, "window_days"),
        (asked(parameters={"width": 1}), BadParameter, "width"),
        (asked(variable="b_down"), NotFound, "b_horizontal"),
        (asked(collection="geomagnetism.none.pt1h"), NotFound, "geomagnetism.none.pt1h"),
        (asked(step_s=7), BadParameter, "3600"),
        (asked(collection="ionosphere.codg.gim", variable="vtec"), BadParameter, "give the place"),
        (asked(window=Window(np.datetime64("2014-01-01", "ns"), WINDOW.stop)), TooLarge, "400"),
    ]
    for one, error, words in refused:
        with pytest.raises(error, match=words):
            anomalies(me, zone_archive, SYSTEM, one)
    with pytest.raises(NotFound):
        anomalies(Viewer("guest"), zone_archive, SYSTEM, asked())
