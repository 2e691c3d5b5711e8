"""Tables of other nodes: archives that this one mirrors, and how far."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text

from soap.archive.schema.base import Prose, metadata

# Another archive of the network; its token is not kept here.
node = Table(
    "node",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("url", Prose, nullable=False),
    Column("identity", BigInteger, nullable=False),  # of that archive
    Column("cursor", Text, nullable=False),  # how far its changes were taken, in its words
    Column("recorded_from", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)
