"""CSES half-orbits: files built here as public readers describe them, real values of CSES-01, and every known trap."""

import csv
import io
import json
import random

import h5py
import numpy as np
import pytest

from soap.core.errors import BadFile, BadObservation
from soap.domains.topside import NAMES, READERS
from soap.domains.topside.formats.cses_l2_h5 import file_name
from soap.formats import Reading, Source, detect
from soap.formats.hdf5 import SIGNATURE
from soap.observations import Quality, track
from soap.testing.data import real
from soap.testing.readers import ReaderTests

LAP, HPM5, HPM6 = READERS
NIGHT = "CSES_01_LAP_1_L02_A3_027321_20180731_233412_20180801_001019_000.h5"
START = np.datetime64("2018-07-31T23:34:14.620")


def compact(instant: np.datetime64, digits: int = 17) -> int:
    return int(str(instant.astype("datetime64[ms]")).translate(str.maketrans("", "", "-T:."))[:digits])


def orbit(n=700, seconds=3, digits=17, descending=False) -> dict[str, np.ndarray]:
    """Time and place of a half-orbit across midnight, in the types of real files."""
    times = START + np.arange(n) * np.timedelta64(1000 * seconds, "ms")
    latitude = np.linspace(-69.6, 69.15, n) * (-1 if descending else 1)
    return {
        "UTC_TIME": np.array([compact(time, digits) for time in times], np.int64),
        "VERSE_TIME": (times - np.datetime64("2009-01-01")).astype("timedelta64[ms]").astype(np.int64),
        "GEO_LAT": latitude.astype(np.float32),
        "GEO_LON": np.linspace(57.6, 8.4, n).astype(np.float32),
        "ALTITUDE": np.linspace(499.4, 518.9, n).astype(np.float32),
    }


def lap(**changes) -> dict[str, np.ndarray]:
    columns = orbit()
    n = len(columns["UTC_TIME"])
    density = 3e4 * (1 + 0.5 * np.cos(np.radians(columns["GEO_LAT"].astype(float) * 2)))
    return columns | {"A311": density, "A321": np.full(n, 1100.0)} | changes


def hpm6(**changes) -> dict[str, np.ndarray]:
    columns = orbit(2060, 1)
    n = len(columns["UTC_TIME"])
    torquer = np.zeros(n, np.int32)
    torquer[100:107] = 1
    return (
        columns
        | {"A211": np.linspace(45692.5, 38000.0, n), "FLAG_MT": torquer, "FLAG_N3": np.zeros(n, np.int32)}
        | changes
    )


def hpm5(**changes) -> dict[str, np.ndarray]:
    columns = orbit(2060, 1, descending=True)
    n = len(columns["UTC_TIME"])
    field = np.stack([np.full(n, -230.1), np.linspace(44894.5, -30000.0, n), np.linspace(-8499.2, 26000.0, n)], axis=1)
    flags = {f"FLAG_{name}": np.zeros(n, np.int32) for name in ("MT", "SHW", "TBB")}
    components = {f"A22{k + 1}": field[:, k] for k in range(3)}
    return columns | flags | components | {"B_FGM": field, "q_SIM_ECI": np.tile([1.0, 0, 0, 0], (n, 1))} | changes


