"""Constants against their published values, and which signals are taken from what real receivers observed."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.observation import SystemObservations
from soap.domains.ionosphere.science.gnss.signals import (
    choose_pairs,
    frequency,
    tecu_per_metre,
    tecu_per_ns,
    wavelength,
)
from tests.domains.ionosphere.science.gnss.receivers import observed

L1, L2, L5 = 1575.42e6, 1227.60e6, 1176.45e6


def test_tec_of_a_metre_and_of_a_nanosecond():
    """The two constants that every paper on GPS TEC quotes, and the delay of a TEC unit on L1: 0.162 m."""
    assert tecu_per_metre(L1, L2) == pytest.approx(9.5178, abs=5e-5)
    assert tecu_per_ns(L1, L2) == pytest.approx(2.853, abs=5e-4)
    delay = [40.308e16 / carrier**2 for carrier in (L1, L2)]
    assert delay[0] == pytest.approx(0.1624, abs=1e-4)
    assert 1.0 / (delay[1] - delay[0]) == pytest.approx(tecu_per_metre(L1, L2), rel=1e-12)


@pytest.mark.parametrize(
    ("system", "code", "channel", "mhz"),
    [
        ("G", "L1C", 0, 1575.42), ("G", "C5Q", 0, 1176.45), ("E", "L8X", 0, 1191.795), ("J", "L2L", 0, 1227.60),
        ("C", "C2I", 0, 1561.098), ("C", "C1I", 0, 1561.098), ("C", "C1P", 0, 1575.42), ("C", "L6I", 0, 1268.52),
        ("R", "L1P", -7, 1598.0625), ("R", "L1C", 6, 1605.375), ("R", "C2C", 6, 1248.625), ("R", "L3Q", 5, 1202.025),
    ],
)  # fmt: skip
def test_frequencies(system, code, channel, mhz):
    """RINEX 3.05, tables 4 to 9; BeiDou's B1I has two names, and its band 1 is another carrier."""
    assert frequency(system, code, channel) == pytest.approx(mhz * 1e6, abs=1.0)


def test_gps_wavelengths():
    assert wavelength("G", "L1C") == pytest.approx(0.190294, abs=1e-6)
    assert wavelength("G", "L2W") == pytest.approx(0.244210, abs=1e-6)


def test_a_signal_that_does_not_exist():
    with pytest.raises(BadParameter, match="'C9X' of system 'G' has no known frequency"):
        frequency("G", "C9X")


def chosen(receiver, system):
    found = choose_pairs(observed(receiver).systems[system])
    return {(pair.name, pair.phase_1, pair.phase_2): len(svs) for pair, svs in found.items()}


def test_c2w_before_c2x_though_c2x_is_stronger():
    """CIBG, AIRA observed both; the second civil signal is on half of the satellites only."""
    assert chosen("CIBG", "G") == {("C1C-C2W", "L1C", "L2W"): 30}
    assert chosen("AIRA", "G") == {("C1C-C2W", "L1C", "L2W"): 30}


def test_p_codes_with_the_only_phase_there_is():
    """COCO and ANKR (RINEX 2: P1, P2, L1) give C1W, but their phase of L1 is L1C."""
    assert chosen("COCO", "G") == {("C1W-C2W", "L1C", "L2W"): 31}
    assert chosen("ANKR", "G") == {("C1W-C2W", "L1C", "L2W"): 31}


def test_other_systems():
    assert chosen("CIBG", "C") == {("C2I-C6I", "L2I", "L6I"): 42}
    assert chosen("COCO", "E") == {("C1C-C5Q", "L1C", "L5Q"): 3}
    assert sum(chosen("ESBC", "C").values()) == 19, "satellites of the second generation lack C7I, two others C6I"
    assert len(chosen("ESBC", "C")) == 2


def planes(counts, n=100):
    """Observations of two satellites: how many of `n` each has of each code."""
    values = np.full((len(counts), n, 2), np.nan)
    for row, code in enumerate(counts):
        for sv, count in enumerate(counts[code]):
            values[row, :count, sv] = 2e7
    return SystemObservations("G", tuple(counts), ("G01", "G02"), values, np.zeros(values.shape, dtype=np.uint8))


def test_what_the_header_lists_does_not_count():
    """Thirty codes that are almost empty, as at ANK2: the pair that both satellites have is taken."""
    empty = {f"{kind}{signal}": (1, 0) for kind in "CL" for signal in ("1W", "1P", "2W", "2P", "5X")}
    found = choose_pairs(planes({**empty, "C1C": (90, 80), "L1C": (90, 80), "C2L": (90, 80), "L2L": (90, 80)}))
    assert {pair.name: svs.tolist() for pair, svs in found.items()} == {"C1C-C2L": [0, 1]}


def test_each_satellite_its_own_pair():
    counts = {"C1C": (90, 90), "L1C": (90, 90), "C2W": (90, 0), "L2W": (90, 0), "C5Q": (0, 90), "L5Q": (0, 90)}
    found = choose_pairs(planes(counts))
    assert {pair.name: svs.tolist() for pair, svs in found.items()} == {"C1C-C2W": [0], "C1C-C5Q": [1]}
    assert [pair.name for pair in choose_pairs(planes(counts), only=["C1C-C5Q"])] == ["C1C-C5Q"]


def test_one_frequency_makes_no_pair():
    assert not choose_pairs(planes({"C1C": (90, 90), "L1C": (90, 90)}))
