"""IAGA-2002: the conformance suite, the header's habits, and that what is written is what was read."""

from __future__ import annotations

import random

import numpy as np
import pytest
import xarray as xr

from soap.core.errors import BadFile, BadParameter
from soap.domains.geomagnetism import NAMES, READERS
from soap.domains.geomagnetism.formats.magnetometer_iaga2002 import READER, write_series
from soap.formats import Reading, Source
from soap.observations import Quality, series
from soap.testing.data import real
from soap.testing.readers import ReaderTests

FOLDER = "ground/geomag"
OTHERS = tuple(reader for reader in READERS if reader is not READER)
HEADER = {
    "Format": "IAGA-2002",
    "Source of Data": "Made for a test",
    "Station Name": "Alibag",
    "IAGA CODE": "ABG",
    "Geodetic Latitude": "18.638",
    "Geodetic Longitude": "287.128",
    "Elevation": "7",
    "Reported": "HDZF",
    "Sensor Orientation": "HDZF",
    "Digital Sampling": "1 second",
    "Data Interval Type": "filtered 1-minute (00:15-01:45)",
    "Data Type": "variation",
}
ROWS = (
    "2011-03-11 05:45:00.000 070     37811.10    -12.34  18000.01  41875.99",
    "2011-03-11 05:46:00.000 070     37811.11    -12.35  99999.00  88888.00",
    "2011-03-11 05:47:00.000 070     37811.12    -12.36 -18000.03  41876.01",
)


def header(comments: tuple[str, ...] = (), labels: str = "H D Z F", code: str = "ABG", **changed: str) -> str:
    fields = HEADER | {label.replace("_", " "): value for label, value in changed.items()}
    lines = [f" {label:<23}{value:<45}|" for label, value in fields.items()]
    lines += [f" # {comment:<66}|" for comment in comments]
    columns = "".join(f"{code + letter:<10}" for letter in labels.split())
    return "\r\n".join([*lines, f"{'DATE       TIME         DOY     ' + columns:<69.69}|", ""])


def file(rows=ROWS, **parts) -> bytes:
    return (header(**parts) + "".join(row + "\r\n" for row in rows)).encode("latin-1")


def made_up_day() -> bytes:
    rng = random.Random(5)
    rows = [
        f"2011-03-11 {minute // 60:02d}:{minute % 60:02d}:00.000 070    "
        + " ".join(
            f"{value:9.2f}" for value in (rng.uniform(37e3, 38e3), rng.uniform(-60, 60), rng.uniform(-2e4, 2e4), 99999)
        )
        for minute in range(240)
    ]
    return file(rows)


def only(data: bytes, name: str = "abg.min") -> xr.Dataset:
    (dataset,) = READER.read(Source(name, data)).observations
    return dataset


def notes(data: bytes, name: str = "abg.min") -> str:
    return " ".join(READER.read(Source(name, data)).notes)


class TestMadeUp(ReaderTests):
    reader, names, others = READER, NAMES, OTHERS
    records_stand_alone = True
    samples = staticmethod(lambda: {"abg20110311vmin.min": made_up_day()})
    header_bytes = len(header().encode())


class TestReal(ReaderTests):
    reader, names, others = READER, NAMES, OTHERS
    records_stand_alone = True
    samples = staticmethod(
        lambda: {
            path: real(f"{FOLDER}/{path}").read_bytes()
            for path in (
                "BOU/bou20141101vmin.min",
                "usgs-ref/adjusted_BOU202005adj.min",
                "usgs-ref/dbdt_BOU202005dbdt.min",
                "usgs-ref/filter_BOU20200101vsec.sec.gz",
                "usgs-ref/controller_bou20181024_XYZF_vmin.min",
                "usgs-ref/filter_BOU20200831vday.day",
                "usgs-ref/filter_BOU20200831vhor.hor",
                "magpy/LEMI025_20110901v.min",
            )
        }
    )


def test_values_units_and_both_fill_values():
    dataset = only(file())
    assert dataset["b_horizontal"].values.tolist() == [37811.10, 37811.11, 37811.12]
    assert dataset["declination"].values.tolist() == [-1234 / 6000, -1235 / 6000, -1236 / 6000]
    assert dataset["b_down"].values[[0, 2]].tolist() == [18000.01, -18000.03]
    assert np.isnan(dataset["b_down"].values[1])
    assert np.isnan(dataset["b_total"].values[1])
    assert dataset["b_total_quality"].values.tolist() == [0, Quality.MISSING, 0]
    assert dataset["time"].values[1] == np.datetime64("2011-03-11T05:46:00")


