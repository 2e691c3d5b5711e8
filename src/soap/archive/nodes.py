"""Other nodes: archives of other members whose data this one mirrors, and which member's data come from which.

A provider's data have one place where they are handed in and where their terms are set: here, or at the one node from
which they come. So two nodes never disagree on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, delete, insert, select, update

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.policy import must_run
from soap.archive.schema import archive_fact, authority, collection, member, mirrored, node, node_notice, station
from soap.core.errors import BadParameter, Conflict, NotFound, Refused
from soap.core.time import NS
from soap.core.who import Viewer

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
MOST_NOTICES = 10_000
"""Notices kept of a node: the oldest are forgotten."""


@dataclass(frozen=True)
class Node:
    """Another archive: where it is, whose data come from it, its identity, and when all it gives was last taken."""

    name: str
    url: str
    providers: tuple[str, ...]
    identity: str
    seen: np.datetime64


@dataclass(frozen=True)
class Notice:
    """What who runs the archive should know of a node; `kind` is withdrawn, returned, terms or refused."""

    kind: str
    subject: str
    told: str
    recorded_from: np.datetime64


def nodes(archive: Archive, viewer: Viewer) -> tuple[Node, ...]:
    """All nodes, by name; `Refused` unless the viewer runs the archive."""
    must_run(viewer)
    with archive.catalogue.reading() as connection:
        rows = connection.execute(select(node).order_by(node.c.name)).all()
        return tuple(_node(connection, row) for row in rows)


def find_node(archive: Archive, viewer: Viewer, name_or_url: str) -> Node:
    """The node of that name or URL; `NotFound` lists those there are."""
    every = nodes(archive, viewer)
    for one in every:
        if name_or_url in (one.name, one.url):
            return one
    known = ", ".join(one.name for one in every) or "none yet"
    raise NotFound(f"There is no node {name_or_url!r}; there are: {known}.", command="`soap admin node add` adds one.")


def add_node(archive: Archive, viewer: Viewer, name: str, url: str, providers: Iterable[str]) -> Node:
    """Add a node and say whose data come from it; of one that there is, set URL and providers anew.

    `Refused` unless the viewer runs the archive; `BadParameter` for a name, URL or provider that is none; `Conflict`
    for a provider whose data are handed in here, or come from another node.
    """
    must_run(viewer)
    wanted = sorted(set(providers))
    if not _NAME.fullmatch(name):
        raise BadParameter(f"{name!r} is no node's name; write at most 80 letters, digits, `.`, `_` and `-`.")
    if not wanted:
        raise BadParameter(
            "Say whose data come from the node: a member's code, or `archive` for its archive's own.",
            command="`--provider PAK` says so.",
        )
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        known = connection.execute(select(node).where(node.c.name == name)).one_or_none()
        _check_providers(connection, name, wanted)
        if known is None:
            connection.execute(insert(node).values(name=name, url=url, recorded_from=now))
        else:
            connection.execute(update(node).where(node.c.name == name).values(url=url))
        connection.execute(delete(authority).where(authority.c.node == name))
        connection.execute(insert(authority), [{"provider": one, "node": name} for one in wanted])
        return _node(connection, connection.execute(select(node).where(node.c.name == name)).one())


def remove_node(archive: Archive, viewer: Viewer, name: str) -> None:
    """Forget a node: what came from it stays under its last terms, which are set here from now on."""
    must_run(viewer)
    archive.must_be_writable()
    find_node(archive, viewer, name)
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        for table in (authority, mirrored, node_notice):
            connection.execute(delete(table).where(table.c.node == name))
        connection.execute(delete(node).where(node.c.name == name))


def meet(archive: Archive, viewer: Viewer, name: str, identity: int) -> None:
    """Note which archive answers at a node's URL; `Refused` where it is this one, or no longer the same."""
    must_run(viewer)
    with archive.catalogue.reading() as connection:
        own = connection.execute(select(archive_fact.c.value).where(archive_fact.c.name == "identity")).scalar_one()
        known = connection.execute(select(node.c.identity).where(node.c.name == name)).scalar()
    if identity == own:
        raise Refused(f"The node {name} is this archive itself, or a copy of it; there is nothing to mirror.")
    if known is not None and known != identity:
        raise Refused(
            f"At the URL of the node {name} there is another archive now ({identity:016x}, it was {known:016x})."
            " If that is meant, remove the node and add it again."
        )
    if known is None:
        with archive.catalogue.publishing() as connection:
            recording_time(connection)
            connection.execute(update(node).where(node.c.name == name).values(identity=identity))


