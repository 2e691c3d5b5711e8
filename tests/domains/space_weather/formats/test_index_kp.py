"""Kp in the WDC format and in GFZ's monthly table."""

from __future__ import annotations

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains import seismology, space_weather
from soap.domains.space_weather.formats import index_kp_tab, index_kp_wdc
from soap.domains.space_weather.names import AP_OF_KP_THIRDS, KP_TENTHS_OF_THIRDS
from soap.formats import Source, detect
from soap.testing.data import real
from soap.testing.readers import ReaderTests

ALL = seismology.READERS + space_weather.READERS


def others(reader):
    return tuple(one for one in ALL if one is not reader)


DAYS = np.arange("1999-12-29", "2000-01-05", dtype="datetime64[D]")
"""Across the century, where two-digit years turn from 99 to 00."""
THIRDS = (np.arange(len(DAYS) * 8).reshape(-1, 8) * 5 + 2) % 28
AP = AP_OF_KP_THIRDS[THIRDS]
AP_DAILY = np.rint(AP.mean(axis=1)).astype(int)


def _date(day):
    return str(day)[2:4], str(day)[5:7], str(day)[8:]


def kp_wdc() -> bytes:
    """Kp in the WDC format."""
    lines = []
    for day, thirds, ap, mean in zip(DAYS, THIRDS, AP, AP_DAILY, strict=True):
        since = int((day - np.datetime64("1832-02-08")).astype(int))
        year, month, of_month = (part.lstrip("0").rjust(2) if part != "00" else " 0" for part in _date(day))
        kp = "".join(f"{KP_TENTHS_OF_THIRDS[third]:2d}" for third in thirds)
        amplitudes = "".join(f"{one:3d}" for one in ap)
        lines.append(
            f"{year}{month}{of_month}{since // 27 + 1:4d}{since % 27 + 1:2d}{kp}{round(thirds.sum() / 3 * 10):3d}"
            f"{amplitudes}{mean:3d}0.52 90129.40"
        )
    return "".join(line + "\n" for line in lines).encode()


def _kp_word(third: int) -> str:
    return f"{(third + 1) // 3}{'o+-'[third % 3]}"


def kp_tab() -> bytes:
    """GFZ's table of January 2000 as far as the made week goes, with made marks."""
    lines = []
    marks = {1: "Q1 ", 2: "Q2K", 3: "D2*", 4: "D1 "}
    inside = [at for at, day in enumerate(DAYS) if str(day) >= "2000"]
    for at in inside:
        year, month, of_month = _date(DAYS[at])
        words = [_kp_word(third) for third in THIRDS[at]]
        total = _kp_word(int(THIRDS[at].sum())).rjust(3)
        lines.append(
            f"{year}{month}{of_month}  {' '.join(words[:4])}  {' '.join(words[4:])}  {total} {marks[int(of_month)]}"
            f" {AP_DAILY[at]:3d} 0.5"
        )
    closing = ["0001                                  Mean 25 0.69", "", "0001 Q  1   2K", "0001 D  4   3*"]
    return "".join(line + "\n" for line in lines + closing).encode()


class TestWdcSuite(ReaderTests):
    reader = index_kp_wdc.READER
    names = space_weather.NAMES
    samples = staticmethod(lambda: {"kp2000.wdc": kp_wdc()})
    others = others(index_kp_wdc.READER)
    records_stand_alone = True


class TestTabSuite(ReaderTests):
    reader = index_kp_tab.READER
    names = space_weather.NAMES
    samples = staticmethod(lambda: {"kp0001.tab": kp_tab()})
    others = others(index_kp_tab.READER)


def read_wdc(data):
    return index_kp_wdc.read(Source("kp.wdc", data))


def read_tab(data):
    return index_kp_tab.read(Source("kp.tab", data))


