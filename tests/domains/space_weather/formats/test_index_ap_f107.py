"""ap from IRI and NOAA, and the bare list of F10.7."""

from __future__ import annotations

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains import seismology, space_weather
from soap.domains.space_weather.formats import index_ap_iri, index_ap_noaa, index_f107_list
from soap.domains.space_weather.names import AP_OF_KP_THIRDS
from soap.formats import Source, detect
from soap.observations import Quality
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


def ap_iri() -> bytes:
    """IRI's apf107.dat."""
    return "".join(
        f"{int(year):3d}{int(month):3d}{int(of_month):3d}"
        f"{''.join(f'{one:3d}' for one in ap)}{mean:3d}-11129.4130.0131.0\n"
        for (year, month, of_month), ap, mean in zip(map(_date, DAYS), AP, AP_DAILY, strict=True)
    ).encode()


NOAA_HEADING = "# The table below column headings are DOY, F10, FB (background, 81-day avg), 3-hr Ap, year, flag.\n"


def ap_noaa() -> bytes:
    """NOAA's ap by day of year."""
    lines = []
    for day, ap in zip(DAYS, AP, strict=True):
        of_year = int((day - day.astype("datetime64[Y]")).astype(int)) + 1
        amplitudes = "".join(f"{one:4d}" for one in ap)
        lines.append(f"{of_year:3d} 129 131{amplitudes}{'':26}{str(day)[2:4]}        F\n")
    return (NOAA_HEADING + "".join(lines)).encode()


def f107_list() -> bytes:
    """Date and flux; the second day is missing, the third carries a mark."""
    values = ["    129.4", "", "    131.0+", "     99.5", "    130.0", "    130.1", "    130.2"]
    return "".join(str(day).replace("-", "") + value + "\n" for day, value in zip(DAYS, values, strict=True)).encode()


class TestIriSuite(ReaderTests):
    reader = index_ap_iri.READER
    names = space_weather.NAMES
    samples = staticmethod(lambda: {"apf107.dat": ap_iri()})
    others = others(index_ap_iri.READER)
    records_stand_alone = True


class TestNoaaSuite(ReaderTests):
    reader = index_ap_noaa.READER
    names = space_weather.NAMES
    samples = staticmethod(lambda: {"NOAA_ap.dat": ap_noaa()})
    others = others(index_ap_noaa.READER)
    records_stand_alone = True
    header_bytes = len(NOAA_HEADING)


class TestF107Suite(ReaderTests):
    reader = index_f107_list.READER
    names = space_weather.NAMES
    samples = staticmethod(lambda: {"F107.txt": f107_list()})
    others = others(index_f107_list.READER)


@pytest.mark.parametrize(
    ("reader", "data", "collection"), [(index_ap_iri, ap_iri(), "iri"), (index_ap_noaa, ap_noaa(), "noaa")]
)
def test_ap_across_the_century(reader, data, collection):
    three_hourly = reader.read(Source("ap", data)).observations[0]
    assert three_hourly.attrs["collection_id"] == f"space_weather.{collection}.pt3h"
    assert three_hourly["time"].values[-1] == np.datetime64("2000-01-04T21")
    np.testing.assert_array_equal(three_hourly["ap"].values, AP.ravel())


def test_iri_marks_ap_that_were_not_out_yet():
    data = ap_iri().replace(b"".join(f"{one:3d}".encode() for one in AP[-1]), b"-11" * 8)
    assert np.isnan(index_ap_iri.read(Source("apf107.dat", data)).observations[0]["ap"].values[-8:]).all()


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        (b"365 129", b"366 129", "day of year is none"),
        (b"  2 129", b"  1 129", "does not come after"),
        (b"# The", b"The", "first line is not the heading"),
    ],
)
def test_noaa_days(old, new, fact):
    assert old in ap_noaa()
    with pytest.raises(BadFile, match=fact):
        index_ap_noaa.read(Source("ap", ap_noaa().replace(old, new)))


def test_f107_gaps_and_marks():
    reading = index_f107_list.read(Source("F107.txt", f107_list()))
    (daily,) = reading.observations
    np.testing.assert_array_equal(daily["f107_adjusted"].values, [129.4, np.nan, 131.0, 99.5, 130.0, 130.1, 130.2])
    flags = daily["f107_adjusted_quality"].values
    assert flags.tolist() == [0, int(Quality.MISSING), int(Quality.CONTAMINATED), 0, 0, 0, 0]
    assert any("unexplained '+'" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        (b"19991230", b"19991229", "do not rise"),
        (b"19991230", b"19991330", "no date"),
        (b"129.4", b"1294", "no date with"),
        (b"19991230", b"91991230", "year 9199 is outside"),
    ],
)
def test_f107_wrong_lines(old, new, fact):
    with pytest.raises(BadFile, match=fact):
        index_f107_list.read(Source("F107.txt", f107_list().replace(old, new)))


@pytest.mark.parametrize("name", ["ig_rz.dat"])
def test_what_is_not_read_is_refused_with_what_it_looks_like(name):
    source = Source.from_path(real(f"ground/indices/{name}"))
    with pytest.raises(BadFile, match="no format read here; it is text beginning"):
        detect(source, ALL)
