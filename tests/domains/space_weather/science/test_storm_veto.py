"""The storm veto, against the definition interval by interval and one real storm."""

from __future__ import annotations

import numpy as np
import pytest

from soap.domains.space_weather.formats import index_celestrak
from soap.domains.space_weather.science.storm_veto import storm_veto_poppe_2000, vetoed
from soap.formats import Source
from soap.testing.data import real

HOUR = np.timedelta64(1, "h")
TIME = np.datetime64("2001-01-01") + np.arange(80) * 3 * HOUR
KP = np.where(np.arange(80) == 40, 14 / 3, 1.0)  # one interval of 5-, from 2001-01-06T00 to 03


def veto(start, hours, kp=KP, **how):
    start = np.array([start], "datetime64[ns]")
    return bool(vetoed(start, start + hours * HOUR, TIME, kp, **{"min_kp": 4.667} | how)[0])


@pytest.mark.parametrize(
    ("start", "hours", "how", "expected"),
    [
        ("2001-01-05T00", 24, {}, False),  # ends as the storm begins
        ("2001-01-05T01", 24, {}, True),
        ("2001-01-06T03", 24, {}, False),  # begins as the storm ends
        ("2001-01-06T02", 24, {}, True),
        ("2001-01-06T01", 1, {}, True),  # inside one interval
        ("2001-01-06T03", 24, {"hours_after": 1}, True),
        ("2001-01-06T15", 24, {"hours_after": 12}, False),
        ("2001-01-06T14", 24, {"hours_after": 12}, True),
        ("2001-01-05T00", 24, {"hours_before": 1}, True),
        ("2001-01-04T00", 24, {"hours_before": 24}, False),
        ("2001-01-06T00", 24, {"min_kp": 5.0}, False),  # 5- is below 5o
    ],
)
def test_where_a_storm_reaches(start, hours, how, expected):
    assert veto(start, hours, **how) is expected


def test_what_cannot_be_known_is_vetoed():
    assert veto("2000-12-31T23", 2)  # begins before the first Kp
    assert veto("2001-01-10T23", 2)  # ends after the last
    assert veto("2005-01-01", 24)
    unknown = np.where(np.arange(80) == 10, np.nan, KP)
    assert veto("2001-01-02T06", 3, unknown)
    assert not veto("2001-01-02T09", 3, unknown)
    assert veto("2001-01-02T09", 3, unknown, hours_after=1)


def test_a_gap_in_the_series_is_unknown():
    start = np.array(["2001-01-02T00"], "datetime64[ns]")
    held = np.delete(np.arange(80), 10)
    assert vetoed(start, start + 24 * HOUR, TIME[held], KP[held], 4.667)[0]
    assert not vetoed(start, start + 6 * HOUR, TIME[held], KP[held], 4.667)[0]


def test_agrees_with_the_definition_on_random_spans():
    rng = np.random.default_rng(11)
    kp = rng.integers(0, 28, 80) / 3
    start = TIME[8] + rng.integers(0, 48 * 60, 300) * np.timedelta64(1, "m")
    stop = start + rng.integers(1, 72 * 60, 300) * np.timedelta64(1, "m")
    found = vetoed(start, stop, TIME, kp, 7.0, hours_before=3.0, hours_after=7.5)
    storms = [(t - 3 * HOUR, t + 3 * HOUR + np.timedelta64(450, "m")) for t in TIME[kp >= 6.99]]
    expected = [any(a < to and b > since for since, to in storms) for a, b in zip(start, stop, strict=True)]
    assert found.tolist() == expected
    assert 0 < found.sum() < 300


def test_the_halloween_storm_of_2003():
    """Kp was 9o on 29 October 06-09 and 18-24 UTC and 30 October 18-24 UTC, and below 5o all of 27 October (GFZ)."""
    source = Source.from_path(real("ground/indices/SW-All_celestrak.txt.gz"))
    october = index_celestrak.read(source).observations[0].sel(time=slice("2003-10-26", "2003-10-31"))
    marked = storm_veto_poppe_2000(october)["storm_veto"]
    assert marked.sel(time="2003-10-27").values.sum() == 0
    for peak in ("2003-10-29T06", "2003-10-29T18", "2003-10-29T21", "2003-10-30T18", "2003-10-30T21"):
        assert marked.sel(time=np.datetime64(peak)).item() == 1
    lull = marked.sel(time=slice("2003-10-29T06", "2003-10-30T23"))
    assert lull.values.sum() == len(lull) - 1
    bridged = storm_veto_poppe_2000(october, hours_after=3)["storm_veto"]
    assert bridged.sel(time=lull["time"]).values.all()
