"""Jobs: long work that somebody asked for, as rows of the catalogue; who carries them out is in `job_leases`.

A job is its maker's: others are told of none, but who runs the archive. What it made is a product, seen while all that
it was made of is (`soap.archive.products`): an embargo that comes later hides it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sqlalchemy import Connection, Row, func, insert, or_, select, update

from soap.archive.accounts import PUBLIC, viewer_of
from soap.archive.archive import Archive
from soap.archive.policy import sees_all, visible
from soap.archive.product_inputs import all_seen, released
from soap.archive.schema import granule, job, product, station, terms, terms_change, version
from soap.core.errors import Conflict, NotFound, Refused, TooMany
from soap.core.time import NS
from soap.core.who import Viewer

State = Literal["waiting", "running", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = ("waiting", "running", "done", "failed", "cancelled")
WAITING, RUNNING, DONE, FAILED, CANCELLED = STATES

_RETRY_S = 60


@dataclass(frozen=True)
class Wanted:
    """Work that is asked for: its kind, what a person calls it, and its checked parameters, as JSON holds them."""

    kind: str
    title: str
    parameters: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The parameters as canonical JSON."""
        return json.dumps(self.parameters, sort_keys=True, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True)
class Job:
    """A job as its maker sees it.

    `done` is the part that is done, 0 to 1; `message` says what is being done, or why it failed; `product` is what it
    made, empty while there is nothing that the viewer may see.
    """

    job_id: str
    kind: str
    title: str
    parameters: Mapping[str, Any]
    made_by: str
    state: State
    done: float
    message: str
    product: str
    file_name: str
    attempts: int
    cancelling: bool
    recorded_from: np.datetime64
    begun: np.datetime64 | None
    seen: np.datetime64 | None
    ended: np.datetime64 | None

    @property
    def active(self) -> bool:
        """True while it waits or runs."""
        return self.state in (WAITING, RUNNING)

    @property
    def left_s(self) -> float | None:
        """Seconds until it will be done if it goes on as it has; None where that is not known."""
        if self.state != RUNNING or self.begun is None or self.seen is None or not 0 < self.done <= 1:
            return None
        spent = (self.seen - self.begun) / np.timedelta64(1, "s")
        return float(spent) * (1 - self.done) / self.done


def ask(archive: Archive, viewer: Viewer, wanted: Wanted, most: int) -> Job:
    """The job that does this work for the viewer, begun by whoever carries out jobs.

    The same work asked for again, while nothing that the viewer sees has changed, is the same job. One that failed, was
    cancelled, or whose result is not there any more, waits anew. `Refused` for who has no account, `TooMany` when
    `most` of theirs wait or run.
    """
    held = account_of(archive, viewer)
    archive.must_be_writable()
    with archive.catalogue.reading() as connection:
        name = _name(wanted, held, latest_change(connection, held))
    with archive.catalogue.publishing() as connection:
        now = clock(connection)
        row = connection.execute(select(job).where(job.c.job_id == name)).one_or_none()
        if row is not None and (row.state in (WAITING, RUNNING) or _has_result(connection, held, row)):
            return _job(row, row.product if row.state == DONE else "")
        active = select(func.count()).where(job.c.made_by == held.user, job.c.state.in_((WAITING, RUNNING)))
        if connection.execute(active).scalar_one() >= most:
            raise TooMany(
                f"{most} jobs of {held.user} wait or run, as many as one user may have; wait, or cancel one.",
                retry_after_s=_RETRY_S,
            )
        new = _new(wanted, held, now)
        if row is None:
            connection.execute(insert(job).values(job_id=name, **new))
        else:
            connection.execute(update(job).where(job.c.job_id == name).values(new))
        return _job(connection.execute(select(job).where(job.c.job_id == name)).one(), "")


def jobs(archive: Archive, viewer: Viewer, *, state: str | None = None, most: int = 1000) -> tuple[Job, ...]:
    """The viewer's jobs, for who runs the archive all, the latest asked for first."""
    query = _theirs(viewer).order_by(job.c.recorded_from.desc(), job.c.job_id).limit(most)
    if state is not None:
        query = query.where(job.c.state == state)
    with archive.catalogue.reading() as connection:
        rows = connection.execute(query).all()
        seen = _seen(connection, viewer, [row.product for row in rows])
        return tuple(_job(row, row.product if row.product in seen else "") for row in rows)


def job_of(archive: Archive, viewer: Viewer, job_id: str) -> Job:
    """One job; `NotFound` when there is none, or it is somebody else's."""
    with archive.catalogue.reading() as connection:
        return _held(connection, viewer, job_id)


