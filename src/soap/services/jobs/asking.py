"""Asking for work, how far it is, and what came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from soap.archive import Archive, products
from soap.archive import jobs as held
from soap.archive.jobs import DONE, Job, Wanted
from soap.archive.products import Product
from soap.core.errors import BadParameter, Conflict, NotFound
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.jobs.kind import Kind
from soap.services.jobs.kinds import KINDS, checked, kind_of


def ask(viewer: Viewer, archive: Archive, composition: Composition, kind: str, parameters: Mapping[str, Any]) -> Job:
    """The job that does this work as the viewer; see `soap.archive.jobs.ask`, which tells when it is the same again.

    `kind` is a word of `kinds`, `parameters` what its model takes, as JSON holds them. Raises `BadParameter` for what
    is none, `NotFound` for what the viewer may not know of, `TooLarge` for what is more than a job may do, `Refused`
    for who has no account, `TooMany` for who has too many jobs that wait or run.
    """
    one = kind_of(kind)
    account = held.account_of(archive, viewer)
    chosen = checked(one, parameters)
    title = one.check(account, archive, composition, chosen)
    wanted = Wanted(one.name, title, chosen.model_dump(mode="json"))
    return held.ask(archive, account, wanted, archive.settings.jobs_per_user)


def kinds(viewer: Viewer) -> tuple[Kind, ...]:
    """Every kind of job; anybody may know them."""
    return KINDS


def job(viewer: Viewer, archive: Archive, job_id: str) -> Job:
    """A job of the viewer's, or, for who runs the archive, of anybody's; `NotFound` when there is none."""
    return held.job_of(archive, viewer, job_id)


def jobs(viewer: Viewer, archive: Archive, *, state: str | None = None, most: int = 1000) -> tuple[Job, ...]:
    """The viewer's jobs, for who runs the archive everybody's; the latest first, so many at most.

    `BadParameter` for a state that is none.
    """
    if state is not None and state not in held.STATES:
        raise BadParameter(f"{state[:40]!r} is no state of a job; there are {', '.join(held.STATES)}.")
    return held.jobs(archive, viewer, state=state, most=most)


def cancel(viewer: Viewer, archive: Archive, job_id: str) -> Job:
    """End a job that waits or runs; `Conflict` when it has ended, `NotFound` when there is none of the viewer's."""
    return held.cancel(archive, viewer, job_id)


def result(viewer: Viewer, archive: Archive, job_id: str) -> tuple[Job, Product]:
    """A job that is done, and what it made, which is read by its identifier.

    `Conflict` while it is not done; `NotFound` when it made nothing that the viewer may see now.
    """
    found = held.job_of(archive, viewer, job_id)
    if found.state != DONE:
        raise Conflict(f"The job {job_id} is {found.state}; it has a result once it is done.")
    if not found.product:
        raise NotFound(f"The job {job_id} has no result here, or none any more, that you may see. Ask for it again.")
    return found, products.product(archive, viewer, found.product)


def result_owners(viewer: Viewer, archive: Archive, product_id: str) -> frozenset[str]:
    """Whose data a product was made of: members' codes, empty the archive's own; errors as `result_parts`."""
    return products.owners(archive, viewer, product_id)


def result_parts(
    viewer: Viewer, archive: Archive, product_id: str, start: int = 0, stop: int | None = None
) -> Iterator[bytes]:
    """The bytes of a product from `start` to before `stop`, in parts; `NotFound` when the viewer sees none such."""
    return products.parts(archive, viewer, product_id, start, stop)
