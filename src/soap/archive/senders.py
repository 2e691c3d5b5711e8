"""Senders: what agents at stations said of themselves when they last sent something, for who looks after them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from soap.archive.archive import Archive
from soap.archive.policy import sees_all
from soap.archive.schema import sender
from soap.core.who import Viewer

_MOST_WAITING = 2**31 - 1


@dataclass(frozen=True)
class Sender:
    """An agent: whose account it sends as, its machine, and how it does.

    `waiting` files are not sent yet; its clock is `skew_s` [s] ahead of the server's (None: not known); `seen`: when
    it last sent something [µs since 1970].
    """

    user: str
    member: str
    name: str
    version: str
    waiting: int
    skew_s: float | None
    seen: int


def heard(viewer: Viewer, told: str, now: int) -> Sender | None:
    """What the header `Soap-Sender` says; None where it says nothing that is understood [now: µs since 1970]."""
    try:
        words = json.loads(told)
        waiting, skew = int(words["waiting"]), words.get("skew_s")
        skew_s = None if skew is None or not math.isfinite(float(skew)) else float(skew)
        name, version = str(words["name"])[:80], str(words["version"])[:40]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
    return Sender(viewer.user, viewer.member, name, version, min(max(waiting, 0), _MOST_WAITING), skew_s, now)


def note(archive: Archive, some: Iterable[Sender]) -> None:
    """Keep what was heard last of each."""
    rows = [dict(vars(one)) for one in some]
    if not rows:
        return
    with archive.catalogue.noting() as connection:
        connection.execute(delete(sender).where(sender.c.user.in_([row["user"] for row in rows])))
        connection.execute(insert(sender), rows)


def senders(archive: Archive, viewer: Viewer) -> tuple[Sender, ...]:
    """Agents of the viewer's member, silent for longest first; all members' for who runs the archive."""
    query = select(sender).order_by(sender.c.seen, sender.c.user)
    if not sees_all(viewer):
        query = query.where(sender.c.member == viewer.member, sender.c.member != "")
    with archive.catalogue.reading() as connection:
        return tuple(Sender(**row._mapping) for row in connection.execute(query))
