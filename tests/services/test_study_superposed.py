"""A superposed epoch study on made-up values: it finds what was put in, and nothing where nothing is."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.observations import Earthquake
from soap.reports import render
from soap.services.study.activity import Index
from soap.services.study.residuals import DailyValues, Indices
from soap.services.study.result import plain
from soap.services.study.spec_file import parse_study
from soap.services.study.superposed import analyse

DAYS = np.arange(np.datetime64("2001-01-01"), np.datetime64("2006-01-01"))
N = len(DAYS)
N_STATIONS, N_EVENTS = 8, 160


def declared(**test):
    return parse_study(
        {
            "kind": "superposed_epoch",
            "title": "Made up",
            "question": "Is it?",
            "seed": 1,
            "limits": ["Made up."],
            "window": {"start": "2001-01-01", "stop": "2006-01-01"},
            "earthquakes": {"collection": "seismology.made.events", "min_magnitude": 6.0},
            "stations": {},
            "quantity": {"method": "daily_range_chapman_1940", "variables": ["b_horizontal", "b_down"]},
            "background": {"kind": "past_regression", "indices": "a.b.pt3h", "solar_flux": "a.b.p1d"},
            "controls": {"kp": "a.b.pt3h", "max_kp": 4.0},
            "test": {"n_surrogates": 499} | test,
            "power": {"sizes_sigma": [0.0, 0.2, 1.0], "shares": [1.0], "n_catalogues": 20, "n_references": 99},
        }
    )


def indices():
    rng = np.random.default_rng(1)
    time = np.arange(DAYS[0] - 3, DAYS[-1] + 4, np.timedelta64(3, "h")).astype("datetime64[ns]")
    storms = np.repeat(rng.random(len(time) // 8 + 1) < 0.15, 8)[: len(time)]
    kp = np.where(storms, 6.0, 2.0)
    ap = np.where(storms, 80.0, 7.0) * np.exp(rng.normal(0, 0.2, len(time)))
    flux = np.arange(DAYS[0] - 120, DAYS[-1] + 3).astype("datetime64[ns]")
    return Indices(Index(time, 3, kp), Index(time, 3, ap), Index(flux, 24, np.full(len(flux), 120.0)))


def earthquakes():
    """Far from each other, at stations' places, away from the ends of the window."""
    rng = np.random.default_rng(2)
    times = DAYS[0].astype("datetime64[ns]") + (rng.uniform(60, N - 60, N_EVENTS) * 86400e9).astype("timedelta64[ns]")
    found = []
    for number, time in enumerate(np.sort(times)):
        place = number % N_STATIONS
        found.append(
            Earthquake(
                f"e{number}",
                time,
                20.0 + 0.3 * rng.standard_normal(),
                60.0 + 15 * place,
                10.0,
                6.0 + 0.5 * rng.random(),
                "mw",
            )
        )
    return tuple(found)


def daily(signal_log):
    """Eight stations that share a third of their noise; H carries the signal on days -5 to -1, Z does not."""
    rng = np.random.default_rng(3)
    longitude = 60.0 + 15 * np.arange(N_STATIONS)
    phase = 2 * np.pi * np.arange(N) / 365.25
    shared = 0.15 * rng.standard_normal(N)
    noise = 0.25 * rng.standard_normal((2, N_STATIONS, N)) + shared
    logarithm = 3.5 + 0.3 * np.cos(phase) + noise
    for event in earthquakes():
        station = int(np.argmin(np.abs(longitude - event.longitude)))
        local = event.time + np.timedelta64(round(longitude[station] * 240), "s")
        day = int((local.astype("datetime64[D]") - DAYS[0]).astype(int))
        logarithm[0, station, day - 5 : day] += signal_log
    values = np.exp(logarithm)
    values[:, :, rng.random(N) < 0.05] = np.nan
    return DailyValues(
        tuple(f"S{i}" for i in range(N_STATIONS)),
        np.full(N_STATIONS, 20.0),
        longitude,
        DAYS,
        {"b_horizontal": values[0], "b_down": values[1]},
        {"b_horizontal": "nT", "b_down": "nT"},
    )


@pytest.fixture(scope="module")
def nothing():
    return plain(analyse(declared(), earthquakes(), daily(0.0), indices()))


@pytest.fixture(scope="module")
def found():
    return plain(analyse(declared(), earthquakes(), daily(0.15), indices()))


def test_nothing_is_found_where_nothing_is(nothing):
    assert nothing["p_value"]["worst"] > 0.05
    assert min(test["adjusted_p"] for test in nothing["trials"]["tests"]) > 0.05


