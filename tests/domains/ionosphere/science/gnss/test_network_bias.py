"""Satellite biases that receivers agree on, against those that are known."""

import numpy as np
import pytest

from soap.domains.ionosphere.science.gnss.calibrate import calibrate
from soap.domains.ionosphere.science.gnss.network_bias import NetworkBiases, network_satellite_biases
from tests.domains.ionosphere.science.gnss import layered_sky as sky
from tests.domains.ionosphere.science.gnss.station_days import biases_of, slant_of

TRUE_NS = np.random.default_rng(11).normal(0.0, 5.0, 24)
TRUE_NS -= TRUE_NS.mean()


def receivers(count):
    """Receivers of one place, each with a bias and level errors of its own."""
    return [
        ((sky.record(TRUE_NS, 4.0 * number - 8.0, level_sigma=1.5, seed=number),), sky.receiver_m())
        for number in range(count)
    ]


def off(found):
    return np.array([found.satellite(f"G{n + 1:02}", "C1W", "C2W") for n in range(24)]) - TRUE_NS


def test_more_receivers_tell_more():
    one, many = (network_satellite_biases(receivers(count), (400.0, "thin_shell")) for count in (1, 6))
    assert np.std(off(many)) < 0.7 * np.std(off(one))
    assert np.std(off(many)) < 0.5
    assert np.std(off(many)) < 1.5 * np.mean(list(many.sigmas.values()))


def test_receivers_are_calibrated_with_them():
    stations = receivers(4)
    found = network_satellite_biases(stations, (400.0, "thin_shell"))
    for number, (records, place) in enumerate(stations):
        (bias,) = calibrate(records, place, found).biases
        assert bias.value_ns == pytest.approx(4.0 * number - 8.0, abs=0.8)


def test_mean_over_satellites_is_zero():
    found = network_satellite_biases(receivers(2))
    assert np.mean(list(found.values.values())) == pytest.approx(0.0, abs=1e-3)


def test_nothing_to_go_by():
    short = ((sky.record(TRUE_NS, 0.0, hours=1.0),), sky.receiver_m())
    assert network_satellite_biases([]) == NetworkBiases()
    assert network_satellite_biases([short]) == NetworkBiases()
    assert np.isnan(NetworkBiases().satellite("G01", "C1W", "C2W"))


@pytest.mark.slow
def test_four_real_receivers_against_code():
    """2020-001, no bias file: satellites' C1C-C2W against CODE's P1-P2 less its P1-C1."""
    stations = [slant_of(station, "2020-001", "G") for station in ("AIRA", "CCJ2", "BAKO", "ANMG")]
    found, code = network_satellite_biases(stations), biases_of("2020-001")
    known = np.array([(value, code.satellite(*owner), found.sigmas[owner]) for owner, value in found.values.items()])
    difference = known[:, 0] - known[:, 1]
    assert len(known) >= 30
    assert np.nanstd(difference) < 0.6
    assert np.nanstd(difference) < 2.5 * np.sqrt(np.mean(known[:, 2] ** 2))
