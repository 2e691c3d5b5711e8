"""Daily ranges on local days: against a plain walk through the samples, published quiet-day sizes, and the traps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.core.errors import BadParameter
from soap.domains.geomagnetism import READERS
from soap.domains.geomagnetism.science.daily_range import METHOD, daily_range
from soap.domains.geomagnetism.science.diurnal_ratio import diurnal_ratio
from soap.domains.geomagnetism.science.local_days import local_day_starts
from soap.formats import Source, detect
from soap.observations import Quality
from soap.testing.data import real


def hours(count: int, start: str = "2011-03-01T00:00") -> np.ndarray:
    return np.datetime64(start, "ns") + np.arange(count) * np.timedelta64(1, "h")


def walked(values, times, longitude_deg, min_hours=22.0) -> dict[str, float]:
    """The definition, sample by sample: largest minus smallest of the samples whose local date is the day."""
    shift = np.timedelta64(round(((longitude_deg + 180) % 360 - 180) / 15), "h")
    days: dict[str, list[float]] = {}
    for value, time in zip(values, times, strict=True):
        if np.isfinite(value):
            days.setdefault(str((time + shift).astype("datetime64[D]") - shift), []).append(float(value))
    return {day: max(found) - min(found) for day, found in days.items() if len(found) >= min_hours}


@given(st.integers(0, 2**32 - 1), st.floats(-180, 360), st.integers(30, 200), st.floats(0, 0.3))
@settings(max_examples=60, deadline=None)
def test_is_what_the_definition_says(seed, longitude_deg, count, share_missing):
    rng = np.random.default_rng(seed)
    values = np.where(rng.random(count) < share_missing, np.nan, rng.normal(30_000, 20, count))
    times = hours(count)
    found = daily_range(values, times, longitude_deg)
    ours = {
        str(start.astype("datetime64[h]")): value for start, value in zip(*found, strict=True) if np.isfinite(value)
    }
    assert ours == walked(values, times, longitude_deg)
    assert (np.diff(found.start) == np.timedelta64(1, "D")).all()


@pytest.mark.parametrize(
    ("longitude_deg", "first"),
    [
        (0, "2011-03-01T00"),
        (144.19, "2011-02-28T14"),
        (-171.8, "2011-02-28T11"),
        (188.2, "2011-02-28T11"),
        (7.4, "2011-03-01T00"),
    ],
)
def test_the_day_begins_at_local_midnight(longitude_deg, first):
    assert local_day_starts(hours(48), longitude_deg)[0] == np.datetime64(first)


def test_minutes_are_shifted_by_minutes():
    times = np.datetime64("2011-03-01", "ns") + np.arange(2880) * np.timedelta64(1, "m")
    assert local_day_starts(times, 144.189)[0] == np.datetime64("2011-02-28T14:23")  # 9 h 36.8 min


def test_a_day_needs_its_hours_and_flagged_values_do_not_count():
    values = np.tile(np.arange(24.0), 3)
    quality = np.zeros(72, np.uint8)
    values[3:6], quality[[24, 25]], quality[47] = np.nan, (Quality.JUMP, Quality.SPIKE), Quality.CLOCK
    values[24] = 9000.0
    found = daily_range(values, hours(72), 0.0, quality=quality).value
    assert np.isnan(found[0])
    assert found[1:].tolist() == [21.0, 23.0]  # a doubtful clock moves a value in time; it stays
    assert daily_range(values, hours(72), 0.0, min_hours=21).value[0] == 23.0
    assert np.isnan(daily_range(values[:24], hours(24), 0.0).value).all()
    assert np.isnan(daily_range(np.full(72, np.nan), hours(72), 0.0).value).all()


def test_a_gap_of_days_keeps_its_place():
    times = np.concatenate([hours(24), hours(24, "2011-03-05T00:00")])
    found = daily_range(np.tile(np.arange(24.0), 2), times, 0.0)
    assert len(found.value) == 5
    assert np.isnan(found.value).tolist() == [False, True, True, True, False]


@pytest.mark.parametrize("times", [hours(1), hours(3)[[0, 2, 1]], hours(3)[[0, 0, 1]]])
def test_times_must_rise(times):
    with pytest.raises(BadParameter, match="do not rise"):
        daily_range(np.zeros(len(times)), times, 0.0)


@pytest.mark.parametrize("longitude_deg", [-181.0, 361.0, np.nan])
def test_a_longitude_that_is_none(longitude_deg):
    with pytest.raises(BadParameter, match="Longitude"):
        daily_range(np.zeros(48), hours(48), longitude_deg)


def read(path: str):
    source = Source.from_path(real(f"ground/geomag/{path}"))
    (dataset,) = detect(source, READERS).read(source).observations
    return dataset


def test_absurd_base_of_quanzhou_makes_no_range():
    dataset = read("wdc-hourly/QZH_2009-2013.wdc.gz")
    values, quality, times = (dataset[name].values for name in ("b_north", "b_north_quality", "time"))
    assert np.nanmax(daily_range(values, times, 118.6).value) > 8000
    assert np.nanmax(daily_range(values, times, 118.6, quality=quality).value) < 300


def test_daily_ranges_of_memambetsu_in_the_days_before_the_tohoku_earthquake():
    """Hourly and minute values agree on the day; minutes reach further by what an hour's mean smooths away."""
    minute, hour = read("2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz"), read("wdc-hourly/MMB_1996-2013.wdc.gz")
    hour = hour.sel(time="2011-03")
    fine = daily_range(minute["b_horizontal"].values, minute["time"].values, 0.0).value
    coarse = daily_range(hour["b_horizontal"].values, hour["time"].values, 0.0).value
    assert len(fine) == len(coarse) == 31
    assert (fine > coarse - 1).all()
    assert np.corrcoef(fine, coarse)[0, 1] > 0.9