def test_half_a_sigma_is_found_in_the_variable_and_on_the_days_that_carry_it(found):
    """The log signal is 0.15, the stations' scatter sqrt(0.25² + 0.15²) = 0.29: about 0.5 sigma."""
    assert found["p_value"]["worst"] < 0.01
    assert found["statistic"] == pytest.approx(0.15 / np.hypot(0.25, 0.15), abs=0.12)
    assert found["variables"]["b_down"]["primary"]["p_value"]["worst"] > 0.05
    curve = found["variables"]["b_horizontal"]["curve"]
    high = [lag for lag, z in zip(curve["lag_day"], curve["z"], strict=True) if z > 3]
    assert high
    assert set(high) <= set(range(-5, 0))
    assert found["variables"]["b_horizontal"]["secondary"]["lag_day"] in range(-5, 0)


def test_intervals_hold_the_effect_before_and_none_after(found):
    one = found["variables"]["b_horizontal"]
    assert one["event"]["low"] > 0.25
    assert one["post_event"]["low"] < 0.05 < one["event"]["low"]
    assert one["no_event"]["high"] < one["event"]["low"]
    assert one["marked"]["share"] > one["marked"]["chance_high"]


def test_counts_agree_with_each_other_and_with_what_was_made(nothing):
    n = nothing["counts"]
    assert n["catalogue"] == n["in_zone"] == N_EVENTS
    assert n["main_shocks_in_zone"] == n["main_shocks"] <= N_EVENTS
    assert n["used"] <= n["main_shocks_in_zone"] <= n["pairs"]
    assert n["clusters"] <= n["main_shocks_in_zone"]
    assert n["stations"] == N_STATIONS
    assert len(nothing["events"]) == n["main_shocks_in_zone"]
    assert sum(one["n_events"] for one in nothing["stations"]) == n["pairs"]
    assert nothing["n_events"] == n["used"]


def test_required_keys_are_there(nothing):
    assert set(nothing["p_value"]) == {"circular_shift", "random_times", "random_epicentres", "worst"}
    assert nothing["p_value"]["worst"] == max(nothing["p_value"].values())
    assert nothing["null_rate"]["n"] >= 100_000
    assert nothing["null_rate"]["value"] == pytest.approx(0.0455, abs=0.01)  # two-sided normal tail
    assert all({"size_sigma", "power"} <= set(point) for point in nothing["power"])


def test_power_grows_with_the_signal_from_the_nominal_rate(nothing):
    zero, small, large = (point["power"] for point in nothing["power"])
    assert zero <= 0.2  # 20 catalogues: at most 4 of them
    assert zero <= small <= large == 1.0


def test_background_explains_the_season_and_leaves_the_months_level(nothing):
    assert all(one["variables"]["b_horizontal"]["explained"] > 0.2 for one in nothing["stations"])
    assert np.max(np.abs(nothing["whiteness"]["b_horizontal"]["by_month"])) < 0.25


def test_shared_noise_shows_in_the_network_mean(nothing):
    """Independent stations would give 1/sqrt(8) of a sigma; a shared part of (0.15/0.29)² gives more."""
    white = nothing["whiteness"]["b_horizontal"]
    share = 0.15**2 / (0.25**2 + 0.15**2)
    assert white["network_mean_scatter"] == pytest.approx(np.sqrt(share + (1 - share) / N_STATIONS), abs=0.06)
    assert white["network_mean_scatter"] > 1.4 * white["network_mean_scatter_if_independent"]


def test_no_event_in_reach_is_refused_with_the_reason():
    far = tuple(Earthquake(e.event_id, e.time, -50.0, -120.0, 10.0, 6.0) for e in earthquakes())
    with pytest.raises(BadParameter, match="preparation zone"):
        analyse(declared(), far, daily(0.0), indices())
    with pytest.raises(BadParameter, match="lists no earthquake"):
        analyse(declared(), (), daily(0.0), indices())


def test_no_value_before_any_event_is_refused_with_the_reason():
    empty = daily(0.0)
    empty.values["b_horizontal"][:] = np.nan
    empty.values["b_down"][:] = np.nan
    with pytest.raises(BadParameter, match="No station has a value"):
        analyse(declared(), earthquakes(), empty, indices())


def test_report_says_what_the_result_says(nothing, found):
    origin = {"inputs": [], "methods": [], "software": {}}
    study = declared().model_dump(mode="json")
    pages = [render(one | {"kind": "superposed_epoch", "study": study}, origin) for one in (nothing, found)]
    assert "Nothing beyond chance." in pages[0]
    assert "More than this chance gives." in pages[1]
    assert "The study is exploratory" in pages[1]
    for page, one in zip(pages, (nothing, found), strict=True):
        assert f">{one['counts']['used']}<" in page
        assert f"{100 * one['null_rate']['value']:.1f}\u00a0%" in page
        assert "SIMULATED" not in page
