"""Told of: collections to which something was added, at most once a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from pydantic import Field

from soap.archive import Archive, CollectionRecord, citation, query
from soap.core.time import iso
from soap.core.who import Viewer
from soap.services.watch.kind import Conditions, Found, Kind, Look, Message


class NoveltyConditions(Conditions):
    """A collection that somebody adds to, or revises."""

    collection: str = Field(max_length=200)


def _look(look: Look) -> Iterator[Found]:
    for one in query.collections(look.archive, look.viewer, collection_id=look.conditions.collection):
        if one.version > look.since:
            day = str(look.now.astype("datetime64[D]"))
            yield Found(f"new {one.collection_id} {day}", {"collection_id": one.collection_id})


def _tell(viewer: Viewer, archive: Archive, asked: NoveltyConditions, about: Mapping[str, Any]) -> Message | None:
    for one in query.collections(archive, viewer, collection_id=about["collection_id"]):
        facts = {"collection_id": one.collection_id, "version": citation.cite(one.collection_id, one.version),
                 "last": iso(one.last), "count": one.count}  # fmt: skip
        return Message(f"New in {one.collection_id}", _text(one), facts, f"/api/v1/collections/{one.collection_id}")
    return None


def _text(one: CollectionRecord) -> str:
    made_up = "It is simulated. " if one.simulated else ""
    until = iso(one.last) if not np.isnat(one.last) else "unknown"
    return (
        f"{one.collection_id} was added to or revised; it now reaches to {until}. {made_up}"
        f"Cite it as {citation.cite(one.collection_id, one.version)}."
    )


NOVELTY = Kind("new_data", "new data", NoveltyConditions, _look, _tell)
