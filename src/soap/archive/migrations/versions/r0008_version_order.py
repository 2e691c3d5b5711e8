"""Versions know their granule's collection and terms, by which they are found in order of time."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ORDER = ["recorded_to", "first", "granule", "last"]


def upgrade() -> None:
    """Add the columns as the granules tell them, and the indexes."""
    op.add_column("version", sa.Column("collection", sa.Integer(), nullable=True))
    op.add_column("version", sa.Column("terms", sa.Integer(), nullable=True))
    version, granule = (
        sa.table(name, *(sa.column(one) for one in ("id", "granule", "collection", "terms")))
        for name in ("version", "granule")
    )
    for column in ("collection", "terms"):
        its = sa.select(granule.c[column]).where(granule.c.id == version.c.granule).scalar_subquery()
        op.execute(sa.update(version).values({column: its}))
    op.drop_index("ix_version_first", table_name="version")
    with op.batch_alter_table("version") as batch:
        batch.alter_column("collection", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("terms", existing_type=sa.Integer(), nullable=False)
    op.create_index("ix_version_first", "version", _ORDER, unique=False)
    op.create_index("ix_version_terms", "version", ["terms", *_ORDER], unique=False)
    op.create_index("ix_version_collection", "version", ["collection", "terms", *_ORDER], unique=False)
