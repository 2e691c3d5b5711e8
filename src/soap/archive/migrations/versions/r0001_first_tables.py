"""The catalogue's first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _archive_fact() -> None:
    op.create_table(
        "archive_fact",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_archive_fact"),
    )


def _collection() -> None:
    op.create_table(
        "collection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.String(200), nullable=False),
        sa.Column("shape", sa.String(10), nullable=False),
        sa.Column("domain", sa.String(60), nullable=False),
        sa.Column("cadence", sa.String(40), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_collection"),
        sa.UniqueConstraint("collection_id", name="uq_collection_collection_id"),
    )


def _original() -> None:
    op.create_table(
        "original",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("reader", sa.String(80), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_original"),
    )


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_quarantine"),
    )


def _granule() -> None:
    op.create_table(
        "granule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("granule_id", sa.String(300), nullable=False),
        sa.Column("collection", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(80), nullable=False),
        sa.Column("period", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name="fk_granule_collection"),
        sa.PrimaryKeyConstraint("id", name="pk_granule"),
        sa.UniqueConstraint("granule_id", name="uq_granule_granule_id"),
    )
    op.create_index("ix_granule_collection_platform", "granule", ["collection", "platform"])


def _station() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_scheme", sa.String(40), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("height_m", sa.Float(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("place_grade", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("original", sa.String(64), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["original"], ["original.sha256"], name="fk_station_original"),
        sa.PrimaryKeyConstraint("id", name="pk_station"),
        sa.UniqueConstraint("code_scheme", "code", "recorded_to", name="uq_station_code_scheme_code_recorded_to"),
    )


def _contribution() -> None:
    op.create_table(
        "contribution",
        sa.Column("granule", sa.Integer(), nullable=False),
        sa.Column("original", sa.String(64), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["granule"], ["granule.id"], name="fk_contribution_granule"),
        sa.ForeignKeyConstraint(["original"], ["original.sha256"], name="fk_contribution_original"),
        sa.PrimaryKeyConstraint("granule", "original", name="pk_contribution"),
    )
    op.create_index("ix_contribution_original", "contribution", ["original"])


def _event_key() -> None:
    op.create_table(
        "event_key",
        sa.Column("collection", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(200), nullable=False),
        sa.Column("granule", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collection.id"], name="fk_event_key_collection"),
        sa.ForeignKeyConstraint(["granule"], ["granule.id"], name="fk_event_key_granule"),
        sa.PrimaryKeyConstraint("collection", "event_id", name="pk_event_key"),
    )
    op.create_index("ix_event_key_event_id", "event_key", ["event_id"])


def _version() -> None:
    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("granule", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("object_sha256", sa.String(64), nullable=False),
        sa.Column("object_bytes", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("maturity", sa.Text(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("place", sa.String(10), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("west", sa.Float(), nullable=True),
        sa.Column("south", sa.Float(), nullable=True),
        sa.Column("east", sa.Float(), nullable=True),
        sa.Column("north", sa.Float(), nullable=True),
        sa.Column("code_scheme", sa.String(40), nullable=True),
        sa.Column("code", sa.String(80), nullable=True),
        sa.ForeignKeyConstraint(["granule"], ["granule.id"], name="fk_version_granule"),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.UniqueConstraint("granule", "number", name="uq_version_granule_number"),
        sa.UniqueConstraint("granule", "recorded_to", name="uq_version_granule_recorded_to"),
    )
    op.create_index("ix_version_code", "version", ["code"])
    op.create_index("ix_version_first", "version", ["recorded_to", "first"])


def _cover() -> None:
    op.create_table(
        "cover",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("t0", sa.BigInteger(), nullable=False),
        sa.Column("t1", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name="fk_cover_version"),
        sa.PrimaryKeyConstraint("version", "cell", "t0", name="pk_cover"),
    )
    op.create_index("ix_cover_cell_t0_t1_version", "cover", ["cell", "t0", "t1", "version"])


def upgrade() -> None:
    """Make every table, those that others refer to first."""
    _archive_fact()
    _collection()
    _original()
    _quarantine()
    _granule()
    _station()
    _contribution()
    _event_key()
    _version()
    _cover()
