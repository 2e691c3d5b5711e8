"""What every publication writes: statements compiled once for a database, then handed to its driver.

SQLAlchemy's way from a statement to the driver takes longer than SQLite takes to carry it out. What it does to values
on that way is done here as well, by the types' own rules. Questions: `prepared_select`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable

Values = Mapping[str, Any]


@dataclass(frozen=True)
class _Text:
    """A statement in a database's own words; of each parameter its name, and what is done to its value."""

    sql: str
    parameters: Sequence[tuple[str, Callable[[Any], Any] | None]]
    fixed: Values
    positional: bool

    def given(self, values: Values) -> tuple | dict[str, Any]:
        found = {**self.fixed, **values}
        if self.positional:
            return tuple([way(found[name]) if way else found[name] for name, way in self.parameters])
        return {name: way(found[name]) if way else found[name] for name, way in self.parameters}


class Prepared:
    """A statement that writes, of named parameters; what it returns comes as the driver gives it."""

    def __init__(self, statement: Executable):
        self.statement = statement
        self._texts: dict[tuple[str, ...], _Text] = {}

    def run(self, connection: Connection, rows: Values | Sequence[Values]) -> CursorResult[Any]:
        """Carry it out for a row of values, or for several, which SQLAlchemy does."""
        if not isinstance(rows, Mapping):
            if len(rows) != 1:
                return connection.execute(self.statement, rows)
            rows = rows[0]
        key = (connection.dialect.name, *rows)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = _compiled(self.statement, connection.dialect, rows)
        return connection.exec_driver_sql(text.sql, text.given(rows))


def _compiled(statement: Any, dialect: Dialect, values: Values) -> _Text:
    compiled = statement.compile(dialect=dialect, column_keys=list(values))
    names = compiled.positiontup if compiled.positional else compiled.params
    ways = {name: compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    return _Text(
        str(compiled), [(name, ways[name]) for name in names], dict(compiled.params), bool(compiled.positional)
    )
