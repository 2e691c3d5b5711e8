"""From levelled slant TEC to calibrated vertical TEC, all systems of one receiver together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from soap.domains.ionosphere.science.gnss.bias import Biases
from soap.domains.ionosphere.science.gnss.field import FitChoices
from soap.domains.ionosphere.science.gnss.network_bias import NetworkBiases
from soap.domains.ionosphere.science.gnss.rays import Receiver
from soap.domains.ionosphere.science.gnss.receiver_bias import ReceiverBias, estimate_receiver_biases
from soap.domains.ionosphere.science.gnss.satellite_bias import satellite_biases
from soap.domains.ionosphere.science.gnss.signals import SignalPair
from soap.domains.ionosphere.science.gnss.slant import SlantTec
from soap.domains.ionosphere.science.gnss.vertical import StationSeries, VerticalTec, station_series, vertical_tec

_WITHOUT = {
    type(None): "no bias file was given",
    NetworkBiases: "no bias file was given, and several receivers have none in common",
}
"""Why a satellite has no bias, by where biases come from."""

_MOST_SCATTER_NS = 3.0
"""Real satellites' biases were off each other by up to 1.0 ns, see `doubted_satellites`."""


@dataclass(frozen=True)
class CalibrationChoices:
    """How slant TEC is calibrated; the mapping is one of `rays.MAPPINGS`."""

    shell_height_km: float = 450.0
    mapping: str = "layered"
    series_window_s: float = 300.0
    series_mask_deg: float = 30.0
    fit: FitChoices = field(default_factory=FitChoices)


@dataclass(frozen=True)
class CalibratedTec:
    """Calibrated TEC of one receiver: one part for each record of slant TEC, and the series over the receiver.

    What could not be computed is NaN; `bias.reason` of a part, and `notes`, say why.
    """

    parts: tuple[VerticalTec, ...]
    series: StationSeries
    notes: tuple[str, ...] = ()

    @property
    def biases(self) -> tuple[ReceiverBias, ...]:
        """Biases of the receiver, one for each part."""
        return tuple(part.bias for part in self.parts)


def calibrate(
    records: Sequence[SlantTec], position_m: np.ndarray, biases: Biases | None,
    choices: CalibrationChoices | None = None, given_ns: Mapping[SignalPair, float] | None = None,
) -> CalibratedTec:  # fmt: skip
    """Vertical TEC with the receiver's biases estimated from these observations alone.

    Parameters
    ----------
    records : slant TEC of one receiver (`slant.slant_tec`), any systems and signals
    position_m : the receiver, Earth-fixed, shape (3,)
    biases : of the satellites, or None: then each satellite's bias is estimated with the receiver's, less surely
    given_ns : biases of the receiver that are known; others are estimated
    """
    choices = choices or CalibrationChoices()
    when = next((record.time[0] for record in records if len(record.time)), np.datetime64("2000-01-01", "ns"))
    receiver = Receiver.at(position_m, when, choices.shell_height_km, choices.mapping)
    satellite_ns = [satellite_biases(record, biases) for record in records]
    estimate = estimate_receiver_biases(records, satellite_ns, receiver, choices.fit, given_ns)
    parts = tuple(
        vertical_tec(record, known, bias, receiver)
        for record, known, bias in zip(records, satellite_ns, estimate.biases, strict=True)
    )
    series = station_series(
        parts, receiver, estimate.fit, window_s=choices.series_window_s, mask_deg=choices.series_mask_deg
    )
    return CalibratedTec(parts, series, _notes(records, satellite_ns, estimate.biases, biases))


def _notes(records, satellite_ns, found: Sequence[ReceiverBias], biases: Biases | None) -> tuple[str, ...]:
    """What could not be computed as it should be."""
    notes = []
    for record, known, bias in zip(records, satellite_ns, found, strict=True):
        name = f"{record.system} {record.pair.name}"
        if bias.reason:
            notes.append(f"{name}: no receiver bias and no vertical TEC: {bias.reason}.")
        why = _WITHOUT.get(type(biases), "the bias file has none")
        for outcome, chosen in (
            ("are estimated with the receiver's", np.isfinite(bias.links_ns)),
            ("are unknown, and they have no vertical TEC", np.isnan(bias.links_ns)),
        ):
            without = [sv for sv, lacking in zip(record.sv, np.isnan(known) & chosen, strict=True) if lacking]
            if without and not bias.reason:
                notes.append(f"{name}: satellite biases of {', '.join(without)} {outcome}: {why}.")
        notes += _doubts(name, record, bias)
    return tuple(notes)


def _doubts(name: str, record: SlantTec, bias: ReceiverBias) -> list[str]:
    """Which satellites' biases cannot be right, and where all of them are in doubt."""
    notes = []
    if bias.doubts:
        sizes = ", ".join(f"{record.sv[one.sv]} by {one.off_ns:+.1f} ± {one.sigma_ns:.1f} ns" for one in bias.doubts)
        notes.append(
            f"{name}: left out, with no vertical TEC, are satellites whose biases are off what their rays show beside"
            f" those of the others: {sizes}. Check where their biases are from, and whether their codes are sound."
        )
    if bias.scatter_ns > _MOST_SCATTER_NS:
        notes.append(
            f"{name}: the satellites' biases are off each other by {bias.scatter_ns:.1f} ns, where 1 ns is usual, and"
            " which are wrong is not told: is the bias file of this day and these signals, and its sign right?"
        )
    return notes
