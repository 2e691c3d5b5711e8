"""Drafts: what granules will hold once some files are published, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy import Connection, Row, bindparam, select

from soap.archive.archive import Archive
from soap.archive.block import Block, from_dataset, same, unite
from soap.archive.events_object import as_held, decode_events, same_events
from soap.archive.identifiers import (
    check_code,
    check_collection,
    check_contacts,
    check_earthquakes,
    check_granule,
    check_reader,
    check_stations,
    check_words,
)
from soap.archive.objects import Objects
from soap.archive.parts import MOST_ADDED, Part, held_values, may_add, of_day, parts_of
from soap.archive.periods import granule_id, split
from soap.archive.prepared import PreparedSelect
from soap.archive.schema import FOREVER, collection, event_key, granule, version
from soap.archive.whole_days import folded
from soap.core.errors import BadObservation
from soap.core.time import period_starts
from soap.formats import Reading
from soap.observations import Earthquake, check

CHUNK = 5000
"""Most values in one SQL list."""


@dataclass(frozen=True)
class Arrival:
    """A file that has been read: its name, bytes as they came, SHA-256, the reader's name, and what it holds."""

    name: str
    content: bytes
    sha256: str
    reader: str
    reading: Reading


@dataclass(frozen=True)
class Draft:
    """A granule to be: `before` is what the current version holds, `content` what it shall hold."""

    collection_id: str
    platform: str
    period: str
    shape: str
    simulated: bool
    head: Row | None
    before: Block | Mapping[str, Earthquake] | None
    content: Block | Mapping[str, Earthquake]
    contributors: tuple[str, ...] = ()
    maturities: tuple[str, ...] = ()
    described: Mapping[str, str] = field(default_factory=dict)
    """`cadence` and `level` of the collection."""
    provider: str = ""
    adds: bool = False
    """True where all that is drafted comes after all that the head holds: `content` is then what is added to it, and
    `before` what the head holds of the first day of that."""

    @property
    def granule_id(self) -> str:
        return granule_id(self.collection_id, self.platform, self.period, self.provider)

    @property
    def block(self) -> Block:
        """The content of a granule of values."""
        if not isinstance(self.content, Block):
            raise TypeError(f"{self.granule_id} holds earthquakes, not values.")
        return self.content

    @property
    def earthquakes(self) -> Mapping[str, Earthquake]:
        """The content of a granule of earthquakes."""
        if isinstance(self.content, Block):
            raise TypeError(f"{self.granule_id} holds values, not earthquakes.")
        return self.content

    @property
    def before_earthquakes(self) -> Mapping[str, Earthquake]:
        """The earthquakes that the current version holds; none when there is no version."""
        return {} if self.before is None or isinstance(self.before, Block) else self.before

    @property
    def changed(self) -> bool:
        """True when the content is not what the current version holds."""
        if self.before is None or self.adds:
            return True
        if isinstance(self.before, Block):
            return not same(self.before, self.block)
        return not same_events(self.before, self.earthquakes)


_DAY = "datetime64[D]"
_OF_COLLECTION = ("collection_id", "provider", "shape", "simulated", "cadence", "level")
_NOW = (
    select(granule.c.granule_id, version.c.id)
    .join_from(granule, version, version.c.granule == granule.c.id)
    .where(granule.c.granule_id.in_(bindparam("ids", expanding=True)), version.c.recorded_to == FOREVER)
)
_CURRENT = PreparedSelect(_NOW)
_HEADS = PreparedSelect(
    _NOW.join(collection, collection.c.id == granule.c.collection).with_only_columns(
        granule.c.granule_id,
        granule.c.platform,
        granule.c.period,
        *(collection.c[name] for name in _OF_COLLECTION),
        *(column if column.name != "count" else column.label("times") for column in version.c),
    )
)
_COLLECTION = PreparedSelect(
    select(collection).where(
        collection.c.collection_id == bindparam("collection_id"), collection.c.provider == bindparam("provider")
    )
)


