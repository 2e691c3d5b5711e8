"""From the rows of an earthquake catalogue, as text, to earthquakes: what is taken, what is left out and told."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from soap.core.errors import BadFile, BadParameter
from soap.core.time import utc
from soap.formats.reader import Reading
from soap.observations import Earthquake

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|\+00:00)?")
_KINDS = {"ke": "earthquake", "se": "earthquake", "fe": "earthquake", "de": "earthquake", "uk": "", "unknown": ""}
"""Words for an earthquake (known, suspected, felt, damaging) and for no statement: the ISF codes of ISC and EMSC."""

_MAGNITUDES = (-5.0, 11.0)
"""Range of anything that is a magnitude at all; the largest ever measured is 9.5."""


@dataclass(frozen=True)
class Row:
    """One catalogue entry in the words of its file, but units as in `Earthquake`; `where` names it in messages."""

    where: str
    event_id: str
    time: str
    latitude: str
    longitude: str
    depth_km: str
    magnitude: str
    magnitude_type: str = ""
    place: str = ""
    status: str = ""
    kind: str = "earthquake"
    """The type of event in the source's words; empty where it gives none."""


def reading(rows: Iterable[Row], collection_id: str, file: str, notes: Iterable[str] = ()) -> Reading:
    """The earthquakes among the rows, in order of time.

    Left out, counted in the notes: events of a stated type other than earthquake (explosions, quarry blasts, volcanic
    eruptions), events without a magnitude, and second copies of the same entry. An earthquake that is only suspected or
    whose type is "unknown" is taken. Events of no stated type are taken,
    with a note. A missing depth is NaN; ids and magnitude types become lower case.

    Raises `BadFile` when an entry cannot be understood, two different entries share an id, or no earthquake is left.
    """
    told, kept, others = list(notes), [], Counter[str]()
    untyped = without_magnitude = 0
    rows = list(rows)
    for row in rows:
        kind = row.kind.strip().lower()
        kind = _KINDS.get(kind, kind)
        if kind not in ("earthquake", ""):
            others[kind] += 1
        elif not row.magnitude.strip():
            without_magnitude += 1
        else:
            untyped += not kind
            kept.append(_earthquake(row, file))
    if others:
        counted = ", ".join(f"{count} {kind[:40]}" for kind, count in sorted(others.items()))
        told.append(f"{others.total()} event(s) that are no earthquakes left out: {counted}.")
    if without_magnitude:
        told.append(f"{without_magnitude} earthquake(s) without a magnitude left out.")
    if untyped:
        told.append(f"{untyped} event(s) of no stated type taken as earthquakes.")
    events, copies = _each_once(kept, file)
    if copies:
        told.append(f"{copies} repeated entry(ies) left out.")
    if not events:
        fact = "no earthquake with a magnitude" if rows else "no event at all"
        raise BadFile(
            f"The catalogue holds {fact}. {' '.join(told)}".strip(),
            file=file,
            next_step="Check the query that made it.",
        )
    return Reading(events=events, events_collection_id=collection_id, notes=tuple(told))


def _earthquake(row: Row, file: str) -> Earthquake:
    event_id = row.event_id.strip().lower()
    if not event_id or not _INSTANT.fullmatch(row.time.strip()):
        fact = (
            f"the time {row.time[:40]!r} is not like 2016-04-13T13:55:17.060Z" if event_id else "the event id is empty"
        )
        raise BadFile(f"{row.where}: {fact}", file=file)
    magnitude = _number(row, "magnitude", file)
    if not _MAGNITUDES[0] <= magnitude <= _MAGNITUDES[1]:
        raise BadFile(f"{row.where}: the magnitude {row.magnitude[:40]!r} is outside -5 to 11", file=file)
    try:
        return Earthquake(
            event_id=event_id,
            time=utc(row.time.strip().replace(" ", "T")),
            latitude=_number(row, "latitude", file),
            longitude=_number(row, "longitude", file),
            depth_km=_number(row, "depth_km", file) if row.depth_km.strip() else math.nan,
            magnitude=magnitude,
            magnitude_type=row.magnitude_type.strip().lower(),
            place=row.place.strip(),
            status=row.status.strip().lower(),
        )
    except BadParameter as error:
        raise BadFile(f"{row.where}: {error}", file=file) from error


def _number(row: Row, field: str, file: str) -> float:
    text = getattr(row, field)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadFile(f"{row.where}: the {field} {text[:40]!r} is no number", file=file)
    return value


def _each_once(events: list[Earthquake], file: str) -> tuple[tuple[Earthquake, ...], int]:
    """Events by time, identical copies dropped, and how many those were."""
    by_id: dict[str, Earthquake] = {}
    for event in events:
        known = by_id.setdefault(event.event_id, event)
        if known is not event and repr(known) != repr(event):  # as text, where NaN equals NaN
            raise BadFile(
                f"Event {event.event_id[:80]} comes twice, with different values ({known.time} M {known.magnitude},"
                f" {event.time} M {event.magnitude})",
                file=file,
                next_step="Keep the entry that is right.",
            )
    ordered = sorted(by_id.values(), key=lambda event: (event.time, event.event_id))
    return tuple(ordered), len(events) - len(ordered)