def cancel(archive: Archive, viewer: Viewer, job_id: str) -> Job:
    """End a job: at once where it waits, soon where it runs; `Conflict` when it has ended otherwise."""
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = clock(connection)
        held = _held(connection, viewer, job_id)
        if held.state in (DONE, FAILED):
            raise Conflict(f"The job {job_id} has ended already: it is {held.state}.")
        if held.state == WAITING:
            ended = {"state": CANCELLED, "cancel": True, "ended": now, "message": ""}
            connection.execute(update(job).where(job.c.job_id == job_id).values(ended))
        elif held.state == RUNNING:
            connection.execute(update(job).where(job.c.job_id == job_id).values(cancel=True))
        return _held(connection, viewer, job_id)


def account_of(archive: Archive, viewer: Viewer) -> Viewer:
    """The viewer as their account is now; `Refused` for who has none, since a job is carried out as an account."""
    if viewer.user != PUBLIC.user:
        try:
            return viewer_of(archive, viewer.user)
        except NotFound:  # said below: of a folder's owner too, who has no account
            pass
    raise Refused(
        f"{viewer.user or 'Nobody'} has no account here, and a job is carried out as one. Who runs the archive makes"
        " accounts.",
        command="`soap admin account add` makes one.",
    )


def clock(connection: Connection) -> int:
    """The time now [µs since 1970], by one clock for all who carry out jobs: that of the catalogue's server."""
    if connection.dialect.name == "sqlite":
        return time.time_ns() // 1000
    return int(connection.execute(select(func.extract("epoch", func.clock_timestamp()) * 1_000_000)).scalar_one())


def latest_change(connection: Connection, viewer: Viewer) -> int:
    """When the latest of what the viewer sees changed [µs since 1970]: was recorded, or became theirs to see."""
    seen = visible(connection, viewer)
    values = select(func.max(version.c.recorded_from)).join(granule, granule.c.id == version.c.granule)
    places = select(func.max(station.c.recorded_from))
    changes = select(func.max(terms_change.c.recorded_from))
    embargoes = select(func.max(terms.c.embargo_until)).where(terms.c.embargo_until <= time.time_ns() // 1000)
    if seen is not None:
        values, places = values.where(granule.c.terms.in_(seen)), places.where(station.c.terms.in_(seen))
        changes, embargoes = changes.where(terms_change.c.terms.in_(seen)), embargoes.where(terms.c.id.in_(seen))
    return max(connection.execute(query).scalar() or 0 for query in (values, places, changes, embargoes))


def _name(wanted: Wanted, viewer: Viewer, changed: int) -> str:
    who = [viewer.user, viewer.member, sorted(viewer.roles)]
    content = json.dumps([wanted.kind, wanted.text, who, changed])
    return f"{wanted.kind}-{hashlib.sha256(content.encode()).hexdigest()[:24]}"


def _new(wanted: Wanted, viewer: Viewer, now: int) -> dict[str, Any]:
    """A row of a job that waits."""
    return {
        "kind": wanted.kind,
        "title": wanted.title,
        "parameters": wanted.text,
        "made_by": viewer.user,
        "member": viewer.member,
        "roles": " ".join(sorted(viewer.roles)),
        "state": WAITING,
        "done": 0.0,
        "message": "",
        "product": "",
        "file_name": "",
        "worker": "",
        "attempts": 0,
        "cancel": False,
        "recorded_from": now,
        "begun": None,
        "seen": None,
        "ended": None,
    }


def _theirs(viewer: Viewer):
    """Statement of the viewer's jobs: those asked for by their user while of their member."""
    query = select(job)
    return query if sees_all(viewer) else query.where(job.c.made_by == viewer.user, job.c.member == viewer.member)


def _held(connection: Connection, viewer: Viewer, job_id: str) -> Job:
    row = connection.execute(_theirs(viewer).where(job.c.job_id == job_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no job {job_id!r} of yours.")
    return _job(row, row.product if row.product in _seen(connection, viewer, [row.product]) else "")


def _has_result(connection: Connection, viewer: Viewer, row: Row) -> bool:
    return row.state == DONE and row.product in _seen(connection, viewer, [row.product])


def _seen(connection: Connection, viewer: Viewer, names: list[str]) -> set[str]:
    """Those of the products that the viewer may see."""
    wanted = sorted(set(names) - {""})
    if not wanted:
        return set()
    query = select(product.c.product_id).where(product.c.product_id.in_(wanted))
    seen = visible(connection, viewer)
    if seen is not None:
        query = query.where(or_(all_seen(seen), released()))
    return set(connection.execute(query).scalars())


def _job(row: Row, made: str) -> Job:
    def instant(microseconds: int | None) -> np.datetime64 | None:
        return None if microseconds is None else np.datetime64(microseconds, "us").astype(NS)

    return Job(
        row.job_id,
        row.kind,
        row.title,
        json.loads(row.parameters),
        row.made_by,
        row.state,
        row.done,
        row.message,
        made,
        row.file_name if made else "",
        row.attempts,
        bool(row.cancel) and row.state == RUNNING,
        np.datetime64(row.recorded_from, "us").astype(NS),
        instant(row.begun),
        instant(row.seen),
        instant(row.ended),
    )
