"""GFZ's files of Kp since 1932, by day and by interval, against CelesTrak's file of the same index."""

from __future__ import annotations

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains import ionosphere, seismology, space_weather, topside
from soap.domains.space_weather.formats import index_celestrak, index_kp_gfz
from soap.domains.space_weather.names import AP_OF_KP_THIRDS
from soap.formats import Source
from soap.testing.data import real
from soap.testing.readers import ReaderTests

ALL = seismology.READERS + space_weather.READERS + ionosphere.READERS + topside.READERS
HEADER = "# PURPOSE: This file distributes the geomagnetic planetary three-hour index Kp\n#YYY MM DD  days  days_m\n"
DAYS = np.arange("2023-12-29", "2024-01-03", dtype="datetime64[D]")
THIRDS = (np.arange(len(DAYS) * 8).reshape(-1, 8) * 5 + 2) % 28


def by_day(days, kp, ap, mean, observed, adjusted, flags) -> str:
    """Records of a day in the layout that the file's own comments state; NaN is written as the file's -1."""
    lines = []
    for at, day in enumerate(days):
        since = int((day - np.datetime64("1932-01-01")).astype(int))
        rotation, place = divmod(int((day - np.datetime64("1832-02-08")).astype(int)), 27)
        lines.append(
            f"{str(day).replace('-', ' ')} {since:5d} {since + 0.5:7.1f} {rotation + 1:4d} {place + 1:2d}"
            + "".join(f" {np.nan_to_num(one, nan=-1):6.3f}" for one in kp[at])
            + "".join(f" {int(np.nan_to_num(one, nan=-1)):4d}" for one in ap[at])
            + f"  {int(np.nan_to_num(mean[at], nan=-1)):4d} {99:3d} {np.nan_to_num(observed[at], nan=-1):8.1f}"
            f" {np.nan_to_num(adjusted[at], nan=-1):8.1f} {flags[at]}\n"
        )
    return "".join(lines)


def by_interval(times, kp, ap, flags) -> str:
    """Records of three hours."""
    lines = []
    for time, one, amplitude, flag in zip(times, kp, ap, flags, strict=True):
        since = (time - np.datetime64("1932-01-01")) / np.timedelta64(1, "D")
        hour = int(str(time)[11:13])
        lines.append(
            f"{str(time)[:10].replace('-', ' ')} {hour:02d}.0 {hour + 1:02d}.50 {since:11.5f} {since + 0.0625:11.5f}"
            f" {np.nan_to_num(one, nan=-1):6.3f} {int(np.nan_to_num(amplitude, nan=-1)):4d} {flag}\n"
        )
    return "".join(lines)


def daily_file() -> str:
    """Two definitive days, three preliminary, the last with the intervals that are not over yet missing."""
    kp, ap = THIRDS / 3, AP_OF_KP_THIRDS[THIRDS].astype(float)
    kp[-1, 3:] = ap[-1, 3:] = np.nan
    mean = np.append(np.rint(ap[:-1].mean(axis=1)), np.nan)
    return HEADER + by_day(DAYS, kp, ap, mean, np.r_[np.full(4, 150.5), np.nan], np.full(5, 145.0), (2, 1, 0, 0, 0))


def interval_file() -> str:
    times = np.arange("2023-12-31T18", "2024-01-01T09", 3, dtype="datetime64[h]")
    thirds = np.array([26, 27, 0, 1, 2])
    return HEADER + by_interval(
        times, np.r_[thirds[:4] / 3, np.nan], np.r_[AP_OF_KP_THIRDS[thirds[:4]], np.nan], (1, 1, 0, 0, 0)
    )


class TestSuite(ReaderTests):
    reader = index_kp_gfz.READER
    names = space_weather.NAMES
    samples = staticmethod(
        lambda: {"Kp_ap_Ap_SN_F107_nowcast.txt": daily_file().encode(), "Kp_ap_nowcast.txt": interval_file().encode()}
    )
    others = tuple(one for one in ALL if one is not index_kp_gfz.READER)
    records_stand_alone = True


def read(content):
    return index_kp_gfz.read(Source("Kp_ap.txt", content.encode()))


