"""A search in pages: granules in an order, so many at a time, as they were when the first page was asked for.

What is published meanwhile changes no later page. A page is found by walking through an index in the order asked for,
in steps of time that grow until enough is found; so a page costs about the same of a narrow question and of one that
all of the archive answers.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, bindparam, select

from soap.archive.archive import Archive
from soap.archive.conditions import Condition, split
from soap.archive.cover import Place, box_of, grid_cells
from soap.archive.cursor import BY_ID, EARLIEST, LATEST, Cursor, cursor_of, no_token
from soap.archive.granule_rows import ORIGINALS, whole_record
from soap.archive.holdings import microseconds
from soap.archive.originals import Original, obtainable
from soap.archive.parts import parts_of
from soap.archive.policy import visible
from soap.archive.prepared import PreparedSelect
from soap.archive.records import GranuleRecord
from soap.archive.schema import FOREVER, archive_fact, granule, version
from soap.archive.search import EVERY, in_place, nanoseconds, spellings, stand
from soap.archive.walk import Asked, Found, walks
from soap.core.errors import BadParameter
from soap.core.time import Window
from soap.core.who import Viewer

MOST = 1_000
"""Granules that a page may hold."""

_HOUR_US = 3_600_000_000
_ROWS = {
    originals: PreparedSelect(
        (EVERY.add_columns(ORIGINALS) if originals else EVERY)
        .order_by(None)
        .where(version.c.id.in_(bindparam("some", expanding=True)))
    )
    for originals in (True, False)
}
_CLOCK = PreparedSelect(select(archive_fact.c.value).where(archive_fact.c.name == "clock"))
_NUMBER = PreparedSelect(select(granule.c.id, granule.c.terms).where(granule.c.granule_id == bindparam("name")))


@dataclass(frozen=True)
class Question:
    """Which granules: every condition that is given must hold.

    `collections`, `ids` and `stations` (codes or platforms, in capitals or not) name several of which one must be
    it; `variables` several that must all be there. Otherwise as `Selection`.
    """

    collections: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    stations: tuple[str, ...] | None = None
    variables: tuple[str, ...] = ()
    window: Window | None = None
    place: Place | None = None
    provider: str | None = None
    shape: str | None = None
    as_of: np.datetime64 | None = None
    where: Condition | None = None


@dataclass(frozen=True)
class Page:
    """Some of the granules that answer, and the token of the page after; `whole` where they are all that do."""

    granules: tuple[GranuleRecord, ...]
    token: str | None
    whole: bool
    files: Mapping[str, Original] = field(default_factory=dict)
    """The originals of these granules that the viewer may have, by checksum, where they were asked for."""


def page(
    archive: Archive,
    viewer: Viewer,
    question: Question,
    *,
    order: str = LATEST,
    limit: int = 100,
    token: str | None = None,
    originals: bool = True,
    files: bool = False,
) -> Page:
    """The page of at most `limit` granules that a `token` of the page before names, else the first.

    Each granule that answered when the first page was asked for, or at the question's `as_of`, is on one of the
    pages once, whatever is published between them. What the viewer may see is judged anew for each page. Without
    `originals` the records lack the checksums of their files; with `files` these are told of, too. Raises
    `BadParameter` for an order or limit that is none, a token that is none or of another order, and conditions that do
    not go together.
    """
    if order not in _KEYS or not 1 <= limit <= MOST:
        known = ", ".join(_KEYS)
        raise BadParameter(f"A page holds 1 to {MOST} granules in the order {known}; not {limit}, {order!r}.")
    after = None if token is None else cursor_of(token)
    if after is not None and after.order != order:
        raise BadParameter(f"The token is of pages in the order {after.order}; ask for these, or from the first on.")
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        as_of = microseconds(question.as_of) if after is None else after.as_of
        since = None if after is None else _key(connection, seen, after)
        asked = _asked(question, seen, order, since, as_of)
        moment = _moment(connection) if as_of is None else as_of
        rows, granules = [], []
        for row, told in _answers(archive, connection, question, asked, limit + 1, originals):
            rows.append(row)
            granules.append(told)
        more = len(rows) > limit
        rows, granules = rows[:limit], granules[:limit]
        checksums = sorted({checksum for one in granules for checksum in one.originals}) if files else []
        told_of = obtainable(connection, viewer, seen, checksums)
    last = Cursor(order, rows[-1].first, rows[-1].granule_id, moment).token() if more else None
    return Page(tuple(granules), last, after is None and not more, told_of)


_KEYS: dict[str, Callable[[Found], tuple[int, int]]] = {
    LATEST: lambda found: (-found.first, -found.granule),
    EARLIEST: lambda found: (found.first, found.granule),
    BY_ID: lambda found: (0, 0),  # the database's own order, in one walk
}


def _moment(connection: Connection) -> int:
    """A time of recording [µs] from which on all is later than what is held now.

    It is told in tokens: the archive's own clock would tell when somebody last recorded something.
    """
    ((clock,),) = _CLOCK.rows(connection, {})
    now = time.time_ns() // 1000
    return next(one for one in (now, now + _HOUR_US, FOREVER - 1) if one >= clock)


def _key(connection: Connection, seen: frozenset[int] | None, after: Cursor) -> Found:
    """Where the page before ended; the same error for a granule that is not there and one that is not seen."""
    named = _NUMBER.rows(connection, {"name": after.granule_id})
    if not named or (seen is not None and named[0].terms not in seen):
        raise no_token()
    return Found(0, after.first, named[0].id, after.granule_id)


def _asked(
    question: Question, seen: frozenset[int] | None, order: str, after: Found | None, as_of: int | None
) -> Asked:
    """The question as values of conditions by name."""
    of_collection, conditions = split(question.where)
    values: dict[str, Any] = {
        "seen": None if seen is None else sorted(seen),
        "as_of": as_of,
        "ids": None if question.ids is None else list(question.ids),
    }
    if question.stations is not None:
        values["stations"] = sorted({spelling for code in question.stations for spelling in spellings(code)})
    if question.window is not None:
        start, stop = (nanoseconds(one) for one in (question.window.start, question.window.stop))
        values |= {"start": start, "stop": stop}
    held: dict[str, Any] = {"provider": question.provider, "shape": question.shape}
    if question.collections is not None:
        held["names"] = list(question.collections)
    cells: list[int] = []
    if question.place is not None:
        box = box_of(question.place)
        values |= {"south": box.south, "north": box.north, "east": box.east}
        values["west" if box.west <= box.east else "west_over_180"] = box.west
        cells = grid_cells(box)
    values |= {f"variable_{number}": name for number, name in enumerate(question.variables)}
    return Asked(_given(values), conditions, _given(held), of_collection, cells, order, after)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _answers(
    archive: Archive, connection: Connection, question: Question, asked: Asked, most: int, originals: bool
) -> Iterator[tuple[Row, GranuleRecord]]:
    """Rows and records of the first `most` that answer, in order."""
    found = heapq.merge(*walks(connection, asked, most), key=_KEYS[asked.order])
    left, as_of = most, asked.values.get("as_of")
    seen = None if "seen" not in asked.values else frozenset(asked.values["seen"])
    while left and (some := list(islice(found, left))):
        rows = _rows(connection, some, originals)
        stands = stand(connection, rows, seen, as_of)
        if question.place is not None:
            inside = in_place(archive, rows, stands, question.place, question.window)
            rows, stands = [rows[number] for number in inside], [stands[number] for number in inside]
        parts = parts_of(connection, rows)
        for row, at in zip(rows, stands, strict=True):
            yield row, whole_record(row, at, parts.get(row.id, ()))
        left -= len(rows)


def _rows(connection: Connection, found: Sequence[Found], originals: bool) -> list[Row]:
    rows = _ROWS[originals].rows(connection, {"some": [one.version for one in found]})
    by_number = {row.id: row for row in rows}
    return [by_number[one.version] for one in found]


def granule_named(
    archive: Archive, viewer: Viewer, granule_id: str, *, as_of: np.datetime64 | None = None
) -> GranuleRecord | None:
    """The granule of a public name; None where there is none that the viewer sees."""
    found = page(archive, viewer, replace(Question(ids=(granule_id,)), as_of=as_of), limit=1).granules
    return found[0] if found else None
