"""What questions to the archive are made of, and what the answers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from soap.archive.cover import Near
from soap.archive.parts import Part
from soap.core.errors import BadParameter
from soap.core.place import Box
from soap.core.time import Window


@dataclass(frozen=True)
class Selection:
    """Which granules: every condition that is given must hold.

    `near` is (latitude, longitude, radius_km) and excludes `box`; `variable` an identifier; `as_of` asks for what was
    held at an earlier time of recording; `provider` for what one member handed in (empty: the archive itself);
    `station` for what one station (its code) or platform observed, in capitals or not. A granule of unknown place,
    and a global index, is in no place.
    """

    collection_id: str | None = None
    variable: str | None = None
    window: Window | None = None
    near: tuple[float, float, float] | Near | None = None
    box: Box | None = None
    shape: str | None = None
    as_of: np.datetime64 | None = None
    provider: str | None = None
    station: str | None = None

    def __post_init__(self) -> None:
        if self.near is not None and self.box is not None:
            raise BadParameter("Give a place as a point with a radius or as a box, not as both.")
        if self.near is not None and not isinstance(self.near, Near):
            object.__setattr__(self, "near", Near(*self.near))

    @property
    def place(self) -> Near | Box | None:
        """The circle or box, if any."""
        return self.near if isinstance(self.near, Near) else self.box


@dataclass(frozen=True)
class CollectionRecord:
    """A collection as held now: what it is, and the sum of those of its granules that the viewer sees.

    What several members handed in under one name is one, unless it differs in shape or in being simulated. Words that
    differ between its granules are comma-separated.
    """

    collection_id: str
    shape: str
    domain: str
    platform: str
    cadence: str
    level: str
    variables: tuple[str, ...]
    first: np.datetime64
    last: np.datetime64
    granules: int
    count: int
    simulated: bool
    providers: tuple[str, ...]
    """Codes of the members that handed it in; empty: the archive itself."""
    owner: str
    access: str
    licence: str
    citation: str
    embargo_until: np.datetime64 | None
    """The last of several."""
    version: np.datetime64
    """Time of recording of the latest change: `collection_id@version`, asked for again by `as_of`."""


class Told(Protocol):
    """What the catalogue told of a granule."""

    def field(self, name: str) -> Any:
        """A field of its record."""


@dataclass(frozen=True)
class GranuleRecord:
    """A granule's version, without the values.

    `sha256` is its object's, or stands for those of its `parts` (`parts.checksum_of`); `originals` are those of the
    files it was made of. `latitude`, `longitude` are set for a known point (`height_m` too, where a station list gives
    it), `box` for paths, areas and scattered points.
    """

    granule_id: str
    version: int
    collection_id: str
    shape: str
    platform: str
    cadence: str
    level: str
    period: str
    window: Window
    variables: tuple[str, ...]
    count: int
    simulated: bool
    maturity: str
    quality: Mapping[str, Mapping[str, int]]
    sha256: str
    bytes: int
    """Size of its objects."""
    object_key: str
    """Of its object; of several the last."""
    originals: tuple[str, ...]
    recorded_from: np.datetime64
    place: str
    latitude: float | None
    longitude: float | None
    height_m: float | None
    box: Box | None
    provider: str
    owner: str
    access: str
    licence: str
    citation: str
    parts: tuple[Part, ...]
    """The objects that hold its values, by time, where they are several."""

    @classmethod
    def of(cls, told: Told, fields: Mapping[str, Any] | None = None) -> GranuleRecord:
        """The record of what the catalogue told; each but these `fields` is made of it when it is first asked for.

        A search finds hundreds of granules of which a few fields are read: to make all takes longer than the search.
        """
        record = object.__new__(cls)
        record.__dict__.update(fields or {}, _told=told)
        return record

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            told = self.__dict__.get("_told")
            if told is None or name not in self.__dataclass_fields__:
                raise AttributeError(f"{type(self).__name__} has no {name}.")
            value = self.__dict__[name] = told.field(name)
            return value


@dataclass(frozen=True)
class SetAside:
    """A file that could not be read: its name, checksum, size, why, since when, and whether its bytes are kept."""

    name: str
    sha256: str
    bytes: int
    reason: str
    kept: bool
    recorded_from: np.datetime64
