"""Jobs: long work that a user asks for, carried out by the servers, one process a job; see docs/explanation/jobs.md.

`ask` is the door; `kinds.KINDS` lists what can be asked for.
"""

from soap.archive.jobs import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job, State
from soap.services.jobs.asking import ask, cancel, job, jobs, kinds, result, result_owners, result_parts
from soap.services.jobs.kind import KindName

__all__ = [
    "CANCELLED",
    "DONE",
    "FAILED",
    "RUNNING",
    "WAITING",
    "Job",
    "KindName",
    "State",
    "ask",
    "cancel",
    "job",
    "jobs",
    "kinds",
    "result",
    "result_owners",
    "result_parts",
]
