"""Slant TEC against three programs that had nothing to do with this one, and what corrupted observations do to it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.carriers import glonass_channels
from soap.domains.ionosphere.science.gnss.observation import Observations
from soap.domains.ionosphere.science.gnss.rate import rate_of_tec, rate_of_tec_index
from soap.domains.ionosphere.science.gnss.signals import REFRACTION, choose_pairs
from soap.domains.ionosphere.science.gnss.slant import SlantChoices, SlantTec, remarks, slant_tec
from soap.formats import Source
from soap.observations.quality import Quality
from soap.testing.data import real
from tests.domains.ionosphere.science.gnss.receivers import observed, sky

LOW = SlantChoices(min_elevation_deg=0.0)
PRU1 = "ground/scintillation/2011-305-PRU1"


@cache
def slant(receiver, choices=LOW) -> dict[str, SlantTec]:
    return {record.pair.name: record for record in slant_tec(observed(receiver), sky(receiver), choices)}


def seconds(record):
    return (record.time - record.time[0]) / np.timedelta64(1, "s")


def text(path):
    return Source.from_path(real(path)).data.decode("latin-1").splitlines()


@pytest.mark.parametrize("sv", ["G02", "G07", "G08", "G10", "G16", "G23"])
def test_rate_against_varion(sv):
    """AINP, the evening of the Haida Gwaii tsunami: the rate of slant TEC, satellite by satellite.

    VARION sums rates by trapezoids and takes a polynomial of tenth degree off; both are done here to our phase alone.
    Correlation 0.99 is asked; it is above 0.9999, and no step differs by more than 0.002 TECU.
    """
    rows = np.array([line.split() for line in text(f"{VARION}/ainp3020.12o_{sv}_350.txt")[1:]], dtype=float)
    record = slant("AINP")["C1C-C2W"]
    column = record.sv.index(sv)
    at = np.searchsorted(seconds(record), rows[:, 0])
    stec, arc = record.stec_levelled[:, column], record.arc[:, column]
    mean_of_two_steps = (stec[at[:-1] + 2] - stec[at[:-1]]) / 2.0
    good = (np.diff(rows[:, 0]) == 30.0) & (arc[at[:-1] + 2] == arc[at[:-1]]) & np.isfinite(mean_of_two_steps)
    good[:-1] &= np.diff(rows[:, 0])[1:] == 30.0
    hours = (rows[:-1, 0] - rows[:, 0].mean()) / 3600.0
    ours, theirs = (
        steps[good] - np.polyval(np.polyfit(hours[good], steps[good], 10), hours[good])
        for steps in (mean_of_two_steps, np.diff(rows[:, 1]))
    )
    assert good.sum() > 140
    assert np.corrcoef(ours, theirs)[0, 1] > 0.9999
    assert np.abs(ours - theirs).max() < 2e-3


VARION = "ground/gnss/2012-302-haida-gwaii/ref_varion"


def compact(path):
    """What a teqc COMPACT3 file gives: pairs (seconds, value) by satellite."""
    lines, found, names, row = text(path)[2:], {}, [], 0
    while row < len(lines):
        stamp, count, *listed = lines[row].split()
        names = names if count == "-1" else listed
        row += 1
        if names:
            for name, value in zip(names, lines[row].replace("S", " ").replace("I", " ").split(), strict=True):
                found.setdefault(name, []).append((float(stamp), float(value)))
            row += 1
    return {name: np.array(values) for name, values in found.items()}


def test_phase_against_teqc():
    """PRU1, four hours of a disturbed evening near the crest, 15 s: teqc's ionospheric observable of 17 satellites.

    teqc gives the phase's advance on L2 [m]: -0.2675 m per TECU.
    """
    record, theirs = slant("PRU1")["C1W-C2W"], compact(f"{PRU1}/ref_teqc_PRU1305_union_15secondi.i12.gz")
    metres = -REFRACTION / 1227.60e6**2
    compared = 0
    for sv in set(record.sv) & set(theirs):
        column, at = record.sv.index(sv), np.searchsorted(seconds(record), theirs[sv][:, 0])
        steps, arc = np.diff(record.stec_levelled[at, column]), record.arc[at, column]
        reference = np.diff(theirs[sv][:, 1]) / metres
        good = np.isfinite(steps) & (np.diff(theirs[sv][:, 0]) == 15.0) & (arc[1:] == arc[:-1]) & (reference != 0.0)
        if good.sum() >= 40:
            compared += int(good.sum())
            difference = np.abs(steps - reference)[good]
            assert np.corrcoef(steps[good], reference[good])[0, 1] > 0.999, sv
            assert np.median(difference) < 0.01, sv
    assert compared > 8000


@cache
def scintillation_record():
    """The columns of the receiver's own record that are compared: week, second, satellite, four TEC and dTEC."""
    rows = [line.split(",") for line in text(f"{PRU1}/PRU1305C.11_.ismr.gz") if line.strip()]
    return np.array([[float(value) for value in row[:3] + row[16:24]] for row in rows])


