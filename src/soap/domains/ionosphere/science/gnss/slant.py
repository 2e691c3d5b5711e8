"""Slant TEC of one receiver: levelled to the codes, with the biases of satellites and receiver still in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.arcs import find_arcs
from soap.domains.ionosphere.science.gnss.carriers import counts_other_waves, glonass_channels
from soap.domains.ionosphere.science.gnss.clock_resets import clock_steps
from soap.domains.ionosphere.science.gnss.combinations import Combined, combine
from soap.domains.ionosphere.science.gnss.cycle_slips import SLIPPED, SPIKE, WARNED, WILD_CODE, SlipSearch, find_slips
from soap.domains.ionosphere.science.gnss.departures import departures
from soap.domains.ionosphere.science.gnss.levelling import level
from soap.domains.ionosphere.science.gnss.observation import Observations, SystemObservations
from soap.domains.ionosphere.science.gnss.rate import rate_of_tec, rate_of_tec_index
from soap.domains.ionosphere.science.gnss.signals import SPEED_OF_LIGHT, SignalPair, choose_pairs
from soap.observations.quality import Quality

Sky = Mapping[str, tuple[np.ndarray, np.ndarray]]
"""Elevation and azimuth [degree] by system, each of the shape (time, sv) of its observations; NaN where unknown."""

_FLAGS = np.zeros(WILD_CODE + 1, dtype=np.uint8)
_FLAGS[[SLIPPED, WARNED]] = Quality.JUMP
_FLAGS[SPIKE] = Quality.SPIKE
_FLAGS[WILD_CODE] = Quality.CONTAMINATED


@dataclass(frozen=True)
class SlantChoices:
    """What of a receiver's observations becomes slant TEC, and how; `pairs` by name (`C1C-C2W`), all if empty.

    An arc shorter than `min_arc_s` is left out, and what is lower than `min_elevation_deg`; satellites whose
    elevation is unknown are kept.
    """

    pairs: Collection[str] = ()
    min_elevation_deg: float = 10.0
    min_arc_s: float = 600.0
    roti_window_s: float = 300.0
    slips: SlipSearch = field(default_factory=SlipSearch)

    def __post_init__(self) -> None:
        if not (0 <= self.min_elevation_deg < 90 and self.min_arc_s >= 0 and self.roti_window_s > 0):
            raise BadParameter(
                f"min_elevation_deg is {self.min_elevation_deg} (0 to 90), min_arc_s {self.min_arc_s} (0 or more),"
                f" roti_window_s {self.roti_window_s} (above 0)."
            )


@dataclass(frozen=True)
class SlantTec:
    """Slant TEC of the satellites of one system that one pair of signals is taken for.

    Arrays have shape (time, sv) unless said; NaN where there is none. The TEC along the ray is

        stec = stec_levelled + tecu_per_ns * (satellite bias + receiver bias)

    with biases [ns] of `pair.code_1` minus `pair.code_2`, as SINEX-BIAS and the centres' DCB files give them.
    """

    system: str
    pair: SignalPair
    time: np.ndarray
    """GPS time, datetime64[ns], shape (time,), that of the observations."""
    sv: tuple[str, ...]
    stec_levelled: np.ndarray
    """[TECU] Phase, each arc levelled to its codes; biases are in it."""
    arc: np.ndarray
    """int32: number of the arc, counted through all satellites of this record; -1 where there is none."""
    levelling_sigma: np.ndarray
    """[TECU] Standard error of the level of the arc; one error for all values of an arc."""
    elevation_deg: np.ndarray
    azimuth_deg: np.ndarray
    roti: np.ndarray
    """[TECU/min] Rate of TEC index over `roti_window_s` seconds up to each time."""
    roti_window_s: float
    quality: np.ndarray
    """uint8, flags of `soap.observations.quality.Quality`: JUMP at the first value after a slip, SPIKE where a phase
    stands alone (its TEC is NaN), CONTAMINATED where only the code is wild (it is left out of the level) and where
    codes and phase part company (the TEC is NaN)."""
    slips: np.ndarray
    """int64, shape (sv,): slips found above the lowest elevation, where the receiver warned included; gaps are none."""
    tecu_per_ns: np.ndarray
    """[TECU/ns], shape (sv,): each GLONASS satellite has its own frequencies."""
    left_out: tuple[str, ...] = ()
    """Satellites whose phases do not count the wavelengths of their signals, or whose GLONASS channel nobody tells."""


def slant_tec(observations: Observations, sky: Sky, choices: SlantChoices | None = None) -> tuple[SlantTec, ...]:
    """Slant TEC of every satellite with two frequencies, one record for each system and pair of signals.

    Each satellite is in the one record whose pair serves it best (`signals.choose_pairs`). Systems that `sky` does not
    know keep NaN elevations. Empty when nothing has two frequencies.
    """
    choices = choices or SlantChoices()
    seconds = (observations.time - observations.time[:1]) / np.timedelta64(1, "s")
    chosen = [each for observed in observations.systems.values() for each in _chosen(observations, observed, choices)]
    steps = clock_steps([each.combined.wide_lane * _wide_length(each.combined) for each in chosen])
    if steps.any():
        chosen = [replace(each, combined=_without(steps, each.combined)) for each in chosen]
    records = (_record(observations, seconds, sky, each, choices) for each in chosen)
    return tuple(record for record in records if (record.arc >= 0).any())


def remarks(observations: Observations, records: Sequence[SlantTec]) -> tuple[str, ...]:
    """Which satellites became no slant TEC, and why, in sentences."""
    found = []
    for system, observed in observations.systems.items():
        mine = [record for record in records if record.system == system]
        lost = sorted(sv for record in mine for sv in record.left_out)
        told = {sv for record in mine for sv in record.sv} | set(lost)
        paired = {observed.sv[sv] for svs in choose_pairs(observed).values() for sv in svs}
        for satellites, why in (
            (lost, _DOUBTFUL[system == "R"]),
            ([sv for sv in observed.sv if sv not in told | paired], _SINGLE),
            (sorted(paired - told), f"no arc is long enough, or {_DOUBTFUL[system == 'R']}"),
        ):
            if satellites:
                found.append(f"No TEC of {', '.join(satellites)}: {why}.")
    return tuple(found)


_SINGLE = "code and phase were not observed on two frequencies"
_DOUBTFUL = (
    "the phases do not count the wavelengths of their signals",
    "their GLONASS channels are told neither by the header nor by the observations",
)


@dataclass(frozen=True)
class _Chosen:
    """A pair of signals, the indices of its satellites, their observations combined, and who was left out."""

    pair: SignalPair
    svs: np.ndarray
    combined: Combined
    left_out: tuple[str, ...]


def _chosen(observations: Observations, observed: SystemObservations, choices: SlantChoices) -> list[_Chosen]:
    """Pairs of one system with their satellites, but those whose wavelengths are in doubt."""
    pairs = choose_pairs(observed, choices.pairs)
    channels = observations.channels
    if observed.system == "R":
        channels = {**channels, **glonass_channels(observed, pairs)}
    chosen = []
    for pair, svs in pairs.items():
        wrong = counts_other_waves(observed, pair, svs, channels)
        if observed.system == "R":
            wrong |= [observed.sv[sv] not in channels for sv in svs]
        kept = svs[~wrong]
        if len(kept):
            lost = tuple(observed.sv[sv] for sv in svs[wrong])
            chosen.append(_Chosen(pair, kept, combine(observed, pair, kept, channels), lost))
    return chosen


def _without(steps: np.ndarray, combined: Combined) -> Combined:
    """Wide lanes without the steps of the receiver's clock [m]."""
    return replace(combined, wide_lane=combined.wide_lane - steps / _wide_length(combined))


