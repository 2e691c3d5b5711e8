"""Versions may be held by several objects; those there are, are held by one each."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add each version's base, which is itself, then raise the format of an archive that has one."""
    op.add_column("version", sa.Column("base", sa.Integer(), nullable=True))
    op.execute("UPDATE version SET base = number")
    with op.batch_alter_table("version") as batch:
        batch.alter_column("base", existing_type=sa.Integer(), nullable=False)
    fact = sa.table("archive_fact", sa.column("name"), sa.column("value"))
    op.execute(sa.update(fact).where(fact.c.name == "format").values(value=3))