def beside_record(record, first):
    """TEC and its 15-s change, ours and the receiver's, at the same satellite and time; `first` SVID of the system."""
    table = scintillation_record()
    week_start = np.datetime64("1980-01-06", "ns") + np.timedelta64(int(table[0, 0]) * 7, "D")
    of_week = (record.time - week_start) / np.timedelta64(1, "s")
    found = []
    for row in table:
        sv = f"{record.system}{int(row[2]) - first + 1:02d}"
        if sv not in record.sv:
            continue
        column = record.sv.index(sv)
        for part, late in enumerate((45.0, 30.0, 15.0, 0.0)):
            at = int(np.searchsorted(of_week, row[1] - late))
            if 0 < at < len(of_week) and of_week[at] == row[1] - late and of_week[at - 1] == of_week[at] - 15.0:
                arc = record.arc[[at - 1, at], column]
                if arc[0] >= 0 and arc[0] == arc[1]:
                    stec = record.stec_levelled[[at - 1, at], column]
                    found.append((column, at, stec[1], stec[1] - stec[0], row[3 + 2 * part], row[4 + 2 * part]))
    return np.array(found)


@pytest.mark.parametrize(("pair", "first", "most"), [("C1W-C2W", 1, 0.02), ("C1C-C2C", 38, 0.05)])
def test_change_of_tec_against_the_scintillation_receiver(pair, first, most):
    """PRU1 02:05 to 03:00: what the receiver itself says TEC changed by in 15 s, GPS and GLONASS."""
    found = beside_record(slant("PRU1")[pair], first)
    ours, theirs = found[:, 3], found[:, 5]
    good = np.isfinite(ours) & np.isfinite(theirs)
    assert good.sum() > 1000
    assert np.median(np.abs(ours - theirs)[good]) < most
    assert np.corrcoef(ours[good], theirs[good])[0, 1] > 0.97


def test_level_against_the_scintillation_receiver():
    """GLONASS, which the receiver corrects for no satellite bias: its code TEC and our level agree to a TEC unit."""
    record = slant("PRU1")["C1C-C2C"]
    found = beside_record(record, 38)
    apart = [
        np.nanmedian((found[:, 4] - found[:, 2])[found[:, 0] == column])
        for column in np.unique(found[:, 0])
        if (found[:, 0] == column).sum() > 100
    ]
    assert len(apart) >= 4
    assert np.sqrt(np.mean(np.square(apart))) < 1.0
    assert np.abs(apart).max() < 2.0


def test_roti_against_the_scintillation_receiver():
    """ROTI from the receiver's own 15-s changes and from RINEX, at each minute and satellite."""
    record = slant("PRU1")["C1W-C2W"]
    found = beside_record(record, 1)
    rates = [np.full(record.arc.T.shape, np.nan) for _ in range(2)]
    for column, at, _, ours, _, theirs in found:
        for rate, change in zip(rates, (ours, theirs), strict=True):
            rate[int(column), int(at)] = 4.0 * change
    ours, theirs = (rate_of_tec_index(seconds(record), rate, record.arc.T) for rate in rates)
    direct = rate_of_tec_index(
        seconds(record), rate_of_tec(seconds(record), record.stec_levelled.T, record.arc.T, step_s=15.0), record.arc.T
    )
    both = np.isfinite(ours) & np.isfinite(theirs)
    assert both.sum() > 1000
    assert np.nanquantile(theirs[both], 0.9) > 1.0, "the evening is disturbed"
    assert np.corrcoef(ours[both], theirs[both])[0, 1] > 0.95
    assert np.median(np.abs(ours - theirs)[both]) < 0.05
    same = both & np.isfinite(direct)
    assert np.median(np.abs(direct - ours)[same]) < 0.02


