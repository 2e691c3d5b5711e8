"""IONEX 1.0: real files of six centres, another parser's numbers, and every trap in files made here."""

import json
import random
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from soap.core.errors import BadFile, BadObservation
from soap.domains.ionosphere import NAMES, READERS
from soap.domains.ionosphere.formats.tec_ionex import READER
from soap.formats import Reading, Source
from soap.observations import field
from soap.testing.data import real
from soap.testing.readers import ReaderTests

AUTHORITY = tomllib.loads((Path(__file__).parents[4] / "authorities/ionosphere/ionex.toml").read_text())


def line(content: str, label: str) -> str:
    return f"{content:<60}{label}"


def header(
    *, latitude="  10.0 -10.0  -5.0", longitude="-180.0 180.0  20.0", exponent="    -1", height="450.0 450.0   0.0",
    maps=2, extra=(), program="ADDNEQ2 V5.3        AIUB",
) -> list[str]:  # fmt: skip
    return [
        line("     1.0            IONOSPHERE MAPS     GNSS", "IONEX VERSION / TYPE"),
        line(program, "PGM / RUN BY / DATE"),
        *extra,
        line("  2016     4    13     0     0     0", "EPOCH OF FIRST MAP"),
        line("  2016     4    14     0     0     0", "EPOCH OF LAST MAP"),
        line(" 86400", "INTERVAL"),
        line(f"{maps:6d}", "# OF MAPS IN FILE"),
        line("  COSZ", "MAPPING FUNCTION"),
        line("  6371.0", "BASE RADIUS"),
        line("     2", "MAP DIMENSION"),
        line("   " + height, "HGT1 / HGT2 / DHGT"),
        line("  " + latitude, "LAT1 / LAT2 / DLAT"),
        line("  " + longitude, "LON1 / LON2 / DLON"),
        line(exponent, "EXPONENT"),
        line("", "END OF HEADER"),
    ]


def one_map(
    kind, number, epoch, values, latitudes=(10.0, 5.0, 0.0, -5.0, -10.0), grid=(-180.0, 180.0, 20.0), inside=()
):
    lines = [line(f"{number:6d}", f"START OF {kind} MAP"), line(epoch, "EPOCH OF CURRENT MAP"), *inside]
    for latitude, row in zip(latitudes, values, strict=True):
        place = "".join(f"{value:6.1f}" for value in (latitude, *grid, 450.0))
        lines.append(line("  " + place, "LAT/LON1/LON2/DLON/H"))
        lines += ["".join(f"{value:5d}" for value in row[at : at + 16]) for at in range(0, len(row), 16)]
    return [*lines, line(f"{number:6d}", f"END OF {kind} MAP")]


def values(seed=0, shape=(5, 19)):
    return np.random.default_rng(seed).integers(5, 900, shape)


FIRST, SECOND = "  2016     4    13     0     0     0", "  2016     4    13    24     0     0"


def file_of(*parts, end=True) -> bytes:
    lines = [one for part in parts for one in part] + ([line("", "END OF FILE")] if end else [])
    return ("\n".join(lines) + "\n").encode()


def sample(**changes) -> bytes:
    a, b, rms = values(1), values(2), values(3)
    a[2, 7] = 9999
    return file_of(
        header(**changes), one_map("TEC", 1, FIRST, a), one_map("TEC", 2, SECOND, b), one_map("RMS", 1, FIRST, rms),
        one_map("RMS", 2, SECOND, rms),
    )  # fmt: skip


def read(data: bytes, name="x") -> Reading:
    return READER.read(Source(name, data))


def vtec(data: bytes) -> xr.DataArray:
    return read(data).observations[0]["vtec"]


class TestTecIonex(ReaderTests):
    reader = READER
    names = NAMES
    samples = staticmethod(lambda: {"codg1040.16i": sample()})
    header_bytes = len(file_of(header(), end=False))


class TestRealTecIonex(ReaderTests):
    reader = READER
    names = NAMES

    @staticmethod
    def samples():
        files = ("upcg_ionex_file_2000-001.00i.gz", "gpsg0150.19i.gz", "igrg3380.10i.gz")
        return {name: real(f"ground/ionex/{name}").read_bytes() for name in files}


def test_domain_lists_the_reader():
    assert READER in READERS


