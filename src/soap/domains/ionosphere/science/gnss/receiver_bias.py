"""Biases of a receiver, estimated from its own observations together with the ionosphere over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from soap.domains.ionosphere.science.gnss.doubted_satellites import Doubt, Judgement, fit_undoubted
from soap.domains.ionosphere.science.gnss.field import Fit, FitChoices, fit
from soap.domains.ionosphere.science.gnss.rays import HOUR, Rays, Receiver, gather
from soap.domains.ionosphere.science.gnss.signals import SignalPair
from soap.domains.ionosphere.science.gnss.slant import SlantTec

LEAST_HOURS = 2.0
"""Less than this does not tell a receiver's bias from the ionosphere: both must be seen at many elevations."""

MOST_HOURS = 31 * 24.0
"""As much as is fitted at once; a receiver's bias does not stay the same for longer either."""

HEIGHT_SIGMA_KM = 30.0
"""How well the height of the shell is known; the sigma of a bias has what follows from it."""

_UNKNOWN_SATELLITE_NS = 6.0
"""Usual size of a satellite's bias where no file gives it."""

_LINK_NS = {"R": 1.5, "J": 0.5}
"""Usual difference of a receiver's bias between satellites. Each frequency of GLONASS passes a receiver's filters with
its own delay (CODE estimates one bias for each link, see the headers of its maps); QZSS satellites are seen by few
receivers, and their own biases are known less well."""

_LEAST_ROWS = 30
_HELD_NS = 1e-6
"""Prior sigma that keeps a given bias as it is."""


@dataclass(frozen=True)
class ReceiverBias:
    """Bias `pair.code_1 - pair.code_2` of a receiver for the satellites of one record.

    `value_ns` is NaN where it could not be had; then `reason` says why. `links_ns` (sv,) is what a satellite's link
    has more than that: the satellite's own bias where no file gives it (NaN where it could not be estimated either),
    and for GLONASS what its frequency makes; NaN too for the satellites of `doubts`, whose bias cannot be right.
    `origin` is `estimated`, `given` or `none`. `scatter_ns` is what the satellites' biases usually are off each other
    by, NaN where fewer than five were judged.
    """

    pair: SignalPair
    value_ns: float
    sigma_ns: float
    links_ns: np.ndarray
    satellites: int
    origin: str
    reason: str = ""
    doubts: tuple[Doubt, ...] = ()
    scatter_ns: float = np.nan


@dataclass(frozen=True)
class Estimate:
    """Biases of all records and the ionosphere that was fitted with them (`None` where none could be)."""

    biases: tuple[ReceiverBias, ...]
    fit: Fit | None


def estimate_receiver_biases(
    records: Sequence[SlantTec], satellite_ns: Sequence[np.ndarray], receiver: Receiver,
    choices: FitChoices | None = None, given_ns: Mapping[SignalPair, float] | None = None,
) -> Estimate:  # fmt: skip
    """One bias for each record, all through one ionosphere.

    `satellite_ns` are the satellites' biases (`satellite_bias.satellite_biases`), NaN where unknown. `given_ns` holds
    the receiver's biases that are known; they are kept. The datum is that of the satellites' biases; where those of
    a record are unknown, it is a mean of zero over its satellites. A satellite whose bias cannot be right is left out.
    """
    choices, given = choices or FitChoices(), given_ns or {}
    rays = gather(records, satellite_ns, receiver, mask_deg=choices.mask_deg, every_s=choices.every_s)
    held = np.array([given.get(record.pair, np.nan) for record in records])
    reasons = _shortages(records, rays.where(~rays.standing), choices, given=np.isfinite(held))
    rays = rays.where(np.array([not reason for reason in reasons], dtype=bool)[rays.record])
    if len(rays) == 0 or all(reasons):
        unfitted = [_unfitted(*each) for each in zip(records, satellite_ns, held, reasons, strict=True)]
        return Estimate(tuple(unfitted), None)
    links = Links.of(records, satellite_ns)
    known = rays.slant + rays.tecu_per_ns * np.nan_to_num(held)[rays.record]
    prior = np.concatenate([np.where(np.isfinite(held), _HELD_NS, np.inf), links.sigma])
    rays = replace(rays, slant=known)
    found = fit_undoubted(records, rays, links.column(rays, len(records)), receiver, prior, choices)
    biases = [
        _unfitted(record, known_ns, value, reason)
        if reason
        else _doubting(_fitted(number, record, known_ns, value, links, found.fit, found.rays), judged)
        for number, (record, known_ns, value, reason, judged) in enumerate(
            zip(records, satellite_ns, held, reasons, found.judgements, strict=True)
        )
    ]
    return Estimate(tuple(biases), found.fit)


def estimate_with_links(
    records: Sequence[SlantTec], satellite_ns: Sequence[np.ndarray], receiver: Receiver, choices: FitChoices
) -> tuple[Fit | None, Links]:
    """The fit of all records and what its second biases are; no fit where there is too little for any of them."""
    rays = gather(records, satellite_ns, receiver, mask_deg=choices.mask_deg, every_s=choices.every_s)
    rays = rays.where(~rays.standing)
    links = Links.of(records, satellite_ns)
    if all(_shortages(records, rays, choices, given=np.zeros(len(records), bool))):
        return None, links
    prior = np.concatenate([np.full(len(records), np.inf), links.sigma])
    return fit(rays, receiver, links.column(rays, len(records)), prior, choices), links


