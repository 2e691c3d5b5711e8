"""Tables of work that goes on: jobs, and files that are being uploaded."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text

from soap.archive.schema.base import Prose, metadata

# Long work that somebody asked for. The same work asked for by the same user is one job: `job_id` tells by content.
job = Table(
    "job",
    metadata,
    Column("job_id", String(80), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("title", Prose, nullable=False),
    Column("parameters", Text, nullable=False),  # JSON
    Column("made_by", String(80), nullable=False),
    Column("member", String(20), nullable=False),  # of who asked, when they asked; empty: none
    Column("roles", String(80), nullable=False),  # theirs then, separated by spaces
    Column("state", String(12), nullable=False),  # waiting, running, done, failed or cancelled
    Column("done", Float, nullable=False),  # part that is done, 0 to 1
    Column("message", Prose, nullable=False),
    Column("product", String(80), nullable=False),  # its result; empty: there is none
    Column("file_name", Prose, nullable=False),  # of the result
    Column("worker", String(80), nullable=False),  # who runs it, empty: nobody
    Column("attempts", Integer, nullable=False),
    Column("cancel", Boolean, nullable=False),  # its maker wants no more of it
    Column("recorded_from", BigInteger, nullable=False),
    Column("begun", BigInteger),
    Column("seen", BigInteger),  # when the worker last told that it goes on
    Column("ended", BigInteger),
    Index("ix_job_state", "state"),
    Index("ix_job_made_by", "made_by"),
)

# A file that is being sent, in parts (tus), and what became of it.
upload = Table(
    "upload",
    metadata,
    Column("upload_id", String(80), primary_key=True),
    Column("made_by", String(80), nullable=False),
    Column("provider", String(20), nullable=False),
    Column("name", Prose, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),  # as the sender tells it; empty: not told
    Column("told", Text, nullable=False),  # all that the sender told of it, in the protocol's words
    Column("state", String(12), nullable=False),  # open, published, duplicate, quarantined or damaged
    Column("reason", Prose, nullable=False),
    Column("granules", Text, nullable=False),  # JSON: names of the granules it went into
    Column("recorded_from", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Index("ix_upload_made_by_state", "made_by", "state"),
    Index("ix_upload_seen", "seen"),
)

# What an agent at a station said of itself when it last sent something.
sender = Table(
    "sender",
    metadata,
    Column("user", String(80), primary_key=True),
    Column("member", String(20), nullable=False),
    Column("name", Prose, nullable=False),  # of its machine
    Column("version", String(40), nullable=False),
    Column("waiting", Integer, nullable=False),  # files that it has not sent yet
    Column("skew_s", Float),  # how far its clock is ahead of the server's
    Column("seen", BigInteger, nullable=False),
)