def test_values_grid_and_time():
    dataset = read(sample()).observations[0]
    expected = values(1)[::-1] / 10.0
    expected[2, 7] = np.nan
    np.testing.assert_array_equal(dataset["vtec"].values[0], expected)
    np.testing.assert_array_equal(dataset["vtec_rms"].values[1], values(3)[::-1] / 10.0)
    assert list(dataset["latitude"].values) == [-10, -5, 0, 5, 10]
    assert dataset["longitude"].values[[0, -1]].tolist() == [-180, 180]
    assert list(dataset["time"].values) == [np.datetime64("2016-04-13", "ns"), np.datetime64("2016-04-14", "ns")]
    assert dataset.attrs["shell_height_km"] == 450.0
    assert dataset.attrs["mapping"] == "cosz"
    assert dataset.attrs["latitude_kind"] == "geocentric"
    assert dataset.attrs["cadence"] == "PT24H"


@pytest.mark.parametrize(("exponent", "unit"), [("    -1", 0.1), ("    -2", 0.01), ("     0", 1.0), ("     1", 10.0)])
def test_exponent_of_the_header(exponent, unit):
    first = float(vtec(sample(exponent=exponent)).isel(time=1, latitude=-1, longitude=0))
    assert first == pytest.approx(values(2)[0, 0] * unit, rel=1e-15)


def test_exponent_of_a_map_holds_for_what_follows():
    inside = (line("    -2", "EXPONENT"),)
    data = file_of(header(), one_map("TEC", 1, FIRST, values(1)), one_map("TEC", 2, SECOND, values(2), inside=inside),
                   one_map("RMS", 1, FIRST, values(3)), one_map("RMS", 2, SECOND, values(3)))  # fmt: skip
    dataset = read(data).observations[0]
    north_west = dataset.isel(latitude=-1, longitude=0)
    assert north_west["vtec"].values.tolist() == [values(1)[0, 0] / 10, values(2)[0, 0] / 100]
    assert north_west["vtec_rms"].values.tolist() == [values(3)[0, 0] / 100] * 2


def test_touching_values_and_minus_signs():
    grid = values(4)
    grid[0, :4] = (-1234, 12345, 23456, -9)
    first = vtec(file_of(header(maps=1), one_map("TEC", 1, FIRST, grid))).values[0, -1, :4]
    assert first.tolist() == [-123.4, 1234.5, 2345.6, -0.9]


def test_line_ends_of_dos():
    data = sample()
    xr.testing.assert_equal(read(data.replace(b"\n", b"\r\n")).observations[0], read(data).observations[0])


def test_what_editors_and_other_writers_do_to_a_file_changes_nothing():
    """A byte order mark, CTRL-Z at the end, blank lines and comments between maps, the type as its letter alone."""
    between = sample().replace(b"END OF TEC MAP\n", b"END OF TEC MAP\n\n" + line("x", "COMMENT").encode() + b"\n")
    for changed in (
        b"\xef\xbb\xbf" + sample(), sample() + b"\x1a", between,
        sample().replace(b"IONOSPHERE MAPS", b"I              "), sample().replace(b"     1.0 ", b"     1.1 ", 1),
    ):  # fmt: skip
        assert READER.recognises(Source("x", changed))
        assert read(changed).observations[0].equals(read(sample()).observations[0])


def test_latitudes_that_already_rise():
    rising = {"latitude": " -10.0  10.0   5.0", "maps": 1}
    south_first = one_map("TEC", 1, FIRST, values(1), latitudes=(-10.0, -5.0, 0.0, 5.0, 10.0))
    np.testing.assert_array_equal(vtec(file_of(header(**rising), south_first)).values[0], values(1) / 10)


def test_longitudes_from_0_to_360_begin_at_minus_180():
    grid = values(5)
    grid[:, -1] = grid[:, 0]
    data = file_of(
        header(longitude="   0.0 360.0  20.0", maps=1), one_map("TEC", 1, FIRST, grid, grid=(0.0, 360.0, 20.0))
    )
    read_back = vtec(data)
    assert read_back["longitude"].values.tolist() == list(range(-180, 180, 20))
    assert float(read_back.sel(longitude=-20, latitude=10).values[0]) == grid[0, 17] / 10
    assert float(read_back.sel(longitude=0, latitude=10).values[0]) == grid[0, 0] / 10


def test_regional_grid_across_180_degrees():
    grid = values(6, (5, 3))
    data = file_of(
        header(longitude=" 170.0 190.0  10.0", maps=1), one_map("TEC", 1, FIRST, grid, grid=(170.0, 190.0, 10.0))
    )
    reading = read(data)
    assert reading.observations[0]["longitude"].values.tolist() == [170, -180, -170]
    again = READER.read(Source("again", READER.write(reading))).observations[0]
    xr.testing.assert_equal(again, reading.observations[0])