@dataclass(frozen=True)
class Links:
    """Second biases: of which record and satellite, and how large they usually are [ns]; shape (link,)."""

    record: np.ndarray
    sv: np.ndarray
    sigma: np.ndarray

    @classmethod
    def of(cls, records: Sequence[SlantTec], satellite_ns: Sequence[np.ndarray]) -> Links:
        rows = []
        for number, (record, known) in enumerate(zip(records, satellite_ns, strict=True)):
            for sv in range(len(record.sv)):
                if np.isnan(known[sv]):
                    rows.append((number, sv, _UNKNOWN_SATELLITE_NS))
                elif record.system in _LINK_NS:
                    rows.append((number, sv, _LINK_NS[record.system]))
        table = np.array(rows, dtype=float).reshape(-1, 3)
        return cls(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])

    def column(self, rays: Rays, first: int) -> np.ndarray:
        """Number of each row's link, counted on from `first`; -1 for none."""
        size = 1 + max(rays.sv.max(initial=0), self.sv.max(initial=0))
        places, wanted = self.record * size + self.sv, rays.record * size + rays.sv
        if len(places) == 0:
            return np.full(len(rays), -1)
        at = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
        return np.where(places[at] == wanted, first + at, -1)


def _shortages(
    records: Sequence[SlantTec], rays: Rays, choices: FitChoices, *, given: np.ndarray
) -> list[str]:  # fmt: skip
    """Why each record's bias cannot be estimated; empty where it can."""
    hours = _hours_observed(records)
    rows = np.bincount(rays.record, minlength=len(records))
    reasons = []
    for number, record in enumerate(records):
        reason = ""
        if np.isnan(record.elevation_deg).all():
            reason = "no orbits for its satellites"
        elif rows[number] < _LEAST_ROWS:
            reason = f"only {rows[number]} rays above {choices.mask_deg:g} degrees; {_LEAST_ROWS} are needed"
        elif hours > MOST_HOURS:
            reason = f"{hours / 24:.0f} days of observations; at most {MOST_HOURS / 24:g} are taken at once"
        elif hours < LEAST_HOURS and not given[number]:
            reason = f"{hours:.1f} h of observations; {LEAST_HOURS:g} h are needed to tell a bias from the ionosphere"
        reasons.append(reason)
    return reasons


def _hours_observed(records: Sequence[SlantTec]) -> float:
    """From the first to the last time with any TEC."""
    seen = [record.time[np.isfinite(record.stec_levelled).any(axis=1)] for record in records]
    times = np.concatenate(seen) if seen else np.empty(0, "datetime64[ns]")
    return float((times.max() - times.min()) / HOUR) if len(times) else 0.0


def _unfitted(record: SlantTec, known_ns: np.ndarray, held: float, reason: str) -> ReceiverBias:
    """A bias as it was given, or none."""
    given = bool(np.isfinite(held))
    links_ns = np.where(np.isnan(known_ns), np.nan, 0.0)
    return ReceiverBias(
        record.pair, float(held), 0.0 if given else np.nan, links_ns, 0, "given" if given else "none",
        "" if given else reason,
    )  # fmt: skip


def _fitted(
    number: int, record: SlantTec, known_ns: np.ndarray, held: float, links: Links, fitted: Fit, rays: Rays
) -> ReceiverBias:  # fmt: skip
    """The bias of one record out of the fit; its sigma holds the fit's and that of the shell's height."""
    links_ns = np.zeros(len(record.sv))
    mine = np.flatnonzero(links.record == number)
    links_ns[links.sv[mine]] = fitted.biases[len(fitted.biases) - len(links.sv) + mine]
    used = np.zeros(len(record.sv), dtype=bool)
    used[rays.sv[rays.record == number]] = True
    links_ns[np.isnan(known_ns) & ~used] = np.nan
    satellites = int(used.sum())
    if np.isfinite(held):
        return ReceiverBias(record.pair, float(held), 0.0, links_ns, satellites, "given")
    sigma = np.hypot(np.sqrt(fitted.covariance[number, number]), fitted.by_height[number] * HEIGHT_SIGMA_KM)
    return ReceiverBias(record.pair, float(fitted.biases[number]), float(sigma), links_ns, satellites, "estimated")


def _doubting(bias: ReceiverBias, judged: Judgement) -> ReceiverBias:
    """A bias with its satellites that were left out, which have no link."""
    doubts = tuple(
        Doubt(int(sv), float(judged.off_ns[sv]), float(judged.sigma_ns[sv])) for sv in np.flatnonzero(judged.left_out)
    )
    links_ns = np.where(judged.left_out, np.nan, bias.links_ns)
    return replace(bias, links_ns=links_ns, doubts=doubts, scatter_ns=judged.usual_ns)
