"""Parameters of FDSN web services: one table says how each is read, and what OpenAPI and WADL tell of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np

from soap.core.errors import BadParameter
from soap.core.time import iso, utc

_LONGEST = 1000
_XML_TYPES = {"time": "xs:dateTime", "number": "xs:double", "whole": "xs:int", "yes": "xs:boolean"}
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True)
class Parameter:
    """A parameter: `kind` is time, number, whole, yes (true or false), word (one of `choices`), or words (a list)."""

    name: str
    kind: str
    also: tuple[str, ...] = ()
    """Shorter names that the specification allows."""
    default: Any = None
    choices: tuple[str, ...] = ()
    least: float = -math.inf
    greatest: float = math.inf

    def value(self, told: str) -> Any:
        """What is told, as the kind says; `BadParameter` for what is none."""
        if not told or len(told) > _LONGEST:
            raise BadParameter(f"{self.name}: say what is wanted in at most {_LONGEST} characters, or leave it out.")
        if self.kind == "time":
            return utc(told)
        if self.kind in ("number", "whole"):
            return self._number(told)
        if self.kind == "yes":
            if told.lower() not in _TRUTH:
                raise BadParameter(f"{self.name}={told!r} is neither true nor false.")
            return _TRUTH[told.lower()]
        if self.kind == "word" and told not in self.choices:
            raise BadParameter(f"{self.name}={told!r} is none; there are {', '.join(self.choices)}.")
        return told if self.kind == "word" else tuple(word.strip() for word in told.split(","))

    def _number(self, told: str) -> float | int:
        try:
            number = int(told) if self.kind == "whole" else float(told)
        except ValueError:
            number = math.nan
        if not self.least <= number <= self.greatest:
            raise BadParameter(f"{self.name}={told!r} is no number from {self.least:g} to {self.greatest:g}.")
        return number

    def in_openapi(self) -> list[dict[str, Any]]:
        """What OpenAPI says of it, and of its other names."""
        schema: dict[str, Any] = {"type": {"number": "number", "whole": "integer", "yes": "boolean"}.get(self.kind,
                                  "string")}  # fmt: skip
        if schema["type"] == "string":
            schema |= {"enum": list(self.choices)} if self.choices else {"minLength": 1, "maxLength": _LONGEST}
        bounds = {"minimum": self.least, "maximum": self.greatest}
        schema |= {word: limit for word, limit in bounds.items() if math.isfinite(limit)}
        if self.default is not None:
            schema["default"] = self.default
        return [{"name": name, "in": "query", "required": False, "schema": schema} for name in (self.name, *self.also)]

    def in_wadl(self) -> str:
        """What the WADL says of it."""
        kind = _XML_TYPES.get(self.kind, "xs:string")
        default = "" if self.default is None else f" default={quoteattr(str(self.default).lower())}"
        head = f'<param name="{self.name}" style="query" type="{kind}"{default}'
        if not self.choices:
            return f"{head}/>"
        return f"{head}>{''.join(f'<option value={quoteattr(one)}/>' for one in self.choices)}</param>"


TIMES = (Parameter("starttime", "time", ("start",)), Parameter("endtime", "time", ("end",)))
BOX = (
    Parameter("minlatitude", "number", ("minlat",), None, (), -90, 90),
    Parameter("maxlatitude", "number", ("maxlat",), None, (), -90, 90),
    Parameter("minlongitude", "number", ("minlon",), None, (), -180, 180),
    Parameter("maxlongitude", "number", ("maxlon",), None, (), -180, 180),
)
CIRCLE = (
    Parameter("latitude", "number", ("lat",), None, (), -90, 90),
    Parameter("longitude", "number", ("lon",), None, (), -180, 180),
    Parameter("minradius", "number", (), None, (), 0, 180),
    Parameter("maxradius", "number", (), None, (), 0, 180),
)
NODATA = Parameter("nodata", "word", (), "204", ("204", "404"))


def read(told: Iterable[tuple[str, str]], known: Sequence[Parameter]) -> dict[str, Any]:
    """Values by the parameters' own names, those that are not told as their defaults.

    `BadParameter` for one that is unknown, told twice, or out of its range.
    """
    names = {name: one for one in known for name in (one.name, *one.also)}
    values: dict[str, Any] = {}
    for name, value in told:
        one = names.get(name)
        if one is None:
            raise BadParameter(f"There is no parameter {name[:40]!r}; there are {', '.join(p.name for p in known)}.")
        if one.name in values:
            raise BadParameter(f"{one.name} is told twice; tell it once.")
        values[one.name] = one.value(value)
    return {one.name: values.get(one.name, one.default) for one in known}


def ordered(values: Mapping[str, Any], first: str, last: str) -> None:
    """`BadParameter` where a range ends before it begins."""
    least, greatest = values[first], values[last]
    if least is not None and greatest is not None and least > greatest:
        told = [iso(one) if isinstance(one, np.datetime64) else f"{one:g}" for one in (least, greatest)]
        raise BadParameter(f"{first}={told[0]} is more than {last}={told[1]}; nothing can lie between.")


def wadl(service: str, resources: Mapping[str, tuple[Sequence[Parameter], tuple[str, ...]]], base: str) -> str:
    """The service's description: what each resource is asked by, and the kinds of its answers.

    W3C, Web Application Description Language, 2009.
    """
    parts = []
    for path, (parameters, kinds) in resources.items():
        asked = "".join(one.in_wadl() for one in parameters)
        given = "".join(f'<representation mediaType="{kind}"/>' for kind in kinds)
        parts.append(
            f'<resource path="{path}"><method name="GET" id="{path}"><request>{asked}</request>'
            f'<response status="200">{given}</response></method></resource>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<application xmlns="http://wadl.dev.java.net/2009/02"'
        f' xmlns:xs="http://www.w3.org/2001/XMLSchema"><resources base={quoteattr(base)}>\n'
        + "\n".join(parts)
        + "\n</resources></application>\n"
    )