def test_second_60_and_hour_24():
    epochs = ("  2016     4    13    22    59    60", "  2016     4    13    24     0     0")
    data = file_of(header(), *(one_map("TEC", k + 1, epoch, values(k)) for k, epoch in enumerate(epochs)))
    assert vtec(data)["time"].values.tolist() == [
        np.datetime64("2016-04-13T23", "ns").astype(int), np.datetime64("2016-04-14", "ns").astype(int),
    ]  # fmt: skip


def test_height_maps_are_left_out_with_a_note():
    data = file_of(header(maps=1), one_map("TEC", 1, FIRST, values(1)), one_map("HEIGHT", 1, FIRST, values(2)))
    reading = read(data)
    assert "1 height maps were left out." in reading.notes
    assert "vtec_rms" not in reading.observations[0]


def test_missing_rms_map_is_nan_with_a_note():
    data = file_of(header(), one_map("TEC", 1, FIRST, values(1)), one_map("TEC", 2, SECOND, values(2)),
                   one_map("RMS", 2, SECOND, values(3)))  # fmt: skip
    reading = read(data)
    assert np.isnan(reading.observations[0]["vtec_rms"].values[0]).all()
    assert not np.isnan(reading.observations[0]["vtec_rms"].values[1]).any()
    assert "There are 1 RMS maps beside 2 TEC maps." in reading.notes


@pytest.mark.parametrize("kept", [5, 12, 62, 66, 70])
def test_last_label_cut_short_is_noted(kept):
    whole = sample()
    reading = read(whole[: whole.rindex(b"\n", 0, -1) + 1 + kept])
    assert any("END OF FILE" in note for note in reading.notes)
    xr.testing.assert_equal(reading.observations[0], read(whole).observations[0])


def test_last_map_label_cut_short_is_noted():
    whole = file_of(header(maps=1), one_map("TEC", 1, FIRST, values(1)), end=False)
    assert any("cut short" in note for note in read(whole[:-5]).notes)


def test_cut_inside_a_map_names_the_map():
    data = sample()
    with pytest.raises(BadFile, match=r"TEC map 2 has \d+ lines of values here; its grid needs 15"):
        read(data[: data.index(b"     2" + b" " * 54 + b"END OF TEC")])


def test_a_map_less_than_announced_is_noted():
    data = file_of(header(maps=12), one_map("TEC", 1, FIRST, values(1)))
    assert "The header announces 12 maps; the file holds 1." in read(data).notes


