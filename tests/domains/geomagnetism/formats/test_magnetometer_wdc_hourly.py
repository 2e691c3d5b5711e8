"""WDC hourly means: the conformance suite, and every trap that real files set."""

from __future__ import annotations

import random

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains.geomagnetism import NAMES, READERS
from soap.domains.geomagnetism.formats.magnetometer_wdc_hourly import READER
from soap.formats import Source, detect
from soap.observations import Quality
from soap.testing.data import real
from soap.testing.readers import ReaderTests

FOLDER = "ground/geomag/wdc-hourly"
OTHERS = tuple(reader for reader in READERS if reader is not READER)


def record(element="H", day=1, base=300, hours=(), *, code="ABG", month=1, year="04", century="20", mean=9999) -> bytes:
    """One line of the format; `hours` are repeated to 24."""
    values = [*hours, *([hours[-1] if hours else 100] * 24)][:24]
    numbers = "".join(f"{value:4d}" for value in (base, *values, mean))
    return f"{code}{year}{month:02d}{element}{day:02d}    {century}{numbers}\n".encode()


def read(data: bytes, name: str = "sample.wdc"):
    return READER.read(Source(name, data))


def only(data: bytes):
    """The one series of some records."""
    (dataset,) = read(data).observations
    return dataset


def real_lines(station_years: str, count: int | None = None, first: int = 0) -> bytes:
    lines = Source.from_path(real(f"{FOLDER}/{station_years}.wdc.gz")).data.splitlines(keepends=True)
    return b"".join(lines[first : None if count is None else first + count])


def made_up_month() -> bytes:
    rng = random.Random(11)
    return b"".join(
        record(element, day, base, [rng.randrange(-900, 1200) for _ in range(24)], mean=rng.randrange(-900, 1200))
        for element, base in (("D", -1), ("H", 380), ("Z", 180), ("F", 425))
        for day in range(1, 32)
    )


class TestMadeUp(ReaderTests):
    reader, names, others = READER, NAMES, OTHERS
    records_stand_alone = True
    samples = staticmethod(lambda: {"abg2004.wdc": made_up_month()})


class TestReal(ReaderTests):
    reader, names, others = READER, NAMES, OTHERS
    records_stand_alone = True
    samples = staticmethod(
        lambda: {
            "tnd.wdc": real_lines("TND_2001-2006", 400),
            "mzl.wdc": real_lines("MZL_1996-2013", 400),
            "shl.wdc": real_lines("SHL_2011-2011"),
            "cts.wdc": real_lines("CTS_1996-2014", 800, 17_400),
        }
    )


def test_hour_is_base_and_value_at_the_start_of_the_hour():
    dataset = only(record("H", 3, 378, [12, -998, 9998, 9999]) + record("D", 3, -1, [30, -600, 900, 9999]))
    assert dataset["time"].values[[0, 1, 23]].tolist() == [
        np.datetime64(f"2004-01-03T{hour:02d}", "ns").astype(int) for hour in (0, 1, 23)
    ]
    assert dataset["b_horizontal"].values[:3].tolist() == [37812, 36802, 47798]
    assert dataset["declination"].values[:3].tolist() == [-570 / 600, -2.0, 300 / 600]
    assert np.isnan(dataset["b_horizontal"].values[3])
    assert dataset["b_horizontal_quality"].values[3] == Quality.MISSING
    assert dataset.attrs["collection_id"] == "geomagnetism.abg.pt1h"
    assert (dataset.attrs["cadence"], dataset.attrs["time_stamp"]) == ("PT1H", "start")
    assert "latitude" not in dataset.attrs


@pytest.mark.parametrize(
    ("century", "expected"),
    [
        ("20", 2004),
        ("19", 1904),
        ("18", 1804),
        ("  ", 1904),
        ("Q ", 1904),
        ("D ", 1904),
        ("1 ", 1904),
        ("2 ", 1904),
        (" 8", 1804),
        ("28", 1804),
        ("D8", 1804),
    ],
)
def test_century_may_be_blank_or_a_mark(century, expected):
    reading = read(record(century=century))
    assert reading.observations[0]["time"].values[0].astype("datetime64[Y]") == np.datetime64(str(expected), "Y")
    assert any("century" in note for note in reading.notes) == century.endswith(" ")


