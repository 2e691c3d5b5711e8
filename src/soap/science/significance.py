"""From counts and surrogates to probabilities: p-values, intervals of a share, many tests at once."""

from __future__ import annotations

from typing import Literal

import numpy as np

from soap.core.errors import BadParameter

Alternative = Literal["two-sided", "greater", "less"]


def surrogate_p(observed: float, surrogates, alternative: Alternative = "two-sided") -> float:
    """Probability that chance does as much: (k + 1) / (n + 1), k of n surrogates being at least as extreme.

    `greater` counts surrogates >= observed, `less` those <= observed; `two-sided` is twice the smaller of the two, at
    most 1. NaN surrogates (no event had data) are left out of k and n. Raises `BadParameter` without a finite observed
    value or surrogate, for then nothing can be said. B. Phipson, G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 9, 39,
    2010, doi:10.2202/1544-6115.1585.
    """
    surrogates = np.asarray(surrogates, dtype=float)
    surrogates = surrogates[np.isfinite(surrogates)]
    if not np.isfinite(observed) or not surrogates.size:
        raise BadParameter(
            f"The observed statistic is {observed} and {surrogates.size} surrogates have a value: no probability can be"
            " given. Choose a period or stations with data around the events."
        )
    # Sums of the same terms in another order differ in the last digits: such surrogates are ties, and ties count.
    slack = 1e-12 * max(abs(observed), float(np.abs(surrogates).max()))
    greater = (np.count_nonzero(surrogates >= observed - slack) + 1) / (surrogates.size + 1)
    less = (np.count_nonzero(surrogates <= observed + slack) + 1) / (surrogates.size + 1)
    if alternative == "greater":
        return greater
    if alternative == "less":
        return less
    if alternative == "two-sided":
        return min(1.0, 2 * min(greater, less))
    raise BadParameter(f"The alternative {alternative!r} is none; give two-sided, greater or less.")


def share_interval(
    hits: int, n: int, confidence: float = 0.95, method: Literal["wilson", "clopper_pearson"] = "wilson"
) -> tuple[float, float]:
    """Confidence interval of a share of `hits` in `n`.

    E. B. Wilson, J. Am. Stat. Assoc. 22, 209-212, 1927, doi:10.1080/01621459.1927.10502953 (near the nominal coverage);
    C. J. Clopper, E. S. Pearson, Biometrika 26, 404-413, 1934, doi:10.1093/biomet/26.4.404 (never below it).
    """
    from scipy.stats import binomtest

    if not (n >= 1 and 0 <= hits <= n and 0 < confidence < 1):
        raise BadParameter(
            f"{hits} hits in {n} trials at confidence {confidence} is no share;"
            " give 0 <= hits <= n, n >= 1, 0 < confidence < 1."
        )
    kinds = {"wilson": "wilson", "clopper_pearson": "exact"}
    if method not in kinds:
        raise BadParameter(f"The interval {method!r} is none; give wilson or clopper_pearson.")
    interval = binomtest(int(hits), int(n)).proportion_ci(confidence, method=kinds[method])
    return float(interval.low), float(interval.high)


def false_discovery_adjusted(p) -> np.ndarray:
    """Benjamini-Hochberg adjusted p-values, same shape; those <= q are the discoveries at false discovery rate q.

    For independent or positively dependent tests. NaN (a test that could not be made) stays NaN and is not counted.
    Y. Benjamini, Y. Hochberg, J. R. Stat. Soc. B 57, 289-300, 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    p = np.asarray(p, dtype=float)
    known = np.isfinite(p)
    if ((p[known] < 0) | (p[known] > 1)).any():
        raise BadParameter("A p-value lies outside 0 to 1.")
    order = np.argsort(p[known], kind="stable")
    n = len(order)
    scaled = p[known][order] * n / np.arange(1, n + 1)
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    result = np.full(p.shape, np.nan)
    result[known] = adjusted
    return result
