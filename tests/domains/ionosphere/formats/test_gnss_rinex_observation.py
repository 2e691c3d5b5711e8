"""RINEX observation files: real files of all versions against other programs' numbers, and the reader's conformance."""

import re
import subprocess
import sys
import tomllib
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.domains.ionosphere import NAMES, READERS
from soap.domains.ionosphere.formats.gnss_rinex_observation import READER, parse
from soap.domains.ionosphere.formats.gnss_rinex_observation.header import read_header
from soap.domains.ionosphere.formats.gnss_rinex_observation.observation_types import translated
from soap.formats import Source, detect
from soap.observations.quality import SUFFIX, Quality
from soap.testing.data import ROOT, real
from soap.testing.readers import ReaderTests
from tests.domains.ionosphere.formats.rinex_text import (
    at_second,
    at_third,
    compress,
    epoch_second,
    epoch_third,
    header,
    text,
)

AUTHORITY = tomllib.loads((Path(__file__).parents[4] / "authorities/ionosphere/gnss_observations.toml").read_text())
FOLDERS = ("2005-092", "2012-302-haida-gwaii", "2015-139", "2016-001", "2016-044", "2020-001", "2020-002", "2020-004",
           "2020-177", "2021-078", "2021-210", "2024-010", "formats")  # fmt: skip


def whole(name):
    found = [path for folder in FOLDERS for path in ROOT.glob(f"ground/gnss/{folder}/{name}")]
    return Source.from_path(found[0] if found else real(f"ground/gnss/{name}"))


def sums(observations) -> dict[str, list[int]]:
    """For each system and code: how many values there are, and their sum in thousandths."""
    made = {}
    for letter, system in observations.systems.items():
        for code, plane in zip(system.codes, system.values, strict=True):
            known = plane[~np.isnan(plane)]
            made[f"{letter} {code}"] = [len(known), int(np.rint(known * 1000).astype(np.int64).sum())]
    return made


def renamed(source, table):
    """The authority's table under RINEX 3 codes: it keeps the names of the file."""
    edition, listed = read_header(source).edition, read_header(source).types.of
    made = {}
    for name, value in table.items():
        system, kind = name.split()
        kinds = listed["" if edition.startswith("2") else system]
        made[f"{system} {translated(system, kinds, edition)[kinds.index(kind)]}"] = value
    return made


@pytest.mark.parametrize("name", AUTHORITY["pygnss_tec"]["files"])
def test_every_value_of_version_3_as_pygnss_tec_reads_them(name):
    source = whole(name)
    ours, theirs = sums(parse(source)), renamed(source, AUTHORITY["pygnss_tec"]["files"][name])
    if name == "ccj22100.21o.gz":
        del ours["G L2W"]  # see the note in the authority file
    assert ours == theirs


@pytest.mark.parametrize("name", AUTHORITY["georinex"]["files"])
def test_every_value_of_version_2_as_georinex_reads_them(name):
    source, table = whole(name), dict(AUTHORITY["georinex"]["files"][name])
    read = parse(source)
    assert len(read.time) == table.pop("times")
    for time, told in zip(read.time[[0, -1]], (table.pop("first"), table.pop("last")), strict=True):
        assert abs(time - np.datetime64(told)) <= np.timedelta64(1, "ms")  # it cuts 30.005 s to 30.004
    assert sums(read) == renamed(source, table)


def test_satellites_of_a_glonass_receiver_as_teqc_counts_them():
    """The report's table of observations has GLONASS whole: without orbits there is no mask."""
    folder = "ground/scintillation/2011-305-PRU1"
    report = real(f"{folder}/ref_teqc_PRU1305_union_15secondi.11S").read_text()
    read = parse(Source.from_path(real(f"{folder}/PRU1305_union_15secondi.11o.gz")))
    glonass = read.systems["R"]
    rows = re.findall(r"^(R\d\d)\*(?: +\S+){6} +(\d+) +(\d+) +\d+ +\d+ +(\d+) +(\d+)$", report, re.MULTILINE)
    counted = {sv: [int(n) for n in counts] for sv, *counts in rows}
    ours = {
        sv: [int((~np.isnan(glonass.plane(code)[:, k])).sum()) for code in ("L1C", "L2P", "C1C", "C2C")]
        for k, sv in enumerate(glonass.sv)
    }
    assert len(counted) == 13
    assert ours == counted
    assert len(read.time) == int(re.search(r"Epochs w/ observations  :\s+(\d+)", report)[1])
    assert f"ID          : {read.station}" in report
    assert "SEPT POLARXS" in read.receiver
    assert len(read.systems["G"].sv) + len(glonass.sv) + 3 == int(re.search(r"satellites w/ obs : (\d+)", report)[1])