class TestWdc:
    def test_values_across_the_century(self):
        three_hourly, daily = read_wdc(kp_wdc()).observations
        assert three_hourly.attrs["collection_id"] == "space_weather.gfz.pt3h"
        assert three_hourly["time"].values[0] == np.datetime64("1999-12-29")
        assert three_hourly["time"].values[-1] == np.datetime64("2000-01-04T21")
        np.testing.assert_array_equal(three_hourly["kp"].values, THIRDS.ravel() / 3)
        np.testing.assert_array_equal(three_hourly["ap"].values, AP.ravel())
        np.testing.assert_array_equal(daily["ap_daily"].values, AP_DAILY)

    def test_ap_that_is_not_of_its_kp_is_told(self):
        data = kp_wdc()
        assert data[31:34] == b"  3"  # the ap of 1-
        data = data[:31] + b"  4" + data[34:]
        (note,) = read_wdc(data).notes
        assert note.startswith("1 value(s) of ap are not those their Kp defines; days: 1999-12-29")

    def test_an_absent_day_is_told(self):
        lines = kp_wdc().splitlines(keepends=True)
        assert read_wdc(b"".join(lines[:2] + lines[3:])).notes == (
            "1 day(s) between 1999-12-29 and 2000-01-04 are not in the file.",
        )

    @pytest.mark.parametrize(
        ("change", "fact"),
        [
            (lambda lines: [lines[1], lines[0], *lines[2:]], "does not come after"),
            (lambda lines: [lines[0], lines[0], *lines[1:]], "does not come after"),
            (lambda lines: [b"000101" + lines[0][6:]], "not the day of the solar rotation"),
            (lambda lines: [b"001329" + lines[0][6:]], "date is none"),
            (lambda lines: [lines[0][:12] + b" 5" + lines[0][14:]], "none of 0, 3, 7"),
            (lambda lines: [lines[0][:12] + b"x3" + lines[0][14:]], "Kp, hold 'x3'"),
            (lambda lines: [lines[0][:-9] + b"\n"], "a record has 71"),
        ],
    )
    def test_a_wrong_record_is_refused(self, change, fact):
        with pytest.raises(BadFile, match=fact):
            read_wdc(b"".join(change(kp_wdc().splitlines(keepends=True))))


class TestTab:
    def test_values_and_marks(self):
        three_hourly, daily = read_tab(kp_tab()).observations
        np.testing.assert_array_equal(three_hourly["kp"].values, THIRDS[3:].ravel() / 3)
        np.testing.assert_array_equal(daily["quiet_rank"].values, [1, 2, 0, 0])
        np.testing.assert_array_equal(daily["disturbed_rank"].values, [0, 0, 2, 1])
        np.testing.assert_array_equal(daily["ap_daily"].values, AP_DAILY[3:])

    @pytest.mark.parametrize(
        ("old", "new", "fact"),
        [
            (b"0001 Q  1   2K\n", b"", "closing Q line"),
            (b"0001 D  4   3*\n", b"0001 D  3   4*\n", "closing D line"),
            (b"000102", b"000101", "do not rise"),
            (b"000104", b"000132", "no date"),
            (b"Mean 25", b"Mode 25", "no line of a Kp table"),
        ],
    )
    def test_a_wrong_table_is_refused(self, old, new, fact):
        assert old in kp_tab()
        with pytest.raises(BadFile, match=fact):
            read_tab(kp_tab().replace(old, new))

    def test_kp_that_do_not_add_up_are_refused(self):
        word = kp_tab()[8:10]
        with pytest.raises(BadFile, match="do not add up"):
            read_tab(kp_tab().replace(word, b"0+" if word != b"0+" else b"1o", 1))

    @pytest.mark.parametrize("month", ["0411", "0412"])
    def test_real_tables(self, month):
        source = Source.from_path(real(f"ground/indices/kp{month}.tab"))
        three_hourly, daily = detect(source, ALL).read(source).observations
        assert len(three_hourly["time"]) == 8 * len(daily["time"])
        means = AP_OF_KP_THIRDS[np.rint(three_hourly["kp"].values * 3).astype(int)].reshape(-1, 8).mean(axis=1)
        np.testing.assert_array_equal(daily["ap_daily"].values, np.rint(means))  # Ap is the mean of eight ap