@pytest.mark.parametrize("receiver", ["AIRA", "BIK0", "ESBC", "CIBG"])
def test_glonass_channels_told_by_phase_and_code(receiver):
    """Every satellite's channel, as the file's own header gives it."""
    system = observed(receiver).systems["R"]
    told = glonass_channels(system, choose_pairs(system))
    assert len(told) >= 20
    assert told == {sv: observed(receiver).channels[sv] for sv in told}


def test_an_outdated_channel_in_a_header_does_no_harm():
    """ANMG's header has R15 on -1; its phases say 0, as do the headers of the other stations of that day."""
    system = observed("ANMG").systems["R"]
    assert observed("ANMG").channels["R15"] == -1
    assert glonass_channels(system, choose_pairs(system))["R15"] == observed("BIK0").channels["R15"] == 0
    assert "R15" in slant("ANMG")["C1P-C2P"].sv


def test_no_channel_in_a_header():
    """RINEX 2 has none: with the wrong wavelength TEC would run away by a unit in a minute, and every phase slip."""
    assert not observed("ANKR").channels
    record = slant("ANKR", SlantChoices())["C1P-C2P"]
    assert len(record.sv) >= 20
    assert record.slips.sum() < 100
    assert np.nanquantile(np.abs(rate_of_tec(seconds(record), record.stec_levelled.T, record.arc.T)), 0.99) < 2.0


def test_a_phase_of_other_waves_is_left_out():
    """A satellite whose phases count another carrier gives no TEC; the others are as they were."""
    receiver = observed("COCO")
    gps = receiver.systems["G"]
    values = gps.values.copy()
    values[gps.codes.index("L2W"), :, gps.sv.index("G05")] *= 1227.60 / 1176.45
    spoilt = slant_tec(replace(receiver, systems={"G": replace(gps, values=values)}), sky("COCO"), LOW)[0]
    whole = slant("COCO")["C1W-C2W"]
    assert spoilt.left_out == ("G05",)
    kept = [column for column, sv in enumerate(whole.sv) if sv != "G05"]
    assert spoilt.sv == tuple(whole.sv[column] for column in kept)
    assert np.nanmax(np.abs(spoilt.stec_levelled - whole.stec_levelled[:, kept])) < 1e-6


def corrupted(receiver, share, rng):
    """The receiver's observations with a share of all GPS values wrong by anything from a centimetre to 1,000 km."""
    gps = receiver.systems["G"]
    values = gps.values.copy()
    hit = (rng.random(values.shape) < share) & np.isfinite(values)
    values[hit] += rng.choice([-1.0, 1.0], hit.sum()) * 10.0 ** rng.uniform(-2.0, 6.0, hit.sum())
    spoilt = hit[[gps.codes.index(code) for code in ("C1W", "C2W", "L1C", "L2W")]]
    return replace(receiver, systems={"G": replace(gps, values=values)}), spoilt


@pytest.mark.parametrize("share", [1e-4, 1e-3])
def test_corrupted_observations_are_flagged_or_absent(share):
    """No value of slant TEC is wrong by 1 TECU without a flag at it, and few by more than the noise of a phase."""
    spoilt, hit = corrupted(observed("COCO"), share, np.random.default_rng(11))
    record, whole = slant_tec(spoilt, sky("COCO"), SlantChoices())[0], slant("COCO", SlantChoices())["C1W-C2W"]
    columns = [observed("COCO").systems["G"].sv.index(sv) for sv in record.sv]
    phases = hit[2:, :, columns].any(axis=0)
    assert phases.sum() > 5
    difference = np.abs(record.stec_levelled - whole.stec_levelled)
    at_hit = difference[phases & np.isfinite(difference)]
    assert (at_hit < 0.6).all(), "a wrong phase that is kept is wrong by less than a slip of a cycle on both carriers"
    assert np.nanquantile(difference, 0.999) < 0.6, "what is around keeps its level"
    assert (record.quality[phases & np.isnan(record.stec_levelled) & (whole.arc >= 0)] > 0).mean() > 0.95