def note_seen(archive: Archive, viewer: Viewer, name: str) -> None:
    """Note that all that the node gives has been taken."""
    must_run(viewer)
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        connection.execute(update(node).where(node.c.name == name).values(seen=now))


def notices(archive: Archive, viewer: Viewer, name: str, most: int = 1000) -> tuple[Notice, ...]:
    """What there is to know of a node, the latest first."""
    must_run(viewer)
    query = select(node_notice).where(node_notice.c.node == name).order_by(node_notice.c.id.desc()).limit(most)
    with archive.catalogue.reading() as connection:
        return tuple(
            Notice(row.kind, row.subject, row.told, np.datetime64(row.recorded_from, "us").astype(NS))
            for row in connection.execute(query)
        )


def note(connection: Connection, name: str, found: Iterable[tuple[str, str, str]], now: int) -> None:
    """Keep notices (kind, subject, what is told) of a node, and forget its oldest beyond `MOST_NOTICES`."""
    rows = [{"node": name, "kind": kind, "subject": subject, "told": told, "recorded_from": now}
            for kind, subject, told in found]  # fmt: skip
    if not rows:
        return
    connection.execute(insert(node_notice), rows)
    own = node_notice.c.node == name
    ids = select(node_notice.c.id).where(own).order_by(node_notice.c.id.desc())
    last = connection.execute(ids.offset(MOST_NOTICES).limit(1)).scalar()
    if last is not None:
        connection.execute(delete(node_notice).where(own, node_notice.c.id <= last))


def must_be_ours(connection: Connection, providers: Iterable[str]) -> None:
    """`Refused` for providers whose data come from another node: what is handed in and set of them is so there."""
    query = select(authority).where(authority.c.provider.in_(list(providers))).order_by(authority.c.provider)
    row = connection.execute(query).first()
    if row is not None:
        raise Refused(
            f"What {row.provider or 'the archive itself'} hands in, and its terms, come from the node {row.node};"
            " do it there, and it comes here.",
            command="`soap sync` brings it.",
        )


def must_come_from(connection: Connection, name: str, provider: str) -> None:
    """`Refused` unless the provider's data come from that node."""
    row = connection.execute(select(authority.c.node).where(authority.c.provider == provider)).one_or_none()
    if row is None or row.node != name:
        raise Refused(
            f"The node {name} is not where the data of {provider or 'the archive itself'} come from; they are not taken"
            " from it.",
            command="`soap admin node add` says whose are.",
        )


def _check_providers(connection: Connection, name: str, wanted: list[str]) -> None:
    codes = connection.execute(select(member.c.code).order_by(member.c.code)).scalars().all()
    unknown = sorted(set(wanted) - {"", *codes})
    if unknown:
        raise BadParameter(f"There is no member {', '.join(unknown)}; there are {', '.join(codes)}.")
    taken = {row.provider: row.node for row in connection.execute(select(authority)) if row.node != name}
    mine = {row.provider for row in connection.execute(select(authority)) if row.node == name}
    for one in wanted:
        said = one or "the archive itself"
        if one in taken:
            raise Conflict(f"The data of {said} come from the node {taken[one]} already; remove that one first.")
        if one not in mine and _hands_in_here(connection, one):
            raise Conflict(
                f"{said} hands in here: a member's data have one place where they are handed in. Mirror them from here"
                " instead, or move them: restore a backup there."
            )


def _hands_in_here(connection: Connection, provider: str) -> bool:
    """True where the archive holds something of a provider that no node gave."""
    held = select(collection.c.id).where(collection.c.provider == provider)
    listed = select(station.c.id).where(station.c.provider == provider)
    return any(connection.execute(query.limit(1)).first() is not None for query in (held, listed))


def _node(connection: Connection, row) -> Node:
    query = select(authority.c.provider).where(authority.c.node == row.name).order_by(authority.c.provider)
    providers = tuple(connection.execute(query).scalars())
    seen = np.datetime64("NaT", "ns") if row.seen is None else np.datetime64(row.seen, "us").astype(NS)
    return Node(row.name, row.url, providers, "" if row.identity is None else f"{row.identity:016x}", seen)
