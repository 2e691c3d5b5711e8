"""What questions to the archive are made of, and what the answers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from soap.archive.cover import Near
from soap.core.errors import BadParameter
from soap.core.place import Box
from soap.core.time import Window


@dataclass(frozen=True)
class Selection:
    """Which granules: every condition that is given must hold.

    `near` is (latitude, longitude, radius_km) and excludes `box`; `variable` an identifier; `as_of` asks for what was
    held at an earlier time of recording. A granule of unknown place, and a global index, is in no place.
    """

    collection_id: str | None = None
    variable: str | None = None
    window: Window | None = None
    near: tuple[float, float, float] | Near | None = None
    box: Box | None = None
    shape: str | None = None
    as_of: np.datetime64 | None = None

    def __post_init__(self) -> None:
        if self.near is not None and self.box is not None:
            raise BadParameter("Give a place as a point with a radius or as a box, not as both.")
        if self.near is not None and not isinstance(self.near, Near):
            object.__setattr__(self, "near", Near(*self.near))
        if isinstance(self.near, Near) and not 0 < self.near.radius_km < np.inf:
            raise BadParameter(f"The radius {self.near.radius_km} km is none; give a positive number.")

    @property
    def place(self) -> Near | Box | None:
        """The circle or box, if any."""
        return self.near if isinstance(self.near, Near) else self.box


@dataclass(frozen=True)
class CollectionRecord:
    """A collection as held now: what it is, and the sum of its granules."""

    collection_id: str
    shape: str
    domain: str
    platform: str
    """Several are comma-separated."""
    cadence: str
    level: str
    variables: tuple[str, ...]
    first: np.datetime64
    last: np.datetime64
    granules: int
    count: int
    simulated: bool


@dataclass(frozen=True)
class GranuleRecord:
    """A granule's version, without the values.

    `sha256` is its object's, `originals` those of the files it was made of. `latitude`, `longitude` are set for a
    known point, `box` for paths, areas and scattered points.
    """

    granule_id: str
    version: int
    collection_id: str
    shape: str
    platform: str
    period: str
    window: Window
    variables: tuple[str, ...]
    count: int
    simulated: bool
    maturity: str
    quality: Mapping[str, Mapping[str, int]]
    sha256: str
    object_key: str
    originals: tuple[str, ...]
    recorded_from: np.datetime64
    place: str
    latitude: float | None
    longitude: float | None
    box: Box | None