def test_header_becomes_attributes():
    attrs = only(file()).attrs
    assert (attrs["latitude"], attrs["longitude"], attrs["height_m"]) == (18.638, -72.872, 7.0)
    assert (attrs["maturity"], attrs["cadence"], attrs["time_stamp"]) == ("variation", "PT1M", "centre")
    assert attrs["collection_id"] == "geomagnetism.abg.pt1m"
    assert (attrs["station_name"], attrs["institution"]) == ("Alibag", "Made for a test")


@pytest.mark.parametrize(
    "text",
    [
        " 99999.00",
        "  99999.0",
        " 99999.90",
        " 99999.99",
        " 88888.00",
        " 88888.88",
        "    99999",
        "-99999.00",
        "   99999.",
    ],
)
def test_every_spelling_of_missing(text):
    row = ROWS[0].replace(" 37811.10", text)
    assert np.isnan(only(file([row, *ROWS[1:]]))["b_horizontal"].values[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  37811.1", 37811.1),
        ("37811.123", 37811.123),
        ("    37811", 37811.0),
        ("     -.50", -0.5),
        ("  0037.10", 37.1),
    ],
)
def test_other_decimals(text, expected):
    assert only(file([ROWS[0].replace(" 37811.10", text), *ROWS[1:]]))["b_horizontal"].values[0] == expected


def test_magnetometer_axes_are_not_the_horizontal_intensity():
    assert list(only(file(labels="H E Z F")).data_vars)[::2] == [
        "b_magnetic_north",
        "b_magnetic_east",
        "b_down",
        "b_total",
    ]
    assert list(only(file(labels="X Y Z S")).data_vars)[::2] == ["b_north", "b_east", "b_down", "b_total"]
    assert "b_total_difference" in only(file(labels="X Y Z G"))


def test_elements_called_nul_are_absent():
    assert list(only(file(labels="H NUL NUL NUL")).data_vars)[::2] == ["b_horizontal"]


def test_relative_declination_is_told():
    data = file(comments=("DECBAS               5527    (Baseline declination value in",))
    assert only(data).attrs["declination_base_deg"] == pytest.approx(9.2117, abs=5e-5)
    assert "DECBAS" in notes(data)
    assert only(data)["declination"].values[0] == -1234 / 6000


@pytest.mark.parametrize(
    ("interval", "step", "offset", "expected"),
    [
        ("filtered 1-minute (00:15-01:45)", 60, 0, "centre"),
        ("Average 1-Minute (00:30-01:29)", 60, 0, "centre"),
        ("Average 1-Minute (00:00-00:59)", 60, 0, "start"),
        ("1-second (501-1500)", 1, 0, "centre"),
        ("Average 1-Hour (00-59)", 3600, 0, "start"),
        ("Instantaneous 1-Minute", 60, 0, "instant"),
        ("filtered 1-minute (00:15-01:45)", 3600, 1770, "centre"),
        ("Filtered 1-minute", 60, 0, "centre"),
    ],
)
def test_time_stamp_follows_the_interval(interval, step, offset, expected):
    start = np.datetime64("2011-03-11T00:00:00") + np.timedelta64(offset, "s")
    rows = [f"{str(start + np.timedelta64(step * k, 's')).replace('T', ' ')}.000 070{ROWS[0][27:]}" for k in range(4)]
    assert only(file(rows, Data_Interval_Type=interval)).attrs["time_stamp"] == expected


@pytest.mark.parametrize(
    ("interval", "step", "stamp"), [("1-minite", 60, "centre"), ("", 60, "centre"), ("1-hour", 3600, "start")]
)
def test_an_interval_that_does_not_say_is_told(interval, step, stamp):
    start = np.datetime64("2011-03-11T00:00:00")
    rows = [f"{str(start + np.timedelta64(step * k, 's')).replace('T', ' ')}.000 070{ROWS[0][27:]}" for k in range(4)]
    data = file(rows, Data_Interval_Type=interval)
    assert only(data).attrs["time_stamp"] == stamp
    assert f"taken as {stamp}" in notes(data)


def test_cadence_is_that_of_the_lines():
    data = Source.from_path(real(f"{FOLDER}/usgs-ref/filter_BOU20200831vhor.hor")).data
    assert only(data).attrs["collection_id"] == "geomagnetism.bou.pt1h"
    assert "PT1H" in notes(data)
    day = only(Source.from_path(real(f"{FOLDER}/usgs-ref/filter_BOU20200831vday.day")).data)
    assert (day.attrs["cadence"], day.attrs["time_stamp"]) == ("P1D", "centre")


