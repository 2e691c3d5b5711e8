"""Code biases as differences between two signals, from whichever kind of file."""

from __future__ import annotations

from typing import Protocol


class Biases(Protocol):
    """Satellite and receiver code biases [ns].

    A difference `one - two` is the delay of `one` minus that of `two`, as in SINEX-BIAS (DSB) and in the centres' DCB
    files (P1-P2). It may be composed of others (C1C-C1W and C1W-C2W), and of absolute ones (OSB).
    """

    def satellite(self, sv: str, one: str, two: str) -> float:
        """Bias of a satellite [ns], `one` and `two` RINEX 3 codes (`C1W`); NaN where unknown."""

    def receiver(self, station: str, system: str, one: str, two: str) -> float:
        """Bias of a receiver [ns] for a system's signals; NaN where unknown."""
