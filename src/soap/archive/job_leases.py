"""Leases of jobs: who carries out which, and what becomes of it when nobody does any more.

A worker takes a job for a while, and tells again and again that it goes on. One that is silent for longer has lost the
job: another takes it up, and what the first tells after that counts for nothing. So a job is carried out by one at a
time, and ends once, however many servers there are and whichever is killed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, update

from soap.archive.archive import Archive
from soap.archive.jobs import CANCELLED, DONE, FAILED, RUNNING, STATES, WAITING, clock
from soap.archive.policy import must_run
from soap.archive.products import discard
from soap.archive.schema import account, job
from soap.core.errors import Conflict
from soap.core.who import Viewer

GO_ON, STOP, LOST = "go on", "stop", "lost"
_ENDED = tuple(one for one in STATES if one not in (WAITING, RUNNING))
_CHANGED = "Its maker's account was removed or may do less than when the job was asked for; ask for it again."


@dataclass(frozen=True)
class Taken:
    """A job that a worker has taken: what is to be done, and as whom."""

    job_id: str
    kind: str
    parameters: Mapping[str, Any]
    viewer: Viewer
    worker: str
    attempts: int
    """Times that it was begun, this one included."""


def take(archive: Archive, worker: str, lease_s: float, attempts: int) -> Taken | None:
    """The job that is next, taken for the worker; None where nothing waits.

    Next is a job of the user of whom fewest run, of equals of the one who was served longest ago, and of theirs the one
    asked for first. One whose worker was silent for `lease_s` counts as waiting, after so many `attempts` as failed.
    """
    with archive.catalogue.reading() as connection:
        if connection.execute(select(job.c.job_id).where(_open(clock(connection), lease_s)).limit(1)).first() is None:
            return None
    with archive.catalogue.publishing() as connection:
        now = clock(connection)
        _end_lost(connection, now, lease_s, attempts)
        while (row := _next(connection, now, lease_s)) is not None:
            here = job.c.job_id == row.job_id
            viewer = _viewer(connection, row)
            if viewer is None:
                connection.execute(update(job).where(here).values(_end(FAILED, now, _CHANGED)))
                continue
            begun = {"state": RUNNING, "worker": worker, "attempts": row.attempts + 1, "begun": now, "seen": now,
                     "done": 0.0, "message": ""}  # fmt: skip
            connection.execute(update(job).where(here).values(begun))
            return Taken(row.job_id, row.kind, json.loads(row.parameters), viewer, worker, row.attempts + 1)
    return None


def beat(archive: Archive, taken: Taken, done: float, message: str) -> str:
    """Tell that a job goes on, and how far it is; `STOP` when its maker wants no more of it, `LOST` when it was lost.

    It is lost, too, when its maker's account was removed or may do less than when they asked.
    """
    with archive.catalogue.publishing() as connection:
        now = clock(connection)
        row = connection.execute(select(job).where(_mine(taken))).one_or_none()
        if row is None:
            return LOST
        if _viewer(connection, row) is None:
            connection.execute(update(job).where(_mine(taken)).values(_end(FAILED, now, _CHANGED)))
            return LOST
        told = {"seen": now, "done": min(max(done, 0.0), 1.0), "message": message[:500]}
        connection.execute(update(job).where(_mine(taken)).values(told))
        return STOP if row.cancel else GO_ON


def finish(connection: Connection, taken: Taken, product: str, file_name: str) -> None:
    """The job is done and has made a product, in the transaction that keeps it; `Conflict` when the job was lost."""
    ended = _end(DONE, clock(connection), "") | {"done": 1.0, "product": product, "file_name": file_name}
    if connection.execute(update(job).where(_mine(taken), ~job.c.cancel).values(ended)).rowcount != 1:
        raise Conflict(f"The job {taken.job_id} is not carried out here any more; nothing of it was kept.")


def fail(archive: Archive, taken: Taken, reason: str) -> bool:
    """The job failed, for a reason that would be the same another time; False when it had been lost."""
    return _ended(archive, taken, FAILED, reason)


def cancelled(archive: Archive, taken: Taken) -> bool:
    """The job was ended as its maker wished; False when it had been lost."""
    return _ended(archive, taken, CANCELLED, "")


def hand_back(archive: Archive, taken: Taken, *, counts: bool, most: int, reason: str = "") -> None:
    """Give a job back, to be taken up by anybody; where the attempt `counts`, it fails after `most` of them."""
    with archive.catalogue.publishing() as connection:
        now = clock(connection)
        row = connection.execute(select(job).where(_mine(taken))).one_or_none()
        if row is None:
            return
        if row.cancel:
            values = _end(CANCELLED, now, "")
        elif counts and row.attempts >= most:
            values = _end(FAILED, now, f"It was begun {row.attempts} times; the last time: {reason}")
        else:
            attempts = row.attempts if counts else row.attempts - 1
            values = {"state": WAITING, "worker": "", "attempts": attempts, "begun": None, "seen": None, "done": 0.0}
        connection.execute(update(job).where(_mine(taken)).values(values))


def expire(archive: Archive, viewer: Viewer, days: int, kept: tuple[str, ...]) -> int:
    """Forget jobs that ended so many days ago, and what they made but products of the `kept` kinds; how many."""
    must_run(viewer)
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        before = clock(connection) - days * 86_400_000_000
        old = and_(job.c.state.in_(_ENDED), job.c.ended < before)
        rows = connection.execute(select(job.c.job_id, job.c.kind, job.c.product).where(old)).all()
        connection.execute(delete(job).where(old))
        made = {row.product for row in rows if row.product and row.kind not in kept}
        still = set(connection.execute(select(job.c.product).where(job.c.product.in_(sorted(made)))).scalars())
        keys = discard(connection, sorted(made - still))
    for key in keys:
        archive.objects.delete(key)
    return len(rows)


def _open(now: int, lease_s: float) -> ColumnElement[bool]:
    """True for jobs that anybody may take."""
    return or_(job.c.state == WAITING, and_(job.c.state == RUNNING, job.c.seen < now - int(lease_s * 1e6)))


def _mine(taken: Taken) -> ColumnElement[bool]:
    """True for the job while it is still the worker's, and in the same attempt."""
    return and_(
        job.c.job_id == taken.job_id,
        job.c.state == RUNNING,
        job.c.worker == taken.worker,
        job.c.attempts == taken.attempts,
    )