def test_numbers_of_observations_that_the_header_itself_states():
    """PRN / # OF OBS of CIBG: it counts twelve Dopplers that are 0.000, which RINEX has for no observation."""
    source = whole("CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz")
    read, listed = parse(source), read_header(source).types.of
    stated, sv = {}, ""
    for line in source.data[:200_000].decode("latin-1").split("\n"):
        if line[60:].startswith("PRN / # OF OBS"):
            sv = line[3:6].strip() or sv
            stated.setdefault(sv, []).extend(int(n) for n in re.findall("......", line[6:60]) if n.strip())
    more = Counter()
    for sv, counts in stated.items():
        if sv[0] in read.systems:
            system = read.systems[sv[0]]
            for code, count in zip(listed[sv[0]], counts, strict=True):
                more[code[0]] += count - np.isfinite(system.plane(code)[:, system.sv.index(sv)]).sum()
    assert len(stated) == 138
    assert more == {"C": 0, "L": 0, "S": 0, "D": 12}


@pytest.mark.parametrize("path", sorted(
    str(path.relative_to(ROOT)) for folder in ("ground/gnss", "ground/scintillation")
    for path in (ROOT / folder).rglob("*") if re.search(r"(MO\.crx|\.\d\d[odO])(\.gz|\.Z)?$", path.name)
) or ["ground/gnss"])  # fmt: skip
def test_every_real_file_reads(path):
    read = parse(Source.from_path(real(path)), codes=("C1C", "L1C", "L2W"))
    assert len(read.time) > 60
    assert (np.diff(read.time) > np.timedelta64(0)).all()
    assert read.systems["G"].values.shape[1] == len(read.time)
    assert not any("no number" in note or "continue" in note or "order" in note for note in read.notes)


def test_ankr_its_splices_break_phases_and_its_leap_seconds_are_not_believed():
    read = parse(whole("ankr1390.15d.Z"))
    assert len(read.breaks) == 23
    assert (read.time[read.breaks[:2]] == np.array(["2015-05-19T01:00:00", "2015-05-19T02:00:00"], "M8[ns]")).all()
    assert any("LEAP SECONDS of the header is 14; it was 16 on 2015-05-19" in note for note in read.notes)


def test_anmg_its_missing_epochs_are_told():
    read = parse(whole("ANMG00MYS_R_20200010000_01D_30S_MO.crx.gz"), codes=("C1C",))
    steps = np.diff(read.time)
    assert (len(read.time), int((steps > np.timedelta64(30, "s")).sum())) == (2862, 9)
    assert "18 of 2880 epochs are missing, in 9 gaps." in read.notes


def test_codes_restrict_what_is_read_and_change_nothing_of_it():
    source = whole("CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz")
    some, everything = parse(source, codes=("L1C", "C2W", "L2I")), parse(source)
    assert {name: system.codes for name, system in some.systems.items()} == {
        "G": ("C2W", "L1C"), "R": ("L1C",), "C": ("L2I",), "J": ("L1C",),
    }  # fmt: skip
    for name, system in some.systems.items():
        for code in system.codes:
            np.testing.assert_array_equal(system.plane(code), everything.systems[name].plane(code))


def test_the_same_receiver_in_versions_2_and_3():
    """BELE gave the day in both; the 15-s file has every epoch of the 30-s file."""
    second, third = parse(whole("bele0100.24d.gz")), parse(whole("BELE00BRA_R_20240100000_01D_30S_MO.crx.gz"))
    at = np.searchsorted(second.time, third.time)
    for code, sv in (("C1C", "G05"), ("L1C", "G05"), ("C2W", "G30"), ("L2W", "G30")):
        one, two = second.systems["G"], third.systems["G"]
        ours, theirs = one.plane(code)[at, one.sv.index(sv)], two.plane(code)[:, two.sv.index(sv)]
        both = np.isfinite(ours) & np.isfinite(theirs)
        assert both.sum() > 500
        np.testing.assert_allclose(ours[both], theirs[both], rtol=0, atol=0.0011)


