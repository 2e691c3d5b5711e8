"""Conditions on granules that are put together with and, or and not, and the SQL they stand for.

Only what `FIELDS` names can be asked of, and every value is bound, so that no text becomes a part of a statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_, func, not_, or_

from soap.archive.schema import collection, granule, version
from soap.core.errors import BadParameter
from soap.core.time import NS

TEXT, NUMBER, FLAG, OBSERVED, RECORDED, WORDS = "text", "number", "flag", "observed", "recorded", "words"
"""Kinds of fields: OBSERVED and RECORDED are instants, WORDS several names."""


@dataclass(frozen=True)
class Field:
    """What can be asked of: a column of the catalogue and the kind of its values."""

    column: ColumnElement[Any]
    kind: str
    of_collection: bool = False


FIELDS: Mapping[str, Field] = {
    "collection_id": Field(collection.c.collection_id, TEXT, True),
    "provider": Field(collection.c.provider, TEXT, True),
    "shape": Field(collection.c.shape, TEXT, True),
    "domain": Field(collection.c.domain, TEXT, True),
    "cadence": Field(collection.c.cadence, TEXT, True),
    "level": Field(collection.c.level, TEXT, True),
    "simulated": Field(collection.c.simulated, FLAG, True),
    "granule_id": Field(granule.c.granule_id, TEXT),
    "platform": Field(granule.c.platform, TEXT),
    "maturity": Field(version.c.maturity, TEXT),
    "variables": Field(version.c.variables, WORDS),
    "version": Field(version.c.number, NUMBER),
    "count": Field(version.c.count, NUMBER),
    "first": Field(version.c.first, OBSERVED),
    "last": Field(version.c.last, OBSERVED),
    "recorded_from": Field(version.c.recorded_from, RECORDED),
}


@dataclass(frozen=True)
class Compare:
    """A field and values: `=`, `<>`, `<`, `<=`, `>`, `>=`, `like`, `in`, `between`, `is null` (no values) or `has`.

    `has` asks WORDS for all of the values; `like` takes `%` for any text and `_` for any character, capitals or not
    being all the same to it.
    """

    field: str
    operator: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Both:
    """All of the parts hold, or, with `some`, at least one of them."""

    parts: tuple[Condition, ...]
    some: bool = False


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Compare | Both | Not

_OPERATORS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": lambda column, value: column == value,
    "<>": lambda column, value: column != value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
}


def sql_of(condition: Condition) -> ColumnElement[bool]:
    """The condition in SQL; `BadParameter` for a field, operator or value that does not go together."""
    if isinstance(condition, Not):
        return not_(sql_of(condition.part))
    if isinstance(condition, Both):
        parts = [sql_of(part) for part in condition.parts]
        return or_(*parts) if condition.some else and_(*parts)
    field = FIELDS.get(condition.field)
    if field is None:
        raise BadParameter(f"{condition.field[:60]!r} cannot be asked of; there are {', '.join(FIELDS)}.")
    if field.kind == WORDS:
        return _words(field.column, condition)
    return _compared(field, condition)


def split(condition: Condition | None) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The parts that must all hold: those that ask of the collection alone, and the others."""
    if condition is None:
        return (), ()
    parts = condition.parts if isinstance(condition, Both) and not condition.some else (condition,)
    of_collection = tuple(part for part in parts if _of_collection(part))
    return of_collection, tuple(part for part in parts if part not in of_collection)


def _of_collection(condition: Condition) -> bool:
    if isinstance(condition, Compare):
        return condition.field in FIELDS and FIELDS[condition.field].of_collection
    parts = condition.parts if isinstance(condition, Both) else (condition.part,)
    return all(_of_collection(part) for part in parts)


def _compared(field: Field, condition: Compare) -> ColumnElement[bool]:
    column, operator = field.column, condition.operator
    values = [_value(field, condition, one) for one in condition.values]
    if operator == "is null" and not values:
        return column.is_(None)
    if operator == "in" and values:
        return column.in_(values)
    if operator == "between" and len(values) == 2 and field.kind != FLAG:
        return column.between(*values)
    if operator == "like" and len(values) == 1 and field.kind == TEXT:
        return func.lower(column).like(func.lower(values[0]))
    if operator in _OPERATORS and len(values) == 1 and (field.kind != FLAG or operator in ("=", "<>")):
        return _OPERATORS[operator](column, values[0])
    raise BadParameter(f"{condition.field} cannot be asked of by {operator[:20]!r} with {len(values)} value(s).")


def _words(column: ColumnElement[Any], condition: Compare) -> ColumnElement[bool]:
    if condition.operator != "has" or not condition.values:
        raise BadParameter(f"{condition.field} can only be asked whether it has some names (a_contains).")
    if not all(isinstance(one, str) for one in condition.values):
        raise BadParameter(f"The names that {condition.field} is to have are text.")
    # not LIKE, to which B is b in SQLite
    longer = func.length(column)
    return and_(*(longer > func.length(func.replace(column, f" {word} ", "")) for word in condition.values))


def _value(field: Field, condition: Compare, value: Any) -> Any:
    if field.kind == TEXT and isinstance(value, str):
        return value
    if field.kind == FLAG and isinstance(value, bool):
        return value
    if field.kind == NUMBER and isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**62:
        return value
    if field.kind in (OBSERVED, RECORDED) and isinstance(value, np.datetime64):
        stamp = int(value.astype(NS).astype(np.int64))
        return stamp if field.kind == OBSERVED else stamp // 1000
    raise BadParameter(f"{str(value)[:60]!r} is no value for {condition.field}, which is {_SAID[field.kind]}.")


_SAID = {TEXT: "text", FLAG: "true or false", NUMBER: "a number", OBSERVED: "an instant", RECORDED: "an instant"}
