"""Biases of satellites from several receivers of the same days, where no file gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from soap.domains.ionosphere.science.gnss.field import FitChoices
from soap.domains.ionosphere.science.gnss.rays import Receiver
from soap.domains.ionosphere.science.gnss.receiver_bias import estimate_with_links
from soap.domains.ionosphere.science.gnss.slant import SlantTec

_USUAL_NS = 6.0
_ZERO_MEAN_NS = 1e-3
"""How firmly the mean over the satellites of a pair is held at zero."""

_RECEIVER_OWN_NS = 0.5
"""How differently receivers see one satellite's bias: levels of arcs, multipath, correlators."""

_OWN_LINKS = "R"
"""GLONASS: each receiver delays each frequency differently, so that its satellites have no bias in common."""


@dataclass(frozen=True)
class NetworkBiases:
    """Satellite biases that several receivers agree on [ns], and their standard errors; see `bias.Biases`.

    The mean over the satellites of a pair of signals is zero, the datum of CODE's files (over all of the system).
    """

    values: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    sigmas: Mapping[tuple[str, str, str], float] = field(default_factory=dict)

    def satellite(self, sv: str, one: str, two: str) -> float:
        """Bias `one - two` of a satellite [ns]; NaN where no receiver observed it with this pair."""
        return self.values.get((sv, one, two), float("nan"))

    def receiver(self, station: str, system: str, one: str, two: str) -> float:
        """NaN: receivers' biases are estimated when each is calibrated with these."""
        return float("nan")


def network_satellite_biases(
    stations: Sequence[tuple[Sequence[SlantTec], np.ndarray]], receiver_choices: tuple[float, str] = (450.0, "layered"),
    choices: FitChoices | None = None,
) -> NetworkBiases:  # fmt: skip
    """Satellite biases from receivers near or far, each under an ionosphere of its own.

    Parameters
    ----------
    stations : slant TEC and Earth-fixed position [m] of each receiver, of the same days
    receiver_choices : height of the shell [km] and mapping, see `rays.Receiver`

    Every receiver tells the sum of its bias and each satellite's; the sums of all are split by least squares, each
    with its full covariance. With one receiver this is no more than its own estimate. GLONASS is left out.
    """
    columns: dict[tuple[str, str, str], int] = {}
    parts = []
    for records, position_m in stations:
        kept = [record for record in records if record.system not in _OWN_LINKS and len(record.time)]
        if not kept:
            continue
        receiver = Receiver.at(position_m, kept[0].time[0], *receiver_choices)
        unknown = [np.full(len(record.sv), np.nan) for record in kept]
        fitted, links = estimate_with_links(kept, unknown, receiver, choices or FitChoices())
        if fitted is None:
            continue
        owners = [_key(kept[number], sv) for number, sv in zip(links.record, links.sv, strict=True)]
        parts.append((fitted, links, len(kept), [columns.setdefault(owner, len(columns)) for owner in owners]))
    if not parts:
        return NetworkBiases()
    return _split(parts, columns)


def _split(parts: Sequence[tuple], columns: Mapping[tuple[str, str, str], int]) -> NetworkBiases:
    """Common biases from the normal equations of all receivers; those of the receivers are eliminated."""
    size = len(columns)
    normal, right = np.eye(size) / _USUAL_NS**2, np.zeros(size)
    for fitted, links, n_records, at in parts:
        own, common = slice(0, n_records), slice(n_records, None)
        told = np.linalg.inv(fitted.covariance)
        sums = told @ fitted.biases
        told[np.diag_indices(len(told))] -= np.concatenate([np.full(n_records, 1e-9), links.sigma**-2.0])
        loosened = told[:, common] @ np.linalg.inv(told[common, common] + np.eye(len(links.sv)) / _RECEIVER_OWN_NS**2)
        told, sums = told - loosened @ told[common], sums - loosened @ sums[common]
        through = told[common, own] @ np.linalg.pinv(told[own, own])
        normal[np.ix_(at, at)] += told[common, common] - through @ told[own, common]
        right[at] += sums[common] - through @ sums[own]
    owners = list(columns)
    for pair in {owner[1:] for owner in owners}:
        same = np.array([owner[1:] == pair for owner in owners], dtype=float)
        normal += np.outer(same, same) / (_ZERO_MEAN_NS * same.sum()) ** 2
    covariance = np.linalg.inv(normal)
    values, sigmas = covariance @ right, np.sqrt(np.diag(covariance))
    return NetworkBiases(
        dict(zip(owners, values.tolist(), strict=True)), dict(zip(owners, sigmas.tolist(), strict=True))
    )


def _key(record: SlantTec, sv: int) -> tuple[str, str, str]:
    return record.sv[sv], record.pair.code_1, record.pair.code_2
