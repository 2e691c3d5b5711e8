"""What observatories' values are judged by: the field's own doings pass, faults put into real days are found."""

import gzip

import numpy as np
import pytest
import scipy.io

from soap.domains.geomagnetism import NAMES, QUALITY_CONTROLS, READERS
from soap.formats import Reading, Source, detect
from soap.formats.source import packed_bytes
from soap.observations import Quality, series
from soap.services.quality_control import judged
from soap.testing.data import real

GEOMAG = "ground/geomag/"
MINUTE = [
    *(f"{GEOMAG}BOU/bou2014110{day}vmin.min" for day in range(1, 6)),
    f"{GEOMAG}2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz",
    f"{GEOMAG}magpy/LEMI025_20110901v.min",
]
SECOND = [f"{GEOMAG}magpy/WIC_20180829_vsec.sec.gz", f"{GEOMAG}usgs-ref/filter_BOU20200101vsec.sec.gz"]


def read(path):
    source = Source.from_bytes(path, packed_bytes(real(path), path))
    return detect(source, READERS).read(source)


def observed(values, seconds=60, name="b_horizontal"):
    times = np.datetime64("2015-03-17", "ns") + np.arange(len(values)) * np.timedelta64(seconds, "s")
    cadence = f"PT{seconds}S" if seconds < 60 else f"PT{seconds // 60}M"
    return series(times, {name: values}, names=NAMES, collection_id="geomagnetism.xxx.pt1m", platform="xxx",
                  cadence=cadence)  # fmt: skip


def flags(observation):
    """All variables' flags after the judgement, missing values left out: bits set, and number of values."""
    (after,) = judged("x", Reading((observation,)), QUALITY_CONTROLS).observations
    own = [name for name in after.data_vars if not str(name).endswith("_quality")]
    for name in own:
        np.testing.assert_array_equal(after[name].values, observation[name].values)
    return {name: after[f"{name}_quality"].values & ~np.uint8(Quality.MISSING) for name in own}


def added(observation):
    """Number of values against which the judgement put a flag."""
    before = {name: observation[f"{name}_quality"].values & ~np.uint8(Quality.MISSING) for name in flags(observation)}
    return sum(int((bits != before[name]).sum()) for name, bits in flags(observation).items())


@pytest.mark.parametrize("path", [*MINUTE, *SECOND])
def test_real_days_pass(path):
    """Quiet and disturbed days; the storm of 11 March 2011 and the Tohoku earthquake at Memambetsu among them."""
    assert [added(one) for one in read(path).observations] == [0]


@pytest.mark.parametrize("code", ["api", "asp", "cbi", "eyr", "ipm", "kak", "kny", "mmb"])
def test_the_day_after_a_storm_and_the_tonga_eruption_pass(code):
    day = scipy.io.loadmat(real(f"{GEOMAG}2022-015-tonga/{code}_2022-01-15_zh.mat"))
    for letter, name in (("H", "b_horizontal"), ("Z", "b_down")):
        assert added(observed(day[code + letter][0].astype(float), name=name)) == 0


def test_an_auroral_day_passes():
    lines = gzip.decompress(real(f"{GEOMAG}usgs-ref/CMO2020061.min.gz").read_bytes()).decode().splitlines()[1:]
    table = np.array([line.split()[1:5] for line in lines if len(line.split()) >= 5], dtype=float)
    for column, name in zip(table.T, ("b_magnetic_north", "b_magnetic_east", "b_down", "b_total"), strict=True):
        assert np.ptp(column[column < 9e6]) > 5_000  # 50 nT
        assert added(observed(np.where(column < 9e6, column / 100, np.nan), name=name)) == 0


@pytest.mark.parametrize(
    "path",
    [
        "KAK_1913-2013",  # with the storms of 1941, 1989 and 2003
        pytest.param("GUA_1996-2013", marks=pytest.mark.slow),
        pytest.param("MCQ_1996-2013", marks=pytest.mark.slow),  # auroral
        pytest.param("CTS_1996-2014", marks=pytest.mark.slow),
    ],
)
def test_hourly_means_keep_the_readers_flags(path):
    for one in read(f"{GEOMAG}wdc-hourly/{path}.wdc.gz").observations:
        assert added(one) == 0


def test_what_a_storm_does_passes():
    """A sudden commencement of 150 nT in three minutes, a main phase, a bay, and pulsations, as at one station."""
    minute = np.arange(2 * 1440)
    storm = 30_000 + 150 * np.clip((minute - 285) / 3, 0, 1) - 350 * np.clip((minute - 400) / 400, 0, 1)
    storm += 350 * (1 - np.exp(-np.clip(minute - 1000, 0, None) / 900))
    storm -= 250 * np.exp(-(((minute - 700) / 25.0) ** 2))
    storm += 80 * np.sin(2 * np.pi * minute / 2.7) * (np.abs(minute - 1500) < 40)
    storm += np.random.default_rng(0).normal(0, 0.3, len(minute))
    assert added(observed(np.round(storm, 1))) == 0


def test_a_giant_pulsation_and_a_fast_commencement_pass_at_one_second():
    second = np.arange(7200)
    field = 30_000 + 202 * np.clip((second - 2000) / 28, 0, 1) + 10 * np.sin(2 * np.pi * second / 3.0)
    assert added(observed(np.round(field, 2), seconds=1)) == 0


def faulty(path):
    """A real day with faults put in: values, where, and which bit each should get."""
    observation = read(path).observations[0]
    values = observation["b_down"].values.copy()
    rng = np.random.default_rng(11)
    where = {Quality.SPIKE: rng.choice(np.arange(100, len(values) // 2, 50), 20, replace=False)}
    values[where[Quality.SPIKE]] += rng.choice([-1, 1], 20) * rng.uniform(12, 500, 20)
    third = 2 * len(values) // 3
    where[Quality.JUMP] = np.arange(third, third + 300)
    values[where[Quality.JUMP]] += 2000
    where[Quality.INTERPOLATED] = np.arange(len(values) - 900, len(values) - 100)
    values[len(values) - 902 : len(values) - 99] += np.array([1.0, *[0.0] * 801, 1.0])
    values[len(values) - 901 : len(values) - 100] = values[len(values) - 901]
    return observation.assign(b_down=observation["b_down"].copy(data=values)), where


@pytest.mark.parametrize("path", [MINUTE[5], SECOND[0]])
def test_faults_are_found_where_they_were_put(path):
    observation, where = faulty(path)
    bits = flags(observation)["b_down"]
    for flag, at in where.items():
        assert np.flatnonzero(bits & np.uint8(flag)).tolist() == np.sort(at).tolist()


def test_a_difference_of_two_instruments_that_steps_is_a_jump():
    """The vector's total intensity beside the scalar one's steps when a base line does; the field never enters it."""
    difference = np.random.default_rng(0).normal(1.0, 0.1, 1440)
    difference[700:] += 15.0
    bits = flags(observed(difference, name="b_total_difference"))["b_total_difference"]
    assert np.flatnonzero(bits).tolist() == [700]
    assert bits[700] == Quality.JUMP


def test_a_wrong_tag_is_flagged_in_every_variable_that_has_a_value():
    observation = read(MINUTE[0]).observations[0]
    times = observation["time"].values.copy()
    times[500] += np.timedelta64(25, "s")
    for name, bits in flags(observation.assign_coords(time=times)).items():
        known = ~np.isnan(observation[name].values)
        assert np.flatnonzero(bits & np.uint8(Quality.CLOCK)).tolist() == ([500] if known[500] else [])
