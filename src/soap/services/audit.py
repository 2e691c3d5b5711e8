"""The audit log: read by who may, and added to by the command line; the server's requests add to it by a recorder."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import orjson

from soap.archive import Archive
from soap.archive import audit as held
from soap.archive.audit import Entry, Wanted
from soap.core.errors import Refused
from soap.core.time import NS, iso, utc
from soap.core.who import Viewer

__all__ = ["COLUMNS", "Entry", "Noted", "as_csv", "as_json_lines", "as_row", "entries", "noted"]

COLUMNS = ("time", "user", "member", "action", "subject", "owners", "outcome", "bytes", "address", "request")
"""Parts of an entry, as they are told."""

HERE = "command line"
_SOME = 500


def entries(
    viewer: Viewer,
    archive: Archive,
    *,
    start: str | None = None,
    stop: str | None = None,
    user: str | None = None,
    action: str | None = None,
) -> Iterator[Entry]:
    """Entries that the viewer may know of, first to last, see `soap.archive.audit.entries`; times in ISO 8601, UTC."""
    return held.entries(archive, viewer, Wanted(_us(start), _us(stop), user, action))


def as_row(entry: Entry) -> dict[str, Any]:
    """An entry as it is told; `bytes` are null where they were not of one's own values alone."""
    row: dict[str, Any] = {name: getattr(entry, name) for name in COLUMNS}
    row["time"] = iso(np.datetime64(entry.time, "us").astype(NS))
    row["owners"] = list(entry.owners)
    return row


def as_json_lines(found: Iterable[Entry]) -> Iterator[bytes]:
    """A JSON object a line."""
    for some in _some(found):
        yield b"".join(orjson.dumps(as_row(one)) + b"\n" for one in some)


def as_csv(found: Iterable[Entry]) -> Iterator[bytes]:
    """A line an entry, after the columns' names; owners are between blanks, the archive itself is `-`."""
    yield (",".join(COLUMNS) + "\n").encode()
    for some in _some(found):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for one in some:
            row = as_row(one) | {"owners": " ".join(owner or "-" for owner in one.owners)}
            writer.writerow(["" if row[name] is None else row[name] for name in COLUMNS])
        yield text.getvalue().encode()


@dataclass
class Noted:
    """What the command line is doing: `owners` are the members whose it is."""

    owners: list[str] = field(default_factory=list)


@contextmanager
def noted(viewer: Viewer, archive: Archive, action: str, subject: str) -> Iterator[Noted]:
    """Note what is done inside, once it was done, or was refused; other errors have changed nothing."""
    doing = Noted()
    try:
        yield doing
    except Refused:
        if not archive.read_only:
            _note(archive, viewer, action, subject, doing, 403)
        raise
    _note(archive, viewer, action, subject, doing, 200)


def _note(archive: Archive, viewer: Viewer, action: str, subject: str, doing: Noted, outcome: int) -> None:
    entry = Entry(time.time_ns() // 1000, viewer.user, viewer.member, action, subject, tuple(sorted(set(doing.owners))),
                  outcome, 0, HERE)  # fmt: skip
    with archive.catalogue.noting() as connection:
        held.add(connection, [entry])


def _us(text: str | None) -> int | None:
    return None if text is None else int(utc(text).astype("datetime64[us]").astype(np.int64))


def _some(found: Iterable[Entry]) -> Iterator[list[Entry]]:
    there = iter(found)
    while some := list(islice(there, _SOME)):
        yield some
