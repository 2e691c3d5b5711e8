"""Filters: CQL2, text or JSON (OGC 21-065r2), as conditions of a search.

What is taken is bounded and named here; anything else is refused in words. Nothing of a filter becomes a part of a
statement: names are looked up, values are bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cql2
import numpy as np

from soap.core.errors import BadParameter
from soap.core.place import Box
from soap.core.time import utc
from soap.services.search import Both, Compare, Condition, Not, Place, outline

LONGEST = 4_000
"""Characters of a filter."""
_DEEPEST, _MOST = 12, 200
_SIGNS = re.compile(r"(?:-\s*){4}")
"""Signs before signs: the parser takes a frame of the stack for each, and there is an end to that."""

PROPERTIES: Mapping[str, tuple[str, str]] = {
    "id": ("granule_id", "text"),
    "collection": ("collection_id", "text"),
    "datetime": ("first", "instant"),
    "start_datetime": ("first", "instant"),
    "end_datetime": ("last", "instant"),
    "updated": ("recorded_from", "instant"),
    "platform": ("platform", "text"),
    "version": ("version", "number as text"),
    "soap:shape": ("shape", "text"),
    "soap:cadence": ("cadence", "text"),
    "soap:level": ("level", "text"),
    "soap:provider": ("provider", "text"),
    "soap:maturity": ("maturity", "text"),
    "soap:simulated": ("simulated", "true or false"),
    "soap:count": ("count", "number"),
    "soap:variables": ("variables", "names"),
}
"""What can be asked of, beside `geometry`: the field of the archive, and its kind."""

_PLAIN = {"=", "<>", "<", "<=", ">", ">="}
_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPERATORS = "and, or, not, =, <>, <, <=, >, >=, between, in, like, isNull, a_contains, s_intersects, t_*"


@dataclass
class Filter:
    """Conditions on fields, and the places that `s_intersects` named."""

    condition: Condition | None = None
    places: list[Place] = field(default_factory=list)


def filter_of(told: str | Mapping[str, Any], language: str) -> Filter:
    """The filter; `BadParameter` where it is none, or asks what cannot be answered.

    `s_intersects` stands alone or among the parts of an outermost `and`.
    """
    tree = _parsed(told, language)
    _check_size(tree)
    found = Filter()
    parts = tree["args"] if _operator(tree) == "and" else [tree]
    conditions = []
    for one in parts:
        if isinstance(one, Mapping) and _operator(one) == "s_intersects":
            found.places.append(_place(one))
        else:
            conditions.append(_condition(one))
    if conditions:
        found.condition = Both(tuple(conditions))
    return found


def _parsed(told: str | Mapping[str, Any], language: str) -> Mapping[str, Any]:
    if language == "cql2-json" and isinstance(told, Mapping):
        tree: Any = told
        _check_size(tree)
    elif isinstance(told, str) and len(told) <= LONGEST and told.count("(") <= _MOST:
        _check_nesting(told)
        try:
            tree = (cql2.parse_text if language == "cql2-text" else cql2.parse_json)(told).to_json()
        except (cql2.ParseError, ValueError) as error:
            raise BadParameter(f"The filter is no {language}: {str(error).strip().splitlines()[0][:120]}.") from error
    else:
        raise BadParameter(f"A filter is {language} of at most {LONGEST} characters.")
    if not isinstance(tree, Mapping) or "op" not in tree:
        raise BadParameter("The filter is no condition; write one as platform = 'kak'.")
    return tree


def _check_nesting(text: str) -> None:
    depth = deepest = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    if deepest > 2 * _DEEPEST or text.upper().count("NOT") > _DEEPEST or _SIGNS.search(text):
        raise BadParameter(f"The filter is nested more than {_DEEPEST} deep.")


def _check_size(tree: Any) -> None:
    """`BadParameter` where a tree is deeper or larger than is answered; geometries are judged apart."""
    level, count = [tree], 0
    for _ in range(2 * _DEEPEST):
        below: list[Any] = []
        for one in level:
            if isinstance(one, Mapping):
                below += [value for name, value in one.items() if name != "coordinates"]
            elif isinstance(one, list):
                below += one
        count += len(below)
        if not below:
            return
        if count > 20 * _MOST:
            break
        level = below
    raise BadParameter(f"The filter is nested more than {_DEEPEST} deep, or has more than {_MOST} parts.")


def _operator(tree: Any) -> str:
    operator = tree.get("op") if isinstance(tree, Mapping) else None
    if not isinstance(operator, str) or not isinstance(tree.get("args"), list):
        raise BadParameter(f"A part of the filter is no condition: {str(tree)[:80]}.")
    return operator


def _condition(tree: Any) -> Condition:
    operator, args = _operator(tree), tree["args"]
    if operator in ("and", "or") and args:
        return Both(tuple(_condition(one) for one in args), some=operator == "or")
    if operator == "not" and len(args) == 1:
        return Not(_condition(args[0]))
    if operator in _PLAIN and len(args) == 2:
        if not _is_property(args[0]):
            operator, args = _TURNED[operator], [args[1], args[0]]
        return _compare(args[0], operator, [args[1]])
    if operator == "between" and len(args) == 3:
        return _compare(args[0], "between", args[1:])
    if operator == "in" and len(args) == 2 and isinstance(args[1], list):
        return _compare(args[0], "in", args[1])
    if operator == "like" and len(args) == 2:
        return _compare(args[0], "like", [args[1]])
    if operator == "isNull" and len(args) == 1:
        return _compare(args[0], "is null", [])
    if operator == "a_contains" and len(args) == 2 and isinstance(args[1], list):
        return _compare(args[0], "has", args[1])
    if operator.startswith("t_") and len(args) == 2:
        return _temporal(operator, args)
    if operator == "s_intersects":
        raise BadParameter("s_intersects stands alone or among the parts of the outermost AND.")
    raise BadParameter(f"The filter's {operator[:40]!r} is not answered here; there are {_OPERATORS}.")


def _is_property(told: Any) -> bool:
    return isinstance(told, Mapping) and isinstance(told.get("property"), str)


def _field(told: Any) -> tuple[str, str]:
    if not _is_property(told):
        raise BadParameter(f"A comparison is of a property with values; {str(told)[:60]} is no property.")
    if told["property"] not in PROPERTIES:
        raise BadParameter(
            f"{told['property'][:60]!r} cannot be asked of; there are geometry, {', '.join(PROPERTIES)}."
        )
    return PROPERTIES[told["property"]]


def _compare(told: Any, operator: str, values: list[Any]) -> Compare:
    name, kind = _field(told)
    return Compare(name, operator, tuple(_value(kind, one) for one in values))


def _value(kind: str, told: Any) -> Any:
    if kind == "instant":
        return _instant(told)
    if kind == "number as text" and isinstance(told, str) and told.isascii() and told.isdecimal() and len(told) < 10:
        return int(told)
    if isinstance(told, str | int | float | bool):
        return told
    raise BadParameter(f"{str(told)[:60]} is no value to compare with.")


def _instant(told: Any) -> np.datetime64:
    if isinstance(told, Mapping):
        told = told.get("timestamp", told.get("date"))
    if not isinstance(told, str):
        raise BadParameter(f"{str(told)[:60]} is no instant; write TIMESTAMP('2016-04-13T13:55:17Z').")
    return utc(told)


_RELATIONS = {"t_intersects", "t_after", "t_before", "t_during", "t_disjoint", "t_equals"}


def _temporal(operator: str, args: list[Any]) -> Condition:
    """How the span of a granule, or one end of it, lies to an instant or interval."""
    if operator not in _RELATIONS or not _is_property(args[0]):
        raise BadParameter(f"{operator[:40]!r} of these is not answered; there are {', '.join(sorted(_RELATIONS))}.")
    name, kind = _field(args[0])
    if kind != "instant":
        raise BadParameter(f"{args[0]['property']} is no time.")
    first, last = ("first", "last") if args[0]["property"] == "datetime" else (name, name)
    start, stop = _interval(args[1])
    after = None if stop is None else Compare(first, ">", (stop,))
    before = None if start is None else Compare(last, "<", (start,))
    if operator in ("t_intersects", "t_disjoint"):
        apart = Both(tuple(one for one in (after, before) if one is not None), some=True)
        if not apart.parts:
            raise BadParameter("An interval needs an end.")
        return Not(apart) if operator == "t_intersects" else apart
    if (operator == "t_after" and after is None) or (operator == "t_before" and before is None):
        raise BadParameter("Nothing is after, or before, an interval that is open there.")
    if operator == "t_after" and after is not None:
        return after
    if operator == "t_before" and before is not None:
        return before
    same = operator == "t_equals"
    ends = [(first, "=" if same else ">", start), (last, "=" if same else "<", stop)]
    parts = tuple(Compare(field_name, sign, (edge,)) for field_name, sign, edge in ends if edge is not None)
    if not parts:
        raise BadParameter("An interval needs an end.")
    return Both(parts)


def _interval(told: Any) -> tuple[np.datetime64 | None, np.datetime64 | None]:
    """First and last instant, None where it is open."""
    if not isinstance(told, Mapping) or "interval" not in told:
        return (_instant(told),) * 2
    ends = told["interval"]
    if not isinstance(ends, list) or len(ends) != 2:
        raise BadParameter("An interval has two ends.")
    start, stop = (None if one == ".." else _instant(one) for one in ends)
    return start, stop


def _place(tree: Mapping[str, Any]) -> Place:
    args = tree["args"]
    if len(args) == 2 and not _is_property(args[0]):
        args = [args[1], args[0]]
    if len(args) != 2 or not _is_property(args[0]) or args[0]["property"] != "geometry":
        raise BadParameter("s_intersects is of geometry and a place.")
    if isinstance(args[1], Mapping) and "bbox" in args[1]:
        return box_of(args[1]["bbox"])
    return outline(args[1])


def box_of(sides: Any) -> Box:
    """The box of 4 numbers, or of 6, whose heights are not looked at."""
    good = isinstance(sides, list) and len(sides) in (4, 6) and all(type(one) in (int, float) for one in sides)
    if not good:
        raise BadParameter("A bbox is 4 or 6 numbers: west, south, [lowest,] east, north[, highest].")
    west, south, *_, east, north = (float(one) for one in (sides if len(sides) == 4 else [*sides[:2], *sides[3:5]]))
    return Box(west, south, east, north)
