"""Statistics by member: what each handed in, as the viewer may know it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.archive import Archive, query
from soap.core.who import Viewer
from soap.services import accounts


@dataclass(frozen=True)
class Holdings:
    """What one member handed in; an empty `member` is the archive itself.

    `count` is the number of times, and of earthquakes; `first` and `last` are None where nothing is held.
    """

    member: str
    name: str
    collections: int
    granules: int
    count: int
    first: np.datetime64 | None
    last: np.datetime64 | None


def by_member(viewer: Viewer, archive: Archive) -> tuple[Holdings, ...]:
    """Of every member, by code, those too that handed in nothing that the viewer sees; the archive itself comes first.

    A collection that several members hand in is asked for member by member, so that each counts its own.
    """
    names = {"": ""} | {one.code: one.name for one in accounts.members(viewer, archive)}
    return tuple(_of(viewer, archive, code, name) for code, name in names.items())


def _of(viewer: Viewer, archive: Archive, code: str, name: str) -> Holdings:
    held = query.collections(archive, viewer, provider=code)
    return Holdings(
        code,
        name,
        len(held),
        sum(one.granules for one in held),
        sum(one.count for one in held),
        min((one.first for one in held), default=None),
        max((one.last for one in held), default=None),
    )