DAMAGE = {
    "a letter in a value": (sample().replace(f"{values(1)[4, 3]:5d}".encode(), b"  1x2", 1), "is no whole number"),
    "a blank value": (sample().replace(f"{values(1)[0, 0]:5d}".encode(), b"     ", 1), "is no whole number"),
    "several heights": (sample(height="250.0 450.0 100.0"), "heights 250 to 450 km"),
    "a grid that is none": (sample(latitude="  10.0 -10.0  -3.0"), "is no grid"),
    "a grid beyond the poles": (sample(latitude="  95.0 -95.0  -5.0"), "is no grid"),
    "a huge grid": (sample(latitude="  90.0 -90.0  -0.1", longitude="-180.0 180.0   0.0"), "no grid"),
    "a row of another latitude": (sample().replace(b"     5.0-180.0", b"     4.0-180.0", 1), "the header's grid"),
    "time that does not rise": (sample().replace(SECOND.encode(), FIRST.encode(), 1), "not after the map before"),
    "a month 13": (sample().replace(b"     4    13    24", b"    13    13    24", 1), "the date 2016-13-13"),
    "an hour 25": (sample().replace(b"    13    24     0", b"    13    25     0", 1), "the clock 25"),
    "version 2": (sample().replace(b"     1.0     ", b"     2.0     ", 1), "version is 2"),
    "text after the end": (sample() + b"more\n", "after END OF FILE"),
    "no map at all": (file_of(header(maps=0)), "no TEC map"),
    "an RMS map of no TEC map": (
        sample().replace(b"START OF RMS MAP\n  2016     4    13", b"START OF RMS MAP\n  2016     4    12"),
        "no TEC map has",
    ),
    "a missing line": (sample().replace(sample().splitlines(keepends=True)[20], b"", 1), "its grid needs"),
    "an exponent among the rows": (
        sample().replace(b"     5.0-180.0", line("    -2", "EXPONENT").encode() + b"\n     5.0-180.0", 1),
        "EXPONENT stands among the rows of TEC map 1",
    ),
    "maps of something else": (sample().replace(b"START OF TEC MAP", b"START OF ROTI MAP"), "only TEC, RMS and HEIGHT"),
    "line ends of an old Macintosh": (sample().replace(b"\n", b"\r"), "end in CR alone"),
    "an exponent 99": (sample(exponent="    99"), "EXPONENT is 99"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_named(what):
    data, words = DAMAGE[what]
    with pytest.raises(BadFile, match=re.escape(words)) as caught:
        read(data, "damaged-file")
    assert str(caught.value).startswith("damaged-file: ")


def test_random_damage_gives_a_file_or_bad_file():
    rng, whole, refused = random.Random(11), sample(), 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(data))
            data[at : at + rng.choice((0, 1, 1, 80))] = rng.randbytes(rng.choice((0, 1, 1, 30)))
        try:
            READER.read(Source("fuzzed", bytes(data)))
        except BadFile:
            refused += 1
    assert refused > 200


# Which centre and product


@pytest.mark.parametrize(
    ("program", "remarks", "name", "platform", "noted"),
    [
        ("ADDNEQ2 V5.3        AIUB", ("middle day of a 3-day combination analysis",), "any", "codg", False),
        ("ADDNEQ2 V5.3        AIUB", ("middle day of a 3-day combination analysis",), "corg1040.16i.Z", "codg", True),
        ("ADDNEQ2 V5.3        AIUB", (), "corg1040.16i", "corg", False),
        ("ADDNEQ2 V5.3        AIUB", (), "COD0OPSRAP_20161040000_01D_01H_GIM.INX", "corg", False),
        ("ADDNEQ2 V5.3        AIUB", (), "renamed.txt", "cod", True),
        ("ADDNEQ2 V5.3        AIUB", (), "jplg1040.16i", "cod", True),
        ("ADDNEQ2 V5.3        AIUB", (), "COD0OPSPRD_20161040000_01D_01H_GIM.INX", "copg", False),
        ("ADDNEQ2 V5.3        AIUB", ("CODE'S RAPID IONOSPHERE MAPS FOR DAY 104, 2016",), "renamed.txt", "corg", False),
        ("somebody            somewhere", (), "abcg1040.16i", "abcg", True),
        ("somebody            somewhere", (), "renamed.txt", "unknown", True),
    ],
)
def test_header_decides_and_file_name_refines(program, remarks, name, platform, noted):
    extra = tuple(line(remark, "DESCRIPTION") for remark in remarks)
    reading = read(sample(program=program, extra=extra), name)
    assert reading.observations[0].attrs["collection_id"] == f"ionosphere.{platform}.gim"
    assert reading.observations[0].attrs["platform"] == platform
    assert bool(reading.notes) == noted


def test_real_files_name_their_centres():
    expected = {
        "CKMG0020.22I.gz": ("ckmg", 25), "casg0010.99i.Z": ("casg", 12), "codg0010.16i.Z": ("codg", 25),
        "codg0010.20i.Z": ("codg", 25), "esag0080.20i.Z": ("esag", 13), "gpsg0150.19i.gz": ("gpsg", 25),
        "igrg3390.10i.gz": ("igrg", 13), "igsg_no_end_of_file_label_2001-001.01i.gz": ("igsg", 12),
        "one_map.xxi": ("igs", 1), "upcg_ionex_file_2000-001.00i.gz": ("upc", 12), "uqrg1150.19i.Z": ("uqrg", 97),
    }  # fmt: skip
    found = {}
    for name in expected:
        dataset = READER.read(Source.from_path(real(f"ground/ionex/{name}"))).observations[0]
        found[name] = (dataset.attrs["platform"], dataset.sizes["time"])
    assert found == expected


# Against other programs


def test_numbers_equal_those_of_gnss_lab():
    authority = AUTHORITY["gnsslab"]
    listed = json.loads(re.sub(r",\s*\]", "]", real(f"ground/ionex/{authority['values']}").read_text()))
    dataset = READER.read(Source.from_path(real(f"ground/ionex/{authority['file']}"))).observations[0]
    np.testing.assert_array_equal(dataset["vtec"].values[0, ::-1].ravel() * 10, np.array(listed, float))


def test_map_counts_equal_those_of_rtklib():
    authority = AUTHORITY["rtklib"]
    times = [
        READER.read(Source.from_path(real(f"ground/ionex/{name}"))).observations[0]["time"].values
        for name in authority["files"]
    ]
    assert [len(one) for one in times] == [authority["maps_per_file"]] * 2
    assert len(np.unique(np.concatenate(times))) == authority["maps_of_both"]


@pytest.mark.parametrize("name", ["codg1390.15i.Z", "uqrg1150.19i.Z", "casg0010.99i.Z"])
def test_all_numbers_equal_those_of_slicing_line_by_line(name):
    source = Source.from_path(real(f"ground/ionex/{name}"))
    dataset = READER.read(source).observations[0]
    numbers = {"TEC": [], "RMS": []}
    kind = ""
    for text in source.data.decode("latin-1").splitlines():
        if "START OF" in text and "MAP" in text:
            kind = text.split()[3]
        elif kind and not text[60:].strip().isupper():
            numbers[kind] += [int(text[at : at + 5]) for at in range(0, len(text.rstrip()), 5)]
    for kind, variable in (("TEC", "vtec"), ("RMS", "vtec_rms")):
        tenths = np.where(np.isnan(dataset[variable].values), 9999, np.rint(dataset[variable].values * 10))
        assert tenths[:, ::-1].ravel().astype(int).tolist() == numbers[kind]


# Writing


@pytest.mark.parametrize("name", ["codg0010.16i.Z", "esag0080.20i.Z", "upcg_ionex_file_2000-001.00i.gz"])
def test_real_file_written_and_read_back_is_identical(name):
    reading = READER.read(Source.from_path(real(f"ground/ionex/{name}")))
    back = READER.read(Source("written", READER.write(reading))).observations[0]
    xr.testing.assert_equal(back, reading.observations[0])
    assert back.attrs["collection_id"] == reading.observations[0].attrs["collection_id"]
    assert back.attrs["shell_height_km"] == reading.observations[0].attrs["shell_height_km"]


def made(numbers, simulated=0, **attrs):
    return field(
        np.array(["2016-04-13T00", "2016-04-13T01"], "M8[ns]"), [-2.5, 0.0, 2.5], [100.0, 105.0], {"vtec": numbers},
        names=NAMES, collection_id="ionosphere.simulated_gim.gim", platform="simulated_gim", level="L4",
        simulated=simulated, **{"shell_height_km": 450.0, "mapping": "cosz"} | attrs,
    )  # fmt: skip


def test_simulated_maps_say_so():
    numbers = np.full((2, 3, 2), 12.3)
    data = READER.write(Reading((made(numbers, simulated=1),)))
    assert b"SIMULATED" in data
    back = read(data).observations[0]
    assert back.attrs["simulated"] == 1
    assert back.attrs["collection_id"] == "ionosphere.simulated_gim.gim"
    np.testing.assert_array_equal(back["vtec"].values, numbers)


def test_values_finer_than_a_tenth_choose_a_finer_unit():
    numbers = np.array([1.234, 12.5, np.nan, 30.007, 9.998, 0.0] * 2).reshape(2, 3, 2)
    np.testing.assert_allclose(vtec(READER.write(Reading((made(numbers),)))).values, numbers, rtol=1e-15)


def test_a_value_that_would_read_as_missing_is_kept():
    numbers = np.full((2, 3, 2), 999.9)
    np.testing.assert_allclose(vtec(READER.write(Reading((made(numbers),)))).values, numbers, rtol=1e-15)


def test_computed_values_lose_no_more_than_the_columns_force():
    numbers = np.random.default_rng(5).uniform(0.1, 90, (2, 3, 2))
    assert np.abs(vtec(READER.write(Reading((made(numbers),)))).values - numbers).max() <= 0.5e-3


def test_what_the_format_cannot_hold_is_refused():
    numbers = np.full((2, 3, 2), 12.3)
    with pytest.raises(BadObservation, match="shell_height_km"):
        READER.write(Reading((made(numbers).drop_attrs().assign_attrs(shape="field"),)))
    with pytest.raises(BadObservation, match="five columns"):
        READER.write(Reading((made(numbers * 1e9),)))
    with pytest.raises(BadObservation, match="even steps"):
        READER.write(Reading((made(numbers).assign_coords(latitude=[-2.5, 0.0, 7.0]),)))