def test_daily_ranges_have_the_size_of_sq_and_of_the_equatorial_electrojet():
    """Sq is a few tens of nT at mid latitude; at the magnetic equator the electrojet adds to it.

    Y. Yamazaki and A. Maute, Space Sci. Rev. 206, 299, 2017, doi:10.1007/s11214-016-0282-z. Solar minimum, 2007:
    Kakioka, 29 degrees of dip latitude, against Pondicherry, 3 degrees.
    """
    middle = read("wdc-hourly/KAK_1913-2013.wdc.gz").sel(time="2007")
    equator = read("wdc-hourly/PND_1996-2011.wdc.gz").sel(time="2007")
    far = daily_range(middle["b_north"].values, middle["time"].values, 140.2).value
    near = daily_range(equator["b_horizontal"].values, equator["time"].values, 79.9).value
    assert 20 < np.nanmedian(far) < 50
    assert 1.5 < np.nanmedian(near) / np.nanmedian(far) < 4


def test_defaults_are_those_of_the_declaration():
    assert METHOD.parameters().min_hours == 22
    assert METHOD.run.__defaults__[0] == 22


def test_ratio_of_one_station_with_itself_is_one_and_scales():
    rng = np.random.default_rng(1)
    values, times = rng.normal(size=240), hours(240)
    found = diurnal_ratio(3 * values, times, values, times, 140.0)
    assert np.nanmin(found.value) == pytest.approx(3.0, rel=1e-12)
    assert np.nanmax(found.value) == pytest.approx(3.0, rel=1e-12)
    assert np.isfinite(found.value).sum() == 9  # the first and the last local day are not whole


def test_ratio_where_the_reference_is_short_flat_or_later():
    values, times = np.tile(np.arange(24.0), 4), hours(96)
    later = diurnal_ratio(values, times, values[:48], times[24:72], 0.0)
    assert np.isnan(later.value).tolist() == [True, False, False, True]
    assert np.isnan(diurnal_ratio(values, times, np.zeros(96), times, 0.0).value).all()
    with pytest.raises(BadParameter, match="one cadence"):
        diurnal_ratio(values, times, values, hours(96)[0] + np.arange(96) * np.timedelta64(1, "m"), 0.0)


def test_ratio_of_neighbours_is_steadier_than_of_strangers():
    """Kakioka to Memambetsu (880 km) against Kakioka to Macquarie Island (10,100 km, under the aurora), Z, 2007."""
    own = read("wdc-hourly/KAK_1913-2013.wdc.gz").sel(time="2007")
    scatter = []
    for other in ("MMB_1996-2013", "MCQ_1996-2013"):
        far = read(f"wdc-hourly/{other}.wdc.gz").sel(time="2007")
        ratio = diurnal_ratio(
            own["b_down"].values, own["time"].values, far["b_down"].values, far["time"].values, 140.2
        ).value
        logarithm = np.log(ratio[np.isfinite(ratio)])
        assert len(logarithm) > 340
        scatter.append(logarithm.std())
    assert scatter[0] < 0.5 < scatter[1]