def _end(state: str, now: int, message: str) -> dict[str, Any]:
    return {"state": state, "ended": now, "message": message, "worker": ""}


def _ended(archive: Archive, taken: Taken, state: str, message: str) -> bool:
    with archive.catalogue.publishing() as connection:
        values = _end(state, clock(connection), message)
        return connection.execute(update(job).where(_mine(taken)).values(values)).rowcount == 1


def _end_lost(connection: Connection, now: int, lease_s: float, attempts: int) -> None:
    """End those that nobody carries out any more and that are not to be begun again."""
    lost = and_(job.c.state == RUNNING, _open(now, lease_s))
    connection.execute(update(job).where(lost, job.c.cancel).values(_end(CANCELLED, now, "")))
    said = f"It was begun {attempts} times, and each time what carried it out was stopped or killed."
    connection.execute(update(job).where(lost, job.c.attempts >= attempts).values(_end(FAILED, now, said)))


def _next(connection: Connection, now: int, lease_s: float) -> Row | None:
    """The job to be taken, by fairness between users."""
    held = and_(job.c.state == RUNNING, ~_open(now, lease_s))
    running = dict(
        tuple(row)
        for row in connection.execute(select(job.c.made_by, func.count()).where(held).group_by(job.c.made_by))
    )
    served = dict(
        tuple(row) for row in connection.execute(select(job.c.made_by, func.max(job.c.begun)).group_by(job.c.made_by))
    )
    rows = connection.execute(select(job).where(_open(now, lease_s))).all()
    return min(
        rows,
        key=lambda row: (running.get(row.made_by, 0), served[row.made_by] or 0, row.recorded_from, row.job_id),
        default=None,
    )


def _viewer(connection: Connection, row: Row) -> Viewer | None:
    """The job's maker as their account is now; None where there is none, or it may do less than when they asked."""
    held = connection.execute(select(account).where(account.c.user == row.made_by)).one_or_none()
    if held is None or (held.member or "") != row.member or not set(row.roles.split()) <= set(held.roles.split()):
        return None
    return Viewer(held.user, held.member or "", frozenset(held.roles.split()))
