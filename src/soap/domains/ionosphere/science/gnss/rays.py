"""The rays of one receiver, all systems together, as rows that an ionosphere is fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.geometry import pierce_points
from soap.domains.ionosphere.science.gnss.mapping import CODE_HEIGHT_KM, modified_single_layer, thin_shell
from soap.domains.ionosphere.science.gnss.modip import DipSlope
from soap.domains.ionosphere.science.gnss.plasmasphere import Plasmasphere
from soap.domains.ionosphere.science.gnss.slant import SlantTec
from soap.science.ellipsoid import geodetic

HOUR = np.timedelta64(3600, "s")


MAPPINGS = ("layered", "thin_shell", "mslm")
"""`layered`: a thin shell below a modelled plasmasphere; `mslm`: CODE's, whose maps it agrees with in form."""

_LOWER_KM = 35.0
"""A shell stands for the whole content; with the plasmasphere apart, what is left maps as a shell this much lower."""

_STANDING_DEG, _STANDING_HOURS = 10.0, 3.0
"""A satellite that moves less than so many degrees of elevation in that time or more stands still in the sky."""


@dataclass(frozen=True)
class Receiver:
    """Where a receiver is, and through what it looks: a shell at `shell_height_km`, a plasmasphere above it.

    The shell is pierced at its height; with the mapping `mslm` the way through it is CODE's.
    """

    position_m: np.ndarray
    latitude: float
    longitude: float
    shell_height_km: float
    mapping: str
    plasmasphere: Plasmasphere
    dip: DipSlope

    @classmethod
    def at(
        cls, position_m: np.ndarray, when: np.datetime64, shell_height_km: float = 450.0, mapping: str = "layered"
    ) -> Receiver:
        """A receiver at an Earth-fixed position [m], on the day `when`; `mapping` is one of `MAPPINGS`."""
        if mapping not in MAPPINGS:
            raise BadParameter(f"There is no mapping {mapping!r}; there are {', '.join(MAPPINGS)}.")
        if not np.isfinite(position_m).all():
            raise BadParameter("The receiver's position is unknown; give its latitude, longitude and height.")
        latitude, longitude, _ = geodetic(position_m)
        above = Plasmasphere.over(position_m) if mapping == "layered" else Plasmasphere.none()
        return cls(
            np.asarray(position_m, float), float(latitude), float(longitude), shell_height_km, mapping, above,
            DipSlope.around(float(latitude), float(longitude), when),
        )  # fmt: skip

    def slant_factor(self, elevation_deg: np.ndarray, higher_km: float = 0.0) -> np.ndarray:
        """Slant over vertical content of the shell, for a shell `higher_km` above the chosen one."""
        if self.mapping == "mslm":
            return modified_single_layer(elevation_deg, CODE_HEIGHT_KM + higher_km)
        lower = _LOWER_KM if self.mapping == "layered" else 0.0
        return thin_shell(elevation_deg, self.shell_height_km - lower + higher_km)

    def sun_and_field(self, longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of pierce points [degree]: hours that local time is ahead of the receiver's, and `Rays.north`."""
        east = np.mod(longitude - self.longitude + 180.0, 360.0) - 180.0
        return east / 15.0, self.dip(latitude, longitude)


@dataclass(frozen=True)
class Rays:
    """Rows, one for each ray, shape (row,).

    The model of a row is `slant = slant_factor * V(hours, north) - tecu_per_ns * (receiver bias + link bias)`: V is the
    content of the shell, and `slant` has the satellite's bias (where known) and the plasmasphere taken out.
    """

    hours: np.ndarray
    """Time since the first observation, shifted by the longitude from the receiver to the pierce point (15 degrees an
    hour): the pattern that the Sun draws over the ionosphere stands still in it."""
    north: np.ndarray
    """Modified dip latitude of the pierce point from the receiver's [degree]."""
    slant: np.ndarray
    elevation_deg: np.ndarray
    tecu_per_ns: np.ndarray
    weight: np.ndarray
    record: np.ndarray
    sv: np.ndarray
    """Index of the satellite in its record."""
    standing: np.ndarray
    """True where the satellite stands still in the sky. What is constant in its TEC cannot be told from a bias: in a
    fit of biases it would only bring the error of its own in."""

    def __len__(self) -> int:
        return len(self.hours)

    def where(self, kept: np.ndarray) -> Rays:
        """The rows where `kept` (row,) is True."""
        return Rays(*(getattr(self, column.name)[kept] for column in fields(self)))


def gather(
    records: Sequence[SlantTec], satellite_ns: Sequence[np.ndarray], receiver: Receiver, *, mask_deg: float,
    every_s: float,
) -> Rays:  # fmt: skip
    """Rays higher than `mask_deg`, one in about `every_s` seconds of each satellite.

    A satellite without a bias counts with 0: its bias must be estimated with the receiver's.
    """
    start = min((record.time[0] for record in records if len(record.time)), default=np.datetime64(0, "ns"))
    parts = [
        _of_record(number, record, known, receiver, start, mask_deg, every_s)
        for number, (record, known) in enumerate(zip(records, satellite_ns, strict=True))
    ]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [np.empty(0)] * 9
    types = [np.float64] * 6 + [np.int64] * 2 + [np.bool_]
    return Rays(*(column.astype(each) for column, each in zip(columns, types, strict=True)))


def _of_record(number, record, satellite_ns, receiver, start, mask_deg, every_s):
    """Columns of `Rays` for one record."""
    kept = _thinned(record.time, every_s)
    usable = np.isfinite(record.stec_levelled[kept]) & (record.elevation_deg[kept] > mask_deg)
    epoch, sv = np.nonzero(usable)
    epoch = kept[epoch]
    elevation, azimuth = record.elevation_deg[epoch, sv], record.azimuth_deg[epoch, sv]
    latitude, longitude = pierce_points(
        receiver.latitude, receiver.longitude, elevation, azimuth, receiver.shell_height_km
    )
    ahead, north = receiver.sun_and_field(longitude, latitude)
    per_ns = record.tecu_per_ns[sv]
    slant = record.stec_levelled[epoch, sv] + per_ns * np.nan_to_num(satellite_ns)[sv]
    return (
        (record.time[epoch] - start) / HOUR + ahead,
        north,
        slant - receiver.plasmasphere.slant(elevation, azimuth),
        elevation,
        per_ns,
        np.sin(np.radians(elevation)) ** 2,
        np.full(len(sv), number),
        sv,
        _standing(record)[sv],
    )


def _thinned(time: np.ndarray, every_s: float) -> np.ndarray:
    """Indices of the first time in each stretch of `every_s` seconds."""
    stretch = (time - time[:1]) // np.timedelta64(round(every_s * 1e9), "ns")
    return np.flatnonzero(np.diff(stretch, prepend=-1) > 0)


def thinned(record: SlantTec, every_s: float) -> SlantTec:
    """The record at one time in each stretch of `every_s` seconds: all that `gather` takes of it."""
    kept = _thinned(record.time, every_s)
    by_time = ("time", "stec_levelled", "arc", "levelling_sigma", "elevation_deg", "azimuth_deg", "roti", "quality")
    return replace(record, **{name: getattr(record, name)[kept] for name in by_time})


def _standing(record: SlantTec) -> np.ndarray:
    """Which satellites stand still in the sky, shape (sv,)."""
    known = np.isfinite(record.stec_levelled) & np.isfinite(record.elevation_deg)
    high = np.where(known, record.elevation_deg, -np.inf).max(axis=0, initial=-np.inf)
    low = np.where(known, record.elevation_deg, np.inf).min(axis=0, initial=np.inf)
    hours = known.sum(axis=0) * usual_step_s(record.time) / 3600.0
    return (high - low < _STANDING_DEG) & (hours >= _STANDING_HOURS)


def usual_step_s(time: np.ndarray) -> float:
    """Median of the seconds between times, 0 where there are not two."""
    return float(np.median(np.diff(time)) / np.timedelta64(1, "s")) if len(time) > 1 else 0.0
