"""What to say of what is not there. What a viewer may not see is not there, word for word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from soap.archive.records import Selection
from soap.archive.schema import FOREVER, collection, granule, version
from soap.core.errors import BadParameter, NotFound
from soap.core.time import NS, iso


def no_collection(collection_id: str, provider: str | None = None) -> NotFound:
    """The error for a collection that is not held, or not seen."""
    whose = "" if provider is None else f" of {provider or 'the archive itself'}"
    return NotFound(
        f"There is no collection {collection_id!r}{whose} here.", command="`soap find` lists those there are."
    )


def known_shape(connection: Connection, visible: frozenset[int] | None, selection: Selection) -> str:
    """Shape of the selection's collection; `NotFound` when the viewer sees nothing of it.

    `BadParameter` when what they see of it is of several shapes.
    """
    its = select(granule.c.id).where(granule.c.collection == collection.c.id)
    seen = its if visible is None else its.where(granule.c.terms.in_(visible))
    query = select(collection.c.shape).distinct().where(*_of(selection), exists(seen)).order_by(collection.c.shape)
    shapes = connection.execute(query).scalars().all()
    if not shapes:
        raise no_collection(str(selection.collection_id), selection.provider)
    if len(shapes) > 1:
        raise BadParameter(
            f"{selection.collection_id} is held in the shapes {', '.join(shapes)}, of several members: ask for one of"
            " them with provider=CODE."
        )
    return shapes[0]


def check_known(
    connection: Connection, visible: frozenset[int] | None, selection: Selection, variables: set[str]
) -> None:
    """`BadParameter` when the collection, as far as it is seen, has none of these variables at any time."""
    query = _seen(select(version.c.variables).distinct(), visible, selection)
    known = {name for text in connection.execute(query).scalars() for name in text.split()}
    unknown = sorted(variables - known)
    if unknown:
        raise BadParameter(
            f"{selection.collection_id} has no variable {', '.join(unknown)};"
            f" it has {', '.join(sorted(known)) or 'none'}."
        )


def nothing_there(connection: Connection, visible: frozenset[int] | None, selection: Selection) -> NotFound:
    """The error for a window in which the collection holds nothing that is seen; it says what is seen of it."""
    if selection.window is None:
        raise TypeError("The selection has no window.")
    query = _seen(select(func.min(version.c.first), func.max(version.c.last)), visible, selection)
    first, last = connection.execute(query.where(version.c.count > 0)).one()
    window = f"from {iso(selection.window.start)} to {iso(selection.window.stop)}"
    if first is None:
        then = "" if selection.as_of is None else f" as of {iso(selection.as_of)}"
        return NotFound(f"{selection.collection_id} holds nothing {window}{then}, nor at any other time.")
    held = " to ".join(iso(np.datetime64(instant, "ns")) for instant in (first, last))
    return NotFound(f"{selection.collection_id} holds nothing {window}; it holds {held}.")


def _seen(query: Select, visible: frozenset[int] | None, selection: Selection) -> Select:
    """The query over the versions of the selection's collection that are seen, whatever their time."""
    joined = query.join_from(version, granule, granule.c.id == version.c.granule)
    joined = joined.join(collection, collection.c.id == granule.c.collection).where(*_of(selection), *_held(selection))
    return joined if visible is None else joined.where(granule.c.terms.in_(visible))


def _of(selection: Selection) -> Iterator[ColumnElement[bool]]:
    yield collection.c.collection_id == selection.collection_id
    if selection.provider is not None:
        yield collection.c.provider == selection.provider


def _held(selection: Selection) -> Iterator[ColumnElement[bool]]:
    if selection.as_of is None:
        yield version.c.recorded_to == FOREVER
        return
    instant = int(selection.as_of.astype(NS).astype(np.int64)) // 1000
    yield version.c.recorded_from <= instant
    yield version.c.recorded_to > instant