@pytest.mark.parametrize("station_years", ["CDP_1996-2013", "HYB_1996-2012", "KSH_1996-2012", "MZL_1996-2013"])
def test_century_blank_or_a_mark_in_real_files(station_years):
    data = real_lines(station_years)
    rows = sum(not line[14:16].isdigit() for line in data.splitlines())
    reading = read(data)
    assert f"{rows:,} records leave the century out" in " ".join(reading.notes)
    first, last = station_years[4:].split("-")
    years = reading.observations[0]["time"].values[[0, -1]].astype("datetime64[Y]").astype(str)
    assert years.tolist() == [first, last]


def test_all_records_without_century_are_found():
    files = ["CDP_1996-2013", "HYB_1996-2012", "KSH_1996-2012", "MZL_1996-2013"]
    assert sum(not line[14:16].isdigit() for file in files for line in real_lines(file).splitlines()) == 9867


def test_blank_padded_years_and_months():
    reading = read(record(code="TND", year=" 1").replace(b"TND 101H01", b"TND 1 1H 1"))
    assert reading.observations[0]["time"].values[0] == np.datetime64("2001-01-01T00:00")
    (dataset,) = read(real_lines("TND_2001-2006")).observations
    assert dataset["time"].values[[0, -1]].astype("datetime64[D]").astype(str).tolist() == ["2001-01-01", "2006-12-31"]


def test_shillong_calls_itself_shi():
    reading = READER.read(Source.from_path(real(f"{FOLDER}/SHL_2011-2011.wdc.gz")))
    assert reading.observations[0].attrs["collection_id"] == "geomagnetism.shl.pt1h"
    assert reading.observations[0].attrs["iaga_code"] == "SHL"
    assert any("SHI" in note and "SHL" in note for note in reading.notes)


def test_the_records_say_the_station_not_the_file():
    assert read(record(code="KAK"), "abg2004.wdc").observations[0].attrs["platform"] == "kak"


def test_a_file_of_several_stations_gives_a_series_each():
    reading = read(record(code="KAK") + record(code="ABG", day=2) + record(code="kak", day=2))
    assert [dataset.attrs["platform"] for dataset in reading.observations] == ["abg", "kak"]
    assert [dataset.sizes["time"] for dataset in reading.observations] == [24, 48]


def test_elements_change_within_a_file_and_nothing_is_computed():
    (dataset,) = read(real_lines("TND_2001-2006")).observations
    year = dataset["time"].values.astype("datetime64[Y]").astype(int) + 1970
    given = {name: sorted(set(year[~np.isnan(dataset[name].values)])) for name in ("b_north", "b_horizontal")}
    assert given == {"b_north": [2001, 2002, 2003, 2005, 2006], "b_horizontal": [2005, 2006]}
    reading = read(real_lines("KAK_1913-2013"))
    assert any("as H from 1913" in note and "as X from 2005" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("base", "hour", "expected"),
    [(359, 450, -0.25), (0, -150, -0.25), (-1, 450, -0.25), (360, -150, -0.25), (0, 150, 0.25), (179, 900, -179.5)],
)
def test_declination_is_folded(base, hour, expected):
    assert only(record("D", base=base, hours=[hour]))["declination"].values[0] == expected


def test_folded_declination_does_not_step_where_the_base_does():
    (dataset,) = read(real_lines("HTY_1996-2008")).observations  # base 352 up to 2005, then -7
    declination = dataset["declination"].values
    known = declination[~np.isnan(declination)]
    assert np.abs(np.diff(known)).max() < 0.5  # a storm; the bases are 359 degrees apart
    assert -7.8 < known.min() < known.max() < -7.2


def test_duplicates_and_order_breaks():
    reading = read(real_lines("CTS_1996-2014"))
    (dataset,) = reading.observations
    day = dataset.sel(time=slice("2008-03-01", "2008-03-01T23"))
    assert day["b_north"].values[0] == 22060  # 215 and 560; the second record of the day is all missing
    assert not (day["b_north_quality"].values & Quality.CLOCK).any()
    day = dataset.sel(time=slice("2012-02-01", "2012-02-01T23"))
    assert day["b_north"].values[0] == 22064  # the first record, 220 and 64; the second, 220 and 50, contradicts it
    assert (day["b_north_quality"].values & Quality.CLOCK).all()
    assert any("2008-03-01" in note and "agree" in note for note in reading.notes)
    assert any("2012-02-01" in note and "different" in note for note in reading.notes)
    assert (np.diff(dataset["time"].values) > np.timedelta64(0)).all()