def test_a_nameless_station_is_called_by_what_there_is():
    assert only(file(code="", IAGA_CODE="")).attrs["platform"] == "alibag"
    assert only(file(code="", IAGA_CODE="", Station_Name=""), "LEMI025 a.min.gz").attrs["platform"] == "lemi025_a"
    assert only(file(IAGA_CODE="")).attrs["platform"] == "abg"
    reading = READER.read(Source.from_path(real(f"{FOLDER}/magpy/LEMI025_20110901v.min")))
    assert "latitude" not in reading.observations[0].attrs
    assert any("no IAGA code" in note for note in reading.notes)


def test_a_place_that_is_none_is_told_and_left_out():
    data = file(Geodetic_Latitude="99999", Elevation="high")
    assert not {"latitude", "longitude", "height_m"} & set(only(data).attrs)
    assert "no place" in notes(data)
    assert "no number of metres" in notes(data)


def test_repeated_and_backward_times():
    later = ROWS[2].replace("37811.12", "37800.00")
    filled = ROWS[1].replace(" 99999.00", " 18000.02")
    data = file([ROWS[0], ROWS[2], ROWS[1], later, filled, ROWS[0]])
    dataset = only(data)
    assert dataset["b_horizontal"].values.tolist() == [37811.10, 37811.11, 37811.12]
    assert dataset["b_horizontal_quality"].values.tolist() == [0, 0, Quality.CLOCK]
    assert dataset["b_down"].values[1] == 18000.02
    assert dataset["b_down_quality"].values.tolist() == [0, 0, 0]
    assert "runs backwards" in notes(data)
    assert "3 time(s)" in notes(data)
    assert "1 with different values" in notes(data)


def test_simulated_is_read_from_and_written_to_a_comment():
    assert only(file()).attrs["simulated"] == 0
    assert only(file(comments=("SIMULATED DATA, see the report",))).attrs["simulated"] == 1
    dataset = only(file()).assign_attrs(simulated=1)
    text = write_series(dataset, comments=("Seed 7",))
    assert b" # SIMULATED DATA" in text
    assert b" # Seed 7" in text
    assert only(text).attrs["simulated"] == 1
    assert write_series(only(text)).count(b"SIMULATED DATA") == 1


def test_written_lines_are_seventy_characters():
    lines = write_series(only(file(comments=("a " * 100,)))).decode().split("\r\n")
    assert lines.pop() == ""
    assert {len(line) for line in lines} == {70}
    assert [line for line in lines if line.startswith("2011")] == [row.replace("88888", "99999") for row in ROWS]


@pytest.mark.parametrize(
    "path",
    ["2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz", "magpy/WIC_20180829_vsec.sec.gz", "BOU/bou20141103vmin.min"],
)
def test_written_data_lines_are_those_of_the_file(path):
    source = Source.from_path(real(f"{FOLDER}/{path}"))
    theirs = source.data.replace(b"\r\n", b"\n").split(b"|\n")[-1].rstrip().split(b"\n")
    ours = write_series(only(source.data)).split(b"|\r\n")[-1].rstrip().split(b"\r\n")
    differing = [pair for pair in zip(theirs, ours, strict=True) if pair[0] != pair[1]]
    assert all(b"88888.00" in line or b"-0.00" in line for line, _ in differing), differing[:3]
    assert len(differing) < 0.001 * len(ours)


@pytest.mark.parametrize("time_stamp", ["start", "centre", "instant"])
@pytest.mark.parametrize("step", [1, 60, 3600, 86400])
def test_written_interval_is_read_again(step, time_stamp):
    time = np.datetime64("2016-03-01T00:00:00", "ns") + np.arange(4) * np.timedelta64(step, "s")
    dataset = series(
        time,
        {"b_down": np.arange(4.0)},
        names=NAMES,
        collection_id="geomagnetism.abg.any",
        platform="abg",
        iaga_code="ABG",
        time_stamp=time_stamp,
    )
    assert only(write_series(dataset)).attrs["time_stamp"] == time_stamp


