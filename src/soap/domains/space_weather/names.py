"""Names and units of geomagnetic and solar indices, and the definitions that tie them together."""

import numpy as np

from soap.core.names import Variable

NAMES: tuple[Variable, ...] = (
    Variable("kp", "Kp", "1", "planetary three-hour index as a decimal (2+ is 7/3, 3- is 8/3)", (0.0, 9.0)),
    Variable("ap", "ap", "nT", "three-hour equivalent planetary amplitude, the linear form of Kp", (0.0, 400.0)),
    Variable("ap_daily", "Ap", "nT", "daily equivalent planetary amplitude, the mean of eight ap", (0.0, 400.0)),
    Variable("f107", "F10.7", "sfu", "solar radio flux at 10.7 cm as observed at the Earth", (50.0, 450.0)),
    Variable("f107_adjusted", "F10.7adj", "sfu", "solar radio flux at 10.7 cm adjusted to 1 au", (50.0, 450.0)),
    Variable("dst", "Dst", "nT", "hourly equatorial disturbance storm time index", (-2000.0, 200.0)),
    Variable("rc", "RC", "nT", "hourly ring current index, external plus induced", (-2000.0, 200.0)),
    Variable("rc_external", "RC_e", "nT", "external (magnetospheric) part of RC", (-2000.0, 200.0)),
    Variable("rc_internal", "RC_i", "nT", "internal (induced) part of RC", (-1000.0, 200.0)),
    Variable("quiet_rank", "Q", "1", "place among the month's quietest days, 0 for none", (0.0, 15.0)),
    Variable("disturbed_rank", "D", "1", "place among the month's most disturbed days, 0 for none", (0.0, 15.0)),
    Variable("storm_veto", "veto", "1", "1 where a storm could have disturbed the interval, else 0", (0.0, 1.0)),
)

AP_OF_KP_THIRDS = np.array(
    (0, 2, 3, 4, 5, 6, 7, 9, 12, 15, 18, 22, 27, 32, 39, 48, 56, 67, 80, 94, 111, 132, 154, 179, 207, 236, 300, 400)
)
"""ap [nT] of Kp = 0o, 0+, 1-, … 9o: the definition of ap (J. Bartels, 1957; Matzka et al., 2021,
doi:10.1029/2020SW002641, table 1)."""

KP_TENTHS_OF_THIRDS = np.array([round(10 * third / 3) for third in range(28)])
"""How files write Kp in two digits: 0, 3, 7, 10, 13, … 90."""


def thirds_of_tenths(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kp in thirds of its codes in files (0, 3, 7 … 90), and where a code is one; a NaN is none. Any one shape."""
    thirds = np.searchsorted(KP_TENTHS_OF_THIRDS, np.where(np.isnan(codes), 0, codes)).clip(max=27)
    return thirds, KP_TENTHS_OF_THIRDS[thirds] == codes


def ap_not_of_kp(days: np.ndarray, thirds: np.ndarray, ap: np.ndarray) -> list[str]:
    """A note on values of ap that are not those that their Kp defines: one of the two is wrong in the source.

    `thirds` and `ap` have the shape (days, 8); where `ap` is NaN nothing is compared.
    """
    wrong = (AP_OF_KP_THIRDS[thirds] != ap) & ~np.isnan(ap)
    if not wrong.any():
        return []
    dates = ", ".join(map(str, days[wrong.any(axis=1)][:8]))
    return [f"{int(wrong.sum())} value(s) of ap are not those their Kp defines; days: {dates}."]
