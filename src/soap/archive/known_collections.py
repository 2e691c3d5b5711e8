"""What a viewer may know of the collections themselves: that they exist, and which variables they hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from soap.archive.policy import visible
from soap.archive.schema import FOREVER, collection, granule, version
from soap.core.errors import BadParameter, NotFound
from soap.core.who import Viewer


@dataclass(frozen=True)
class KnownCollection:
    """A collection's platform, and the variables held of it now."""

    collection_id: str
    shape: str
    cadence: str
    platform: str
    simulated: bool
    variables: tuple[str, ...]


def known_collections(
    connection: Connection, viewer: Viewer, *conditions: ColumnElement[bool]
) -> tuple[KnownCollection, ...]:
    """Collections and platforms of which the viewer may see something that holds now, by name.

    `conditions` are on the tables collection, granule and version.
    """
    found: dict[tuple, set[str]] = {}
    columns = (collection.c.collection_id, collection.c.shape, collection.c.cadence, granule.c.platform)
    query = _seen(connection, viewer, select(*columns, collection.c.simulated, version.c.variables))
    for *key, names in connection.execute(query.where(*conditions).distinct()):
        found.setdefault(tuple(key), set()).update(names.split())
    return tuple(
        KnownCollection(collection_id, shape, cadence, platform, bool(simulated), tuple(sorted(names)))
        for (collection_id, shape, cadence, platform, simulated), names in sorted(found.items())
    )


def must_know(connection: Connection, viewer: Viewer, collection_id: str, *shapes: str) -> str:
    """The collection's shape; `NotFound` when the viewer may not know of it, `BadParameter` when it is of another."""
    query = _seen(connection, viewer, select(collection.c.shape)).where(collection.c.collection_id == collection_id)
    shape = connection.execute(query.limit(1)).scalar()
    if shape is None:
        raise NotFound(f"There is no collection {collection_id!r} here. `soap find` lists those there are.")
    if shape not in shapes:
        raise BadParameter(f"{collection_id} is of shape {shape}, not {' or '.join(shapes)}.")
    return shape


def must_hold(
    connection: Connection, viewer: Viewer, names: Collection[str], collection_id: str | None, *shapes: str
) -> None:
    """`BadParameter` when this collection, or all the viewer sees of these shapes, never has one of the variables."""
    if not names:
        return
    conditions: list[ColumnElement[bool]] = [collection.c.shape.in_(shapes)]
    if collection_id is not None:
        conditions.append(collection.c.collection_id == collection_id)
    known = {name for one in known_collections(connection, viewer, *conditions) for name in one.variables}
    unknown = sorted(set(names) - known)
    if unknown:
        holder = f"{collection_id} has no variable" if collection_id else f"No {' or '.join(shapes)} here has"
        raise BadParameter(f"{holder} {', '.join(unknown)}; there are {', '.join(sorted(known)) or 'none'}.")


def _seen(connection: Connection, viewer: Viewer, query):
    """A selection from collection, granule and version restricted to what holds now and the viewer may see."""
    return (
        query.select_from(collection)
        .join(granule, granule.c.collection == collection.c.id)
        .join(version, version.c.granule == granule.c.id)
        .where(version.c.recorded_to == FOREVER, version.c.count > 0, *seen_by(connection, viewer))
    )


def seen_by(connection: Connection, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
    """The condition on granules that the viewer may see them; none for one from whom nothing is hidden."""
    numbers = visible(connection, viewer)
    if numbers is not None:
        yield granule.c.terms.in_(numbers)