def test_what_the_format_cannot_hold_is_refused():
    dataset = only(file())
    with pytest.raises(BadParameter, match="one to four"):
        write_series(dataset.assign(b_north=dataset["b_down"], b_east=dataset["b_down"]))
    nothing = dataset["b_down"] * np.nan
    assert write_series(dataset.assign(b_north=nothing, b_east=nothing)) == write_series(dataset)
    with pytest.raises(BadParameter, match="has room"):
        write_series(dataset.assign(b_down=dataset["b_down"] * 6))
    with pytest.raises(BadParameter, match="millisecond"):
        write_series(dataset.assign_coords(time=dataset["time"].values + np.timedelta64(5, "us")))
    with pytest.raises(BadParameter, match="one series"):
        READER.write(Reading(observations=(dataset, dataset)))


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda row: row[:-1], "Line 15 has 69 characters"),
        (lambda row: row.replace("2011-03-11", "2011-02-29"), "Line 15 .* date"),
        (lambda row: row.replace("2011-03-11", "2011-13-11"), "Line 15 .* date"),
        (lambda row: row.replace("05:46", "24:00"), "Line 15 .* time"),
        (lambda row: row.replace("05:46", "05-46"), "Line 15 .* time"),
        (lambda row: row.replace("05:46:00.000", "05:46:00.0x0"), "Line 15 .* time"),
        (lambda row: row.replace(" 070 ", " x70 "), "Line 15 .* day of the year"),
        (lambda row: row.replace("37811.11", "378a1.11"), "Line 15 .* element"),
        (lambda row: row.replace("37811.11", "37811..1"), "Line 15 .* element"),
        (lambda row: row.replace("37811.11", "37811. 1"), "Line 15 .* element"),
        (lambda row: row.replace("37811.11", "37811.-1"), "Line 15 .* element"),
        (lambda row: row.replace(" 37811.11", "         "), "Line 15 .* element"),
        (lambda row: " # a comment between data" + " " * 45, "Line 15 breaks"),
        (lambda row: header().replace("\r\n", "\n").rstrip(), "Line 1[56] "),
    ],
)
def test_a_broken_line_is_named(damage, what):
    with pytest.raises(BadFile, match=rf"abg\.min: {what}"):
        READER.read(Source("abg.min", file([ROWS[0], damage(ROWS[1]), ROWS[2]])))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (header().encode()[:600], "no line 'DATE TIME DOY"),
        (header().encode(), "no line after the header"),
        (file(labels="H Q1 H F"), "one twice"),
        (file(labels="P"), "no element"),
        (file()[72:], "first line is not"),
        (b" Format                 IAGA-2002\nnot a header line\n" + file(), "Line 2 is no header line"),
        (file(ROWS[:1], Data_Interval_Type=""), "one line of data"),
    ],
)
def test_a_broken_header_is_told(data, what):
    with pytest.raises(BadFile, match=what):
        READER.read(Source("abg.min", data))


def test_one_line_takes_the_cadence_of_the_header():
    assert only(file(ROWS[:1])).attrs["cadence"] == "PT1M"


def test_wrong_day_of_the_year_is_told():
    assert "1 lines have a day of the year" in notes(file([ROWS[0].replace(" 070 ", " 071 "), *ROWS[1:]]))


def test_elements_beside_their_columns_are_told_apart_by_blanks():
    data = Source.from_path(real(f"{FOLDER}/usgs-ref/controller_bou20181024_XYZF_vmin.min")).data
    assert "50 lines have elements out of their columns" in notes(data)


def test_random_damage_gives_a_reading_or_a_bad_file():
    rng = random.Random(4)
    plain = b"".join(made_up_day().splitlines(keepends=True)[:60])
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
            only(bytes(data))
        except BadFile:
            refused += 1
    assert 200 < refused < 400  # the header's free text may change unseen


def with_columns(*labels: str, code: str) -> bytes:
    """A file whose column line has these labels, ten characters each."""
    before = header(IAGA_CODE=code).split("DATE")[0]
    line = f"{'DATE       TIME         DOY     ' + ''.join(f'{label:<10}' for label in labels):<69.69}|"
    return "\r\n".join([before.rstrip("\r\n"), line, *ROWS, ""]).encode()


@pytest.mark.parametrize(
    ("code", "labels"),
    [("AE", ("AE", "AU", "AL", "AO")), ("ASY", ("ASY-D", "ASY-H", "SYM-D", "SYM-H")), ("DST", ("DST", "NUL"))],
)
def test_indices_of_activity_are_refused_as_such(code, labels):
    """AE must not become the east component of a station A, nor ASY-D a declination."""
    with pytest.raises(BadFile, match="indices of activity"):
        READER.read(Source("index.min", with_columns(*labels, code=code)))


