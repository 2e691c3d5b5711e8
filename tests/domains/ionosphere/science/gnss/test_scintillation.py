"""Scintillation indices of signals with known ones; not from slow observations."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.scintillation import amplitude_index, phase_index
from soap.domains.ionosphere.science.gnss.signals import frequency
from soap.domains.ionosphere.science.gnss.slant import slant_tec
from tests.domains.ionosphere.science.gnss.receivers import observed, sky

SECONDS = np.arange(3600.0)
ARC = np.zeros((1, len(SECONDS)), dtype=np.int32)
L1 = 1575.42e6
RAD_PER_TECU = 2.0 * np.pi * 0.162372 / 0.190294
"""Phase on L1: a TEC unit is 0.162 m, a wave 0.190 m."""


@pytest.mark.parametrize("s4", [0.1, 0.3, 0.6])
def test_amplitude_index_of_nakagami_intensities(s4):
    """Intensities of a Nakagami channel are gamma distributed with shape 1 / S4^2 (Fremouw et al. 1980)."""
    rng = np.random.default_rng(1)
    intensity = rng.gamma(1.0 / s4**2, s4**2, (4, len(SECONDS)))
    found = amplitude_index(SECONDS, 45.0 + 10.0 * np.log10(intensity))
    assert np.isnan(found[:, :40]).all()
    assert np.nanmedian(found) == pytest.approx(s4, rel=0.06)


def test_amplitude_index_of_a_steady_signal():
    assert np.nanmax(amplitude_index(SECONDS, np.full((1, len(SECONDS)), 44.0))) < 1e-6


def test_phase_index_of_waves():
    """0.25 Hz passes with its deviation, amplitude over root two; 0.01 Hz does not."""
    fast = 0.1 * np.sin(2.0 * np.pi * 0.25 * SECONDS)[None]
    found = phase_index(SECONDS, fast, ARC, L1)
    assert np.nanmedian(found) == pytest.approx(0.1 / np.sqrt(2.0) * RAD_PER_TECU, rel=0.02)
    slow = 1.0 * np.sin(2.0 * np.pi * 0.01 * SECONDS)[None]
    assert np.nanmedian(phase_index(SECONDS, slow, ARC, L1)) < 0.01 * RAD_PER_TECU


def test_a_calm_quarter_of_an_hour_at_one_hertz():
    """SEPT, 2021-03-19: both indices are those of a calm ionosphere at the middle satellite of each system."""
    receiver = observed("SEPT")
    seconds = (receiver.time - receiver.time[0]) / np.timedelta64(1, "s")
    for record in slant_tec(receiver, sky("SEPT")):
        system = receiver.systems[record.system]
        strength = system.plane("S" + record.pair.code_1[1:]).T[[system.sv.index(sv) for sv in record.sv]]
        high = record.elevation_deg.T > 30.0
        amplitude = amplitude_index(seconds, strength)
        phase = phase_index(
            seconds, record.stec_levelled.T, record.arc.T, frequency(record.system, record.pair.phase_1)
        )
        assert np.nanmedian(amplitude[high]) < 0.1
        assert np.nanmedian(phase[high]) < 0.12


def test_slow_observations_are_refused():
    with pytest.raises(BadParameter, match="every 30 s tell no scintillation indices"):
        amplitude_index(SECONDS * 30.0, np.full((1, len(SECONDS)), 44.0))
    with pytest.raises(BadParameter, match="Use ROTI"):
        phase_index(SECONDS * 15.0, np.zeros((1, len(SECONDS))), ARC, L1)
