"""Other nodes of the network, and what came from them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "node",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("identity", sa.BigInteger(), nullable=True),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_node")),
    )
    op.create_table(
        "authority",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("node", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["node"], ["node.name"], name=op.f("fk_authority_node")),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_authority")),
    )
    op.create_table(
        "mirrored",
        sa.Column("granule", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=80), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["granule"], ["granule.id"], name=op.f("fk_mirrored_granule")),
        sa.ForeignKeyConstraint(["node"], ["node.name"], name=op.f("fk_mirrored_node")),
        sa.PrimaryKeyConstraint("granule", name=op.f("pk_mirrored")),
    )
    op.create_index("ix_mirrored_node", "mirrored", ["node"])
    op.create_table(
        "node_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["node"], ["node.name"], name=op.f("fk_node_notice_node")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node_notice")),
    )
    op.create_index("ix_node_notice_node", "node_notice", ["node"])
