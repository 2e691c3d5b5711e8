"""Codes of networks and channels for stations and variables that have none of the FDSN's.

Networks: the scheme of the stations' codes, `iaga_code` as `IAGA`; three to eight letters, which are no network that
the FDSN has given out (those have one or two). Channels: FDSN Source Identifiers 1.0 (2019), band by sampling rate,
source `Y` (no instrument that the table knows), and the variable, `U_Y_BNORTH`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from soap.services.station_inventory import Observing

_LONGEST = 8
_BANDS = ((1000.0, "F"), (250.0, "C"), (80.0, "H"), (10.0, "B"), (1.0 + 1e-9, "M"), (0.5, "L"), (0.05, "V"),
          (0.01, "U"), (0.001, "W"), (0.0001, "R"), (0.00001, "P"), (0.000001, "T"), (0.0, "Q"))  # fmt: skip
"""Least sampling rate [Hz] of each band."""


@dataclass(frozen=True)
class Channel:
    """Codes of what is observed: `location` tells collections of one variable and rate apart, the first by none."""

    location: str
    code: str
    observing: Observing
    rate_hz: float


def network_of(code_scheme: str) -> str:
    """The network's code."""
    word = re.sub(r"(_code|_name)$", "", code_scheme)
    return re.sub(r"[^A-Z0-9]", "", word.upper())[:_LONGEST] or "SOAP"


def channels(observing: Iterable[Observing]) -> Iterator[Channel]:
    """The channels of a station."""
    times: dict[str, int] = {}
    for one in observing:
        rate = 0.0 if not one.cadence_s else 1.0 / one.cadence_s
        band = "I" if rate == 0.0 else next(letter for least, letter in _BANDS if rate >= least)
        code = f"{band}_Y_{re.sub(r'[^A-Z0-9]', '', one.variable.upper())}"
        number = times[code] = times.get(code, 0) + 1
        yield Channel("" if number == 1 else f"{number - 1:02d}", code, one, rate)


class Pattern:
    """Codes with `*` and `?`, several between commas; `--` is no code."""

    def __init__(self, words: Iterable[str] | None):
        told = ["*"] if words is None else ["" if word in ("--", "  ") else word.upper() for word in words]
        parts = (re.escape(word).replace(r"\*", ".*").replace(r"\?", ".") for word in told)
        self._matches = re.compile("|".join(f"(?:{part})" for part in parts)).fullmatch
        self.any = words is None or "*" in told

    def holds(self, code: str) -> bool:
        """True for a code that is meant."""
        return self._matches(code.upper()) is not None