def hdf5_of(columns, units="cm^-3", units_key="units", attributes=None, flat=False) -> bytes:
    """An HDF5 file; columns as (N, 1) unless `flat`, attributes as arrays of one, as real files have them."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, values in columns.items():
            shaped = values if flat or values.ndim == 2 else values.reshape(-1, 1)
            stored = file.create_dataset(name, data=shaped)
            unit = {"A311": units, "A321": "K", "A211": "nT", "A221": "nT", "B_FGM": "nT"}.get(name)
            if unit:
                stored.attrs[units_key] = np.array([unit.encode()])
        for name, value in (attributes or {}).items():
            file.attrs[name] = value
    return buffer.getvalue()


ORBIT = {"ORBITNUM": np.array([2732], np.int32), "ORBITTYPE": np.array([1], np.int32)}


def read(reader, data, name=NIGHT) -> Reading:
    return reader.read(Source(name, data))


def lap_reading(name=NIGHT, attributes=ORBIT, **changes) -> Reading:
    return read(LAP, hdf5_of(lap(**changes), attributes=attributes), name)


class TestLap(ReaderTests):
    reader, names, others = LAP, NAMES, (HPM5, HPM6)
    samples = staticmethod(
        lambda: {NIGHT: hdf5_of(lap(), attributes=ORBIT), "renamed": hdf5_of(lap(), attributes=ORBIT)}
    )


class TestHpm6(ReaderTests):
    reader, names, others = HPM6, NAMES, (LAP, HPM5)
    samples = staticmethod(lambda: {"any.h5": hdf5_of(hpm6(), units_key="Units", attributes=ORBIT)})


class TestHpm5(ReaderTests):
    reader, names, others = HPM5, NAMES, (LAP, HPM6)
    samples = staticmethod(
        lambda: {
            "CSES_01_HPM_5_L02_A2_027320_20180731_233412_20180801_001019_000.h5": hdf5_of(hpm5(), units_key="Units")
        }
    )


# Real values of CSES-01


def test_clocks_agree_with_real_pairs():
    """VERSE_TIME and UTC_TIME as printed from a real file: each alone gives the other, to the millisecond."""
    rows = list(csv.reader(real("space/1-cses/cses01_real_excerpts.csv").read_text().splitlines()))
    pair = next(row for row in rows if len(row) > 4 and row[4].isdigit())
    utc, verse = np.datetime64(pair[1], "ns"), int(pair[4])
    columns = lap()
    n = len(columns["UTC_TIME"])
    by_verse = lap_reading(UTC_TIME=np.zeros(n, np.int64), VERSE_TIME=verse + 3000 * np.arange(n))
    by_utc = lap_reading(
        UTC_TIME=np.array([compact(utc + k * np.timedelta64(3, "s")) for k in range(n)]), VERSE_TIME=np.full(n, -1)
    )
    assert by_verse.observations[0]["time"].values[0] == utc
    assert by_utc.observations[0]["time"].values[0] == utc
    assert not by_verse.notes
    assert not by_utc.notes


def test_real_positions_tell_the_direction_and_the_number_of_the_half_orbit():
    """Printed rows of half-orbit 027321: revolution 2732 (that of the TLE), ascending by night."""
    rows = list(csv.reader(real("space/1-cses/cses01_real_excerpts.csv").read_text().splitlines()))
    rows = [row for row in rows if row[0].startswith("CSES_01_EFD_1")]
    columns = {
        "UTC_TIME": np.array([compact(np.datetime64(row[1])) for row in rows]),
        "GEO_LAT": np.array([row[2] for row in rows], np.float32),
        "GEO_LON": np.array([row[3] for row in rows], np.float32),
        "ALTITUDE": np.full(len(rows), 507.0, np.float32),
        "A311": np.full(len(rows), 3e4),
    }
    name = rows[0][0].replace("EFD_1_L02_A1", "LAP_1_L02_A3") + ".h5"
    reading = read(LAP, hdf5_of(columns), name)
    dataset = reading.observations[0]
    assert dataset.attrs["half_orbit_id"] == "027321"
    assert dataset.attrs["orbit_number"] == 2732
    assert dataset.attrs["orbit_state"] == "ascending"
    assert dataset["time"].values[-1] == np.datetime64("2018-08-01T00:11:16.426", "ns")
    assert not reading.notes


def test_magnitude_of_real_vector_samples():
    """|B| of 211 samples of six real half-orbits, as their publisher computed it (rounded to 0.1 nT)."""
    demo = json.loads(real("space/1-cses/hpm-demo/magnetic_sanitized_downsampled.json").read_text())["points"]
    components = {
        f"A22{k}": np.array([point[f"B{axis}_demo"] for point in demo]) for k, axis in ((1, "x"), (2, "y"), (3, "z"))
    }
    columns = orbit(len(demo), 10) | components
    dataset = read(HPM5, hdf5_of(columns, units_key="Units"), "any").observations[0]
    expected = np.array([point["B_abs_demo"] for point in demo])
    rounding = 0.15  # nT, of three components and their magnitude
    assert np.abs(dataset["b_total"].values - expected).max() < rounding
    assert not dataset["b_total_quality"].values.any()


def test_real_altitudes_and_flags_are_accepted():
    """Ranges and flag values counted over 12,467 real samples: -9999 occurs in a flag and is no contamination."""
    statistics = json.loads(real("space/1-cses/hpm-demo/demo_statistics.json").read_text())["overall_statistics"]
    height = statistics["position"]["variables"]["ALTITUDE"]
    torquer = np.resize(np.array([0, 1, -9999], np.int32), 2060)
    columns = hpm6(ALTITUDE=np.linspace(height["min"], height["max"], 2060), FLAG_MT=torquer)
    dataset = read(HPM6, hdf5_of(columns), "any").observations[0]
    assert "-9999" in statistics["quality_flags"]["/FLAG_TBB"]["value_counts"]
    contaminated = (dataset["b_total_quality"].values & Quality.CONTAMINATED) != 0
    np.testing.assert_array_equal(contaminated, torquer == 1)
    assert float(dataset["height_km"].max()) == height["max"]


# Values and units


def test_values_units_and_attributes():
    dataset = lap_reading().observations[0]
    np.testing.assert_array_equal(dataset["electron_density"].values, lap()["A311"] * 1e6)
    assert dataset["electron_temperature"].values[5] == 1100.0
    assert dataset.attrs["collection_id"] == "topside.cses_01.lap_1.l2"
    assert (dataset.attrs["platform"], dataset.attrs["level"], dataset.attrs["simulated"]) == ("cses_01", "L2", 0)
    assert not dataset["electron_density_quality"].values.any()


@pytest.mark.parametrize(
    ("unit", "factor"), [("cm^-3", 1e6), ("1/cm^3", 1e6), ("#/cm3", 1e6), ("m^-3", 1.0), ("M-3", 1.0)]
)
def test_density_follows_its_unit(unit, factor):
    density = lap()["A311"] * (1e6 / factor)
    for key in ("units", "Units"):
        dataset = read(LAP, hdf5_of(lap(A311=density), units=unit, units_key=key)).observations[0]
        np.testing.assert_allclose(dataset["electron_density"].values, lap()["A311"] * 1e6, rtol=1e-15)


@pytest.mark.parametrize("factor", [1.0, 1e6])
def test_density_without_a_unit_is_inferred_with_a_note(factor):
    data = hdf5_of(lap(A311=lap()["A311"] * factor), units="")
    reading = read(LAP, data)
    np.testing.assert_allclose(reading.observations[0]["electron_density"].values, lap()["A311"] * 1e6, rtol=1e-15)
    assert any("states no unit" in note for note in reading.notes)


def test_unknown_unit_is_refused():
    with pytest.raises(BadFile, match="A311 is in 'eV'"):
        read(LAP, hdf5_of(lap(), units="eV"))
    with pytest.raises(BadFile, match="fits neither"):
        read(LAP, hdf5_of(lap(A311=np.full(700, 1.0)), units=""))


def test_bad_first_sample_and_range_are_flagged_not_deleted():
    density = lap()["A311"]
    density[0], density[300] = 9e4, 2e7
    dataset = lap_reading(A311=density).observations[0]
    flags = dataset["electron_density_quality"].values
    assert flags[0] == Quality.SPIKE
    assert flags[300] == Quality.OUT_OF_RANGE
    assert dataset["electron_density"].values[300] == 2e13


@pytest.mark.parametrize("fill", [np.nan, np.inf, -9999.0, -99999.0, -1e31])
def test_fill_values_are_missing(fill):
    density = lap()["A311"]
    density[7] = fill
    dataset = lap_reading(A311=density).observations[0]
    assert np.isnan(dataset["electron_density"].values[7])
    assert dataset["electron_density_quality"].values[7] == Quality.MISSING


def test_stacked_components_alone():
    columns = hpm5()
    whole = read(HPM5, hdf5_of(columns), "any").observations[0]
    stacked = {name: values for name, values in columns.items() if not name.startswith("A22")}
    np.testing.assert_array_equal(read(HPM5, hdf5_of(stacked), "any").observations[0]["b_total"], whole["b_total"])


def test_temperature_may_be_absent():
    columns = lap()
    del columns["A321"]
    assert "electron_temperature" not in read(LAP, hdf5_of(columns)).observations[0]


# Shapes, clocks and places


def test_flat_columns_and_scalar_attributes():
    plain = {"ORBITNUM": 2732, "ORBITTYPE": 1, "SOFTVERSION": "V1.1"}
    dataset = read(LAP, hdf5_of(lap(), attributes=plain, flat=True), "renamed").observations[0]
    assert dataset.identical(lap_reading("renamed", ORBIT | {"SOFTVERSION": np.array([b"V1.1"])}).observations[0])
    assert dataset.attrs["source_software"] == "V1.1"


def test_day_boundary_inside_a_file():
    time = lap_reading().observations[0]["time"].values
    assert time[0] < np.datetime64("2018-08-01") < time[-1]
    assert (np.diff(time) == np.timedelta64(3, "s")).all()


def test_fourteen_digit_times_take_their_milliseconds_from_the_other_clock():
    columns = lap(UTC_TIME=orbit(digits=14)["UTC_TIME"])
    assert read(LAP, hdf5_of(columns)).observations[0]["time"].values[0] == START.astype("M8[ns]")
    columns["VERSE_TIME"] = np.full(700, -5)
    assert read(LAP, hdf5_of(columns)).observations[0]["time"].values[0] == np.datetime64("2018-07-31T23:34:14", "ns")


def test_negative_verse_time_is_harmless():
    verse = lap()["VERSE_TIME"]
    verse[50:60] = -123456
    reading = lap_reading(VERSE_TIME=verse)
    assert not reading.notes
    assert not reading.observations[0]["electron_density_quality"].values.any()


def test_disagreeing_clocks_are_flagged():
    verse = lap()["VERSE_TIME"]
    verse[50] += 5000
    reading = lap_reading(VERSE_TIME=verse)
    flags = reading.observations[0]["electron_density_quality"].values
    assert np.flatnonzero(flags & Quality.CLOCK).tolist() == [50]
    assert any("differ by over a second in 1 samples" in note for note in reading.notes)


def test_rows_without_time_out_of_order_and_repeated_are_noted():
    utc, verse = lap()["UTC_TIME"], lap()["VERSE_TIME"]
    utc[10], verse[10] = 0, -1
    utc[[20, 21]], verse[[20, 21]] = utc[[21, 20]], verse[[21, 20]]
    utc[30], verse[30] = utc[31], verse[31]
    reading = lap_reading(UTC_TIME=utc, VERSE_TIME=verse)
    assert reading.observations[0].sizes["time"] == 698
    assert [next(word for word in ("no time", "order", "repeat") if word in note) for note in reading.notes] == [
        "no time", "order", "repeat",
    ]  # fmt: skip


def test_position_glitch_is_left_out():
    latitude, longitude = lap()["GEO_LAT"], lap()["GEO_LON"]
    latitude[100], longitude[100] = 45.0, -120.0
    latitude[200] = -9999.0
    reading = lap_reading(GEO_LAT=latitude, GEO_LON=longitude)
    missing = np.isnan(reading.observations[0]["latitude"].values)
    assert np.flatnonzero(missing).tolist() == [100, 200]
    assert any("1 samples lie far off the track" in note for note in reading.notes)


def test_longitude_from_0_to_360_is_folded():
    longitude = np.linspace(190.0, 170.0, 700).astype(np.float32)
    dataset = lap_reading(GEO_LON=longitude).observations[0]
    assert dataset["longitude"].values[[0, -1]].tolist() == [-170.0, 170.0]


# Which half-orbit


def test_direction_is_that_of_the_latitudes():
    falling = orbit(descending=True)["GEO_LAT"]
    reading = lap_reading(GEO_LAT=falling)
    assert reading.observations[0].attrs["orbit_state"] == "descending"
    assert any("digit 1 means ascending, but the latitudes are descending" in note for note in reading.notes)


def test_attributes_win_over_the_name():
    reading = lap_reading(attributes={"ORBITNUM": np.array([9999]), "ORBITTYPE": np.array([1])})
    assert reading.observations[0].attrs["half_orbit_id"] == "099991"
    assert any("027321" in note for note in reading.notes)


def test_name_stands_in_for_attributes_and_time_for_both():
    assert lap_reading(attributes={}).observations[0].attrs["half_orbit_id"] == "027321"
    nameless = lap_reading("renamed", {})
    assert nameless.observations[0].attrs["half_orbit_id"] == "t20180731t233414"
    assert nameless.observations[0].attrs["orbit_number"] == -1
    assert nameless.notes


def test_name_of_another_instrument_is_refused():
    with pytest.raises(BadFile, match="The name says LAP_2, the datasets are those of LAP_1"):
        lap_reading(NIGHT.replace("LAP_1", "LAP_2"))


def test_second_satellite_keeps_its_own_collection():
    dataset = lap_reading(NIGHT.replace("CSES_01", "CSES_02")).observations[0]
    assert dataset.attrs["collection_id"] == "topside.cses_02.lap_1.l2"


# Damage


@pytest.mark.parametrize(("n", "words"), [(0, "no sample"), (1, "a single sample")])
def test_fragments_are_refused(n, words):
    columns = {name: values[:n] for name, values in lap().items()}
    with pytest.raises(BadFile, match=f"the-file: The half-orbit holds {words}"):
        read(LAP, hdf5_of(columns), "the-file")


def _without(name):
    return {key: values for key, values in lap().items() if key != name}


def _changed(name, at, value):
    columns = lap()
    columns[name][at] = value
    return columns


DAMAGE = {
    "no latitude": (_without("GEO_LAT"), "it lacks GEO_LAT"),
    "no density": (_without("A311"), "it lacks A311"),
    "a latitude of 95": (_changed("GEO_LAT", 3, 95.0), "GEO_LAT holds 95"),
    "a height of 5 km": (_changed("ALTITUDE", 3, 5.0), "ALTITUDE holds 5"),
    "30 February": (_changed("UTC_TIME", 3, 20180230120000000), "UTC_TIME holds 20180230120000000"),
    "hour 25": (_changed("UTC_TIME", 3, 20180731250000000), "UTC_TIME holds 20180731250000000"),
    "a garbled clock": (_changed("VERSE_TIME", 3, 2**60), "after the year 2100"),
    "a huge density": (_changed("A311", 3, 1e250), r"A311 holds 1e\+250"),
    "no value": (lap(A311=np.full(700, np.nan), A321=np.full(700, np.nan)), "Every value is missing"),
    "no position": (lap(GEO_LAT=np.full(700, -9999.0)), "No sample has a position"),
    "a short column": (lap(A311=np.full(699, 3e4)), "differ in length"),
    "a short place": (lap(GEO_LON=np.full(699, 3.0)), "different lengths"),
    "a spectrum": (lap(A311=np.full((700, 2), 3e4)), r"A311 has the shape \(700, 2\)"),
    "a garbled flag": (lap(FLAG_MT=np.full(700, 77, np.int32)), "FLAG_MT holds 77"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_named(what):
    columns, words = DAMAGE[what]
    with pytest.raises(BadFile, match=words) as caught:
        read(LAP, hdf5_of(columns), "damaged-file")
    assert str(caught.value).startswith("damaged-file: ")


def test_text_where_numbers_belong():
    columns = _without("A311")
    buffer = io.BytesIO(hdf5_of(columns))
    with h5py.File(buffer, "a") as file:
        file["A311"] = np.array([b"3e4"] * 700)
    with pytest.raises(BadFile, match="A311 is no dataset of numbers"):
        read(LAP, buffer.getvalue())


def test_links_out_of_the_file_are_not_followed(tmp_path):
    outside = tmp_path / "outside.h5"
    outside.write_bytes(hdf5_of(lap()))
    for link in (h5py.ExternalLink(str(outside), "A311"), h5py.SoftLink("/GEO_LAT")):
        buffer = io.BytesIO(hdf5_of(_without("A311")))
        with h5py.File(buffer, "a") as file:
            file["A311"] = link
        with pytest.raises(BadFile, match="A311 is a link"):
            read(LAP, buffer.getvalue())


def test_values_in_other_files_are_not_fetched(tmp_path):
    raw = tmp_path / "raw.bin"
    raw.write_bytes(np.full(700, 3e4).tobytes())
    buffer = io.BytesIO(hdf5_of(_without("A311")))
    with h5py.File(buffer, "a") as file:
        file.create_dataset("A311", (700,), "f8", external=[(str(raw), 0, 5600)])
    with pytest.raises(BadFile, match="lie in other files"):
        read(LAP, buffer.getvalue())


def test_a_small_file_cannot_ask_for_much_memory():
    buffer = io.BytesIO(hdf5_of(_without("A311")))
    with h5py.File(buffer, "a") as file:
        file.create_dataset("A311", (10**10,), "f8", chunks=(1024,))
    with pytest.raises(BadFile, match="more than the 20,000,000"):
        read(LAP, buffer.getvalue())


def test_other_hdf5_is_nobodys():
    data = hdf5_of({"KP": np.arange(5.0)})
    with pytest.raises(BadFile, match="of no format read here; it is an HDF5 file"):
        detect(Source("rc-index", data), READERS)
    with pytest.raises(BadFile, match="damaged or cut short"):
        detect(Source("cut", hdf5_of(lap())[:9000]), READERS)


def test_signature_alone_is_not_hdf5():
    assert not LAP.sniff(SIGNATURE + bytes(100), "x.h5")


def test_random_damage_gives_a_file_or_bad_file():
    rng, whole, refused = random.Random(5), hdf5_of(lap(), attributes=ORBIT), 0
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 5)):
            at = rng.randrange(2000 if rng.random() < 0.6 else len(data))
            data[at : at + 8] = rng.randbytes(8)
        try:
            LAP.read(Source("fuzzed", bytes(data)))
        except BadFile:
            refused += 1
    assert refused > 50


# Writing


def simulated(**attrs):
    n = 700
    time = START.astype("M8[ns]") + np.arange(n) * np.timedelta64(3, "s")
    latitude = np.linspace(-68, 68, n).astype(np.float32)
    numbers = np.random.default_rng(4)
    torquer = np.where(np.arange(n) % 50 == 0, np.uint8(Quality.CONTAMINATED), np.uint8(0))
    columns = {"electron_density": 1e11 + 1e9 * numbers.random(n), "electron_temperature": 1500 + numbers.random(n)}
    columns["electron_density"][9] = np.nan
    about = {"collection_id": "topside.simulated_leo.lap_1.l2", "platform": "simulated_leo", "level": "L2",
             "simulated": 1, "half_orbit_id": "031191", "orbit_number": 3119, "orbit_state": "ascending"}  # fmt: skip
    flags = dict.fromkeys(columns, torquer)
    return track(
        time, latitude, np.full(n, 96.5), np.full(n, 507.0), columns, names=NAMES, flags=flags, **(about | attrs)
    )


def test_simulated_track_survives_the_file_and_says_what_it_is():
    ours = simulated()
    data = LAP.write(Reading((ours,)))
    assert data == LAP.write(Reading((ours,)))
    name = file_name(ours)
    assert name == "SIMULATED_LEO_LAP_1_L02_A3_031191_20180731_233414_20180801_000911_000.h5"
    reading = LAP.read(Source(name, data))
    back = reading.observations[0]
    assert back.equals(ours)
    assert {key: back.attrs[key] for key in ours.attrs} == ours.attrs
    assert not reading.notes
    assert LAP.read(Source("renamed", data)).observations[0].attrs["simulated"] == 1


def test_written_file_has_the_types_of_real_files():
    """Shapes and types as printed from real files: (N, 1), int64 clocks, float32 places, int32 flags."""
    with h5py.File(io.BytesIO(LAP.write(Reading((simulated(),)))), "r") as file:
        kinds = {name: (file[name].shape, file[name].dtype.name) for name in file}
        assert file["UTC_TIME"][0, 0] == 20180731233414620
        assert file.attrs["ORBITNUM"][0] == 3119
        assert file.attrs["SIMULATED"][0] == 1
        assert file["A311"].attrs["units"][0] == b"m^-3"
    for name, kind in (("UTC_TIME", "int64"), ("VERSE_TIME", "int64"), ("GEO_LAT", "float32"), ("FLAG_MT", "int32")):
        assert kinds[name] == ((700, 1), kind)


def test_real_file_is_not_marked_simulated():
    reading = lap_reading()
    with h5py.File(io.BytesIO(LAP.write(reading)), "r") as file:
        assert "SIMULATED" not in file.attrs
    assert file_name(reading.observations[0]).startswith("CSES_01_LAP_1_L02_A3_027321_20180731_233414_")


def test_what_the_layout_cannot_hold_is_refused():
    with pytest.raises(BadObservation, match="orbit number -1"):
        LAP.write(Reading((simulated(orbit_number=-1),)))
    with pytest.raises(BadObservation, match="holds one track"):
        HPM6.write(Reading((simulated(),)))
    with pytest.raises(BadObservation, match="'efd_1'"):
        file_name(simulated(collection_id="topside.simulated_leo.efd_1.l2"))
    assert HPM5.write is None
