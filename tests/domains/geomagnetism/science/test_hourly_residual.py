"""The residual against quiet days: against a plain walk, what it removes, and that it does not look ahead."""

from __future__ import annotations

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.geomagnetism import READERS
from soap.domains.geomagnetism.science.hourly_residual import METHOD, hourly_residual
from soap.formats import Source, detect
from soap.observations import Quality
from soap.testing.data import real

DAYS = np.datetime64("2010-11-20", "D") + np.arange(60)
TIMES = (DAYS[:, None].astype("datetime64[ns]") + np.arange(24).astype("timedelta64[h]")).ravel()
QUIET = DAYS[[1, 4, 9, 12, 20, 21, 30, 33, 41, 50]]


def field(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = 30_000 + rng.normal(0, 10, len(TIMES))
    values[rng.random(len(TIMES)) < 0.1] = np.nan
    return values


def walked(values, background, quiet_count=5, min_quiet=3) -> np.ndarray:
    """The definition, value by value."""
    table = values.reshape(60, 24)
    out = np.full((60, 24), np.nan)
    for at, day in enumerate(DAYS):
        if background == "month":
            chosen = [k for k, other in enumerate(DAYS) if other in QUIET and str(other)[:7] == str(day)[:7]]
        else:
            chosen = [k for k, other in enumerate(DAYS) if other in QUIET and other < day][-quiet_count:]
        for hour in range(24):
            known = [table[k, hour] for k in chosen if np.isfinite(table[k, hour])]
            if len(known) >= min_quiet:
                out[at, hour] = table[at, hour] - np.mean(known)
    return out.ravel()


@pytest.mark.parametrize("background", ["preceding", "month"])
@pytest.mark.parametrize("min_quiet", [1, 3])
def test_is_what_the_definition_says(background, min_quiet):
    found = hourly_residual(field(), TIMES, QUIET, background, min_quiet=min_quiet)
    expected = walked(field(), background, min_quiet=min_quiet)
    np.testing.assert_allclose(found, expected, atol=1e-9, equal_nan=True)
    assert np.isfinite(found).sum() > 500


def test_preceding_days_do_not_know_the_future():
    changed = field()
    changed[np.datetime64("2010-12-20") <= TIMES] += 500
    before = np.datetime64("2010-12-20") > TIMES
    one, other = (hourly_residual(values, TIMES, QUIET)[before] for values in (field(), changed))
    np.testing.assert_array_equal(one, other)
    month = [hourly_residual(values, TIMES, QUIET, "month")[before] for values in (field(), changed)]
    assert not np.array_equal(*month, equal_nan=True)  # the month's mean does


def test_flagged_values_form_no_background_and_get_no_residual():
    values, quality = field(), np.zeros(len(TIMES), np.uint8)
    day = np.isin(TIMES.astype("datetime64[D]"), QUIET[:1])
    values[day], quality[day] = 45_000, Quality.JUMP
    found = hourly_residual(values, TIMES, QUIET, min_quiet=1, quality=quality)
    assert np.isnan(found[day]).all()
    assert np.nanmax(np.abs(found)) < 100


def test_order_of_quiet_days_and_those_outside_do_not_matter():
    shuffled = np.concatenate([QUIET[::-1], QUIET[:3], [np.datetime64("1999-01-01"), np.datetime64("2030-01-01")]])
    one, other = hourly_residual(field(), TIMES, QUIET), hourly_residual(field(), TIMES, shuffled)
    np.testing.assert_array_equal(one, other)


def test_no_quiet_day_leaves_nothing():
    assert np.isnan(hourly_residual(field(), TIMES, QUIET[:0])).all()


@pytest.mark.parametrize(
    ("times", "what"),
    [
        (TIMES[::-1], "do not rise"),
        (TIMES + np.arange(len(TIMES)), "same times"),
        (TIMES[0] + np.arange(len(TIMES)) * np.timedelta64(7, "h"), "same times"),
    ],
)
def test_times_must_fit_a_daily_grid(times, what):
    with pytest.raises(BadParameter, match=what):
        hourly_residual(np.zeros(len(times)), times, QUIET)


def test_unknown_background():
    with pytest.raises(BadParameter, match="'preceding' or 'month'"):
        hourly_residual(field(), TIMES, QUIET, "future")


def test_quiet_days_take_out_most_of_the_regular_variation():
    """Kakioka, summer 2007, Y: of a quiet day's variance, less than a third is left by the quiet days before it.

    Quiet days are here the third with the smallest daily range. Each day's own mean, which no quiet day knows, is left
    out on both sides.
    """
    source = Source.from_path(real("ground/geomag/wdc-hourly/KAK_1913-2013.wdc.gz"))
    (dataset,) = detect(source, READERS).read(source).observations
    dataset = dataset.sel(time=slice("2007-05-01", "2007-08-31T23"))
    values, times = dataset["b_east"].values, dataset["time"].values
    days = times.astype("datetime64[D]").reshape(-1, 24)[:, 0]
    quiet = days[np.argsort(np.ptp(values.reshape(-1, 24), axis=1))[: len(days) // 3]]
    residual = hourly_residual(values, times, quiet).reshape(-1, 24)
    chosen = np.isin(days, quiet) & np.isfinite(residual).all(axis=1)
    assert chosen.sum() > 30
    within = [table[chosen] - table[chosen].mean(axis=1, keepdims=True) for table in (residual, values.reshape(-1, 24))]
    assert np.var(within[0]) < np.var(within[1]) / 3


def test_defaults_are_those_of_the_declaration():
    declared = METHOD.parameters()
    defaults = METHOD.run.__defaults__
    assert defaults[:3] == (declared.background, declared.quiet_count, declared.min_quiet)
