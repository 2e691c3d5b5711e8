"""Members, terms, providers, station health, products; collections and stations become one a provider."""

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_CLOSED = {"owner": "", "access": "private", "named": "", "embargo_until": None, "licence": "", "citation": ""}
MEMBERS = (
    ("BGD", "Bangladesh"),
    ("CHN", "China"),
    ("IRN", "Iran"),
    ("MNG", "Mongolia"),
    ("PAK", "Pakistan"),
    ("PER", "Peru"),
    ("THA", "Thailand"),
    ("TUR", "Turkey"),
)


def _members() -> None:
    member = op.create_table(
        "member",
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_member"),
    )
    op.bulk_insert(member, [{"code": code, "name": name} for code, name in MEMBERS])
    op.create_table(
        "account",
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("member", sa.String(20), nullable=True),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.code"], name="fk_account_member"),
        sa.PrimaryKeyConstraint("user", name="pk_account"),
    )


def _terms() -> None:
    terms = op.create_table(
        "terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.Column("access", sa.String(10), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("embargo_until", sa.BigInteger(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_terms"),
        sa.UniqueConstraint("digest", name="uq_terms_digest"),
    )
    digest = hashlib.sha256(json.dumps(_CLOSED, sort_keys=True).encode()).hexdigest()
    op.bulk_insert(terms, [_CLOSED | {"digest": digest}])  # becomes number 1
    op.create_table(
        "terms_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("terms", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["terms"], ["terms.id"], name="fk_terms_change_terms"),
        sa.PrimaryKeyConstraint("id", name="pk_terms_change"),
    )
    op.create_index("ix_terms_change_subject", "terms_change", ["subject"])


def _provided(batch, table: str) -> None:
    batch.add_column(sa.Column("provider", sa.String(20), nullable=False, server_default=""))
    _under_terms(batch, table)


def _under_terms(batch, table: str) -> None:
    batch.add_column(sa.Column("terms", sa.Integer(), nullable=False, server_default="1"))
    batch.create_foreign_key(f"fk_{table}_terms", "terms", ["terms"], ["id"])


def _providers() -> None:
    with op.batch_alter_table("collection") as batch:
        _provided(batch, "collection")
        batch.drop_constraint("uq_collection_collection_id", type_="unique")
        batch.create_unique_constraint("uq_collection_collection_id_provider", ["collection_id", "provider"])
    with op.batch_alter_table("station") as batch:
        _provided(batch, "station")
        batch.drop_constraint("uq_station_code_scheme_code_recorded_to", type_="unique")
        batch.create_unique_constraint(
            "uq_station_code_scheme_code_provider_recorded_to", ["code_scheme", "code", "provider", "recorded_to"]
        )
    with op.batch_alter_table("granule") as batch:
        _under_terms(batch, "granule")
        batch.add_column(sa.Column("own_terms", sa.Boolean(), nullable=False, server_default=sa.false()))


def _deposits() -> None:
    """What there is was handed in by the archive itself."""
    op.create_table(
        "deposit",
        sa.Column("original", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["original"], ["original.sha256"], name="fk_deposit_original"),
        sa.PrimaryKeyConstraint("original", "provider", name="pk_deposit"),
    )
    op.execute(
        "INSERT INTO deposit (original, provider, name, recorded_from)"
        " SELECT sha256, '', name, recorded_from FROM original"
    )


def _station_day() -> None:
    op.create_table(
        "station_day",
        sa.Column("granule", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("noise", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("latency_s", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["granule"], ["granule.id"], name="fk_station_day_granule"),
        sa.PrimaryKeyConstraint("granule", "day", name="pk_station_day"),
    )


def _products() -> None:
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("object_sha256", sa.String(64), nullable=False),
        sa.Column("object_bytes", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_product"),
        sa.UniqueConstraint("product_id", name="uq_product_product_id"),
    )
    op.create_table(
        "product_input",
        sa.Column("product", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name="fk_product_input_product"),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name="fk_product_input_version"),
        sa.PrimaryKeyConstraint("product", "version", name="pk_product_input"),
    )
    op.create_index("ix_product_input_version", "product_input", ["version"])
    op.create_table(
        "product_station",
        sa.Column("product", sa.Integer(), nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name="fk_product_station_product"),
        sa.ForeignKeyConstraint(["station"], ["station.id"], name="fk_product_station_station"),
        sa.PrimaryKeyConstraint("product", "station", name="pk_product_station"),
    )
    op.create_index("ix_product_station_station", "product_station", ["station"])
    op.create_table(
        "product_release",
        sa.Column("product", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name="fk_product_release_product"),
        sa.PrimaryKeyConstraint("product", "owner", name="pk_product_release"),
    )


def _facts() -> None:
    """An archive of format 1 becomes one of format 2; a new one gets its facts when it is opened."""
    fact = sa.table("archive_fact", sa.column("name"), sa.column("value"))
    if op.get_bind().execute(sa.select(fact.c.value).where(fact.c.name == "format")).scalar() is None:
        return
    op.execute(sa.update(fact).where(fact.c.name == "format").values(value=2))
    op.bulk_insert(fact, [{"name": "identity", "value": secrets.randbits(62)}])


def upgrade() -> None:
    """Add the tables, then the columns that refer to them."""
    _members()
    _terms()
    _providers()
    _deposits()
    _station_day()
    _products()
    _facts()
