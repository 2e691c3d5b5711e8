"""Quiet and disturbed days against the published lists, and the rule on made months."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains import space_weather
from soap.domains.space_weather.formats import index_celestrak, index_kp_tab, index_kp_wdc
from soap.domains.space_weather.science import quiet_days
from soap.formats import Source
from soap.testing.data import real

LISTS = Path(__file__).parents[4] / "authorities" / "space_weather" / "quiet_disturbed_days_gfz.csv"


def published():
    """Month -> ten quietest, then five most disturbed days, with their letters, as published."""
    rows = [line.split(",") for line in LISTS.read_text().splitlines() if not line.startswith("#")][1:]
    return {np.datetime64(month): days for month, *days in rows}


def kp_of(reader, name):
    series = reader.read(Source.from_path(real(f"ground/indices/{name}"))).observations[0]
    time, kp = series["time"].values, series["kp"].values.reshape(-1, 8)
    return time[::8].astype("datetime64[D]"), kp


def selected(days, rank, month):
    """Days of the month with a rank, in its order."""
    here = (days.astype("datetime64[M]") == month) & (rank > 0)
    return [int(str(day)[8:]) for _, day in sorted(zip(rank[here], days[here], strict=True))]


@pytest.mark.parametrize("month", ["0411", "0412"])
def test_equals_the_marks_of_the_monthly_tables(month):
    three_hourly, daily = index_kp_tab.read(Source.from_path(real(f"ground/indices/kp{month}.tab"))).observations
    derived = quiet_days.quiet_days_johnston_1943(three_hourly)
    np.testing.assert_array_equal(derived["quiet_rank"].values, daily["quiet_rank"].values)
    np.testing.assert_array_equal(derived["disturbed_rank"].values, daily["disturbed_rank"].values)


@pytest.mark.parametrize(
    ("reader", "name"), [(index_kp_wdc, "kp_1947-2018.wdc.gz"), (index_celestrak, "SW-All_celestrak.txt.gz")]
)
def test_equals_fifty_published_months(reader, name):
    """All days and letters; all orders but one exchange of the fourth and fifth quietest day, July 2013."""
    days, kp = kp_of(reader, name)
    quiet, disturbed = quiet_days.ranks(days, kp)
    letters = quiet_days.absolute_marks(kp, quiet, disturbed)
    exchanged = []
    for month, listed in published().items():
        assert set(selected(days, quiet, month)) == {int(re.sub(r"\D", "", day)) for day in listed[:10]}
        order = selected(days, quiet, month) + selected(days, disturbed, month)
        ours = [f"{day}{letters[days == np.datetime64(f'{month}-{day:02d}')][0]}" for day in order]
        if ours != listed:
            exchanged.append((str(month), [at for at in range(15) if ours[at] != listed[at]]))
    assert exchanged == [("2013-07", [3, 4])]
    assert len(published()) == 50


MONTH = np.arange("2001-02-01", "2001-03-01", dtype="datetime64[D]")


def test_order_is_the_mean_of_three_orders():
    """By hand: sums 8, 8, 9; squares 8, 64, 81 thirds; maxima 1, 8, 9 of the first three days; the rest far above."""
    kp = np.full((28, 8), 8.0)
    kp[0] = 1 / 3
    kp[1] = [8 / 3, 0, 0, 0, 0, 0, 0, 0]
    kp[2] = [9 / 3, 0, 0, 0, 0, 0, 0, 0]
    quiet, disturbed = quiet_days.ranks(MONTH, kp, quiet=3)
    assert quiet[:4].tolist() == [1, 2, 3, 0]
    assert disturbed[3:8].tolist() == [1, 2, 3, 4, 5]  # all alike: the earlier day first


def test_months_do_not_mix():
    days = np.arange("2001-01-01", "2003-01-01", dtype="datetime64[D]")
    kp = np.random.default_rng(5).integers(0, 28, (len(days), 8)) / 3
    quiet, disturbed = quiet_days.ranks(days, kp)
    for month in np.unique(days.astype("datetime64[M]")):
        here = days.astype("datetime64[M]") == month
        assert sorted(quiet[here])[-10:] == list(range(1, 11))
        assert sorted(disturbed[here])[-5:] == list(range(1, 6))
        alone = quiet_days.ranks(days[here], kp[here])
        np.testing.assert_array_equal(alone, (quiet[here], disturbed[here]))


@pytest.mark.parametrize("spoil", ["value", "day"])
def test_a_month_with_anything_missing_has_no_order(spoil):
    days = np.arange("2001-01-01", "2001-03-01", dtype="datetime64[D]")
    kp = np.ones((len(days), 8))
    if spoil == "value":
        kp[10, 3] = np.nan
    else:
        days, kp = np.delete(days, 10), np.delete(kp, 10, axis=0)
    quiet, disturbed = quiet_days.ranks(days, kp)
    january = days < np.datetime64("2001-02-01")
    assert np.isnan(quiet[january]).all()
    assert np.isnan(disturbed[january]).all()
    assert np.isfinite(quiet[~january]).all()


@pytest.mark.parametrize(
    ("kp", "fact"),
    [(np.full((28, 8), 9.5), "no third"), (np.full((28, 8), 2.5), "no third"), (np.ones((28, 7)), "shape")],
)
def test_what_is_no_kp_is_refused(kp, fact):
    with pytest.raises(BadParameter, match=fact):
        quiet_days.ranks(MONTH, kp)


def test_kp_stamped_elsewhere_is_refused():
    three_hourly, _ = index_kp_tab.read(Source.from_path(real("ground/indices/kp0411.tab"))).observations
    moved = three_hourly.assign_coords(time=three_hourly["time"] + np.timedelta64(90, "m"))
    with pytest.raises(BadParameter, match="start of each interval"):
        quiet_days.quiet_days_johnston_1943(moved)


def test_declared_defaults_are_the_functions_own():
    for method in space_weather.METHODS:
        declared = method.parameters().model_dump()
        defaults = method.run.__defaults__
        assert tuple(declared.values()) == defaults
