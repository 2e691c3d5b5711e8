"""Tables of who wants to be told of what, and what they were told."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from soap.archive.schema.base import Prose, metadata

# What somebody wants to be told of, and how.
subscription = Table(
    "subscription",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_by", String(80), nullable=False),
    Column("name", Prose, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("conditions", Text, nullable=False),  # JSON
    Column("channel", String(10), nullable=False),  # mail, webhook or feed
    Column("target", Prose, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Index("ix_subscription_made_by", "made_by"),
)

# What was noticed for a subscription: each subject once.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscription", ForeignKey("subscription.id"), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("told", Text, nullable=False),  # JSON
    Column("recorded_from", BigInteger, nullable=False),
    Column("sent", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("error", Prose, nullable=False),
    UniqueConstraint("subscription", "subject"),
)
