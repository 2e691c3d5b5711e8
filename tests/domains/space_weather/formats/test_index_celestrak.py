"""CelesTrak's space weather file."""

from __future__ import annotations

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains import seismology, space_weather
from soap.domains.space_weather.formats import index_celestrak
from soap.domains.space_weather.names import AP_OF_KP_THIRDS, KP_TENTHS_OF_THIRDS
from soap.formats import Source
from soap.observations import Quality
from soap.testing.readers import ReaderTests

DAYS = np.arange("1999-12-29", "2000-01-05", dtype="datetime64[D]")
"""Across the century, where two-digit years turn from 99 to 00."""
THIRDS = (np.arange(len(DAYS) * 8).reshape(-1, 8) * 5 + 2) % 28
AP = AP_OF_KP_THIRDS[THIRDS]
AP_DAILY = np.rint(AP.mean(axis=1)).astype(int)


HEAD = """DATATYPE CssiSpaceWeather
VERSION 1.2
UPDATED 2025 Jul 21 10:37:15 UTC
#                                                                   {words}
# yy mm dd BSRN    {kp} Sum {ap} Avg Cp C9 ISN F10.7 Q Ctr81 Lst81 F10.7 Ctr81 Lst81
#
"""


def celestrak(adjusted_first: bool = True) -> bytes:
    """CelesTrak's file: seven observed days, one predicted; the last observed flux is an interpolation."""
    words = ["Adj"] * 3 + ["Obs"] * 3 if adjusted_first else ["Obs"] * 3 + ["Adj"] * 3
    flux = (130.5, 126.4) if adjusted_first else (126.4, 130.5)

    def line(day, thirds, ap, mean, qualifier):
        kp = "".join(f"{KP_TENTHS_OF_THIRDS[third]:3d}" for third in thirds)
        amplitudes = "".join(f"{one:4d}" for one in ap)
        year, month, of_month = str(day).split("-")
        return (
            f"{year} {month} {of_month} 2271  1{kp} 100{amplitudes}{mean:4d} 0.5 2  90{flux[0]:6.1f}{qualifier:2d}"
            f" 140.0 141.0{flux[1]:6.1f} 142.0 143.0\r\n"
        )

    observed = [
        line(*day, 4 if at == len(DAYS) - 1 else 0)
        for at, day in enumerate(zip(DAYS, THIRDS, AP, AP_DAILY, strict=True))
    ]
    predicted = line(DAYS[-1] + 1, THIRDS[0], AP[0], AP_DAILY[0], 0)
    return (
        HEAD.format(words="   ".join(words), kp="Kp " * 8, ap="Ap  " * 8).replace("\n", "\r\n")
        + f"NUM_OBSERVED_POINTS {len(observed)}\r\nBEGIN OBSERVED\r\n{''.join(observed)}END OBSERVED\r\n\r\n"
        + f"NUM_DAILY_PREDICTED_POINTS 1\r\nBEGIN DAILY_PREDICTED\r\n{predicted}END DAILY_PREDICTED\r\n"
    ).encode()


class TestSuite(ReaderTests):
    reader = index_celestrak.READER
    names = space_weather.NAMES
    samples = staticmethod(lambda: {"SW-All.txt": celestrak(), "SW-old.txt": celestrak(adjusted_first=False)})
    others = tuple(one for one in seismology.READERS + space_weather.READERS if one is not index_celestrak.READER)
    header_bytes = celestrak().index(b"NUM_OBSERVED")


def read(data):
    return index_celestrak.read(Source("SW-All.txt", data))


@pytest.mark.parametrize("adjusted_first", [True, False])
def test_the_comment_lines_say_which_flux_is_adjusted(adjusted_first):
    three_hourly, daily = read(celestrak(adjusted_first)).observations
    assert set(daily["f107"].values) == {126.4}
    assert set(daily["f107_adjusted"].values) == {130.5}
    np.testing.assert_array_equal(three_hourly["kp"].values, THIRDS.ravel() / 3)
    np.testing.assert_array_equal(three_hourly["ap"].values, AP.ravel())
    np.testing.assert_array_equal(daily["ap_daily"].values, AP_DAILY)


def test_predictions_do_not_pass_as_observations():
    reading = read(celestrak())
    assert reading.observations[0]["time"].values[-1] == np.datetime64("2000-01-04T21")
    assert reading.observations[0].attrs["maturity"] == "observed"
    assert reading.notes == ("1 predicted day(s) and 0 predicted month(s) left out.",)


def test_an_interpolated_flux_is_flagged():
    flags = read(celestrak()).observations[1]["f107_quality"].values
    assert flags.tolist() == [0] * 6 + [int(Quality.INTERPOLATED)]


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        (b"Adj   Adj   Adj   Obs", b"Obs   Adj   Adj   Obs", "which F10.7 is adjusted"),
        (b"NUM_OBSERVED_POINTS 7", b"NUM_OBSERVED_POINTS 8", "declares 8 lines and has 7"),
        (b"END OBSERVED", b"", "not opened, closed and counted"),
        (b"END DAILY_PREDICTED", b"", "DAILY_PREDICTED is not opened, closed"),
        (b"1999 12 30", b"1999 12 29", "does not come after"),
        (b"1999 12 30", b"1999 02 30", "date is none"),
        (b"1999 12 30", b"9999 12 30", "date is none"),
        (b"126.4 142.0", b"12x.4 142.0", "F10.7, hold"),
        (b"126.4 142.0", b" 1264 142.0", "F10.7, hold"),
    ],
)
def test_what_is_wrong_is_said(old, new, fact):
    assert old in celestrak()
    with pytest.raises(BadFile, match=fact):
        read(celestrak().replace(old, new, 1))
