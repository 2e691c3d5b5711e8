"""Hourly ring current indices: Dst in both its forms, and RC."""

from __future__ import annotations

import io

import h5py
import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains import seismology, space_weather
from soap.domains.space_weather.formats import index_dst, index_rc_h5
from soap.formats import Source, detect
from soap.testing.data import real
from soap.testing.readers import ReaderTests

ALL = seismology.READERS + space_weather.READERS


def others(reader):
    return tuple(one for one in ALL if one is not reader)


DAYS = np.arange("1999-12-29", "2000-01-05", dtype="datetime64[D]")
DST = np.array([[-(20 * day + hour) for hour in range(24)] for day in range(len(DAYS))])


def dst(listing: bool, base: int = 0, version: int = 2) -> bytes:
    """Dst in the exchange format, or as the web listing; the values above on a base of 100 nT steps."""
    lines = []
    for day, hours in zip(DAYS, DST, strict=True):
        century, (year, month, of_month) = str(day)[:2], (str(day)[2:4], str(day)[5:7], str(day)[8:])
        values = "".join(f"{one - 100 * base:4d}" for one in hours)
        head = (
            f"  {year} {month} {of_month}    {version}{century}" if listing
            else f"DST{year}{month}*{of_month}RRX{version}{century}"
        )  # fmt: skip
        lines.append(f"{head}{base:4d}{values}{round(hours.mean()) - 100 * base:4d}\n")
    return "".join(lines).encode()


RC_EXTERNAL = np.round(np.linspace(-40, 10, 400), 3)
RC_INTERNAL = np.round(np.linspace(-8, 5, 400), 3)


def rc_h5(**changed) -> bytes:
    """The RC index from 2000-01-01T00:30; datasets can be changed or, with None, left out."""
    datasets = {
        "time": (np.arange(400) + 0.5) / 24,
        "RC": RC_EXTERNAL + RC_INTERNAL,
        "RC_e": RC_EXTERNAL,
        "RC_i": RC_INTERNAL,
        "flag": np.full(400, b"D", "S1"),
    } | changed
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        for name, values in datasets.items():
            if values is not None:
                file[name] = values
    return held.getvalue()


class TestDstSuite(ReaderTests):
    reader = index_dst.READER
    names = space_weather.NAMES
    samples = staticmethod(lambda: {"dst.dat": dst(listing=False), "listing.dat": dst(listing=True, base=-1)})
    others = others(index_dst.READER)
    records_stand_alone = True


class TestRcSuite(ReaderTests):
    reader = index_rc_h5.READER
    names = space_weather.NAMES
    samples = staticmethod(lambda: {"RC_index.h5": rc_h5()})
    others = others(index_rc_h5.READER)


def read_dst(data):
    return index_dst.read(Source("dst.dat", data))


@pytest.mark.parametrize("listing", [True, False])
@pytest.mark.parametrize("base", [0, -1, 2])
def test_dst_adds_its_base(listing, base):
    (series,) = read_dst(dst(listing, base)).observations
    np.testing.assert_array_equal(series["dst"].values, DST.ravel())
    assert series["time"].values[[0, -1]].tolist() == np.array(
        ["1999-12-29T00", "2000-01-04T23"], "datetime64[ns]"
    ).tolist()  # fmt: skip
    assert series.attrs["time_stamp"] == "start"


@pytest.mark.parametrize(("version", "word"), [(0, "real-time"), (1, "provisional"), (2, "final")])
def test_dst_keeps_its_version(version, word):
    assert read_dst(dst(False, version=version)).observations[0].attrs["maturity"] == word


def test_dst_missing_hour():
    data = dst(False).replace(b"   0  -1", b"9999  -1", 1)
    values = read_dst(data).observations[0]["dst"].values
    assert np.isnan(values[0])
    assert values[1] == -1


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        (b"  -1  -2", b"  -1 -99", "daily mean"),
        (b"DST9912*30", b"DST9912*29", "does not come after"),
        (b"DST9912*30", b"DST9912*32", "date is none"),
        (b"DST9912*30", b"AST9912*30", "form of the first line"),
        (b"  -1  -2", b"  x1  -2", "no day of Dst"),
    ],
)
def test_dst_wrong_lines(old, new, fact):
    assert old in dst(False)
    with pytest.raises(BadFile, match=fact):
        read_dst(dst(False).replace(old, new, 1))


def test_rc_values_and_stamps():
    (series,) = index_rc_h5.read(Source("RC.h5", rc_h5())).observations
    np.testing.assert_array_equal(series["rc_external"].values, RC_EXTERNAL)
    assert series["time"].values[0] == np.datetime64("2000-01-01T00:30")
    assert series["time"].values[-1] == np.datetime64("2000-01-17T15:30")
    assert (series.attrs["time_stamp"], series.attrs["maturity"]) == ("centre", "definitive")


def test_rc_of_mixed_maturity_is_told():
    flags = np.array([b"D"] * 300 + [b"P"] * 100, "S1")
    reading = index_rc_h5.read(Source("RC.h5", rc_h5(flag=flags)))
    assert reading.observations[0].attrs["maturity"] == ""
    assert reading.notes == ("Hours of more than one maturity: definitive, provisional.",)


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"RC": RC_EXTERNAL + RC_INTERNAL + 0.002}, "not the sum of its parts"),
        ({"time": (np.arange(400) + 0.25) / 24}, "centres of hours"),
        ({"time": (400 - np.arange(400) - 0.5) / 24}, "centres of hours"),
        ({"time": np.full(400, 1e300)}, "not days since 2000"),
        ({"RC": np.full(400, np.inf), "RC_e": np.full(400, np.inf)}, "exceeds 100000 nT"),
        ({"RC": np.zeros(399)}, "differ in length"),
        ({"flag": np.zeros(400)}, "flag is no dataset of letters"),
        ({"RC_e": None}, "lacks the datasets"),
    ],
)
def test_rc_wrong_content(changed, fact):
    with pytest.raises(BadFile, match=fact):
        index_rc_h5.read(Source("RC.h5", rc_h5(**changed)))


def test_another_hdf5_is_not_rc():
    source = Source("other.h5", rc_h5(RC_e=None))
    with pytest.raises(BadFile, match="none of the layouts known"):
        detect(source, ALL)


def test_rc_follows_dst():
    """RC and Dst measure the same ring current from different stations: timing and size must agree."""
    kyoto, rc = (
        detect(source, ALL).read(source).observations[0]
        for source in map(Source.from_path, (real("ground/indices/Dst_kyoto_2005-11_2006-11.dat"),
                                             real("ground/indices/RC_index.h5")))
    )  # fmt: skip
    assert kyoto.attrs["maturity"] == "final"
    time = kyoto["time"].values + np.timedelta64(30, "m")
    agreement = {
        lag: np.corrcoef(kyoto["dst"].values, rc["rc"].sel(time=time + np.timedelta64(lag, "h")).values)[0, 1]
        for lag in range(-3, 4)
    }
    assert max(agreement, key=agreement.get) == 0
    assert agreement[0] > 0.9
