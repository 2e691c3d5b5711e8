"""Questions that every search asks: their SQL is written once, and SQLite is asked for the rows without a detour.

SQLAlchemy's account of a statement (its cache, its context, a list's parameters written into the text) takes two to
five times as long as SQLite takes to answer it. A server of a catalogue is asked as any statement is: there the way to
it costs more than the account.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.sql.compiler import SQLCompiler

_MOST_TEXTS = 256
"""Texts of one statement that are kept: its lists may have as many lengths."""

_row_of: Callable[..., Any] = collections.namedtuple


class PreparedSelect:
    """A statement whose values are all bound by name; values of its columns come as the database has them."""

    def __init__(self, statement: Select[Any]):
        self.statement = statement
        self._row = _row_of("Row", [str(column.key) for column in statement.selected_columns])
        self._compiled: SQLCompiler | None = None
        self._lists: tuple[str, ...] = ()
        self._texts: dict[tuple[int, ...], _Text] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Rows of the answer, whose columns are told by name and by place.

        Raises what the database raises, see `soap.archive.database.failing_clearly`.
        """
        if connection.dialect.name != "sqlite":
            return list(connection.execute(self.statement, values))
        text = self._text(connection, values)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(text.sql, text.parameters(values))
            return [*map(self._row._make, cursor.fetchall())]
        finally:
            cursor.close()

    def _text(self, connection: Connection, values: Mapping[str, Any]) -> _Text:
        if self._compiled is None:
            compiled = self.statement.compile(dialect=connection.dialect)
            self._lists = tuple(name for name, one in compiled.binds.items() if one.expanding and one.required)
            self._compiled = compiled
        lengths = tuple([len(values[name]) for name in self._lists])
        text = self._texts.get(lengths)
        if text is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            text = self._texts[lengths] = _Text(self._compiled, values)
        return text


class _Text:
    """A statement's SQL for lists of certain lengths, and what is bound at its marks in turn."""

    def __init__(self, compiled: SQLCompiler, values: Mapping[str, Any]):
        written = compiled.construct_expanded_state(dict(values))
        self.sql = written.statement
        lists = {
            one: (name, place)
            for name, members in written.parameter_expansion.items()
            if name in values
            for place, one in enumerate(members)
        }
        self._bound: list[tuple[str | None, Any]] = []
        """A value's name and, of a list, which of its members; or no name, and what is always bound."""
        for mark in written.positiontup or ():
            if mark in lists:
                self._bound.append(lists[mark])
            else:
                self._bound.append((mark, None) if mark in values else (None, written.parameters[mark]))

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        """What is bound, in the order of the marks."""
        return [
            constant if name is None else values[name] if constant is None else values[name][constant]
            for name, constant in self._bound
        ]