def test_a_column_counts_only_under_the_stations_code_or_none():
    electric = with_columns("Ex", "Ey", "RANZ", "RANF", code="RAN")
    assert list(only(electric).data_vars)[::2] == ["b_down", "b_total"]
    assert "The column Ex is no element known here" in notes(electric)
    with pytest.raises(BadFile, match="names no element"):
        only(with_columns("KMEX", code="GMS"))
    assert "b_north" in only(with_columns("X", "Y", "Z", "F", code="RAN"))
    assert "b_north" in only(with_columns("OLDX", "OLDY", "OLDZ", "OLDF", code="NEW"))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\r\n".join(line.lstrip() for line in text.split(b"\r\n")),
        lambda text: text.replace(b"DATE  ", b" DATE  "),
        lambda text: text.replace(b"DATE       TIME         DOY", b"date       time         doy"),
        lambda text: text.replace(b" Reported               HDZF", b" Reported                HDZF"),
        lambda text: text.replace(b"IAGA CODE", b"IAGA Code"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\r\n", b"\n"),
        lambda text: text.replace(b"\r\n", b"\n", 14),
        lambda text: text.replace(b"|\r\n", b"|   \r\n"),
        lambda text: text + b"\r\n\x1a",
    ],
)
def test_habits_of_headers_and_line_ends_do_not_matter(change):
    changed = change(file())
    assert changed != file()
    xr.testing.assert_identical(only(changed), only(file()))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (file().replace(b"\r\n", b"\r"), "CR alone"),
        (file().replace(b"Alibag", b"Ali\0ag"), r"Line 3 of the header holds the control character '\\x00'"),
        (header(comments=("a" * 10**6,)).encode(), "Line 13 of the header has 1,000,005 characters"),
        (file([ROWS[0], "9" * 10**6]), "Line 15 has 1000000 characters"),
        (file([ROWS[0] + "\r" + ROWS[1], ROWS[2]]), "Line 14 has 141 characters"),
        (file() + b"\0" * 1000, "Line 17 has 1000 characters"),
        (file([ROWS[0].replace("05:45:00", "23:59:60")]), "leap second"),
        (file([ROWS[0].replace("2011", "0000")]), "the date"),
        (file([ROWS[0].replace("2011", "9999")]), "the date"),
        (file([ROWS[0].replace(" 37811.10", "      nan")]), "an element"),
        (file([ROWS[0].replace(" 37811.10", "     -inf")]), "an element"),
        (file([ROWS[0].replace(" 37811.10", "  3.781e4")]), "an element"),
        (file([ROWS[0].replace("37811.10", "3781\x00.10")]), "an element"),
    ],
)
def test_hostile_files_are_refused_with_the_fact(data, what):
    with pytest.raises(BadFile, match=rf"abg\.min: .*{what}"):
        READER.read(Source("abg.min", data))


def test_a_large_number_is_kept_and_flagged_not_taken_for_missing():
    dataset = only(
        file([ROWS[0].replace(" 37811.10", "123456.78"), ROWS[1].replace(" 37811.11", "999999.99"), ROWS[2]])
    )
    assert dataset["b_horizontal"].values[0] == 123456.78
    assert np.isnan(dataset["b_horizontal"].values[1])
    assert dataset["b_horizontal_quality"].values.tolist() == [Quality.OUT_OF_RANGE, Quality.MISSING, 0]


def whole_days(days: int) -> list[str]:
    """Hourly lines of whole days, whose clock repeats."""
    start = np.datetime64("2011-03-11T00:00")
    return [
        f"{str(start + np.timedelta64(hour, 'h')).replace('T', ' ')}:00.000 {70 + hour // 24:03d}{ROWS[0][27:]}"
        for hour in range(24 * days)
    ]


def test_repeating_days_are_read_and_checked_like_others():
    rows = whole_days(5)
    time = only(file(rows))["time"].values
    assert (time == np.datetime64("2011-03-11", "ns") + np.arange(120) * np.timedelta64(1, "h")).all()
    for at in (3, 30, 119):
        damaged = [*rows[:at], rows[at].replace(":00:00.000", ":00:61.000"), *rows[at + 1 :]]
        with pytest.raises(BadFile, match=f"Line {14 + at} breaks IAGA-2002 in the time"):
            only(file(damaged))
    shifted = [*rows[:50], rows[50].replace(":00:00.000", ":00:00.250"), *rows[51:]]
    assert only(file(shifted))["time"].values[50] == time[50] + np.timedelta64(250, "ms")
    assert "1 lines have a day of the year" in notes(file([*rows[:50], rows[50].replace(" 072 ", " 073 "), *rows[51:]]))


def test_half_a_place_is_none():
    assert "latitude" not in only(file(Geodetic_Longitude="")).attrs
    assert "no place" in notes(file(Geodetic_Longitude=""))
    assert "no place" not in notes(file(Geodetic_Longitude="", Geodetic_Latitude=""))
    assert "none on Earth" in notes(file(Elevation="99999.00"))
