"""What a search asks for, as its parameters or its body tell it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson

from soap.core.errors import BadParameter
from soap.core.time import Window, utc
from soap.faces.api.numbers_told import numbers_in
from soap.faces.api.stac.filters import Filter, box_of, filter_of
from soap.services.search import BY_ID, EARLIEST, LATEST, MOST, Place, Question, outline

DEFAULT_LIMIT = 10
MOST_FIELDS = 100
MOST_NAMED = 1_000
"""Identifiers, or collections, that a search may name."""

_OFFSET = re.compile(r"[+-]\d\d:\d\d$")
_TIMES = ("datetime", "properties.datetime", "start_datetime", "properties.start_datetime")


@dataclass(frozen=True)
class Search:
    """A search as it was asked: the question, the order, how many at a time, from which token on, which fields."""

    question: Question
    order: str
    limit: int
    token: str | None
    fields: Fields


@dataclass(frozen=True)
class Fields:
    """Fields of an item that are wanted, `properties.platform`, and that are not; all where none are named."""

    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()

    def of(self, item: dict[str, Any]) -> dict[str, Any]:
        """The item with these fields; what makes it an item stays."""
        if not (self.include or self.exclude):
            return item
        out: dict[str, Any] = {}
        for name, value in item.items():
            if isinstance(value, dict) and name in ("properties", "assets"):
                out[name] = {key: one for key, one in value.items() if self._wants(f"{name}.{key}")}
            elif name in _KEPT or self._wants(name):
                out[name] = value
        return out

    def _wants(self, name: str) -> bool:
        whole = name.partition(".")[0]
        if {name, whole} & self.exclude and name not in self.include:
            return name == "properties.datetime"
        named = {one for one in self.include if one not in _KEPT}
        return not named or name in named or whole in named or name == "properties.datetime"


_KEPT = frozenset({"type", "stac_version", "id", "geometry", "bbox", "links", "collection"})


def search_of(told: Mapping[str, Any]) -> Search:
    """A search of the members of a body; `BadParameter` for what cannot be."""
    filtered = Filter() if told.get("filter") is None else _filter(told)
    places = [*filtered.places, *_places(told)]
    if len(places) > 1:
        raise BadParameter("Give one place: a bbox, intersects, or s_intersects in a filter.")
    question = Question(
        collections=_names(told.get("collections"), "collections"),
        ids=_names(told.get("ids"), "ids"),
        window=None if told.get("datetime") is None else window_of(told["datetime"]),
        place=places[0] if places else None,
        where=filtered.condition,
    )
    limit = told.get("limit")
    if limit is not None and (type(limit) is not int or limit < 1):
        raise BadParameter(f"limit: {str(limit)[:20]} is no number of items; give 1 to {MOST}.")
    token = told.get("token")
    if token is not None and not isinstance(token, str):
        raise BadParameter("token: give the text of a link to the next page.")
    return Search(question, _order(told.get("sortby")), min(limit or DEFAULT_LIMIT, MOST), token,
                  _fields(told.get("fields")))  # fmt: skip


def body_of(parameters: Mapping[str, str | int | None]) -> dict[str, Any]:
    """The parameters of a GET as the members of a body."""
    told: dict[str, Any] = {name: value for name, value in parameters.items() if value is not None}
    for name in ("ids", "collections"):
        if name in told:
            told[name] = [one for one in str(told[name]).split(",") if one]
    if "bbox" in told:
        told["bbox"] = numbers_in("bbox", str(told["bbox"]), 4, 6)
    if "intersects" in told:
        try:
            told["intersects"] = orjson.loads(str(told["intersects"]))
        except orjson.JSONDecodeError as error:
            raise BadParameter("intersects: is no GeoJSON geometry.") from error
    if "filter" in told:
        told["filter-lang"] = told.get("filter-lang") or "cql2-text"
    if "sortby" in told:
        told["sortby"] = [_sort(one) for one in str(told["sortby"]).split(",") if one]
    if "fields" in told:
        told["fields"] = _split_fields(str(told["fields"]))
    return told


def must_be_written(body: Mapping[str, Any]) -> None:
    """`BadParameter` for a body that no JSON can hold again: half a character, or numbers beyond 64 bits."""
    try:
        orjson.dumps(body)
    except TypeError as error:
        raise BadParameter(
            "The body holds half a character, a number beyond 64 bits, or is nested too deep."
        ) from error


def window_of(told: Any) -> Window:
    """The window of an instant or an interval `start/end`, either end of which may be open; both ends are in it."""
    if not isinstance(told, str) or len(told) > 80:
        raise BadParameter("datetime: give an instant or start/end.")
    ends = told.split("/")
    if len(ends) > 2 or (len(ends) == 2 and all(one in ("", "..") for one in ends)) or not told:
        raise BadParameter(f"datetime: {told!r} is no instant or start/end; one end may be `..`.")
    first, last = ends[0], ends[-1]
    start = None if first in ("", "..") else instant_of(first)
    stop = None if last in ("", "..") else instant_of(last) + np.timedelta64(1, "ns")
    return Window.between(start, stop)


def instant_of(told: str) -> np.datetime64:
    """An instant of RFC 3339, whatever its offset from UTC."""
    if _OFFSET.search(told) and "T" in told.upper():
        try:
            told = datetime.fromisoformat(told).astimezone(UTC).replace(tzinfo=None).isoformat()
        except (ValueError, OverflowError) as error:
            raise BadParameter(f"datetime: {told!r} is no instant; write 2016-04-13T13:55:17Z.") from error
    return utc(told.upper())


def _filter(told: Mapping[str, Any]) -> Filter:
    crs = told.get("filter-crs")
    if crs not in (None, "http://www.opengis.net/def/crs/OGC/1.3/CRS84"):
        raise BadParameter("filter-crs: only http://www.opengis.net/def/crs/OGC/1.3/CRS84 is answered.")
    language = told.get("filter-lang") or "cql2-json"
    if language not in ("cql2-text", "cql2-json"):
        raise BadParameter(f"filter-lang: {str(language)[:40]!r} is none; there are cql2-text and cql2-json.")
    return filter_of(told["filter"], language)


def _places(told: Mapping[str, Any]) -> list[Place]:
    places: list[Place] = []
    if told.get("bbox") is not None:
        places.append(box_of(told["bbox"]))
    if told.get("intersects") is not None:
        places.append(outline(told["intersects"]))
    return places


def _names(told: Any, name: str) -> tuple[str, ...] | None:
    if told is None or told == []:
        return None
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told) or len(told) > MOST_NAMED:
        raise BadParameter(f"{name}: give a list of at most {MOST_NAMED} identifiers.")
    return tuple(dict.fromkeys(told))


def _sort(told: str) -> dict[str, str]:
    return {"field": told.lstrip("+- "), "direction": "desc" if told.startswith("-") else "asc"}


def _order(told: Any) -> str:
    if told is None or told == []:
        return LATEST
    rules = [(one.get("field"), one.get("direction", "asc")) for one in told if isinstance(one, Mapping)] \
        if isinstance(told, list) else []  # fmt: skip
    if len(rules) == 1 and rules[0][0] in _TIMES and rules[0][1] in ("asc", "desc"):
        return EARLIEST if rules[0][1] == "asc" else LATEST
    if rules == [("id", "asc")]:
        return BY_ID
    raise BadParameter("sortby: items are sorted by datetime, -datetime or id, one of them.")


def _split_fields(told: str) -> dict[str, Sequence[str]]:
    words = [one for one in told.split(",") if one]
    return {
        "include": [one.lstrip("+ ") for one in words if not one.startswith("-")],
        "exclude": [one[1:] for one in words if one.startswith("-")],
    }


def _fields(told: Any) -> Fields:
    if told is None:
        return Fields()
    some = [told.get(name) or [] if isinstance(told, Mapping) else None for name in ("include", "exclude")]
    named: list[frozenset[str]] = []
    for one in some:
        if not isinstance(one, list) or len(one) > MOST_FIELDS or not all(isinstance(word, str) for word in one):
            raise BadParameter(f"fields: give include and exclude, lists of at most {MOST_FIELDS} names.")
        named.append(frozenset(one))
    return Fields(*named)
