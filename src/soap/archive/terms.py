"""Setting terms: whose a collection, granule or station is and who may see it; and what was set when, by whom.

A collection's terms reach all its granules that have none of their own, and those to come.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.nodes import must_be_ours
from soap.archive.policy import Terms, sees_all, terms_of, visible
from soap.archive.schema import FOREVER, collection, granule, member, station, terms_change, version
from soap.archive.schema import terms as terms_table
from soap.core.errors import BadParameter, NotFound, Refused
from soap.core.time import NS
from soap.core.who import MEMBER_ADMIN, Viewer

LONGEST = {"licence": 500, "citation": 2000}
"""Most characters in a text of terms."""

_KINDS = {"collection": collection, "granule": granule, "station": station}


@dataclass(frozen=True)
class Subject:
    """What terms are set on: `kind` is collection, granule or station.

    `name` is a collection's identifier, a granule's public name, or a station's code after its scheme,
    `iaga_code:KAK`. `provider` (a member's code; empty: the archive itself) picks one provider's collection or
    station; None all of that name that the viewer may set terms on.
    """

    kind: str
    name: str
    provider: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise BadParameter(f"Terms are set on a {', '.join(_KINDS)}, not on a {self.kind!r}.")
        if self.kind == "station" and not all(self.name.partition(":")):
            raise BadParameter(f"{self.name!r} is no station; write the scheme before the code, `iaga_code:KAK`.")


@dataclass(frozen=True)
class Held:
    """Terms in force on one provider's collection, granule or station, and on how many of its granules."""

    subject: str
    provider: str
    terms: Terms
    granules: int


@dataclass(frozen=True)
class Change:
    """Terms that were set, on what, by whom and when; `apart` of its granules keep terms of their own."""

    subject: str
    terms: Terms
    made_by: str
    recorded_from: np.datetime64
    granules: int = 0
    apart: int = 0


def digest_of(wanted: Terms) -> str:
    """What tells these terms from others, in every archive alike."""
    return hashlib.sha256(json.dumps(_columns(wanted), sort_keys=True).encode()).hexdigest()


def number_of(connection: Connection, wanted: Terms) -> int:
    """Number of these terms; equal terms have one, also when two ask for it at once."""
    digest = digest_of(wanted)
    here = select(terms_table.c.id).where(terms_table.c.digest == digest)
    found = connection.execute(here).scalar()
    if found is None:
        kind = postgresql if connection.dialect.name == "postgresql" else sqlite
        row = _columns(wanted) | {"digest": digest}
        connection.execute(kind.insert(terms_table).values(row).on_conflict_do_nothing(index_elements=["digest"]))
        found = connection.execute(here).scalar_one()
    return found


def _columns(wanted: Terms) -> dict[str, Any]:
    return asdict(wanted) | {"named": " ".join(wanted.named)}


def set_terms(
    archive: Archive, viewer: Viewer, subject: Subject, change: Terms | Mapping[str, Any]
) -> tuple[Change, ...]:
    """Set terms, or those parts of them that `change` names (fields of `Terms`); what was set, one a provider.

    Who runs the archive may for everything, a member's data officer for what their member owns; another owner is set
    only by who runs the archive. Raises `NotFound` for what the viewer may not see, `Refused` for what they may not
    set, `BadParameter` for terms that are none.
    """
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        rows = _settable(connection, viewer, subject)
        must_be_ours(connection, [row.provider for row in rows])
        changes = []
        for row in rows:
            before = terms_of(row)
            after = _changed(before, change)
            _check(connection, viewer, before, after)
            changes.append(put_under(connection, viewer, subject.kind, row, after, now))
        return tuple(changes)


def reset(archive: Archive, viewer: Viewer, granule_id: str) -> Change:
    """Put a granule back under its collection's terms; errors as `set_terms`."""
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        (row,) = _settable(connection, viewer, Subject("granule", granule_id))
        must_be_ours(connection, [row.provider])
        theirs = select(terms_table).join(collection, collection.c.terms == terms_table.c.id)
        after = terms_of(connection.execute(theirs.where(collection.c.id == row.collection)).one())
        _check(connection, viewer, terms_of(row), after)
        return put_under(connection, viewer, "granule", row, after, now, own=False)


def terms_held(archive: Archive, viewer: Viewer, subject: Subject) -> tuple[Held, ...]:
    """Terms in force on what the viewer may see of the subject, by provider; `NotFound` when that is nothing.

    A collection's own terms are told to who may set them, whatever its granules are under; others are told those of
    the granules that they see.
    """
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        rows = _seen(connection, viewer, subject, seen)
        held = []
        for row in rows:
            name = _name(subject.kind, row)
            if subject.kind != "collection":
                held.append(Held(name, row.provider, terms_of(row), int(subject.kind == "granule")))
                continue
            counts = _granules_by_terms(connection, row.id, seen)
            if _may_set(viewer, row):
                counts.setdefault(row.terms, 0)
            held += [Held(name, row.provider, terms, count) for terms, count in _by_terms(connection, counts)]
        return tuple(held)


def terms_history(archive: Archive, viewer: Viewer, subject: Subject | None = None) -> tuple[Change, ...]:
    """Terms that were set, first to last, on one subject or on all.

    Who runs the archive is told all of it, a member's people what was set while it was their member's. Raises
    `NotFound` for what the viewer may not see.
    """
    query = (
        select(
            terms_change.c.id.label("change"),
            terms_change.c.subject,
            terms_change.c.made_by,
            terms_change.c.recorded_from,
            terms_table,
        )
        .join(terms_table, terms_table.c.id == terms_change.c.terms)
        .order_by(terms_change.c.recorded_from, terms_change.c.id)
    )
    if not sees_all(viewer):
        query = query.where(terms_table.c.owner == viewer.member, terms_table.c.owner != "")
    with archive.catalogue.reading() as connection:
        if subject is not None:
            rows = _seen(connection, viewer, subject, visible(connection, viewer))
            query = query.where(terms_change.c.subject.in_([_name(subject.kind, row) for row in rows]))
        return tuple(
            Change(row.subject, terms_of(row), row.made_by, np.datetime64(row.recorded_from, "us").astype(NS))
            for row in connection.execute(query)
        )


def put_under(
    connection: Connection, viewer: Viewer, kind: str, row: Row, after: Terms, now: int, *, own: bool = True
) -> Change:
    """Set terms on one provider's collection, granule or station, and note it."""
    number = number_of(connection, after)
    reached = apart = 0
    if kind == "collection":
        connection.execute(update(collection).where(collection.c.id == row.id).values(terms=number))
        its = granule.c.collection == row.id
        followers = update(granule).where(its, ~granule.c.own_terms).values(terms=number)
        reached = connection.execute(followers).rowcount
        following = select(granule.c.id).where(its, ~granule.c.own_terms)
        theirs = (version.c.collection == row.id, version.c.granule.in_(following))
        connection.execute(update(version).where(*theirs, version.c.recorded_to == FOREVER).values(terms=number))
        apart = _count_apart(connection, viewer, row.id)
    elif kind == "granule":
        values = {"terms": number, "own_terms": own}
        reached = connection.execute(update(granule).where(granule.c.id == row.id).values(values)).rowcount
        held = (version.c.granule == row.id, version.c.recorded_to == FOREVER)
        connection.execute(update(version).where(*held).values(terms=number))
    else:  # also what was recorded before: terms are judged when it is asked for
        same = (
            station.c.code_scheme == row.code_scheme,
            station.c.code == row.code,
            station.c.provider == row.provider,
        )
        connection.execute(update(station).where(*same).values(terms=number))
    name = _name(kind, row)
    noted = {"subject": name, "terms": number, "made_by": viewer.user, "recorded_from": now}
    if number != row.terms or (kind == "granule" and own != row.own_terms):
        connection.execute(insert(terms_change).values(noted))
    return Change(name, after, viewer.user, np.datetime64(now, "us").astype(NS), reached, apart)


def _count_apart(connection: Connection, viewer: Viewer, number: int) -> int:
    """How many of a collection's granules that the viewer sees have terms of their own."""
    query = select(func.count()).select_from(granule).where(granule.c.collection == number, granule.c.own_terms)
    seen = visible(connection, viewer)
    return connection.execute(query if seen is None else query.where(granule.c.terms.in_(seen))).scalar_one()


def _settable(connection: Connection, viewer: Viewer, subject: Subject) -> list[Row]:
    """Rows of the subject on which the viewer may set terms; `NotFound` or `Refused` when there are none."""
    rows = _seen(connection, viewer, subject, visible(connection, viewer))
    mine = [row for row in rows if _may_set(viewer, row)]
    if not mine:
        owners = ", ".join(sorted({row.owner or "the archive itself" for row in rows}))
        raise Refused(
            f"{viewer.user or 'Nobody'} may not set terms on the {subject.kind} {subject.name}: it belongs to {owners}."
            " The data officer of the member that owns it may, and who runs the archive."
        )
    return mine


def _may_set(viewer: Viewer, row: Row) -> bool:
    if sees_all(viewer):
        return True
    return MEMBER_ADMIN in viewer.roles and bool(viewer.member) and row.owner == viewer.member


def _seen(connection: Connection, viewer: Viewer, subject: Subject, seen: frozenset[int] | None) -> list[Row]:
    """Rows of the subject that the viewer may know of, by provider; `NotFound` when there are none."""
    rows = connection.execute(_rows(subject)).all()
    if seen is not None and subject.kind == "collection":
        rows = [
            row
            for row in rows
            if (viewer.member and row.owner == viewer.member) or _granules_by_terms(connection, row.id, seen)
        ]
    elif seen is not None:
        rows = [row for row in rows if row.terms in seen]
    if not rows:
        whose = "" if not subject.provider else f" of {subject.provider}"
        raise NotFound(
            f"There is no {subject.kind} {subject.name!r}{whose} here.",
            command="`soap find` and `soap stations` list what there is.",
        )
    return list(rows)


def _rows(subject: Subject):
    """Statement of the subject's rows, with their terms."""
    table = _KINDS[subject.kind]
    columns = [column for column in terms_table.c if column.name not in ("id", "digest")]
    provider = collection.c.provider if subject.kind == "granule" else table.c.provider
    query = select(*table.c, *columns).join(terms_table, terms_table.c.id == table.c.terms).order_by(provider)
    if subject.kind == "granule":
        query = query.add_columns(provider).join(collection, collection.c.id == granule.c.collection)
        query = query.where(granule.c.granule_id == subject.name)
    elif subject.kind == "collection":
        query = query.where(collection.c.collection_id == subject.name)
    else:
        scheme, _, code = subject.name.partition(":")
        here = (station.c.code_scheme == scheme, station.c.code == code, station.c.recorded_to == FOREVER)
        query = query.where(*here)
    return query if subject.provider is None else query.where(provider == subject.provider)


def _name(kind: str, row: Row) -> str:
    """How a change names what it was made on."""
    if kind == "granule":
        return f"granule:{row.granule_id}"
    if kind == "station":
        return f"station:{row.code_scheme}:{row.code}:{row.provider}"
    return f"collection:{row.collection_id}:{row.provider}"


def _granules_by_terms(connection: Connection, number: int, seen: frozenset[int] | None) -> dict[int, int]:
    """How many granules of a collection that hold something are under which terms, of those seen."""
    query = (
        select(granule.c.terms, func.count().label("granules"))
        .join(version, version.c.granule == granule.c.id)
        .where(granule.c.collection == number, version.c.recorded_to == FOREVER, version.c.count > 0)
        .group_by(granule.c.terms)
        .order_by(granule.c.terms)
    )
    query = query if seen is None else query.where(granule.c.terms.in_(seen))
    return {row.terms: row.granules for row in connection.execute(query)}


def _by_terms(connection: Connection, counts: Mapping[int, int]) -> Iterable[tuple[Terms, int]]:
    rows = connection.execute(select(terms_table).where(terms_table.c.id.in_(counts))).all()
    return sorted(((terms_of(row), counts[row.id]) for row in rows), key=lambda pair: (-pair[1], repr(pair[0])))


def _changed(before: Terms, change: Terms | Mapping[str, Any]) -> Terms:
    """Terms after a change; naming members means the access `named`, and any other access names none."""
    if isinstance(change, Terms):
        return change
    parts = dict(change)
    if parts.get("named"):
        parts.setdefault("access", "named")
    if parts.get("access", "named") != "named":
        parts.setdefault("named", ())
    return replace(before, **parts)


def _check(connection: Connection, viewer: Viewer, before: Terms, after: Terms) -> None:
    if after.owner != before.owner and not sees_all(viewer):
        raise Refused(
            f"{viewer.user} may not give what is {before.owner or 'the archive'}'s to"
            f" {after.owner or 'the archive itself'}; only who runs the archive may."
        )
    codes = connection.execute(select(member.c.code).order_by(member.c.code)).scalars().all()
    unknown = sorted({after.owner, *after.named} - {"", *codes})
    if unknown:
        raise BadParameter(f"There is no member {', '.join(unknown)}; there are {', '.join(codes)}.")
    for field, longest in LONGEST.items():
        text = getattr(after, field)
        if len(text) > longest or not text.isprintable():
            raise BadParameter(
                f"A {field} is one line of at most {longest} characters; this one has {len(text)}"
                f"{'' if text.isprintable() else ', some of which cannot be printed'}."
            )