def test_identical_records_collapse_in_silence_of_values():
    once, twice = only(record()), only(record() + record())
    assert once.equals(twice)


def test_a_second_record_fills_gaps_of_the_first():
    dataset = only(record(hours=[9999, 5, 9999]) + record(hours=[7, 9999, 9999, 9999]))
    assert dataset["b_horizontal"].values[:2].tolist() == [30007, 30005]
    assert not (dataset["b_horizontal_quality"].values & Quality.CLOCK).any()


def test_absurd_base_is_kept_and_flagged():
    reading = read(real_lines("QZH_2009-2013"))
    (dataset,) = reading.observations
    day = dataset.sel(time=slice("2013-03-29", "2013-03-29T23"))
    values = day["b_north"].values
    assert np.nanmax(values) - np.nanmin(values) == 8411
    assert (day["b_north_quality"].values & Quality.JUMP).all()
    others = dataset["b_north_quality"].values & Quality.JUMP
    assert others.sum() // Quality.JUMP == 24
    assert not (dataset["b_down_quality"].values & Quality.JUMP).any()
    assert any("b_north" in note and "2013-03-29" in note for note in reading.notes)


def test_a_component_that_is_right_is_not_flagged_for_another_that_is_wrong():
    """Quanzhou, 29 March 2013: X and F are off all day, Y in five hours, in three of them by more than a storm."""
    (dataset,) = read(real_lines("QZH_2009-2013")).observations
    around = dataset["b_east"].sel(time=slice("2013-03-26", "2013-03-31"))
    that_day = around["time"].values.astype("datetime64[D]") == np.datetime64("2013-03-29")
    east, others = around.values[that_day], around.values[~that_day]
    apart = np.maximum(np.nanmin(others) - east, east - np.nanmax(others))
    assert (apart <= 0).sum() == 19
    flagged = (dataset["b_east_quality"].sel(time=around["time"]).values[that_day] & Quality.JUMP) > 0
    assert sorted(apart[flagged]) == sorted(apart)[-3:] == [836, 900, 1224]
    assert apart[~flagged].max() == 379  # what storms do at other stations, and so no fault by itself


@pytest.mark.parametrize("station_years", ["MCQ_1996-2013", "KAK_1913-2013", "ABG_1996-2012"])
def test_no_storm_is_flagged_as_a_jump(station_years):
    """1,200 nT from the level at Macquarie Island, March 1989 at Kakioka, 20 November 2003 at Alibag."""
    (dataset,) = read(real_lines(station_years)).observations
    for name in dataset.data_vars:
        if str(name).endswith("_quality"):
            assert not (dataset[name].values & Quality.JUMP).any(), name


def test_a_long_wrong_base_is_flagged_and_a_new_level_is_not():
    level = b"".join(record("X", day, 345 if 5 <= day <= 7 else 300) for day in range(1, 32))
    flags = only(level)["b_north_quality"].values.reshape(31, 24)
    assert np.flatnonzero((flags == Quality.JUMP).all(axis=1)).tolist() == [4, 5, 6]
    assert np.count_nonzero(flags) == 72
    step = b"".join(record("X", day, 300 + 45 * (month - 1), month=month) for month in (1, 2) for day in range(1, 29))
    assert not only(step)["b_north_quality"].values.any()


def test_bases_that_change_daily_are_no_level():
    days = [record("Z", day, 180 + day % 7, [500 - 100 * (day % 7)]) for day in range(1, 32)]
    dataset = only(b"".join(days))
    assert set(dataset["b_down"].values) == {18500.0}
    assert not dataset["b_down_quality"].values.any()


def test_daily_mean_beside_missing_hours_is_not_used():
    reading = read(record(hours=[9999, 9999, 5], mean=5))
    assert np.isnan(reading.observations[0]["b_horizontal"].values[:2]).all()
    assert any("daily mean beside missing hours" in note for note in reading.notes)


def test_a_day_of_one_hour_is_a_day():
    dataset = only(record(hours=[9999, 5, 9999]))
    assert dataset.sizes["time"] == 24
    assert np.isfinite(dataset["b_horizontal"].values).sum() == 1