def test_datasets_say_place_time_and_lost_locks():
    reading = READER.read(whole("ankr1390.15d.Z"))
    gps, glonass = reading.observations
    assert gps.attrs["collection_id"] == "ionosphere.ankr.gnss_gps.pt30s"
    assert glonass.attrs["collection_id"] == "ionosphere.ankr.gnss_glonass.pt30s"
    assert gps["time"].values[0] == np.datetime64("2015-05-18T23:59:44")  # GPS time was 16 s ahead of UTC
    assert abs(gps.attrs["latitude"] - 39.8875) < 1e-3  # IGSNetwork.csv
    assert abs(gps.attrs["longitude"] - 32.7586) < 1e-3
    jumps = (gps["l1c" + SUFFIX].values & np.uint8(Quality.JUMP)) != 0
    at = int(np.flatnonzero(gps["time"].values == np.datetime64("2015-05-19T00:59:44"))[0])
    seen = np.isfinite(gps["l1c"].values[at])
    assert jumps[at][seen].all()
    assert not (gps["c1c" + SUFFIX].values & np.uint8(Quality.JUMP)).any()


GPS = ["C1C", "L1C", "S1C", "C2W", "L2W"]


def rows_third(k):
    return {
        "G05": [2e7 + k, (1.05e8 + 5 * k, "1" if k == 3 else " ", "7"), 45.0, 2e7 + 3 + k, 8.2e7 + 4 * k],
        "R11": [2.1e7 + k, 1.1e8 + 6 * k],
    }


def third_file():
    epochs = (epoch_third(at_third(k), rows_third(k)) for k in range(12))
    return text(header(types={"G": GPS, "R": ["C1C", "L1C"]}), *epochs)


def second_file():
    epochs = (epoch_second(at_second(k), {"G 5": rows_third(k)["G05"], "R11": [2e7, 1e8]}) for k in range(12))
    return text(header("2.11", ["C1", "L1", "S1", "P2", "L2"]), *epochs)


class TestGnssRinexObservation(ReaderTests):
    reader, names = READER, NAMES
    others = tuple(one for one in READERS if one is not READER)
    records_stand_alone = True
    header_bytes = len(text(header(types={"G": GPS, "R": ["C1C", "L1C"]})))
    samples = staticmethod(
        lambda: {
            "test0100.24o": third_file(),
            "test0100.24d": compress(third_file()),
            "two0100.24o": second_file(),
            "two0100.24d": compress(second_file()),
        }
    )


def test_what_is_no_observation_file_of_a_receiver_is_left_to_others():
    for name in ("ground/gnss/formats/cs2rx18164.gz", "ground/gnss/formats/POTS00DEU_R_20232540000_01D_05M_MM.rnx.gz",
                 "ground/gnss/2005-092/07590920.05n"):  # fmt: skip
        source = Source.from_path(real(name))
        assert not READER.recognises(source)
        with pytest.raises(BadFile):
            detect(source, READERS)


def test_counts_of_collections_over_all_systems():
    reading = READER.read(whole("CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz"))
    kinds = Counter(dataset.attrs["collection_id"].split(".")[2] for dataset in reading.observations)
    assert kinds == {f"gnss_{system}": 1 for system in ("gps", "glonass", "galileo", "beidou", "qzss")}
    glonass = next(one for one in reading.observations if "glonass" in one.attrs["collection_id"])
    assert "R02:-4" in glonass.attrs["glonass_channels"].split()


def test_datasets_hold_the_values_that_were_read_and_no_copy_of_them():
    """A day of values is most of what a process holds; satellites and times that all have values are no reason."""
    source = whole("CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz")
    tracemalloc.start()
    reading = READER.read(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    held = sum(variable.nbytes for dataset in reading.observations for variable in dataset.variables.values())
    assert peak < 1.1 * held


PEAK = """
import re, sys
from pathlib import Path
from soap.domains.ionosphere.formats.gnss_rinex_observation import parse
from soap.formats.source import Source
made = parse(Source.from_path(sys.argv[1]))
status = Path("/proc/self/status").read_text()
peak, mapped = (int(re.search(rf"{name}:\\s+(\\d+)", status)[1]) for name in ("VmHWM", "RssFile"))
print(peak, peak - mapped, "numba" in sys.modules or "scipy" in sys.modules or "pandas" in sys.modules)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_a_process_that_reads_a_day_of_a_modern_station_takes_no_more_than_250_mb():
    """The whole process, Python and libraries included. Of its own it takes 107 MiB, the rest are pages of files."""
    path = real("ground/gnss/2024-010/CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz")
    run = subprocess.run([sys.executable, "-c", PEAK, path], capture_output=True, text=True, check=True)
    peak, own, compiler = run.stdout.split()
    assert int(peak) * 1024 <= 250e6
    assert int(own) / 1024 < 125
    assert compiler == "False"