def current(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Numbers of the current versions of granules, by public name; those that have none are left out."""
    return {row.granule_id: row.id for row in _chunked(connection, _CURRENT, ids)}


def heads(connection: Connection, ids: Iterable[str]) -> dict[str, Row]:
    """As `current`, with all that the catalogue tells of version, granule and collection."""
    return {row.granule_id: row for row in _chunked(connection, _HEADS, ids)}


def _chunked(connection: Connection, query: PreparedSelect, ids: Iterable[str]) -> Iterator[Row]:
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        yield from query.rows(connection, {"ids": wanted[start : start + CHUNK]})


def draft(
    archive: Archive,
    connection: Connection,
    arrivals: Iterable[Arrival],
    provider: str = "",
    most_added: int = MOST_ADDED,
) -> tuple[dict[str, Draft], list[tuple[Arrival, str]]]:
    """Drafts by granule, a provider's arrivals folded in one after another; and those that fit nowhere, with why.

    What other providers handed in has no part in it. Later times are added to what is held as up to `most_added`
    objects; after that, and where it takes more than that, a granule is drafted whole.
    """
    drafts: dict[str, Draft] = {}
    refused: list[tuple[Arrival, str]] = []
    for arrival in arrivals:
        desk = _Desk(archive, connection, arrival, drafts, provider, most_added)
        try:
            desk.fold()
        except BadObservation as error:
            refused.append((arrival, str(error)))
        else:
            drafts.update(desk.news)
    return drafts, refused


class _Desk:
    """Where one arrival is folded into the drafts so far; `news` holds the drafts it changes."""

    def __init__(
        self,
        archive: Archive,
        connection: Connection,
        arrival: Arrival,
        drafts: Mapping[str, Draft],
        provider: str,
        most_added: int,
    ):
        self.archive, self.connection, self.arrival, self.drafts = archive, connection, arrival, drafts
        self.provider, self.most_added = provider, most_added
        self.news: dict[str, Draft] = {}
        self.heads: dict[str, Row | None] = {}

    def fold(self) -> None:
        check_reader(self.arrival.reader)
        check_stations(self.arrival.reading.stations)
        check_contacts(self.arrival.reading.contacts, self.arrival.reading.stations)
        for observation in self.arrival.reading.observations:
            block = from_dataset(check(observation))
            _check_identifiers(block)
            attrs = block.attrs
            collection_id, platform = str(attrs["collection_id"]), str(attrs["platform"])
            parts = {granule_id(collection_id, platform, period, self.provider): (period, part)
                     for period, part in split(block)}  # fmt: skip
            for name, (period, _) in parts.items():
                check_granule(name, platform, period)
            check_code(str(attrs.get("code_scheme", "")), platform.upper())
            self._look_up(parts)
            self._same_kind(collection_id, str(attrs["shape"]), bool(attrs["simulated"]))
            for name, (period, part) in parts.items():
                self._fold_block(name, period, part)
        if self.arrival.reading.events:
            self._fold_events()

    def _fold_block(self, name: str, period: str, part: Block) -> None:
        held = self.news.get(name) or self.drafts.get(name)
        head = self.heads[name] if held is None else held.head
        if head is None:
            held = self._new(period, part) if held is None else replace(held, content=folded(held.block, part))
        elif (held is None or held.adds) and may_add(self._objects, head, part, self.most_added):
            held = self._adding(head, held, part)
        else:
            whole = held if held is not None and not held.adds else self._written_whole(head, held)
            held = replace(whole, content=folded(whole.block, part))
        self._keep(name, held, str(part.attrs["maturity"]))

    def _new(self, period: str, part: Block) -> Draft:
        attrs = part.attrs
        return Draft(
            attrs["collection_id"],
            str(attrs["platform"]),
            period,
            attrs["shape"],
            bool(attrs["simulated"]),
            head=None,
            before=None,
            content=part,
            described={"cadence": str(attrs.get("cadence", "")), "level": str(attrs["level"])},
            provider=self.provider,
        )

    def _adding(self, head: Row, held: Draft | None, part: Block) -> Draft:
        """What is drafted so far to be added to the current version, and `part`."""
        content = part if held is None else unite(held.block, part)
        before = None
        if np.datetime64(head.last, "ns").astype(_DAY) == content.time[0].astype(_DAY):
            before = of_day(self._objects, head, self._parts(head), content.time[0])
        return replace(held or self._of(head, None, content), before=before, content=content, adds=True)

    def _written_whole(self, head: Row, held: Draft | None) -> Draft:
        """What is held, and what is drafted so far to be added to it."""
        whole = self._whole(head)
        if held is None:
            return whole
        return replace(held, before=whole.before, content=unite(whole.block, held.block), adds=False)

    def _fold_events(self) -> None:
        reading = self.arrival.reading
        collection_id, events = reading.events_collection_id, {one.event_id: as_held(one) for one in reading.events}
        check_collection(collection_id, "", "L2")
        check_earthquakes(reading.events)
        self._same_kind(collection_id, "events", reading.simulated)
        for name, moved in self._elsewhere(collection_id, events).items():
            held = self._held(name)
            if held is not None:
                left = {key: event for key, event in held.earthquakes.items() if key not in moved}
                self._keep(name, replace(held, content=left))
        platform = collection_id.split(".")[1]
        years: dict[str, dict[str, Earthquake]] = {}
        for event in events.values():
            years.setdefault(_year(event), {})[event.event_id] = event
        for year, some in sorted(years.items()):
            name = granule_id(collection_id, platform, year, self.provider)
            check_granule(name, platform, year)
            held = self._held(name) or Draft(
                collection_id,
                platform,
                year,
                "events",
                reading.simulated,
                head=None,
                before=None,
                content={},
                described={"cadence": "", "level": "L2"},
                provider=self.provider,
            )
            self._keep(name, replace(held, content={**held.earthquakes, **some}))

    def _elsewhere(self, collection_id: str, events: Mapping[str, Earthquake]) -> dict[str, set[str]]:
        """Other years' granules that hold one of these earthquakes: its origin time was revised across a new year."""
        out: dict[str, set[str]] = {}
        drafted = {
            key: (name, one.period)
            for name, one in {**self.drafts, **self.news}.items()
            if one.collection_id == collection_id and one.shape == "events"
            for key in one.earthquakes
        }
        ids = list(events)
        for start in range(0, len(ids), CHUNK):
            rows = self.connection.execute(
                select(event_key.c.event_id, granule.c.granule_id, granule.c.period)
                .join(collection, collection.c.id == event_key.c.collection)
                .join(granule, granule.c.id == event_key.c.granule)
                .where(
                    collection.c.collection_id == collection_id,
                    collection.c.provider == self.provider,
                    event_key.c.event_id.in_(ids[start : start + CHUNK]),
                )
            )
            drafted = {row.event_id: (row.granule_id, row.period) for row in rows} | drafted
        for key, event in events.items():
            name, year = drafted.get(key, ("", ""))
            if name and year != _year(event):
                out.setdefault(name, set()).add(key)
        return out

    def _keep(self, name: str, draft_: Draft, maturity: str = "") -> None:
        mine = self.arrival.sha256
        contributors = draft_.contributors if mine in draft_.contributors else (*draft_.contributors, mine)
        self.news[name] = replace(draft_, contributors=contributors, maturities=(*draft_.maturities, maturity))

    def _held(self, name: str) -> Draft | None:
        """The granule as drafted so far, else as the archive holds it."""
        drafted = self.news.get(name) or self.drafts.get(name)
        if drafted is not None:
            return drafted
        self._look_up([name])
        head = self.heads[name]
        return None if head is None else self._whole(head)

    def _whole(self, head: Row) -> Draft:
        """The granule as the archive holds it."""
        before: Block | Mapping[str, Earthquake]
        if head.shape == "events":
            content = self._objects.get(head.object_key)
            before = {event.event_id: event for event in decode_events(content, head.object_key)}
        else:
            before = held_values(self._objects, head.object_key, self._parts(head))
        return self._of(head, before, before)

    @property
    def _objects(self) -> Objects:
        return self.archive.objects

    def _parts(self, head: Row) -> tuple[Part, ...]:
        return parts_of(self.connection, [head]).get(head.id, ())

    def _of(
        self, head: Row, before: Block | Mapping[str, Earthquake] | None, content: Block | Mapping[str, Earthquake]
    ) -> Draft:
        return Draft(
            head.collection_id,
            head.platform,
            head.period,
            head.shape,
            head.simulated,
            head=head,
            before=before,
            content=content,
            maturities=(head.maturity,),
            described={"cadence": head.cadence, "level": head.level},
            provider=head.provider,
        )

    def _look_up(self, names: Iterable[str]) -> None:
        """Ask at once for the current versions of granules that are neither drafted nor asked for yet."""
        unknown = [name for name in names if not any(name in one for one in (self.heads, self.news, self.drafts))]
        self.heads |= dict.fromkeys(unknown) | heads(self.connection, unknown)

    def _same_kind(self, collection_id: str, shape: str, simulated: bool) -> None:
        near: list[Draft | Row | None] = [*self.drafts.values(), *self.news.values(), *self.heads.values()]
        held = next((one for one in near if one is not None and one.collection_id == collection_id), None)
        if held is None:
            asked = {"collection_id": collection_id, "provider": self.provider}
            held = next(iter(_COLLECTION.rows(self.connection, asked)), None)
        if held is not None and bool(held.simulated) != simulated:
            words = {True: "simulated", False: "real"}
            raise BadObservation(
                f"{collection_id} holds {words[bool(held.simulated)]} observations"
                f" and the file's are {words[simulated]}; the two are never mixed."
            )
        if held is not None and held.shape != shape:
            raise BadObservation(f"{collection_id} is held as {held.shape}; the file gives {shape}.")


def _check_identifiers(block: Block) -> None:
    attrs = block.attrs
    check_collection(str(attrs["collection_id"]), str(attrs.get("cadence", "")), str(attrs["level"]))
    check_words(str(attrs["maturity"]), block.values)


def _year(event: Earthquake) -> str:
    return str(period_starts(np.array([event.time]), "year")[0])[:4]
