"""Tables of other nodes: archives that this one mirrors, whose data come from which, and what came of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from soap.archive.schema.base import Prose, metadata

# Another archive of the network; its token is not kept here.
node = Table(
    "node",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("url", Prose, nullable=False),
    Column("identity", BigInteger),  # of that archive, once it was asked
    Column("recorded_from", BigInteger, nullable=False),
    Column("seen", BigInteger),  # when all that it gives was last taken
)

# Whose data come from a node: nobody else hands them in here, and nobody sets their terms here.
authority = Table(
    "authority",
    metadata,
    Column("provider", String(20), primary_key=True),  # a member's code; empty: the archive itself
    Column("node", ForeignKey("node.name"), nullable=False),
)

# A granule that came from a node, when what is held of it was recorded there, and since when it is no longer given.
mirrored = Table(
    "mirrored",
    metadata,
    Column("granule", ForeignKey("granule.id"), primary_key=True),
    Column("node", ForeignKey("node.name"), nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Column("withdrawn", BigInteger),
    Index("ix_mirrored_node", "node"),
)

# What who runs the archive should know of a node: what it withdrew, gave again, or told that cannot be taken.
node_notice = Table(
    "node_notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node", ForeignKey("node.name"), nullable=False),
    Column("kind", String(20), nullable=False),  # withdrawn, returned, terms or refused
    Column("subject", Text, nullable=False),
    Column("told", Prose, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Index("ix_node_notice_node", "node"),
)
