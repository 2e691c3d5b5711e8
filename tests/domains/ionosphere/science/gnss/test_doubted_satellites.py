"""Wrong lines of a bias file: under an ionosphere that is known, and on real station-days."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pytest

from soap.domains.ionosphere.science.gnss.calibrate import CalibrationChoices, calibrate
from soap.observations.quality import Quality
from tests.domains.ionosphere.science.gnss import layered_sky as sky
from tests.domains.ionosphere.science.gnss.station_days import biases_of, calibrated, slant_of

RNG = np.random.default_rng(11)
SATELLITE_NS = RNG.normal(0.0, 5.0, 24)
WRONG = 4
SATELLITE_NS[WRONG] = 4.2
SATELLITE_NS -= SATELLITE_NS.mean()
TRUE_NS = -7.3
SHELL = CalibrationChoices(shell_height_km=400.0, mapping="thin_shell")
DAMAGES = {"10 ns more": lambda ns: ns + 10.0, "tenfold": lambda ns: 10.0 * ns, "sign flipped": lambda ns: -ns}
REAL = [(station, day) for day, stations in {
    "2015-139": ("ANKR",), "2016-001": ("CUUT", "COCO", "CKIS"), "2020-001": ("AIRA", "BIK0", "CCJ2", "BAKO", "ANMG"),
    "2020-002": ("AIRA", "BAKO"), "2020-004": ("AIRA",), "2024-010": ("CIBG", "BELE"),
}.items() for station in stations]  # fmt: skip


@dataclass(frozen=True)
class Altered:
    """Biases of a file, but for those in `values` [ns]."""

    values: dict
    file: object = None

    def satellite(self, sv, one, two):
        return self.values[sv] if sv in self.values else self.file.satellite(sv, one, two)

    def receiver(self, station, system, one, two):
        return np.nan


def named(values):
    return Altered({f"G{n + 1:02}": float(value) for n, value in enumerate(values)})


def sizes(notes):
    """Satellites that the notes name as off, and by how many ns."""
    return {sv: float(ns) for note in notes for sv, ns in re.findall(r"([A-Z]\d\d) by ([+-][\d.]+) ±", note)}


def damaged(change, svs=(WRONG,), satellites=24, **made):
    values = SATELLITE_NS[:satellites].copy()
    values[list(svs)] = change(values[list(svs)])
    record = sky.record(SATELLITE_NS[:satellites], TRUE_NS, sats=satellites, level_sigma=0.8, **made)
    return calibrate([record], sky.receiver_m(), named(values), SHELL), record


def apart(series, other):
    return float(np.sqrt(np.nanmean((series.vtec - other.vtec) ** 2)))


@pytest.fixture(scope="module")
def whole():
    return damaged(lambda ns: ns)[0]


def test_nothing_is_said_of_right_biases(whole):
    assert whole.notes == ()
    assert whole.biases[0].doubts == ()
    assert 0.05 < whole.biases[0].scatter_ns < 1.0


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_wrong_bias_is_left_out_and_told(whole, damage):
    found, record = damaged(DAMAGES[damage])
    size = DAMAGES[damage](SATELLITE_NS[WRONG]) - SATELLITE_NS[WRONG]
    (doubt,) = found.biases[0].doubts
    assert doubt.sv == WRONG
    assert abs(doubt.off_ns - size) < max(3.0 * doubt.sigma_ns, 0.5)
    assert sizes(found.notes) == {"G05": pytest.approx(doubt.off_ns, abs=0.05)}
    assert abs(found.biases[0].value_ns - whole.biases[0].value_ns) < 0.2
    assert apart(found.series, whole.series) < 0.5
    (part,) = found.parts
    lost = np.isnan(part.vtec) & np.isfinite(record.stec_levelled)
    assert np.flatnonzero(lost.any(axis=0)).tolist() == [WRONG]
    assert np.isnan(part.vtec[:, WRONG]).all()
    assert np.isnan(part.stec[:, WRONG]).all()
    flagged = (part.slant.quality & Quality.CONTAMINATED) > 0
    assert np.array_equal(flagged, lost)


def test_several_wrong_biases(whole):
    found, _ = damaged(lambda ns: ns + np.array([60.0, 12.0, -8.0]), svs=(2, WRONG, 17))
    assert sizes(found.notes) == {sv: pytest.approx(ns, abs=1.0) for sv, ns in (("G03", 60), ("G05", 12), ("G18", -8))}
    assert apart(found.series, whole.series) < 0.5


def test_a_receiver_bias_that_is_given_wrong_is_no_fault_of_a_satellite():
    record = sky.record(SATELLITE_NS, TRUE_NS)
    found = calibrate([record], sky.receiver_m(), named(SATELLITE_NS), SHELL, {sky.PAIR: TRUE_NS + 8.0})
    assert found.biases[0].doubts == ()


def test_fewer_than_five_satellites_are_not_judged():
    found, _ = damaged(DAMAGES["10 ns more"], svs=(1,), satellites=4)
    assert found.biases[0].origin == "estimated"
    assert found.biases[0].doubts == ()
    assert np.isnan(found.biases[0].scatter_ns)


def test_all_signs_flipped_are_told():
    found, _ = damaged(lambda ns: -ns, svs=range(24))
    assert any("off each other by" in note for note in found.notes)


@pytest.mark.parametrize("off_ns", [3.0, 60.0])
def test_what_the_link_of_a_glonass_satellite_takes_up_is_no_fault(off_ns):
    """Each frequency of GLONASS has a delay of its own, which is estimated: TEC stays what it is."""
    record = replace(sky.record(SATELLITE_NS, TRUE_NS), system="R")
    right, off = (
        calibrate([record], sky.receiver_m(), named(SATELLITE_NS + ns * (np.arange(24) == WRONG)), SHELL)
        for ns in (0.0, off_ns)
    )
    assert off.notes == ()
    assert np.isfinite(off.parts[0].vtec[:, WRONG]).any()
    assert apart(off.series, right.series) < 0.5


@pytest.mark.slow
def test_what_the_link_of_a_glonass_satellite_does_not_take_up_is_told():
    records, place = slant_of("ANKR", "2015-139")
    file = biases_of("2015-139")
    wrong = Altered({"R05": file.satellite("R05", "C1P", "C2P") + 40.0}, file)
    found = calibrate(records, place, wrong)
    assert sizes(found.notes) == {"R05": pytest.approx(40.0, abs=4.0)}
    assert apart(found.series, calibrated("ANKR", "2015-139", "GRECJ").series) < 0.5


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_wrong_line_in_the_file_of_a_real_day(damage):
    """COCO 2016-001, G05: unnoticed, 10 ns more moved the series by 3.6 TECU rms."""
    records, place = slant_of("COCO", "2016-001", "G")
    file = biases_of("2016-001")
    true_ns = file.satellite("G05", "C1W", "C2W")
    found = calibrate(records, place, Altered({"G05": DAMAGES[damage](true_ns)}, file))
    (bias,), (right,) = found.biases, calibrated("COCO", "2016-001").biases
    assert sizes(found.notes) == {"G05": pytest.approx(DAMAGES[damage](true_ns) - true_ns, abs=1.0)}
    assert abs(bias.value_ns - right.value_ns) < 0.1
    assert apart(found.series, calibrated("COCO", "2016-001").series) < 0.5


@pytest.mark.slow
def test_a_wrong_bias_of_a_satellite_that_stands_still():
    """C03, geostationary, is in no fit; all is then as if the file had no bias of it."""
    records, place = slant_of("CIBG", "2024-010")
    file = biases_of("2024-010")
    found, without = (
        calibrate(records, place, Altered({"C03": file.satellite("C03", "C2I", "C6I") + off}, file))
        for off in (10.0, np.nan)
    )
    assert sizes(found.notes) == {"C03": pytest.approx(10.0, abs=4.0)}
    assert [one.value_ns for one in found.biases] == pytest.approx([one.value_ns for one in without.biases])
    assert apart(found.series, without.series) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize(("station", "day"), REAL)
def test_no_satellite_of_a_real_day_is_doubted(station, day):
    for systems in ("G", "GRECJ"):
        for bias in calibrated(station, day, systems).biases:
            assert bias.doubts == ()
            assert not bias.scatter_ns > 1.5
