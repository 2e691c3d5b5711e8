"""Carrying a job out: the service that its kind names, as its maker, and its result kept in the moment it is done."""

from __future__ import annotations

import logging
import tempfile
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from soap.archive import Archive, job_leases, products
from soap.archive.job_leases import Taken
from soap.core.errors import ArchiveError, Conflict, SoapError, WorkFailed
from soap.services.composition import Composition
from soap.services.jobs.kind import Carrying
from soap.services.jobs.kinds import checked, kind_of
from soap.services.work import HERE, workers

_log = logging.getLogger("soap.jobs")
_AGAIN = (ArchiveError, WorkFailed, OSError, MemoryError)
"""What may not come again: a server that does not answer, a full disk, a worker that was killed."""


class Stopped(BaseException):
    """The job is not to go on; raised where it tells its progress, past whatever catches errors."""


def carry_out(
    archive: Archive,
    composition: Composition,
    taken: Taken,
    told: Callable[[float, str], None] = lambda part, text: None,
) -> None:
    """Carry a job out to its end, whatever that is, in this process; a lost job leaves nothing.

    `told` hears how far it is, and raises `Stopped` to end it: what becomes of it then is left to who does that.
    """
    try:
        _carry_out(archive, composition, taken, told)
    except Conflict as error:  # lost, or cancelled as it ended
        _log.info("job %s: %s", taken.job_id, error)
        job_leases.hand_back(archive, taken, counts=True, most=archive.settings.job_attempts, reason=str(error))
    except _AGAIN as error:
        _log.warning("job %s: %s", taken.job_id, error)
        reason = str(error) if isinstance(error, SoapError) else f"{type(error).__name__}."
        job_leases.hand_back(archive, taken, counts=True, most=archive.settings.job_attempts, reason=reason)
    except SoapError as error:
        job_leases.fail(archive, taken, str(error))
    except Exception:
        _log.error("job %s: %s", taken.job_id, traceback.format_exc())
        job_leases.fail(archive, taken, "It failed by a fault of the program; who runs the server finds it in the log.")


def _carry_out(archive: Archive, composition: Composition, taken: Taken, told: Callable[[float, str], None]) -> None:
    kind = kind_of(taken.kind)
    asked = checked(kind, taken.parameters)
    scheduler = archive.settings.scheduler

    def progress(done: int, total: int, text: str) -> None:
        told(done / total if total else 0.0, text)

    told(0.0, "")
    hands = workers(scheduler) if scheduler else nullcontext(HERE)  # one process a job, unless others are named
    with tempfile.TemporaryDirectory(prefix="soap-job-") as folder, hands as crew:
        made = kind.carry_out(Carrying(taken.viewer, archive, composition, crew, progress, Path(folder)), asked)
    told(1.0, "")
    products.keep(
        archive,
        taken.viewer,
        made.kind,
        made.title,
        made.content,
        made.media,
        made.inputs,
        made.stations,
        also=lambda connection, name: job_leases.finish(connection, taken, name, made.file_name),
    )