def test_definitive_and_preliminary_values_stand_apart():
    definitive, preliminary, *daily = read(daily_file()).observations
    assert [one.attrs["maturity"] for one in (definitive, preliminary, *daily)] == ["definitive", "preliminary"] * 2
    assert (definitive.sizes["time"], preliminary.sizes["time"]) == (16, 24)
    np.testing.assert_array_equal(definitive["kp"].values, THIRDS[:2].ravel() / 3)
    assert np.isnan(preliminary["kp"].values[-5:]).all()
    assert np.isnan(preliminary["ap"].values[-5:]).all()
    assert np.isnan([daily[1][name].values[-1] for name in ("ap_daily", "f107")]).all()
    assert daily[1]["f107_adjusted"].values[-1] == 145.0


def test_intervals():
    definitive, preliminary = read(interval_file()).observations
    assert definitive["time"].values[0] == np.datetime64("2023-12-31T18")
    np.testing.assert_array_equal(definitive["kp"].values, [26 / 3, 9.0])
    np.testing.assert_array_equal(preliminary["kp"].values, [0.0, 1 / 3, np.nan])


@pytest.mark.parametrize(
    ("make", "old", "new", "fact"),
    [
        (daily_file, "2024 01 01", "2024 01 02", "does not come after"),
        (daily_file, " 33603 ", " 33602 ", "not its count of days"),
        (daily_file, "2023 12 30", "2023 02 30", "the date is none"),
        (daily_file, " 9.000", " 9.333", "a Kp is none of"),
        (daily_file, " 0.333", " 0.300", "a Kp is none of"),
        (daily_file, " 0.333", " inf  ", "no record in the form"),
        (interval_file, "2024 01 01 03.0", "2024 01 01 04.0", "does not begin a three-hour interval"),
        (interval_file, "2024 01 01 00.0", "2024 13 01 00.0", "not its count of days"),
        (interval_file, "2024 01 01 00.0", "2024 01 01 99.0", "not its count of days"),
        (interval_file, "2024 01 01 03.0", "2024 01 01 00.0", "does not come after"),
    ],
)
def test_what_is_wrong_is_said(make, old, new, fact):
    assert old in make()
    with pytest.raises(BadFile, match=fact):
        read(make().replace(old, new))


def test_an_ap_that_is_not_its_kps_is_told():
    definitive = read(daily_file()).observations[0]
    first = f"{int(definitive['ap'].values[0]):4d} {int(definitive['ap'].values[1]):4d}"
    wrong = read(daily_file().replace(first, "  99" + first[4:], 1))
    assert wrong.notes == ("1 value(s) of ap are not those their Kp defines; days: 2023-12-29.",)


def test_celestraks_values_in_gfzs_layouts_come_back():
    """The last 2,000 days of CelesTrak's own file, laid out as GFZ states, a record a day and a record an interval."""
    theirs = index_celestrak.READER.read(Source.from_path(real("ground/indices/SW-All_celestrak.txt.gz")))
    three_hourly, daily = (one.isel(time=slice(-count, None)) for one, count in
                           zip(theirs.observations, (16_000, 2_000), strict=True))  # fmt: skip
    kp, ap, flags = three_hourly["kp"].values, three_hourly["ap"].values, np.ones(16_000, int)
    days = daily["time"].values.astype("datetime64[D]")
    columns = (daily[name].values for name in ("ap_daily", "f107", "f107_adjusted"))
    by_days = read(HEADER + by_day(days, kp.reshape(-1, 8), ap.reshape(-1, 8), *columns, flags)).observations
    by_intervals = read(HEADER + by_interval(three_hourly["time"].values, kp, ap, flags)).observations
    assert (len(by_days), len(by_intervals)) == (2, 1)
    for found, wanted in zip((*by_days, *by_intervals), (three_hourly, daily, three_hourly), strict=True):
        np.testing.assert_array_equal(found["time"].values, wanted["time"].values)
        for name in ("kp", "ap", "ap_daily", "f107", "f107_adjusted"):
            if name in found:
                np.testing.assert_array_equal(found[name].values, wanted[name].values, err_msg=name)
