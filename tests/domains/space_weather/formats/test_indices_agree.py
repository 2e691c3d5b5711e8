"""The same indices from independent files: where they agree, and where one of them is known not to."""

from __future__ import annotations

import re

import numpy as np
import pytest
import xarray as xr

from soap.domains import seismology, space_weather
from soap.domains.space_weather.names import AP_OF_KP_THIRDS
from soap.formats import Source, detect
from soap.testing.data import real

ALL = seismology.READERS + space_weather.READERS


def read(name):
    source = Source.from_path(real(f"ground/indices/{name}"))
    return detect(source, ALL).read(source)


@pytest.fixture(scope="module")
def celestrak():
    return read("SW-All_celestrak.txt.gz")


@pytest.fixture(scope="module")
def gfz():
    return read("kp_1947-2018.wdc.gz")


def common(one, other, variable):
    """The values of both at the times that both hold."""
    joined = xr.align(one[variable], other[variable], join="inner")
    return joined[0]["time"].values, joined[0].values, joined[1].values


def test_a_year_file_is_the_same_as_that_year_of_the_long_file(gfz):
    year = read("kp2011.wdc").observations[0]
    time, ours, theirs = common(year, gfz.observations[0], "kp")
    assert len(time) == 2_920
    np.testing.assert_array_equal(ours, theirs)


def test_ap_is_the_table_of_kp(celestrak, gfz):
    """Bartels' table, to the last of 198,120 values; the WDC file has twelve that are not, and says so."""
    series = celestrak.observations[0]
    thirds = np.rint(series["kp"].values * 3).astype(int)
    np.testing.assert_array_equal(AP_OF_KP_THIRDS[thirds], series["ap"].values)
    assert gfz.notes[0].startswith("12 value(s) of ap are not those their Kp defines; days: 1997-11-02, 2015-09-30")


def test_kp_of_celestrak_and_gfz(celestrak, gfz):
    """Equal on every three hours from October 1957 to June 2015 but for June 2006 and three days.

    In June 2006 and from July 2015 the WDC file holds values that were not final: IRI's file, the third witness, sides
    with CelesTrak on every day of these, and on all days until March 2020.
    """
    time, ours, theirs = common(celestrak.observations[0], gfz.observations[0], "kp")
    assert len(time) == 8 * 22_372
    days = np.unique(time[ours != theirs].astype("datetime64[D]"))
    before = days[days < np.datetime64("2015-07-01")]
    in_june_2006 = before.astype("datetime64[M]") == np.datetime64("2006-06")
    assert in_june_2006.sum() == 26
    assert [str(day) for day in before[~in_june_2006]] == ["1996-03-01", "1996-12-13", "1997-11-02"]
    assert len(days) == 1_254
    assert np.abs(ours - theirs).max() <= 3.0


def test_ap_of_iri_is_celestraks(celestrak):
    time, ours, theirs = common(celestrak.observations[0], read("apf107.dat.gz").observations[0], "ap")
    assert len(time) == 8 * 22_738
    different = np.unique(time[ours != theirs].astype("datetime64[D]"))
    assert len(different) == 20
    assert different.min() >= np.datetime64("2020-03-01")  # not final when IRI's file was made


def test_ap_of_noaa_is_celestraks(celestrak):
    time, ours, theirs = common(celestrak.observations[0], read("NOAA_ap_1997-2005.dat.txt").observations[0], "ap")
    assert len(time) == 8 * 3_287
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("month", ["0411", "0412"])
def test_kp_of_the_monthly_tables(celestrak, gfz, month):
    table = read(f"kp{month}.tab").observations[0]
    for other in (celestrak, gfz):
        time, ours, theirs = common(table, other.observations[0], "kp")
        assert len(time) == len(table["time"])
        np.testing.assert_array_equal(ours, theirs)


def test_f107_of_the_list_is_celestraks_adjusted_flux(celestrak):
    """To 0.1 sfu on 98 % of days, and on under 3 % of days the observed flux."""
    daily, listed = celestrak.observations[1], read("F107_1947-2018.txt.gz").observations[0]
    time, ours, theirs = common(daily, listed, "f107_adjusted")
    known = ~np.isnan(theirs)
    assert known.sum() == 22_085
    assert np.mean(np.abs(ours - theirs)[known] < 0.15) > 0.98
    observed = daily["f107"].sel(time=time).values
    assert np.mean(np.abs(observed - theirs)[known] < 0.15) < 0.03


def test_adjusted_flux_follows_the_distance_of_the_sun(celestrak):
    """Observed over adjusted flux is 1 / r^2: 1.034 at perihelion (January), 0.967 at aphelion (July), r in au."""
    daily = celestrak.observations[1]
    ratio = (daily["f107"] / daily["f107_adjusted"]).groupby("time.month").median().values
    assert ratio[0] == pytest.approx(1 / 0.9835**2, abs=0.002)
    assert ratio[6] == pytest.approx(1 / 1.0165**2, abs=0.002)


def test_predicted_days_are_left_out(celestrak):
    text = Source.from_path(real("ground/indices/SW-All_celestrak.txt.gz")).data.decode()
    last = re.findall(r"(?m)^(\d{4} \d\d \d\d)", text[: text.index("END OBSERVED")])[-1]
    assert str(celestrak.observations[1]["time"].values[-1])[:10] == last.replace(" ", "-") == "2025-07-20"
    assert celestrak.notes == ("39 predicted day(s) and 194 predicted month(s) left out.",)
