"""What every table of the catalogue is built with: the layout's numbers, text that every database takes, the metadata.

Times of observations are nanoseconds since 1970, times of recording microseconds since 1970, both UTC and integer, so
that SQLite and PostgreSQL hold them alike. A row that still holds has `recorded_to` = `FOREVER`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text, TypeDecorator

FORMAT = 4
"""Number of the archive's layout (catalogue, objects and originals together); see docs/reference/archive-layout.md."""

REVISION = "0009"
"""Newest migration of the catalogue."""

FOREVER = 2**63 - 1
"""`recorded_to` of what holds now."""

CLOSED = 1
"""Number of the terms that hold where none were set: no owner but the archive's, private."""


def storable(told: str) -> str:
    """Text as every database takes it: NUL, and what is no character (`\\udc80`), are written as their escapes."""
    if told.isascii() and "\0" not in told:
        return told
    return told.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


class Prose(TypeDecorator):
    """Text from outside, for people: names of files, reasons, citations. Made `storable`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        """The text as it is stored."""
        return None if value is None else storable(value)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# One row a fact about the archive itself: `format`, `identity` (a random number that tells archives apart), and
# `clock`, the last time of recording given out.
archive_fact = Table(
    "archive_fact",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
