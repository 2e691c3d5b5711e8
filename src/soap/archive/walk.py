"""Walks through the catalogue in the order of a search, along the index that leads to the least that does not answer.

- Named granules, and those of a station or collections with few of them, are gathered and put in order.
- A place leads along its cells, collections along theirs, and a viewer who does not see all along the terms that they
  see, a few of them side by side; otherwise along time alone.
- What held at the moment that is asked about and does no longer comes in a walk of its own.

Where an index has several beginnings (cells, terms) the walk goes in steps of time, each longer than the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, String, and_, bindparam, func, or_, select

from soap.archive.conditions import Condition, sql_of
from soap.archive.cover import CELLS, EVERYWHERE
from soap.archive.cursor import BY_ID, EARLIEST
from soap.archive.prepared import PreparedSelect
from soap.archive.schema import FOREVER, collection, cover, granule, terms, version
from soap.archive.search import BOXES, LONGEST_NS

FEW = 2_000
"""Granules that are gathered and put in order more quickly than found by a walk."""

_DAY_NS = 86_400 * 10**9
_LAG_NS = 2 * _DAY_NS
"""A row of the place x time index begins at most so much after its granule, but for lists of earthquakes."""
_SHORTEST_NS, _GROWTH = 3_600 * 10**9, 8
_FIRST_STEP_NS = 100 * _DAY_NS
"""A window as long as this is looked through at once."""
_MOST_SIDE_BY_SIDE = 16
"""Terms, or terms of collections, that are walked along side by side, each in its index's order."""
_MOST_STARTS = 300
"""Collections that are walked along side by side; of more, all is looked at."""
_LOWEST, _HIGHEST = -(2**63), 2**63 - 2