def test_quality_says_why():
    record = slant("AIRA")["C1C-C2W"]
    alone = (record.quality & Quality.SPIKE) > 0
    assert alone.sum() > 10
    assert np.isnan(record.stec_levelled[alone]).all()
    begun = (record.quality & Quality.JUMP) > 0
    assert begun.sum() == record.slips.sum()
    assert record.sv[int(begun.sum(axis=0).argmax())] == record.sv[int(record.slips.argmax())]


def test_records_are_what_they_say():
    for record in slant("CIBG", SlantChoices()).values():
        shape = len(record.time), len(record.sv)
        for name in ("stec_levelled", "arc", "levelling_sigma", "elevation_deg", "azimuth_deg", "roti", "quality"):
            assert getattr(record, name).shape == shape, name
        inside = record.arc >= 0
        assert (np.isfinite(record.stec_levelled) == inside).all()
        assert (np.isfinite(record.levelling_sigma) == inside).all()
        assert not inside[record.elevation_deg < 10.0].any()
        assert record.tecu_per_ns.shape == record.slips.shape == (len(record.sv),)
        for number in np.unique(record.arc[inside]):
            times, svs = np.nonzero(record.arc == number)
            assert len(set(svs)) == 1
            assert len(times) >= 10
            assert record.time[times[-1]] - record.time[times[0]] >= np.timedelta64(600, "s")
    assert slant("CIBG", SlantChoices())["C1C-C2W"].tecu_per_ns == pytest.approx(2.853, abs=1e-3)


def test_one_frequency_gives_no_slant_tec():
    receiver = observed("COCO")
    gps = receiver.systems["G"]
    one = replace(gps, codes=("C1C", "L1C"), values=gps.values[:2], lli=gps.lli[:2])
    lone = replace(receiver, systems={"G": one})
    assert slant_tec(lone, {}) == ()
    assert remarks(lone, ()) == (
        f"No TEC of {', '.join(gps.sv)}: code and phase were not observed on two frequencies.",
    )


def test_remarks_say_what_became_no_tec_and_why():
    """AINP is whole; a quarter of an hour of ANKR, whose header has no channels, does not tell those of GLONASS."""
    assert remarks(observed("AINP"), list(slant("AINP").values())) == ()
    receiver = observed("ANKR")
    few = {
        name: replace(system, values=system.values[:, :30], lli=system.lli[:, :30])
        for name, system in receiver.systems.items()
    }
    short = replace(receiver, time=receiver.time[:30], systems=few, breaks=np.empty(0, dtype=np.int64))
    said = " ".join(remarks(short, slant_tec(short, {})))
    assert "GLONASS channels are told neither by the header nor by the observations." in said
    assert "wavelengths of their signals" not in said


def test_without_orbits_there_is_slant_tec_all_the_same():
    record = slant_tec(observed("COCO"), {})[0]
    assert np.isnan(record.elevation_deg).all()
    assert np.isfinite(record.stec_levelled).sum() > 20_000


def test_few_or_no_times():
    receiver = observed("COCO")
    for count in (0, 1, 2, 5):
        short = Observations(
            receiver.station,
            receiver.time[:count],
            {name: replace(system, values=system.values[:, :count], lli=system.lli[:, :count])
             for name, system in receiver.systems.items()},
            receiver.position_m,
            30.0,
        )  # fmt: skip
        assert slant_tec(short, {}) == ()


def test_choices_are_bounded():
    with pytest.raises(BadParameter, match="min_elevation_deg is 90"):
        SlantChoices(min_elevation_deg=90.0)
