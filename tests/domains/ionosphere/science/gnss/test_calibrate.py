"""Calibrated TEC under an ionosphere that is known: a Chapman layer with nothing above it."""

from dataclasses import replace

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.calibrate import CalibrationChoices, calibrate
from soap.domains.ionosphere.science.gnss.rays import Receiver
from soap.domains.ionosphere.science.gnss.receiver_bias import estimate_receiver_biases
from tests.domains.ionosphere.science.gnss import layered_sky as sky

SATELLITE_NS = np.random.default_rng(7).normal(0.0, 5.0, 24)
SATELLITE_NS -= SATELLITE_NS.mean()
TRUE_NS = -7.3
SHELL = CalibrationChoices(shell_height_km=400.0, mapping="thin_shell")
"""The layer's content lies about 400 km high, and there is no plasmasphere."""


class Known:
    """Biases of all satellites, or of those given."""

    def __init__(self, unknown=()):
        self.unknown = unknown

    def satellite(self, sv, one, two):
        assert (one, two) == ("C1W", "C2W")
        return np.nan if sv in self.unknown else float(SATELLITE_NS[int(sv[1:]) - 1])

    def receiver(self, station, system, one, two):
        return np.nan


KNOWN = Known()


def calibrated(record, biases=KNOWN, choices=SHELL, given=None):
    return calibrate([record], sky.receiver_m(), biases, choices, given)


def truth(series):
    hours = (series.time - sky.START) / np.timedelta64(3600, "s")
    return sky.vertical(*sky.PLACE, hours)


def test_receiver_bias_is_found():
    found = calibrated(sky.record(SATELLITE_NS, TRUE_NS))
    (bias,) = found.biases
    assert bias.origin == "estimated"
    assert bias.satellites == 24
    assert abs(bias.value_ns - TRUE_NS) < 0.25
    assert abs(bias.value_ns - TRUE_NS) < 2.5 * bias.sigma_ns < 2.5
    series = found.series
    assert np.sqrt(np.nanmean((series.vtec - truth(series)) ** 2)) < 0.6


def test_stated_sigma_is_that_of_many_receivers():
    """Twelve receivers whose arcs are off level by other chance."""
    off, sigma = [], []
    for seed in range(12):
        (bias,) = calibrated(sky.record(SATELLITE_NS, TRUE_NS, level_sigma=1.5, seed=seed)).biases
        off.append(bias.value_ns - TRUE_NS)
        sigma.append(bias.sigma_ns)
    assert np.sqrt(np.mean(np.square(off))) < 1.3 * np.mean(sigma)
    assert np.std(off) > 0.1 * np.mean(sigma)


def test_vertical_sigma_covers_the_error():
    found = calibrated(sky.record(SATELLITE_NS, TRUE_NS, level_sigma=0.8))
    (part,) = found.parts
    hours = (part.slant.time - sky.START) / np.timedelta64(3600, "s")
    error = part.vtec - sky.vertical(part.latitude, part.longitude, hours[:, None])
    high = part.slant.elevation_deg > 30.0
    within = np.abs(error[high]) < 2.0 * part.sigma[high]
    assert within[np.isfinite(error[high])].mean() > 0.9


def test_satellites_without_bias_are_estimated_with_the_receivers():
    record = sky.record(SATELLITE_NS, TRUE_NS)
    found = calibrated(record, Known(unknown=("G04", "G11")))
    (bias,) = found.biases
    assert bias.links_ns[[3, 10]] == pytest.approx(SATELLITE_NS[[3, 10]], abs=0.6)
    assert np.isfinite(found.parts[0].vtec[:, 3]).any()
    assert any("G04, G11" in note and "bias file has none" in note for note in found.notes)


def test_no_bias_file():
    """The receiver's bias then means that the satellites' biases are zero in the mean; it is less sure and says so."""
    record = sky.record(SATELLITE_NS, TRUE_NS)
    (sure,) = calibrated(record).biases
    found = calibrated(record, None)
    (bias,) = found.biases
    assert bias.sigma_ns > 2 * sure.sigma_ns
    assert abs(bias.value_ns - TRUE_NS) < 2.5 * bias.sigma_ns
    assert bias.value_ns + bias.links_ns == pytest.approx(SATELLITE_NS + TRUE_NS, abs=0.8)
    assert any("no bias file was given" in note for note in found.notes)
    assert np.sqrt(np.nanmean((found.series.vtec - truth(found.series)) ** 2)) < 1.5