class Found(NamedTuple):
    """A version that may answer: its number, when it begins [ns], and its granule's number and name."""

    version: int
    first: int
    granule: int
    granule_id: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked: values of conditions by name, and conditions of other kinds; in which order, after which granule.

    `cells` are those of the place, empty for everywhere; `held` and `of_collection` are values by name, and
    conditions, that must hold of the collection.
    """

    values: Mapping[str, Any]
    conditions: tuple[Condition, ...]
    held: Mapping[str, Any]
    of_collection: tuple[Condition, ...]
    cells: Sequence[int]
    order: str
    after: Found | None

    @property
    def span(self) -> tuple[int, int]:
        """Between which times those that are left begin, the latter left out."""
        low, high = _LOWEST, _HIGHEST
        if "start" in self.values:
            low, high = max(self.values["start"] - LONGEST_NS, low), self.values["stop"]
        if self.after is None:
            return low, high
        first = self.after.first
        return (max(low, first), high) if self.order == EARLIEST else (low, min(high, first + 1))


def _listed(name: str) -> Any:
    return bindparam(name, expanding=True)


_PLACED = version.c.place.not_in(("global", "unknown"))
_KINDS: Mapping[str, ColumnElement[bool]] = {
    "seen": granule.c.terms.in_(_listed("seen")),
    "start": version.c.last >= bindparam("start"),
    "stop": version.c.first < bindparam("stop"),
    "west": and_(_PLACED, BOXES["west"]),
    "west_over_180": and_(_PLACED, BOXES["west_over_180"]),
    "stations": granule.c.platform.in_(_listed("stations")),
    "ids": granule.c.granule_id.in_(_listed("ids")),
    "as_of": version.c.recorded_from <= bindparam("as_of"),
    "now": version.c.recorded_to == bindparam("now"),
    "until": and_(version.c.recorded_to > bindparam("until"), version.c.recorded_to < FOREVER),
    "still": version.c.recorded_to > bindparam("still"),
    "few": version.c.granule.in_(_listed("few")),
    "numbers": version.c.collection.in_(_listed("numbers")),
    "terms": version.c.terms.in_(_listed("terms")),
    "among": (version.c.collection + 0).in_(_listed("among")),  # so that no index is taken by it
    "lists": (version.c.collection + 0).not_in(_listed("lists")),
}


@cache
def _condition(name: str) -> ColumnElement[bool] | None:
    """What a value's name stands for; None for a value that another condition's name speaks for."""
    if name.startswith("variable_"):
        spelled: ColumnElement[str] = " " + bindparam(name, type_=String) + " "
        return func.length(version.c.variables) > func.length(func.replace(version.c.variables, spelled, ""))
    return _KINDS.get(name)


@dataclass(frozen=True)
class Way:
    """Which versions are looked at: values of conditions by name; in an index's order, in steps, or all put in order.

    The names of what is to hold whichever way it goes are in `Asked`.
    """

    values: Mapping[str, Any]
    in_order: bool = False
    in_steps: bool = False
    cells: Sequence[int] = field(default=())


def walks(connection: Connection, asked: Asked, most: int) -> list[Iterator[Found]]:
    """Versions that may answer, in walks that are each in order; `most` are wanted. Their place is to be judged."""
    numbers = _collections(connection, asked.held, asked.of_collection)
    if numbers == []:
        return []
    if asked.order == BY_ID:
        return [_by_id(connection, asked, numbers, most)]
    ways = _ways(connection, asked, numbers)
    if "as_of" in asked.values:
        ways.append(Way({"until": asked.values["as_of"], **_among(numbers)}))
    return [_walk(connection, asked, way, most) for way in ways]


def _ways(connection: Connection, asked: Asked, numbers: list[int] | None) -> list[Way]:
    """How to come upon the versions that hold now, each by one of the ways."""
    now, seen = {"now": FOREVER}, asked.values.get("seen")
    few = _few(connection, asked, numbers if asked.cells else None)
    if few is not None:
        return [Way(now | {"few": few} | _among(numbers))]
    if asked.cells and len(asked.cells) < CELLS:
        lists = _collections(connection, {"shape": "events"}) or []
        by_cells = Way({"lists": lists} | _among(numbers), in_steps=True, cells=(EVERYWHERE, *asked.cells))
        theirs = lists if numbers is None else sorted(set(lists) & set(numbers))
        return [by_cells, *_along(connection, seen, theirs)] if theirs else [by_cells]
    if numbers is not None and len(numbers) <= _MOST_STARTS:
        return _along(connection, seen, numbers)
    if seen is not None and len(seen) <= _MOST_SIDE_BY_SIDE:
        return [Way(now | {"terms": [one]} | _among(numbers), in_order=True) for one in seen]
    if seen is not None:
        return [Way(now | {"terms": seen} | _among(numbers), in_steps=True)]
    return [Way(now | _among(numbers), in_order=True)]


def _along(connection: Connection, seen: list[int] | None, numbers: list[int]) -> list[Way]:
    """By the index of collections, which goes on by terms."""
    known = [one for (one,) in _TERMS.rows(connection, {})] if seen is None else seen
    if len(numbers) * len(known) > _MOST_SIDE_BY_SIDE:
        return [Way({"now": FOREVER, "numbers": numbers, "terms": known}, in_steps=True)]
    each = ({"numbers": [number], "terms": [one]} for number in numbers for one in known)
    return [Way({"now": FOREVER, **values}, in_order=True) for values in each]


def _among(numbers: list[int] | None) -> dict[str, Any]:
    return {} if numbers is None else {"among": numbers}


_HELD: Mapping[str, ColumnElement[bool]] = {
    "names": collection.c.collection_id.in_(_listed("names")),
    "provider": collection.c.provider == bindparam("provider"),
    "shape": collection.c.shape == bindparam("shape"),
}


def _collections(
    connection: Connection, held: Mapping[str, Any], conditions: Sequence[Condition] = ()
) -> list[int] | None:
    """Numbers of the collections that answer; None where nothing is asked of them."""
    if not held and not conditions:
        return None
    prepared = _held(frozenset(held))
    if not conditions:
        return [number for (number,) in prepared.rows(connection, held)]
    query = prepared.statement.where(*(sql_of(one) for one in conditions))
    return list(connection.execute(query, held).scalars())


@cache
def _held(names: frozenset[str]) -> PreparedSelect:
    return PreparedSelect(select(collection.c.id).where(*(_HELD[name] for name in sorted(names))))


_TERMS = PreparedSelect(select(terms.c.id))
_NAMED = PreparedSelect(select(granule.c.id).where(granule.c.granule_id.in_(_listed("ids"))))
# By the index of platforms, which is of each collection.
_OF_STATIONS = PreparedSelect(
    select(granule.c.id)
    .where(granule.c.collection.in_(select(collection.c.id)), granule.c.platform.in_(_listed("stations")))
    .limit(FEW + 1)
)
_OF_COLLECTIONS = PreparedSelect(
    select(granule.c.id).where(granule.c.collection.in_(_listed("numbers"))).limit(FEW + 1)
)


def _few(connection: Connection, asked: Asked, numbers: list[int] | None) -> list[int] | None:
    """Numbers of the granules that are named, or are a station's or of the collections, where they are few."""
    if "ids" in asked.values:
        return [one for (one,) in _NAMED.rows(connection, {"ids": asked.values["ids"]})]
    tries: list[tuple[PreparedSelect, dict[str, Any]]] = []
    if "stations" in asked.values:
        tries.append((_OF_STATIONS, {"stations": asked.values["stations"]}))
    if numbers is not None and len(numbers) <= _MOST_STARTS:
        tries.append((_OF_COLLECTIONS, {"numbers": numbers}))
    for query, values in tries:
        found = [one for (one,) in query.rows(connection, values)]
        if len(found) <= FEW:
            return found
    return None


