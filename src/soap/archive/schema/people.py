"""Tables of who asks: members, accounts, how they prove who they are, and what they did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from soap.archive.schema.base import Prose, metadata

# The member states, and who may ask as one of their people.
member = Table(
    "member",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("name", Prose, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("user", String(80), primary_key=True),
    Column("member", ForeignKey("member.code")),
    Column("roles", Text, nullable=False),  # names between blanks
    Column("recorded_from", BigInteger, nullable=False),
)

# Argon2id of a user's password, in the encoded form that names its parameters.
password = Table(
    "password",
    metadata,
    Column("user", ForeignKey("account.user"), primary_key=True),
    Column("hash", String(200), nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
)

# Who an OpenID Connect issuer's subject is here.
identity = Table(
    "identity",
    metadata,
    Column("issuer", String(300), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("user", ForeignKey("account.user"), nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
)

# A sign-in that an issuer was asked for: SHA-256 of what came back proves it, once.
sign_in = Table(
    "sign_in",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("expires", BigInteger, nullable=False),
)

# A browser's session: SHA-256 of its cookie, never the cookie.
session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user", ForeignKey("account.user"), nullable=False),
    Column("begun", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Index("ix_session_user", "user"),
)

# A personal token for scripts and stations: SHA-256 of it, never the token.
token = Table(
    "token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user", ForeignKey("account.user"), nullable=False),
    Column("name", Prose, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),  # between blanks
    Column("recorded_from", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger),  # when it was last seen, to the minute
    Column("revoked", BigInteger),  # when, if it was
    Index("ix_token_user", "user"),
)

# Who read or changed what, when, and whose it was.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("user", String(80), nullable=False),
    Column("member", String(20), nullable=False),  # of the user
    Column("action", String(80), nullable=False),
    Column("subject", Prose, nullable=False),
    Column("owners", Text, nullable=False),  # members whose it is, between blanks, with a blank at either end
    Column("outcome", Integer, nullable=False),  # HTTP status, also of what the command line did
    Column("bytes", BigInteger, nullable=False),
    Column("address", String(64), nullable=False),
    Column("request", String(40), nullable=False),
    Index("ix_audit_time", "time"),
    Index("ix_audit_user_time", "user", "time"),
)

# How much a user, or all of a member, asked for on a day [days since 1970].
usage = Table(
    "usage",
    metadata,
    Column("kind", String(10), primary_key=True),  # user or member
    Column("name", String(80), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)
