"""Tables of what is held: files, collections, granules and their versions, stations, health, products, and terms."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from soap.archive.schema.base import CLOSED, Prose, metadata

# Whose something is and who may see it. Rows never change and equal terms are one row, so that what a viewer may see
# is a short list of these numbers.
terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of the other columns
    Column("owner", String(20), nullable=False),  # a member's code; empty: the archive's own
    Column("access", String(10), nullable=False),  # open, members, named or private
    Column("named", Text, nullable=False),  # members' codes between blanks
    Column("embargo_until", BigInteger),  # microseconds since 1970
    Column("licence", Prose, nullable=False),
    Column("citation", Prose, nullable=False),
)

# Who set which terms on what, and when.
terms_change = Table(
    "terms_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("terms", ForeignKey("terms.id"), nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Index("ix_terms_change_subject", "subject"),
)

# A file as it came, kept by its SHA-256 under originals/.
original = Table(
    "original",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", Prose, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("reader", String(80), nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
)

# Who handed in a file, under which name: the same bytes may come from several members, who need not know.
deposit = Table(
    "deposit",
    metadata,
    Column("original", ForeignKey("original.sha256"), primary_key=True),
    Column("provider", String(20), primary_key=True),  # a member's code; empty: the archive itself
    Column("name", Prose, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
)

# A file that could not be read; its bytes are under quarantine/ when `kept`.
quarantine = Table(
    "quarantine",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", Prose, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
)

# One kind of data as one member handed it in: what two members hand in under one name never meets in one granule.
collection = Table(
    "collection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("collection_id", String(200), nullable=False),
    Column("provider", String(20), nullable=False, server_default=""),  # a member's code; empty: the archive's own
    Column("terms", ForeignKey("terms.id"), nullable=False, server_default=str(CLOSED)),
    Column("shape", String(10), nullable=False),
    Column("domain", String(60), nullable=False),
    Column("cadence", String(40), nullable=False),
    Column("level", String(10), nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    UniqueConstraint("collection_id", "provider"),
)

# What is found and fetched: one collection, platform and period. `terms` are those in force: its own, or else its
# collection's.
granule = Table(
    "granule",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("granule_id", String(300), nullable=False, unique=True),
    Column("collection", ForeignKey("collection.id"), nullable=False),
    Column("platform", String(80), nullable=False),
    Column("period", String(40), nullable=False),
    Column("terms", ForeignKey("terms.id"), nullable=False, server_default=str(CLOSED)),
    Column("own_terms", Boolean, nullable=False, server_default=false()),
    Index("ix_granule_collection_platform", "collection", "platform"),
)

# What a granule held from recorded_from until recorded_to. It is held by the objects of the versions from `base` to
# `number`: each but the first adds later times to those before it. `collection` and `terms` are the granule's, of what
# holds now: they lead a search to what may answer, in order of time; who may see it is asked of the granule.
version = Table(
    "version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("granule", ForeignKey("granule.id"), nullable=False),
    Column("collection", Integer, nullable=False),
    Column("terms", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("base", Integer, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Column("recorded_to", BigInteger, nullable=False),
    Column("object_key", Text, nullable=False),
    Column("object_sha256", String(64), nullable=False),
    Column("object_bytes", BigInteger, nullable=False),  # of all its objects together
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("variables", Text, nullable=False),  # names between blanks, with a blank at either end
    Column("maturity", Text, nullable=False),
    Column("quality", Text, nullable=False),  # JSON: {variable: {"values": n, "<flag>": n}}
    Column("place", String(10), nullable=False),  # point, station, path, area, points, global or unknown
    Column("latitude", Float),
    Column("longitude", Float),
    Column("west", Float),
    Column("south", Float),
    Column("east", Float),
    Column("north", Float),
    Column("code_scheme", String(40)),
    Column("code", String(80)),
    UniqueConstraint("granule", "number"),
    UniqueConstraint("granule", "recorded_to"),
    Index("ix_version_code", "code"),
    Index("ix_version_first", "recorded_to", "first", "granule", "last"),
    Index("ix_version_terms", "terms", "recorded_to", "first", "granule", "last"),
    Index("ix_version_collection", "collection", "terms", "recorded_to", "first", "granule", "last"),
)

# Which files a granule was made of, and from when on.
contribution = Table(
    "contribution",
    metadata,
    Column("granule", ForeignKey("granule.id"), primary_key=True),
    Column("original", ForeignKey("original.sha256"), primary_key=True),
    Column("recorded_from", BigInteger, nullable=False),
    Index("ix_contribution_original", "original"),
)

# Place x time candidates: current versions by cell; the exact test comes after.
cover = Table(
    "cover",
    metadata,
    Column("version", ForeignKey("version.id"), primary_key=True),
    Column("cell", Integer, primary_key=True),
    Column("t0", BigInteger, primary_key=True),
    Column("t1", BigInteger, nullable=False),
    Index("ix_cover_cell_t0_t1_version", "cell", "t0", "t1", "version"),
)

# Which granule holds an earthquake now.
event_key = Table(
    "event_key",
    metadata,
    Column("collection", ForeignKey("collection.id"), primary_key=True),
    Column("event_id", String(200), primary_key=True),
    Column("granule", ForeignKey("granule.id"), nullable=False),
    Index("ix_event_key_event_id", "event_id"),
)

station = Table(
    "station",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code_scheme", String(40), nullable=False),
    Column("code", String(80), nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("height_m", Float),
    Column("name", Prose, nullable=False),
    Column("region", Prose, nullable=False),
    Column("place_grade", Prose, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("original", ForeignKey("original.sha256"), nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Column("recorded_to", BigInteger, nullable=False),
    Column("provider", String(20), nullable=False, server_default=""),
    Column("terms", ForeignKey("terms.id"), nullable=False, server_default=str(CLOSED)),
    UniqueConstraint("code_scheme", "code", "provider", "recorded_to"),
    Index("ix_station_original", "original"),
)

# Which stations a file lists, whether it changed them or not; `persons` where it tells of persons there.
station_listing = Table(
    "station_listing",
    metadata,
    Column("original", ForeignKey("original.sha256"), primary_key=True),
    Column("provider", String(20), primary_key=True),
    Column("code_scheme", String(40), primary_key=True),
    Column("code", String(80), primary_key=True),
    Column("persons", Boolean, nullable=False),
)

# Whom to ask about a station of a provider: those that its list tells of together (`listed`), and those that were set
# together; `number` 0, 1, 2 … in the order in which they are told.
station_contact = Table(
    "station_contact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code_scheme", String(40), nullable=False),
    Column("code", String(80), nullable=False),
    Column("provider", String(20), nullable=False),  # a member's code; empty: the archive itself
    Column("listed", Boolean, nullable=False),
    Column("number", Integer, nullable=False),
    Column("organisation", Prose, nullable=False),
    Column("role", Prose, nullable=False),
    Column("name", Prose, nullable=False),
    Column("email", Prose, nullable=False),
    Column("web", Prose, nullable=False),
    Column("made_by", String(80), nullable=False),  # who set them; empty: a file
    Column("recorded_from", BigInteger, nullable=False),
    Column("recorded_to", BigInteger, nullable=False),
    UniqueConstraint(
        "code_scheme", "code", "provider", "listed", "recorded_to", "number", name="uq_station_contact_told"
    ),
)

# Health of a granule's instrument, a row a day [days since 1970] that the granule reaches.
station_day = Table(
    "station_day",
    metadata,
    Column("granule", ForeignKey("granule.id"), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("expected", Integer, nullable=False),  # number of times that the cadence asks for
    Column("present", Integer, nullable=False),  # number of times with a value
    Column("flagged", Integer, nullable=False),  # of these, with a flag against one
    Column("noise", Text, nullable=False),  # JSON: {variable: noise level in its unit}
    Column("last", BigInteger, nullable=False),  # last time with a value [ns]
    Column("latency_s", Float),  # from the last time to when the day was first recorded
)

# What was made from granules (a study, a map, an export) and is kept here; seen by those who see all it was made of.
product = Table(
    "product",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("product_id", String(80), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("title", Prose, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("object_key", Text, nullable=False),
    Column("object_sha256", String(64), nullable=False),
    Column("object_bytes", BigInteger, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
)

product_input = Table(
    "product_input",
    metadata,
    Column("product", ForeignKey("product.id"), primary_key=True),
    Column("version", ForeignKey("version.id"), primary_key=True),
    Index("ix_product_input_version", "version"),
)

# Rows of station lists that placed a product's series: inputs like its granules' versions.
product_station = Table(
    "product_station",
    metadata,
    Column("product", ForeignKey("product.id"), primary_key=True),
    Column("station", ForeignKey("station.id"), primary_key=True),
    Index("ix_product_station_station", "station"),
)

# An owner of inputs who lets everybody see a product that was made of them.
product_release = Table(
    "product_release",
    metadata,
    Column("product", ForeignKey("product.id"), primary_key=True),
    Column("owner", String(20), primary_key=True),
    Column("made_by", String(80), nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
)
