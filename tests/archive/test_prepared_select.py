"""Prepared questions: the same rows as SQLAlchemy gives for the statement, whatever is bound."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, create_engine, func, insert, select

from soap.archive.database import failing_clearly
from soap.archive.prepared_select import PreparedSelect
from soap.core.errors import ArchiveError

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
