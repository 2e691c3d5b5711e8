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
    Column("secret", String(64), nullable=False),  # what webhooks are signed with; of a feed's its SHA-256
    Column("active", Boolean, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Column("looked", BigInteger, nullable=False),  # all that was recorded until then was looked at
    Index("ix_subscription_made_by", "made_by"),
    Index("ix_subscription_secret", "secret"),
)

# What was noticed for a subscription: each subject once. Only references are kept: what is told is worked out when it
# is sent, as what the subscriber may see then.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscription", ForeignKey("subscription.id"), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("about", Text, nullable=False),  # JSON
    Column("recorded_from", BigInteger, nullable=False),
    Column("sent", BigInteger),
    Column("due", BigInteger),  # when it is to be sent, or sent again; none: no more
    Column("attempts", Integer, nullable=False),
    Column("error", Prose, nullable=False),
    UniqueConstraint("subscription", "subject"),
    Index("ix_notice_due", "due"),
)