def _wide_length(combined: Combined) -> np.ndarray:
    """Wavelength of the wide lane [m], shape (sv, 1)."""
    one, two = combined.wavelengths[:, :1], combined.wavelengths[:, 1:]
    return one * two / (two - one)


def _record(
    observations: Observations, seconds: np.ndarray, sky: Sky, chosen: _Chosen, choices: SlantChoices
) -> SlantTec:
    """Slips, arcs, levels and rates of one pair of signals."""
    pair, combined, names = chosen.pair, chosen.combined, observations.systems[chosen.pair.system].sv
    unknown = np.full((len(observations.time), len(names)), np.nan)
    elevation, azimuth = (
        np.ascontiguousarray(angle.T[chosen.svs]) for angle in sky.get(pair.system, (unknown, unknown))
    )
    state = find_slips(seconds, combined, observations.breaks, choices.slips)
    high = ~(elevation < choices.min_elevation_deg)
    arc, count = find_arcs(seconds, state, high, least_s=choices.min_arc_s)
    wild = state == WILD_CODE
    codes, wide_lane = (np.where(wild, np.nan, each) for each in (combined.code_tec, combined.wide_lane))
    apart = departures(seconds, codes - combined.phase_tec, wide_lane, arc, elevation)
    if apart.any():
        arc, count = find_arcs(seconds, state, high & ~apart, least_s=choices.min_arc_s)
    levels = level(seconds, combined.phase_tec, codes, arc, count, elevation)
    stec = combined.phase_tec + np.append(levels.level, np.nan)[arc]
    arc[np.isnan(stec)] = -1
    rate = rate_of_tec(seconds, combined.phase_tec, arc)
    return SlantTec(
        system=pair.system,
        pair=pair,
        time=observations.time,
        sv=tuple(names[sv] for sv in chosen.svs),
        stec_levelled=stec.T,
        arc=arc.T,
        levelling_sigma=np.append(levels.sigma, np.nan)[arc].T,
        elevation_deg=elevation.T,
        azimuth_deg=azimuth.T,
        roti=rate_of_tec_index(seconds, rate, arc, window_s=choices.roti_window_s).T,
        roti_window_s=choices.roti_window_s,
        quality=(_FLAGS[state] | np.where(apart, _FLAGS[WILD_CODE], 0)).T,
        slips=(high & ((state == SLIPPED) | (state == WARNED))).sum(axis=1),
        tecu_per_ns=combined.tecu_per_metre * SPEED_OF_LIGHT * 1e-9,
        left_out=chosen.left_out,
    )
