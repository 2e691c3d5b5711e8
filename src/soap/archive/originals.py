"""Original files: which of them a viewer may have, and their bytes.

A file tells all that it holds. So it is for those alone who may see all that was made of it: every granule that it
went into, and every station that it lists; and one that tells of persons for who is told of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, false, select

from soap.archive.archive import Archive
from soap.archive.draft import CHUNK
from soap.archive.objects import PART
from soap.archive.policy import knows_people, visible
from soap.archive.prepared import PreparedSelect
from soap.archive.publish import original_key
from soap.archive.schema import FOREVER, collection, contribution, deposit, granule, original, station, station_listing
from soap.archive.schema import terms as terms_table
from soap.core.errors import NotFound
from soap.core.who import Viewer

_SAME = ("code_scheme", "code", "provider")
_SOME: BindParameter[str] = bindparam("some", expanding=True)
_GRANULES = PreparedSelect(
    select(
        contribution.c.original, granule.c.terms, collection.c.provider, terms_table.c.owner, false().label("persons")
    )
    .distinct()
    .join_from(contribution, granule, granule.c.id == contribution.c.granule)
    .join(collection, collection.c.id == granule.c.collection)
    .join(terms_table, terms_table.c.id == granule.c.terms)
    .where(contribution.c.original.in_(_SOME))
)
_STATIONS = PreparedSelect(
    select(
        station_listing.c.original, station.c.terms, station.c.provider, terms_table.c.owner, station_listing.c.persons
    )
    .distinct()
    .join_from(station_listing, station, and_(*(station_listing.c[name] == station.c[name] for name in _SAME)))
    .join(terms_table, terms_table.c.id == station.c.terms)
    .where(station_listing.c.original.in_(_SOME), station.c.recorded_to == FOREVER)
)
_FILES = PreparedSelect(
    select(original.c.sha256, original.c.bytes, deposit.c.name, deposit.c.provider, original.c.name.label("first_name"))
    .join_from(original, deposit, deposit.c.original == original.c.sha256, isouter=True)
    .where(original.c.sha256.in_(_SOME))
    .order_by(original.c.sha256, deposit.c.recorded_from, deposit.c.provider)
)


@dataclass(frozen=True)
class Original:
    """A file as it came: its checksum, the name under which it was handed in, its size, whose it is."""

    sha256: str
    name: str
    bytes: int
    owners: tuple[str, ...]


def originals(archive: Archive, viewer: Viewer, checksums: Iterable[str]) -> dict[str, Original]:
    """Those of the files that the viewer may have, by checksum."""
    wanted = sorted(set(checksums))
    if not wanted:
        return {}
    with archive.catalogue.reading() as connection:
        return obtainable(connection, viewer, visible(connection, viewer), wanted)


def original_named(archive: Archive, viewer: Viewer, checksum: str) -> Original:
    """A file that the viewer may have; `NotFound`, in the same words, where there is none and where they may not."""
    found = originals(archive, viewer, [checksum]).get(checksum)
    if found is None:
        raise NotFound(f"There is no original file {checksum} here.")
    return found


def original_bytes(archive: Archive, one: Original, start: int, stop: int) -> Iterator[bytes]:
    """The bytes from `start` to before `stop`, in parts; of an `Original` that the viewer was given."""
    if (start, stop) == (0, one.bytes):
        yield from archive.objects.parts(original_key(one.sha256))
        return
    with archive.objects.opened(original_key(one.sha256)) as file:
        file.seek(start)
        while start < stop and (part := bytes(file.read(min(PART, stop - start)))):
            yield part
            start += len(part)


def obtainable(
    connection: Connection, viewer: Viewer, seen: frozenset[int] | None, checksums: list[str]
) -> dict[str, Original]:
    """Those of the files, by checksum, that the viewer may have, who sees what is under `seen` (None: everything)."""
    persons = knows_people(viewer)
    found: dict[str, Original] = {}
    for begin in range(0, len(checksums), CHUNK):
        some = {"some": checksums[begin : begin + CHUNK]}
        under: dict[str, list[Row]] = {}
        for query in (_GRANULES, _STATIONS):
            for row in query.rows(connection, some):
                under.setdefault(row.original, []).append(row)
        kept: dict[str, list[Row]] = {}
        for told in _FILES.rows(connection, some):
            kept.setdefault(told.sha256, []).append(told)
        for checksum, rows in kept.items():
            made = under.get(checksum, [])
            if seen is not None and not (made and all(one.terms in seen and one.persons <= persons for one in made)):
                continue
            whose = tuple(sorted({one.owner for one in made}))
            name = _name(rows, {one.provider for one in made}, told_all=seen is None)
            found[checksum] = Original(checksum, name, rows[0].bytes, whose)
    return found


def _name(rows: list[Row], providers: set[str], *, told_all: bool) -> str:
    """The name under which those handed it in of whom it made something; another's for the same bytes is not told."""
    known = [row.name for row in rows if row.provider in providers]
    return known[0] if known else rows[0].first_name if told_all else rows[0].sha256[:16]
