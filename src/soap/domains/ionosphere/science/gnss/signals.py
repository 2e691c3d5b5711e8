"""Signals: frequencies, what a metre and a nanosecond between two of them are in TEC, and which two to take.

RINEX 3.05, tables 4 to 10 (frequency bands and attributes of each system). The refraction constant 40.308 m3 s-2 and
the formulas are those of any textbook, e.g. S. Schaer, "Mapping and Predicting the Earth's Ionosphere Using the GPS",
Geodaetisch-geophysikalische Arbeiten in der Schweiz 59, 1999, section 2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.observation import SystemObservations

SPEED_OF_LIGHT = 299_792_458.0
"""[m/s]"""

REFRACTION = 40.308e16
"""Delay of a code [m Hz2 per TECU]: 40.308 m3 s-2 times 1e16 m-2."""

_MHZ: Mapping[str, Mapping[str, float]] = {
    "G": {"1": 1575.42, "2": 1227.60, "5": 1176.45},
    "R": {"1": 1602.0, "2": 1246.0, "3": 1202.025, "4": 1600.995, "6": 1248.06},
    "E": {"1": 1575.42, "5": 1176.45, "6": 1278.75, "7": 1207.14, "8": 1191.795},
    "C": {"1": 1575.42, "2": 1561.098, "5": 1176.45, "6": 1268.52, "7": 1207.14, "8": 1191.795},
    "J": {"1": 1575.42, "2": 1227.60, "5": 1176.45, "6": 1278.75},
}
_CHANNEL_STEP_MHZ = {"1": 0.5625, "2": 0.4375}
_BEIDOU_OF_RINEX_302 = {"1I": 1561.098, "1Q": 1561.098}
"""RINEX 3.02 alone calls the signal B1I `1I`; all others call it `2I`, and band 1 is B1C."""

_PREFERENCE: Mapping[str, Sequence[tuple[str, str, str, str]]] = {
    "G": (("1", "WPYC", "2", "WPY"), ("1", "CXWP", "2", "XLSCD"), ("1", "CXLSWP", "5", "QXI")),
    "R": (("1", "PC", "2", "PC"), ("1", "CP", "3", "QXI")),
    "E": (("1", "CXB", "5", "QXI"), ("1", "CXB", "7", "QXI"), ("1", "CXB", "8", "QXI"), ("1", "CXB", "6", "CXB")),
    "C": (
        ("2", "IXQ", "6", "IXQ"), ("2", "IXQ", "7", "IXQ"), ("1", "I", "6", "I"), ("1", "I", "7", "I"),
        ("1", "PXD", "5", "PXD"), ("2", "IXQ", "5", "PXD"),
    ),
    "J": (("1", "CXLSZ", "2", "LXS"), ("1", "CXLSZ", "5", "QXI")),
}  # fmt: skip
"""Bands and attributes to take, best first: band and attributes of the first signal, and of the second.

GPS: the codes that satellite biases and maps are made for (C1W or C1C with C2W), not C2X, which half of the satellites
lack. BeiDou: B1I with B3I, which both generations transmit.
"""

_ENOUGH = 0.5
"""A satellite takes the best pair that has at least this share of the observations of its fullest pair."""


@dataclass(frozen=True, order=True)
class SignalPair:
    """Two signals of one system, as RINEX 3 codes: pseudoranges `C1C`, `C2W` and the phases to go with them."""

    system: str
    code_1: str
    code_2: str
    phase_1: str
    phase_2: str

    @property
    def name(self) -> str:
        """As biases are named: `C1C-C2W`."""
        return f"{self.code_1}-{self.code_2}"


def frequency(system: str, code: str, channel: int = 0) -> float:
    """Carrier frequency [Hz] of an observation code (`C1C`, `L5X`); `channel` is GLONASS' frequency number, -7 to 6."""
    band = _BEIDOU_OF_RINEX_302.get(code[1:3]) if system == "C" else None
    mhz = band or _MHZ.get(system, {}).get(code[1:2])
    if mhz is None:
        raise BadParameter(
            f"Code {code!r} of system {system!r} has no known frequency; known systems: {', '.join(_MHZ)}."
        )
    step = _CHANNEL_STEP_MHZ.get(code[1], 0.0) if system == "R" else 0.0
    return (mhz + channel * step) * 1e6


def wavelength(system: str, code: str, channel: int = 0) -> float:
    """Wavelength [m]; see `frequency`."""
    return SPEED_OF_LIGHT / frequency(system, code, channel)


def tecu_per_metre(frequency_1, frequency_2):
    """TEC [TECU] for each metre by which the code at `frequency_2` [Hz] is later than that at `frequency_1`.

    GPS L1 and L2: 9.518. The same for each metre by which the phase of 1 is longer than that of 2.
    """
    one, two = np.square(frequency_1), np.square(frequency_2)
    return one * two / ((one - two) * REFRACTION)


def tecu_per_ns(frequency_1, frequency_2):
    """TEC [TECU] for each nanosecond of code bias between the two frequencies [Hz]; GPS L1 and L2: 2.853."""
    return tecu_per_metre(frequency_1, frequency_2) * SPEED_OF_LIGHT * 1e-9


def choose_pairs(observed: SystemObservations, only: Iterable[str] = ()) -> Mapping[SignalPair, np.ndarray]:
    """Which pair of signals to take for each satellite: pairs, best first, with the indices of their satellites.

    Judged by what was observed, not by what the header lists. Satellites that never have two frequencies are in none.
    `only` restricts to pairs by name (`C1C-C2W`).
    """
    counts = {code: np.isfinite(plane) for code, plane in zip(observed.codes, observed.values, strict=True)}
    counts = {code: known for code, known in counts.items() if code[0] in "CL" and known.any()}
    wanted = set(only)
    pairs = [pair for pair in _candidates(observed.system, counts) if not wanted or pair.name in wanted]
    if not pairs:
        return {}
    full = np.array([_complete(pair, counts).sum(axis=0) for pair in pairs])
    chosen = np.argmax(full >= np.maximum(1, _ENOUGH * full.max(axis=0)), axis=0)
    chosen[full.max(axis=0) == 0] = -1
    return {pair: np.flatnonzero(chosen == number) for number, pair in enumerate(pairs) if (chosen == number).any()}


def _candidates(system: str, counts: Mapping[str, np.ndarray]) -> list[SignalPair]:
    """Pairs that the codes with any observation allow, best first."""
    pairs = []
    for band_1, attributes_1, band_2, attributes_2 in _PREFERENCE.get(system, ()):
        for two in attributes_2:
            for one in attributes_1:
                codes = f"C{band_1}{one}", f"C{band_2}{two}"
                phases = [_phase(code, counts) for code in codes]
                if all(code in counts for code in codes) and all(phases):
                    pairs.append(SignalPair(system, *codes, *phases))
    return pairs


def _phase(code: str, counts: Mapping[str, np.ndarray]) -> str:
    """The phase to go with a pseudorange: that of the same signal, else the fullest of the same carrier; "" if none."""
    own = "L" + code[1:]
    if own in counts:
        return own
    carrier = [other for other in counts if other[:2] == own[:2]]
    return max(carrier, key=lambda other: int(counts[other].sum()), default="")


def _complete(pair: SignalPair, counts: Mapping[str, np.ndarray]) -> np.ndarray:
    """Where all four observations are there, shape (time, sv)."""
    return counts[pair.code_1] & counts[pair.code_2] & counts[pair.phase_1] & counts[pair.phase_2]
