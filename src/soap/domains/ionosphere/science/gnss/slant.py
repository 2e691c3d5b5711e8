"""Slant TEC of one receiver: levelled to the codes, with the biases of satellites and receiver still in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.arcs import find_arcs
from soap.domains.ionosphere.science.gnss.clock_resets import clock_steps
from soap.domains.ionosphere.science.gnss.combinations import Combined, combine
from soap.domains.ionosphere.science.gnss.cycle_slips import SLIPPED, SPIKE, WARNED, WILD_CODE, SlipSearch, find_slips
from soap.domains.ionosphere.science.gnss.levelling import level
from soap.domains.ionosphere.science.gnss.observation import Observations
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
    stands alone (its TEC is NaN), CONTAMINATED where only the code is wild (it is left out of the level)."""
    slips: np.ndarray
    """int64, shape (sv,): slips found by their size or where the receiver warned (gaps are none)."""
    tecu_per_ns: np.ndarray
    """[TECU/ns], shape (sv,): each GLONASS satellite has its own frequencies."""


def slant_tec(observations: Observations, sky: Sky, choices: SlantChoices | None = None) -> tuple[SlantTec, ...]:
    """Slant TEC of every satellite with two frequencies, one record for each system and pair of signals.

    Each satellite is in the one record whose pair serves it best (`signals.choose_pairs`). Systems that `sky` does not
    know keep NaN elevations. Empty when nothing has two frequencies.
    """
    choices = choices or SlantChoices()
    seconds = (observations.time - observations.time[:1]) / np.timedelta64(1, "s")
    chosen = [
        (pair, svs, combine(observed, pair, svs, observations.channels))
        for observed in observations.systems.values()
        for pair, svs in choose_pairs(observed, choices.pairs).items()
    ]
    steps = clock_steps([combined.wide_lane * _wide_length(combined) for _, _, combined in chosen])
    if steps.any():
        chosen = [
            (pair, svs, replace(combined, wide_lane=combined.wide_lane - steps / _wide_length(combined)))
            for pair, svs, combined in chosen
        ]
    return tuple(_record(observations, seconds, sky, *each, choices) for each in chosen)


def _wide_length(combined: Combined) -> np.ndarray:
    """Wavelength of the wide lane [m], shape (sv, 1)."""
    one, two = combined.wavelengths[:, :1], combined.wavelengths[:, 1:]
    return one * two / (two - one)


def _record(
    observations: Observations, seconds: np.ndarray, sky: Sky, pair: SignalPair, svs: np.ndarray, combined: Combined,
    choices: SlantChoices,
) -> SlantTec:  # fmt: skip
    """Slips, arcs, levels and rates of one pair of signals."""
    system = observations.systems[pair.system]
    shape = len(observations.time), len(system.sv)
    unknown = np.full(shape, np.nan)
    elevation, azimuth = (np.ascontiguousarray(angle.T[svs]) for angle in sky.get(pair.system, (unknown, unknown)))
    state = find_slips(seconds, combined, observations.breaks, choices.slips)
    high = ~(elevation < choices.min_elevation_deg)
    arc, count = find_arcs(seconds, state, high, least_s=choices.min_arc_s)
    codes = np.where(state == WILD_CODE, np.nan, combined.code_tec)
    levels = level(seconds, combined.phase_tec, codes, arc, count, elevation)
    inside = arc >= 0
    number = arc[inside]
    stec, sigma = np.full(arc.shape, np.nan), np.full(arc.shape, np.nan)
    stec[inside], sigma[inside] = combined.phase_tec[inside] + levels.level[number], levels.sigma[number]
    rate = rate_of_tec(seconds, combined.phase_tec, arc)
    roti = rate_of_tec_index(seconds, rate, arc, window_s=choices.roti_window_s)
    return SlantTec(
        system=pair.system,
        pair=pair,
        time=observations.time,
        sv=tuple(system.sv[sv] for sv in svs),
        stec_levelled=stec.T,
        arc=arc.T,
        levelling_sigma=sigma.T,
        elevation_deg=elevation.T,
        azimuth_deg=azimuth.T,
        roti=roti.T,
        roti_window_s=choices.roti_window_s,
        quality=_FLAGS[state].T,
        slips=((state == SLIPPED) | (state == WARNED)).sum(axis=1),
        tecu_per_ns=combined.tecu_per_metre * SPEED_OF_LIGHT * 1e-9,
    )
