"""Values from the archive: a window of a collection as observations, joined over granules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from soap.archive.absent import check_known, known_shape, nothing_there
from soap.archive.archive import Archive
from soap.archive.block import to_dataset
from soap.archive.named_keys import several_at_once
from soap.archive.object_rows import with_half_orbit
from soap.archive.overlap import Piece, by_time, check_kind, joined, maturity_of, overlapping
from soap.archive.parts import held_values
from soap.archive.policy import visible
from soap.archive.records import GranuleRecord, Selection
from soap.archive.search import search
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer

_READERS = 2
"""Threads that read granules ahead of the one being looked at."""

_WITH_VALUES = ("series", "track", "field", "profile", "rays")


@dataclass(frozen=True)
class Asked:
    """Values of one collection, as one viewer asks for them."""

    archive: Archive
    viewer: Viewer
    collection_id: str
    window: Window
    variables: tuple[str, ...] | None
    as_of: np.datetime64 | None
    provider: str | None
    station: str | None = None

    @property
    def selection(self) -> Selection:
        """Of its granules."""
        return Selection(
            self.collection_id, window=self.window, as_of=self.as_of, provider=self.provider, station=self.station
        )

    def pieces(self, *shapes: str) -> list[Piece]:
        """What the granules hold in the window; those with no time in it, or none of the variables, are left out.

        Errors as `records`.
        """
        return self.read(self.records(*shapes))

    def in_turn(self, *shapes: str) -> Iterator[list[Piece]]:
        """The pieces in order of time, those that overlap together; read as they are asked for, a few ahead.

        Errors as `records`.
        """
        return self.read_in_turn(self.records(*shapes))

    def read_in_turn(self, found: Iterable[GranuleRecord]) -> Iterator[list[Piece]]:
        """`in_turn` of these granules."""
        for _, pieces in several_at_once(self.read, overlapping(found), _READERS):
            yield pieces

    def records(self, *shapes: str) -> list[GranuleRecord]:
        """The granules that answer.

        Raises `NotFound` when the viewer knows no such collection, `BadParameter` when it is of another shape or has
        no such variable.
        """
        selection = self.selection
        with self.archive.catalogue.reading() as connection:
            seen = visible(connection, self.viewer)
            found = search(self.archive, connection, selection, seen, originals=False)
            check_kind(found)
            held = found[0].shape if found else known_shape(connection, seen, selection)
            if held not in shapes:
                raise BadParameter(f"{self.collection_id} is of shape {held}, not {' or '.join(shapes)}.")
            unknown = set(self.variables or ()) - {name for record in found for name in record.variables}
            if unknown:
                check_known(connection, seen, selection, unknown)
        return found

    def read(self, found: Iterable[GranuleRecord]) -> list[Piece]:
        """What these granules hold in the window."""
        return [piece for record in found if (piece := self._piece(record)) is not None]

    def _piece(self, record: GranuleRecord) -> Piece | None:
        objects = self.archive.objects
        block = held_values(objects, record.object_key, record.parts, self.variables, self.window)
        block = replace(block, attrs={**block.attrs, "maturity": record.maturity})
        return Piece(record, block) if len(block.time) and block.values else None

    def nothing(self) -> NotFound:
        """What to raise when the collection holds nothing in the window."""
        with self.archive.catalogue.reading() as connection:
            return nothing_there(connection, visible(connection, self.viewer), self.selection)


def series(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
    station: str | None = None,
) -> xr.Dataset:
    """The collection's values in the window as one `series`: each time once, quality flags kept.

    What several members handed in is united, the more final and then the later recorded first; `provider` asks for
    one member's alone (empty: the archive's own), `station` for one platform's where the collection has several. A
    series whose place only its station code tells gets `latitude`, `longitude` and `height_m` from the station
    list. Raises `NotFound` when the viewer knows no such collection or it holds nothing there (saying what it does
    hold), `BadParameter` when it has no such variable, is no series, or what several members handed in does not go
    together.
    """
    asked = _asked(archive, viewer, collection_id, window, variables, as_of, provider, station)
    return _series(asked, asked.pieces("series"))


def tracks(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
) -> tuple[xr.Dataset, ...]:
    """The collection's half-orbits in the window, cut to it, by time; errors as `series`, but none when empty."""
    asked = _asked(archive, viewer, collection_id, window, variables, as_of, provider)
    return tuple(to_dataset(piece.block) for piece in by_time(asked.pieces("track")))


def fields(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
) -> tuple[xr.Dataset, ...]:
    """The collection's map days in the window, cut to it, by time; errors as `series`, but none when empty."""
    asked = _asked(archive, viewer, collection_id, window, variables, as_of, provider)
    return tuple(to_dataset(piece.block) for piece in by_time(asked.pieces("field")))


def whole(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
    station: str | None = None,
) -> xr.Dataset:
    """Series, tracks or fields of the window as one dataset, for export; the half-orbit becomes a coordinate.

    Errors as `series`; `BadParameter` also when half-orbits of several platforms overlap or the grid changes.
    """
    asked = _asked(archive, viewer, collection_id, window, variables, as_of, provider, station)
    pieces = asked.pieces(*_WITH_VALUES)
    if not pieces:
        raise asked.nothing()
    if pieces[0].record.shape == "series":
        return _series(asked, pieces)
    ordered = by_time(pieces)
    if pieces[0].record.shape == "track":
        ordered = [Piece(piece.record, with_half_orbit(piece.block)) for piece in ordered]
    block = joined(ordered)
    if (np.diff(block.time) <= np.timedelta64(0)).any():
        raise BadParameter(f"{collection_id}: platforms overlap in this window; ask for a shorter one.")
    dataset = to_dataset(block)
    dataset.attrs["maturity"] = maturity_of(piece.record for piece in pieces)
    dataset.attrs.pop("half_orbit_id", None)
    return dataset


def _asked(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    variables: Iterable[str] | None,
    as_of: np.datetime64 | None,
    provider: str | None,
    station: str | None = None,
) -> Asked:
    names = None if variables is None else tuple(variables)
    return Asked(archive, viewer, collection_id, window, names, as_of, provider, station)


def _series(asked: Asked, pieces: Sequence[Piece]) -> xr.Dataset:
    if not pieces:
        raise asked.nothing()
    platforms = sorted({piece.record.platform for piece in pieces})
    if len(platforms) > 1:
        raise BadParameter(
            f"{asked.collection_id} holds {len(platforms)} platforms ({', '.join(platforms)}); one series is of one."
        )
    latest = max(pieces, key=lambda piece: piece.block.time[-1])
    attrs = dict(latest.block.attrs) | {"maturity": maturity_of(piece.record for piece in pieces)}
    dataset = to_dataset(joined(pieces))
    dataset.attrs = attrs | station_place(latest.record, attrs)
    return dataset


def station_place(record: GranuleRecord, attrs: Mapping) -> dict[str, float]:
    """`latitude`, `longitude` and `height_m` of a series that has no place of its own, as a station list tells it."""
    if "latitude" in attrs or record.latitude is None:
        return {}
    place = {"latitude": record.latitude, "longitude": record.longitude, "height_m": record.height_m}
    return {name: value for name, value in place.items() if value is not None}