def _walk(connection: Connection, asked: Asked, way: Way, most: int) -> Iterator[Found]:
    """Versions come upon by one way, in order."""
    values = {**asked.values, **way.values, "most": most}
    if way.cells:
        values["cells"] = way.cells
    for low, high in _steps(connection, asked) if way.in_steps else [asked.span]:
        values |= {"low": low, "high": high, "reach": min(high + _LAG_NS, _HIGHEST)}
        after = asked.after
        while True:
            if after is not None:
                values |= {"begun": after.first, "begun_by": after.granule}
            found = [Found(*row) for row in _rows(connection, asked, way, values)]
            yield from found
            if len(found) < most:
                break
            after = found[-1]


def _rows(connection: Connection, asked: Asked, way: Way, values: Mapping[str, Any]) -> Iterable[Any]:
    """Those of a step that answer, in order."""
    prepared = _prepared(frozenset(values), asked.order, way.in_order)
    if not asked.conditions:
        return prepared.rows(connection, values)
    return connection.execute(prepared.statement.where(*(sql_of(one) for one in asked.conditions)), values)


@cache
def _prepared(names: frozenset[str], order: str, in_order: bool) -> PreparedSelect:
    """The statement with the conditions of these names. Made once for each: that takes longer than to run it."""
    # Of what is not to be taken in order, the time is hidden from the database: it would walk through all by it.
    first: ColumnElement[int] = version.c.first if in_order else version.c.first + 0
    number, upwards = version.c.granule, order == EARLIEST
    query = _every(names)
    begins = first if {"cells", "few"} & names else version.c.first
    query = query.where(begins >= bindparam("low"), begins < bindparam("high"))
    if "cells" in names:
        query = query.where(version.c.id.in_(_in_cells("start" in names)))
    if "begun" in names:
        further: Callable[[Any, Any], Any] = (lambda one, two: one > two) if upwards else (lambda one, two: one < two)
        begun: ColumnElement[int] = bindparam("begun", type_=BigInteger)
        later = and_(first == begun, further(number, bindparam("begun_by")))
        query = query.where(or_(further(first, begun), later))
    ways = (first, number) if upwards else (first.desc(), number.desc())
    return PreparedSelect(query.order_by(*ways).limit(bindparam("most")))


def _every(names: frozenset[str]) -> Select:
    query = select(version.c.id, version.c.first, version.c.granule)
    query = query.join_from(version, granule, granule.c.id == version.c.granule).where(version.c.count > 0)
    return query.where(*(one for name in sorted(names) if (one := _condition(name)) is not None))


def _in_cells(in_window: bool) -> Select:
    """Versions in the cells that may begin in a step."""
    some = select(cover.c.version).where(
        cover.c.cell.in_(_listed("cells")), cover.c.t0 >= bindparam("low"), cover.c.t0 < bindparam("reach")
    )
    return some.where(cover.c.t1 >= bindparam("start")) if in_window else some


_ENDS = tuple(
    PreparedSelect(select(version.c.first).where(version.c.recorded_to == FOREVER).order_by(order).limit(1))
    for order in (version.c.first, version.c.first.desc())
)


def _steps(connection: Connection, asked: Asked) -> Iterator[tuple[int, int]]:
    """Spans of time in order, each longer than the one before.

    Of a window that is not too long the first is all of it, and the other what begins before and may reach into it.
    """
    (low, high), length, growth = asked.span, _SHORTEST_NS, _GROWTH
    if "start" in asked.values:  # a few steps then, whatever is held
        window = asked.values["stop"] - asked.values["start"]
        if _SHORTEST_NS < window <= _FIRST_STEP_NS:
            length, growth = window, LONGEST_NS
    else:
        ends = [first for query in _ENDS for (first,) in query.rows(connection, {})]
        if not ends:
            return
        earliest, latest = ends
        low, high = max(low, earliest), min(high, latest + 1)
    while low < high:
        length = min(length, high - low)
        yield (low, low + length) if asked.order == EARLIEST else (high - length, high)
        low, high = (low + length, high) if asked.order == EARLIEST else (low, high - length)
        length *= growth


def _by_id(connection: Connection, asked: Asked, numbers: list[int] | None, most: int) -> Iterator[Found]:
    """Versions in the order of their granules' names, which is the database's."""
    name = granule.c.granule_id
    values = {**asked.values, **_among(numbers)}
    values["still"] = values.get("as_of", FOREVER - 1)
    few = _few(connection, asked, numbers)
    if few is not None:
        values["few"] = few
    query = _every(frozenset(values)).add_columns(name).where(*(sql_of(one) for one in asked.conditions))
    query = query.where(name > bindparam("after")).order_by(name).limit(most)
    after = "" if asked.after is None else asked.after.granule_id
    while True:
        rows = connection.execute(query, {**values, "after": after}).all()
        yield from (Found(*row) for row in rows)
        if len(rows) < most:
            return
        after = rows[-1].granule_id