def test_given_receiver_bias_is_kept():
    record = sky.record(SATELLITE_NS, TRUE_NS, hours=1.0)
    (bias,) = calibrated(record, given={sky.PAIR: -7.0}).biases
    assert (bias.value_ns, bias.origin) == (-7.0, "given")
    assert np.isfinite(calibrated(record, given={sky.PAIR: -7.0}).series.vtec).any()


def test_less_than_two_hours_says_so():
    found = calibrated(sky.record(SATELLITE_NS, TRUE_NS, hours=1.5))
    (bias,) = found.biases
    assert bias.origin == "none"
    assert np.isnan(bias.value_ns)
    assert "2 h are needed" in bias.reason
    assert bias.reason in found.notes[0]
    assert np.isnan(found.parts[0].vtec).all()
    assert np.isnan(found.series.vtec).all()


def test_no_orbits_says_so():
    record = sky.record(SATELLITE_NS, TRUE_NS)
    blind = replace(record, elevation_deg=np.full_like(record.elevation_deg, np.nan))
    (bias,) = calibrated(blind).biases
    assert bias.reason == "no orbits for its satellites"


def test_a_wrong_epoch_far_off_says_so():
    record = sky.record(SATELLITE_NS, TRUE_NS)
    time = record.time.copy()
    time[-1] = np.datetime64("2051-01-01", "ns")
    (bias,) = calibrated(replace(record, time=time)).biases
    assert "at most 31" in bias.reason


def test_receiver_of_unknown_position():
    with pytest.raises(BadParameter, match="position is unknown"):
        calibrate([sky.record(SATELLITE_NS, TRUE_NS)], np.full(3, np.nan), None)


def test_content_below_zero_is_drawn_to_zero():
    """All levels 6 TECU too low at a receiver whose bias is given: the rays of the night are below zero."""
    record = sky.record(SATELLITE_NS, TRUE_NS)
    low = replace(record, stec_levelled=record.stec_levelled - 6.0)
    receiver = Receiver.at(sky.receiver_m(), sky.START, 400.0, "thin_shell")
    estimate = estimate_receiver_biases([low], [SATELLITE_NS], receiver, None, {sky.PAIR: TRUE_NS})
    (part,) = calibrated(low, given={sky.PAIR: TRUE_NS}).parts
    night = (part.slant.time - sky.START) / np.timedelta64(3600, "s") < 3.0
    overhead = part.vtec[night][part.slant.elevation_deg[night] > 60.0]
    assert np.nanmedian(overhead) < -1.5
    assert -1.2 < estimate.fit.content(np.array([1.5]), np.zeros(1))[0] < 0.5


def test_nothing_observed():
    found = calibrate([], sky.receiver_m(), None)
    assert (found.parts, len(found.series.time), found.notes) == ((), 0, ())


def test_a_wild_arc_does_not_move_the_bias():
    record = sky.record(SATELLITE_NS, TRUE_NS)
    wild = replace(record, stec_levelled=record.stec_levelled + np.where(record.arc == 5, 40.0, 0.0))
    (clean,), (bias,) = calibrated(record).biases, calibrated(wild).biases
    assert abs(bias.value_ns - clean.value_ns) < 0.3


def test_a_satellite_that_stands_still_does_not_move_the_bias():
    record = sky.record(SATELLITE_NS, TRUE_NS)
    stec, elevation = record.stec_levelled.copy(), record.elevation_deg.copy()
    stec[:, 0], elevation[:, 0] = 30.0, 50.0
    azimuth = record.azimuth_deg.copy()
    azimuth[:, 0] = 180.0
    standing = replace(record, stec_levelled=stec, elevation_deg=elevation, azimuth_deg=azimuth)
    without = replace(record, stec_levelled=np.where(np.arange(24) == 0, np.nan, record.stec_levelled))
    (one,), (other,) = calibrated(standing).biases, calibrated(without).biases
    assert one.value_ns == pytest.approx(other.value_ns, abs=1e-6)


def test_a_satellite_that_stands_still_without_a_bias_has_no_vertical_tec():
    record = sky.record(SATELLITE_NS, TRUE_NS)
    elevation = np.where(np.arange(24) == 0, 50.0, record.elevation_deg)
    stec = np.where(np.arange(24) == 0, 30.0, record.stec_levelled)
    found = calibrated(replace(record, stec_levelled=stec, elevation_deg=elevation), Known(unknown=("G01",)))
    assert np.isnan(found.parts[0].vtec[:, 0]).all()
    assert np.isfinite(found.parts[0].vtec[:, 1:]).any()
    assert any("G01 are unknown" in note for note in found.notes)


def test_unknown_mapping():
    with pytest.raises(BadParameter, match="layered, thin_shell, mslm"):
        Receiver.at(sky.receiver_m(), sky.START, mapping="slab")
