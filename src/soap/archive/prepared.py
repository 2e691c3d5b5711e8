"""What every publication writes and every search asks: statements compiled once, then handed to the database's driver.

SQLAlchemy's way from a statement to the driver (its cache, its context, a list's parameters written into the text)
takes two to five times as long as SQLite takes to carry it out. What it does to values on that way is done here as
well, by the types' own rules.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable, Select
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]

_MOST_TEXTS = 256
"""Texts of one question that are kept: its lists may have as many lengths."""

_row_of: Callable[..., Any] = collections.namedtuple


class Prepared:
    """A statement that writes, of named parameters; what it returns comes as the driver gives it."""

    def __init__(self, statement: Executable):
        self.statement = statement
        self._texts: dict[tuple[str, ...], _Text] = {}

    def run(self, connection: Connection, rows: Values | Sequence[Values]) -> CursorResult[Any]:
        """Carry it out for a row of values, or for several, all of the same names.

        Several of which each returns something are SQLAlchemy's to carry out: no driver does that at once.
        """
        some = [rows] if isinstance(rows, Mapping) else rows
        key = (connection.dialect.name, *some[0])
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = _Text(_compiled(self.statement, connection.dialect, list(some[0])), some[0])
        if len(some) == 1:
            return connection.exec_driver_sql(text.sql, text.bound(some[0]))
        if text.returns:
            return connection.execute(self.statement, some)
        return connection.exec_driver_sql(text.sql, [text.bound(row) for row in some])


class PreparedSelect:
    """A question whose values are all bound by name; values of its columns come as the database has them.

    SQLite is asked without a detour. A server of a catalogue is asked as any statement is: there the way to it costs
    more than SQLAlchemy's account.
    """

    def __init__(self, statement: Select[Any]):
        self.statement = statement
        self._row = _row_of("Row", [str(column.key) for column in statement.selected_columns])
        self._compiled: SQLCompiler | None = None
        self._lists: tuple[str, ...] = ()
        self._texts: dict[tuple[int, ...], _Text] = {}

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """Rows of the answer, whose columns are told by name and by place.

        Raises what the database raises, see `soap.archive.database.failing_clearly`.
        """
        if connection.dialect.name != "sqlite":
            return list(connection.execute(self.statement, values))
        text = self._text(connection, values)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(text.sql, text.bound(values))
            return [*map(self._row._make, cursor.fetchall())]
        finally:
            cursor.close()

    def _text(self, connection: Connection, values: Values) -> _Text:
        if self._compiled is None:
            compiled = _compiled(self.statement, connection.dialect)
            self._lists = tuple(name for name, one in compiled.binds.items() if one.expanding and one.required)
            self._compiled = compiled
        lengths = tuple([len(values[name]) for name in self._lists])
        text = self._texts.get(lengths)
        if text is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            text = self._texts[lengths] = _Text(self._compiled, values)
        return text


def _compiled(statement: Any, dialect: Dialect, columns: list[str] | None = None) -> SQLCompiler:
    return statement.compile(dialect=dialect, column_keys=columns)


class _Text:
    """A statement in a database's own words, for lists of certain lengths; of each of its marks what is bound there."""

    def __init__(self, compiled: SQLCompiler, values: Values):
        written = compiled.construct_expanded_state(dict(values))
        self.sql, self.returns = written.statement, bool(compiled.effective_returning)
        members = {
            one: (name, place) for name, some in written.parameter_expansion.items() for place, one in enumerate(some)
        }
        self._names = None if compiled.positional else tuple(written.parameters)
        self._bound: list[Callable[[Values], Any]] = []
        for mark in (written.positiontup or ()) if self._names is None else self._names:
            name, place = members.get(mark, (mark, None))
            way = compiled.binds[name].type.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)
            if name in values:
                self._bound.append(_given(name, place, way))
            else:
                self._bound.append(_fixed(written.parameters[mark], way))

    def bound(self, values: Values) -> tuple[Any, ...] | dict[str, Any]:
        """What is bound, as the driver takes it: in the order of the marks, or by their names."""
        some = [one(values) for one in self._bound]
        return tuple(some) if self._names is None else dict(zip(self._names, some, strict=True))


def _given(name: str, place: int | None, way: Callable[[Any], Any] | None) -> Callable[[Values], Any]:
    """Takes a value of that name, or that member of a list, in the way that its type has."""
    if place is None:
        return itemgetter(name) if way is None else lambda values: way(values[name])
    return (lambda values: values[name][place]) if way is None else lambda values: way(values[name][place])


def _fixed(value: Any, way: Callable[[Any], Any] | None) -> Callable[[Values], Any]:
    """Gives a value of the statement's own, whatever is asked."""
    bound = value if way is None else way(value)
    return lambda _values: bound
