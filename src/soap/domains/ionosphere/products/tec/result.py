"""Calibrated TEC as observations, and what a person is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from soap.core.time import duration, gps_to_utc
from soap.domains.ionosphere.names import NAMES
from soap.domains.ionosphere.products.tec.parameters import TecParameters
from soap.domains.ionosphere.products.tec.place import Place
from soap.domains.ionosphere.science.gnss.calibrate import CalibratedTec
from soap.domains.ionosphere.science.gnss.detrended import detrended_tec
from soap.domains.ionosphere.science.gnss.observation import Observations
from soap.domains.ionosphere.science.gnss.rate import rate_of_tec
from soap.domains.ionosphere.science.gnss.receiver_bias import ReceiverBias
from soap.domains.ionosphere.science.gnss.vertical import VerticalTec
from soap.formats.derivation import Derived
from soap.observations import rays, series

if TYPE_CHECKING:
    import xarray as xr

_Column = tuple[str, int, Callable[[VerticalTec], np.ndarray]]

_COLUMNS: tuple[_Column, ...] = (
    ("stec", 3, lambda part: part.stec),
    ("stec_sigma", 3, lambda part: part.slant_sigma),
    ("vtec", 3, lambda part: part.vtec),
    ("vtec_sigma", 3, lambda part: part.sigma),
    ("rtec", 3, lambda part: part.slant.stec_levelled),
    ("elevation_deg", 3, lambda part: part.slant.elevation_deg),
    ("azimuth_deg", 3, lambda part: part.slant.azimuth_deg),
    ("ipp_latitude", 4, lambda part: part.latitude),
    ("ipp_longitude", 4, lambda part: part.longitude),
    ("roti", 4, lambda part: part.slant.roti),
    ("arc", 0, lambda part: np.where(part.slant.arc >= 0, part.slant.arc, np.nan)),
)
"""Columns of rays and their decimals: finer than any of their errors, and so that they pack well."""

_CONVENTION = (
    "stec = rtec + k (satellite bias + receiver bias), biases [ns] of the pair's first code minus its second, as in"
    " SINEX-BIAS; k [TECU/ns] is 2.853 for GPS L1-L2"
)


@dataclass(frozen=True)
class Comparison:
    """TEC over the station less that of a map: mean, root mean square [TECU], and of how many times."""

    mean_tecu: float
    rms_tecu: float
    count: int


@dataclass(frozen=True)
class StationDay:
    """All that was computed of one receiver's observations."""

    observations: Observations
    place: Place
    calibrated: CalibratedTec
    compared: Comparison | None
    chosen: TecParameters
    satellite_biases: str
    """Where they are from: `file`, `none`, or the receivers that agree on them."""
    notes: tuple[str, ...]

    @property
    def platform(self) -> str:
        """The station as collections are named by."""
        return self.observations.station.lower() or "unknown"


def derived(day: StationDay) -> Derived:
    """Tables of rays and of the station, figures and notes."""
    made = {"tec": _rays(day)}
    over = _station(day)
    if over is not None:
        made["vtec"] = over
    return Derived(made, _figures(day), day.notes)


def _rays(day: StationDay) -> xr.Dataset:
    """Rays of all systems together, in UTC."""
    parts = day.calibrated.parts
    time = day.observations.time
    sv = sorted(sv for part in parts for sv in part.slant.sv)
    wanted = _columns(day.chosen)
    columns = {name: np.full((len(time), len(sv)), np.nan) for name, _, _ in wanted}
    flags = np.zeros((len(time), len(sv)), dtype=np.uint8)
    for part in parts:
        places = np.searchsorted(sv, part.slant.sv)
        there = np.isfinite(part.slant.stec_levelled)
        for name, decimals, values in wanted:
            columns[name][:, places] = np.where(there, np.round(values(part), decimals) + 0.0, np.nan)
        flags[:, places] = np.where(there, part.slant.quality, 0)
    both = np.isfinite(columns["rtec"])
    marks = {name: np.where(both, flags, 0).astype(np.uint8) for name in ("stec", "vtec", "rtec")}
    cadence = duration(day.observations.interval_s)
    return rays(
        gps_to_utc(time),
        sv,
        columns,
        names=NAMES,
        flags=marks,
        collection_id=f"ionosphere.{day.platform}.tec.{cadence.lower().replace('.', '_')}",
        cadence=cadence,
        roti_window_s=day.chosen.roti_window_s,
        **_detrended(day.chosen),
        signal_pairs="; ".join(f"{part.bias.pair.name}: {' '.join(part.slant.sv)}" for part in parts),
        **_attributes(day),
    )


