"""Prepared statements write what SQLAlchemy writes, and answer as it answers, whatever is bound."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, create_engine, func, insert, select, update

from soap.archive.database import failing_clearly
from soap.archive.prepared import Prepared, PreparedSelect
from soap.archive.schema import archive_fact, original, quarantine, terms
from soap.core.errors import ArchiveError

FILE = {"sha256": "a" * 64, "name": "a \0 in\udc80", "bytes": 3, "reader": "text", "recorded_from": 2**53 + 1}
HELD = {**FILE, "name": "a \\x00 in\\udc80"}

_metadata = MetaData()
STONE = Table(
    "stone",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False),
    Column("count", Integer),
)
ROWS = [{"id": one, "name": f"s{one % 5}", "count": None if one % 7 == 0 else one} for one in range(50)]
ASKED = (
    select(STONE.c.id, STONE.c.name, STONE.c.count, func.coalesce(STONE.c.count, 12).label("known"))
    .where(STONE.c.id.in_(bindparam("some", expanding=True)), STONE.c.name.in_(bindparam("names", expanding=True)))
    .where(STONE.c.name.not_in(("s4", "s9")), func.coalesce(STONE.c.count, 0) + 0 >= bindparam("least"))
    .order_by(STONE.c.id.desc())
    .limit(bindparam("most"))
)


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_those_that_sqlalchemy_writes(archive, count):
    prepared, plain = Prepared(insert(original)), insert(original)
    for way, first in (("prepared", "a"), ("plain", "b")):
        rows = [{**FILE, "sha256": f"{number:063}{first}"} for number in range(count)]
        with archive.catalogue.publishing() as connection:
            if way == "prepared":
                prepared.run(connection, rows)
            else:
                connection.execute(plain, rows)
    with archive.catalogue.reading() as connection:
        found = connection.execute(select(original).order_by(original.c.sha256)).all()
    assert [row._asdict() | {"sha256": ""} for row in found] == [{**HELD, "sha256": ""}] * 2 * count


def test_truth_and_what_is_unknown_are_kept(archive):
    row = {"sha256": "c", "name": "x", "bytes": 1, "reason": "r", "kept": True, "recorded_from": 1}
    some = {"digest": "d", "owner": "", "access": "open", "named": "", "embargo_until": None, "licence": "",
            "citation": ""}  # fmt: skip
    with archive.catalogue.publishing() as connection:
        Prepared(insert(quarantine)).run(connection, row)
        number = Prepared(insert(terms).returning(terms.c.id)).run(connection, some).scalar_one()
    with archive.catalogue.reading() as connection:
        assert connection.execute(select(quarantine.c.kept)).scalars().all() == [True]
        asked = select(terms.c.embargo_until).where(terms.c.id == number)
        assert connection.execute(asked).scalars().all() == [None]


def test_values_of_the_statement_itself_hold_beside_those_given(archive):
    to = Prepared(
        update(archive_fact)
        .where(archive_fact.c.name == "clock")
        .values(value=archive_fact.c.value + bindparam("more"))
        .returning(archive_fact.c.value)
    )
    with archive.catalogue.publishing() as connection:
        before = connection.execute(select(archive_fact.c.value).where(archive_fact.c.name == "clock")).scalar_one()
        assert [to.run(connection, {"more": more}).scalar_one() - before for more in (1, 10)] == [1, 11]


def test_what_the_database_refuses_is_said_and_nothing_is_written(archive):
    def twice():
        with archive.catalogue.publishing() as connection:
            for _ in range(2):
                Prepared(insert(original)).run(connection, FILE)

    with pytest.raises(ArchiveError, match="cannot be used"):
        twice()
    with archive.catalogue.reading() as connection:
        assert connection.execute(select(original)).all() == []


def test_what_is_asked_for_is_bound_as_it_is_stored(archive):
    by_name = PreparedSelect(select(original.c.bytes).where(original.c.name == bindparam("name")))
    of_names = PreparedSelect(select(original.c.bytes).where(original.c.name.in_(bindparam("some", expanding=True))))
    with archive.catalogue.publishing() as connection:
        Prepared(insert(original)).run(connection, FILE)
    with archive.catalogue.reading() as connection:
        assert [row.bytes for row in by_name.rows(connection, {"name": FILE["name"]})] == [3]
        assert [row.bytes for row in of_names.rows(connection, {"some": ["b", FILE["name"]]})] == [3]


@pytest.fixture
def connection(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'stones.sqlite'}")
    _metadata.create_all(engine)
    with engine.begin() as making:
        making.execute(insert(STONE), ROWS)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize(
    "values",
    [
        {"some": [1, 2, 3, 40], "names": ["s1", "s2"], "least": 0, "most": 10},
        {"some": list(range(50)), "names": ["s0", "s1", "s2", "s3", "s4"], "least": 5, "most": 7},
        {"some": list(range(50)), "names": ["s4"], "least": 0, "most": 7},
        {"some": [7, 14], "names": ["s2", "s4"], "least": 0, "most": 1},
        {"some": [], "names": ["s1"], "least": 0, "most": 10},
        {"some": [1], "names": [], "least": 0, "most": 10},
        {"some": (3,), "names": ("it's", '"s3"', "s3"), "least": None, "most": 10},
        {"some": (3,), "names": ("s3",), "least": 3, "most": 10, "of another": "condition"},
    ],
)
def test_rows_are_those_of_the_statement(connection, values):
    prepared = PreparedSelect(ASKED)
    told = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    expected = connection.execute(ASKED, {name: told[name] for name in ("some", "names", "least", "most")}).all()
    for _ in range(2):  # written anew, and as it was written
        assert [tuple(row) for row in prepared.rows(connection, values)] == [tuple(row) for row in expected]


def test_one_statement_serves_lists_of_every_length(connection):
    prepared = PreparedSelect(ASKED)
    for length in (1, 3, 2, 300, 0, 1):
        values = {"some": list(range(length)), "names": ["s0", "s3"], "least": 0, "most": 100}
        found = [row.id for row in prepared.rows(connection, values)]
        assert found == [one for one in range(49, -1, -1) if one < length and one % 5 in (0, 3)]


def test_columns_are_told_by_name_and_by_place(connection):
    (row,) = PreparedSelect(ASKED).rows(connection, {"some": [7], "names": ["s2"], "least": 0, "most": 1})
    assert (row.id, row.name, row.count, row.known, row[3]) == (7, "s2", None, 12, 12)


def test_a_failure_is_told_as_any_of_the_database(connection):
    gone = select(STONE.c.id).where(STONE.c.id == bindparam("one"))
    connection.exec_driver_sql("DROP TABLE stone")
    with pytest.raises(sqlite3.OperationalError):
        PreparedSelect(gone).rows(connection, {"one": 1})
    with pytest.raises(ArchiveError, match="no such table"), failing_clearly(connection.engine):
        PreparedSelect(gone).rows(connection, {"one": 1})
