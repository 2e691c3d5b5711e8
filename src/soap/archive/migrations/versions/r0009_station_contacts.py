"""Whom to ask about a station, and which stations a file lists, by which it is known who may have it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TABLES = ("station", "station_listing")
_LISTED = ("original", "provider", "code_scheme", "code")


def upgrade() -> None:
    """Make the tables and the index; of a list that is held those stations are known which it changed."""
    op.create_table(
        "station_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_scheme", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("web", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_contact")),
        sa.UniqueConstraint(
            "code_scheme", "code", "provider", "listed", "recorded_to", "number", name=op.f("uq_station_contact_told")
        ),
    )
    op.create_table(
        "station_listing",
        sa.Column("original", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("code_scheme", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("persons", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["original"], ["original.sha256"], name=op.f("fk_station_listing_original")),
        sa.PrimaryKeyConstraint(*_LISTED, name=op.f("pk_station_listing")),
    )
    op.create_index("ix_station_original", "station", ["original"], unique=False)
    station, listing = (sa.table(name, *(sa.column(one) for one in (*_LISTED, "persons"))) for name in _TABLES)
    held = sa.select(*(station.c[name] for name in _LISTED), sa.false()).distinct()
    op.execute(sa.insert(listing).from_select([*_LISTED, "persons"], held))
