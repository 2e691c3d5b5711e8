"""What is written by prepared statements is what SQLAlchemy writes; the rows that are read back are the oracle."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, insert, select, update

from soap.archive.prepared import Prepared
from soap.archive.schema import archive_fact, original, quarantine, terms
from soap.core.errors import ArchiveError

FILE = {"sha256": "a" * 64, "name": "a \0 in\udc80", "bytes": 3, "reader": "text", "recorded_from": 2**53 + 1}
HELD = {**FILE, "name": "a \\x00 in\\udc80"}


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