def test_years_without_records_are_not_filled_up():
    (dataset,) = read(real_lines("KAK_1913-2013")).observations
    years = set((dataset["time"].values.astype("datetime64[Y]").astype(int) + 1970).tolist())
    assert years == set(range(1913, 2014)) - set(range(1917, 1924))


def test_line_ends_and_blank_ends_do_not_matter():
    plain = made_up_month()
    for data in (plain.replace(b"\n", b"\r\n"), plain.rstrip(), plain + b"\r\n\r\n\x1a", plain.replace(b"\n", b"  \n")):
        assert only(data).identical(only(plain))


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda line: line[:90] + b"\n", "Line 2 has 90 characters"),
        (lambda line: b"\n", "Line 2 has 0 characters"),
        (lambda line: line.replace(b"H02", b"Q02"), "Line 2 .* element"),
        (lambda line: line.replace(b"0401H02", b"0413H02"), "Line 2 .* month"),
        (lambda line: line.replace(b"0401H02", b"0402H30"), "Line 2 .* day"),
        (lambda line: line.replace(b"0401H02", b"0401H 0"), "Line 2 .* day"),
        (lambda line: line.replace(b"ABG04", b"ABGx4"), "Line 2 .* year"),
        (lambda line: line.replace(b"    20 300", b"    2x 300"), "Line 2 .* century"),
        (lambda line: line.replace(b"    20 300", b"    99 300"), "Line 2 .* century"),
        (lambda line: line.replace(b"    20 300", b"\x00   20 300"), "Line 2 .* columns 11-14"),
        (lambda line: line.replace(b"ABG", b"A.G"), "Line 2 .* station code"),
        (lambda line: line[:60] + b"1-00" + line[64:], "Line 2 .* number"),
        (lambda line: line[:60] + b"- 50" + line[64:], "Line 2 .* number"),
        (lambda line: line[:60] + b"    " + line[64:], "Line 2 .* number"),
        (lambda line: line[:116] + b"12.5" + line[120:], "Line 2 .* number"),
    ],
)
def test_a_broken_line_is_named(damage, what):
    data = record(day=1) + damage(record(day=2)) + record(day=3)
    with pytest.raises(BadFile, match=rf"abg\.wdc: {what}"):
        read(data, "abg.wdc")


def test_every_real_file_is_read_whole():
    """Nothing is skipped: values that are not missing, counted by slicing, come out, duplicates apart."""
    for path in sorted(real(FOLDER).glob("*.gz")):
        source = Source.from_path(path)
        assert detect(source, READERS) is READER
        hours = np.frombuffer(source.data, np.uint8).reshape(-1, 121)[:, 20:116].reshape(-1, 4)
        given = int((~(hours == ord("9")).all(axis=1)).sum())
        found = sum(
            int(np.isfinite(dataset[name].values).sum())
            for dataset in READER.read(source).observations
            for name in dataset.data_vars
            if not str(name).endswith("_quality")
        )
        assert given - found == (72 if path.name.startswith("CTS") else 0), path.name  # CTS 2012-02-01 comes twice


def test_random_damage_gives_a_reading_or_a_bad_file():
    rng = random.Random(3)
    plain = b"".join(
        record(element, day, 300, code=code) for code in ("ABG", "KAK") for element in "DHZ" for day in range(1, 9)
    )
    refused = 0
    for _ in range(400):
        data = bytearray(plain)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(data))
            action = rng.randrange(3)
            if action == 0:
                data[at] = rng.randrange(256)
            elif action == 1:
                del data[at : at + rng.randrange(1, 200)]
            else:
                data[at:at] = rng.randbytes(rng.randrange(1, 5))
        try:
            read(bytes(data))
        except BadFile:
            refused += 1
    assert 300 < refused < 400  # a digit for a digit, and whole lines, go unseen


def test_records_without_line_ends():
    ended = record(day=1) + record(day=2) + record(day=3)
    unbroken = ended.replace(b"\n", b"")
    assert READER.recognises(Source("abg.wdc", unbroken))
    assert only(unbroken).identical(only(ended))
    with pytest.raises(BadFile, match="has 352 characters"):
        read(unbroken[:-7])


def test_codes_in_small_letters_padded_lines_and_byte_order_mark():
    plain, odd = record(day=1), b"\xef\xbb\xbf" + record(day=1).replace(b"ABG", b"abg").rstrip() + b"   \r\n"
    assert READER.recognises(Source("abg.wdc", odd))
    assert only(odd).identical(only(plain))