def _columns(chosen: TecParameters) -> tuple[_Column, ...]:
    """Columns of rays; with `detrended`, also how fast TEC changes, and what of it is waves."""
    if chosen.detrended == "none":
        return _COLUMNS
    return (
        *_COLUMNS,
        ("rot", 4, lambda part: rate_of_tec(*_by_satellite(part)).T),
        ("dtec", 4, lambda part: _waves(part, chosen).T),
    )


def _waves(part: VerticalTec, chosen: TecParameters) -> np.ndarray:
    shortest, longest = chosen.detrended_shortest_s, chosen.detrended_longest_s
    causal = chosen.detrended == "causal"
    return detrended_tec(*_by_satellite(part), shortest_s=shortest, longest_s=longest, causal=causal)


def _by_satellite(part: VerticalTec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seconds, and levelled TEC and arcs of the shape (sv, time)."""
    slant = part.slant
    seconds = (slant.time - slant.time[:1]) / np.timedelta64(1, "s")
    return seconds, np.ascontiguousarray(slant.stec_levelled.T), np.ascontiguousarray(slant.arc.T)


def _detrended(chosen: TecParameters) -> dict[str, Any]:
    """Attributes that say what `dtec` is."""
    if chosen.detrended == "none":
        return {}
    band = f"{chosen.detrended_shortest_s:g} to {chosen.detrended_longest_s:g}"
    return {"detrended_band_s": band, "detrended_causal": int(chosen.detrended == "causal")}


def _station(day: StationDay) -> xr.Dataset | None:
    """Vertical TEC over the station; None where there is none at all."""
    over = day.calibrated.series
    known = np.isfinite(over.vtec)
    if not known.any():
        return None
    window = np.median(np.diff(over.time)) if len(over.time) > 1 else np.timedelta64(300, "s")
    cadence = duration(float(window / np.timedelta64(1, "s")))
    columns = {"vtec": np.round(over.vtec, 3), "vtec_sigma": np.round(over.sigma, 3)}
    return series(
        gps_to_utc(over.time[known]),
        {name: values[known] for name, values in columns.items()},
        names=NAMES,
        collection_id=f"ionosphere.{day.platform}.vtec.{cadence.lower()}",
        cadence=cadence,
        time_stamp="centre",
        **{key: value for key, value in _attributes(day).items() if key != "time_stamp"},
    )


def _attributes(day: StationDay) -> dict[str, Any]:
    chosen, place = day.chosen, day.place
    return {
        "platform": day.platform,
        "code_scheme": "marker_name",
        "level": "L2",
        "latitude": round(place.latitude, 7),
        "longitude": round(place.longitude, 7),
        "height_m": round(place.height_m, 3),
        "receiver": day.observations.receiver,
        "antenna": day.observations.antenna,
        "shell_height_km": chosen.shell_height_km,
        "mapping": chosen.mapping,
        "bias_convention": _CONVENTION,
        "satellite_biases": day.satellite_biases,
        "receiver_bias_ns": "; ".join(_bias_text(bias) for bias in day.calibrated.biases),
    }


def _bias_text(bias: ReceiverBias) -> str:
    name = f"{bias.pair.system} {bias.pair.name}"
    return f"{name} {bias.value_ns:.3f} ± {bias.sigma_ns:.3f} {bias.origin}" if np.isfinite(bias.value_ns) else name


def _figures(day: StationDay) -> dict[str, Any]:
    parts, compared = day.calibrated.parts, day.compared
    seen = [np.isfinite(part.slant.stec_levelled).any(axis=0) for part in parts]
    return {
        "station": day.observations.station,
        "first": gps_to_utc(day.observations.time[0]),
        "last": gps_to_utc(day.observations.time[-1]),
        "satellites": int(sum(one.sum() for one in seen)),
        "arcs": int(sum(len(np.unique(part.slant.arc[part.slant.arc >= 0])) for part in parts)),
        "slips": int(sum(part.slant.slips.sum() for part in parts)),
        "satellite_biases": day.satellite_biases,
        "receiver_biases": [_bias_figures(part) for part in parts],
        "ionex_bias_tecu": None if compared is None else compared.mean_tecu,
        "ionex_rms_tecu": None if compared is None else compared.rms_tecu,
        "ionex_times": 0 if compared is None else compared.count,
    }


def _bias_figures(part: VerticalTec) -> dict[str, Any]:
    bias = part.bias
    known = bool(np.isfinite(bias.value_ns))
    return {
        "system": bias.pair.system,
        "pair": bias.pair.name,
        "satellites": len(part.slant.sv),
        "receiver_bias_ns": float(bias.value_ns) if known else None,
        "sigma_ns": float(bias.sigma_ns) if known else None,
        "origin": bias.origin,
        "reason": bias.reason,
    }
