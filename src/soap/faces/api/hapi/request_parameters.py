"""Request parameters of HAPI: their names, old and new; what they may say; and how they are told in OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from soap.core.errors import TooLarge
from soap.core.time import Window, iso
from soap.faces.api.hapi.answers import wrong
from soap.faces.api.hapi.restricted_times import restricted_time
from soap.services.datasets import Dataset

TIME = "Time"
"""The parameter that every dataset begins with."""

FORMATS = ("csv", "binary", "json")
OLD = {"dataset": "id", "start": "time.min", "stop": "time.max"}
"""Names of version 3, and of version 2 before it."""

INFO = ("dataset", "parameters", "resolve_references")
DATA = ("dataset", "start", "stop", "parameters", "include", "format", "resolve_references")
CATALOG = ("depth", "resolve_references")

_LONGEST = 8000
_TOLD: Mapping[str, tuple[str, dict[str, Any]]] = {
    "dataset": ("Identifier of the dataset, of the catalog.", {"maxLength": 400}),
    "start": ("First time, included; ISO 8601, cut short anywhere.", {"maxLength": 40}),
    "stop": ("Last time, not included.", {"maxLength": 40}),
    "parameters": ("Names between commas, in the dataset's order; none: all.", {"maxLength": _LONGEST}),
    "include": ("`header`: the dataset's description before the data.", {"enum": ["header"]}),
    "format": ("How the data are sent.", {"enum": list(FORMATS)}),
    "resolve_references": ("No answer has references.", {"enum": ["true", "false"]}),
    "depth": ("`all`: each dataset's description too.", {"enum": ["dataset", "all"]}),
}


def in_openapi(names: tuple[str, ...]) -> dict[str, Any]:
    """These request parameters for the OpenAPI document."""
    out: list[dict[str, Any]] = []
    for name in names:
        text, bounds = _TOLD[name]
        if name in OLD:
            text += f" Its name in version 2, `{OLD[name]}`, is taken too, not together with new names."
        out.append({"name": name, "in": "query", "description": text, "required": name in OLD,
                    "schema": {"type": "string", **bounds}})  # fmt: skip
    return {"parameters": out}


def given(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    """Values of a request's parameters, by new name.

    HAPI 1401 for any other name; 1400 for one that is there twice, or old names beside new ones.
    """
    items = request.query_params.multi_items()
    old = {OLD[name]: name for name in names if name in OLD}
    asked = [name for name, _ in items]
    if set(asked) - set(names) - set(old):
        raise wrong(request, 1401, f"There are {', '.join(names) or 'none'}.")
    if len(set(asked)) < len(asked):
        raise wrong(request, 1400, "A request parameter is there twice.")
    if set(asked) & set(old) and set(asked) & set(old.values()):
        raise wrong(request, 1400, f"Names of version 2 ({', '.join(old)}) do not go with those of version 3.")
    if sum(len(value) for _, value in items) > _LONGEST:
        raise TooLarge(f"The request parameters are longer than {_LONGEST} characters.")
    found = {old.get(name, name): value for name, value in items}
    if found.get("resolve_references", "true") not in ("true", "false"):
        raise wrong(request, 1412, "It is true or false.")
    return found


def window_of(request: Request, found: Mapping[str, str], dataset: Dataset) -> Window:
    """The times that are asked for. HAPI 1402 to 1405; what is not there at all is a 1400."""
    missing = [name for name in ("start", "stop") if name not in found]
    if missing:
        raise wrong(request, 1400, f"Give {' and '.join(missing)}.")
    form = "Write 2016-04-13T13:55:17.5Z or 2016-104T13:55:17.5Z, cut short where you like."
    start, stop = restricted_time(found["start"]), restricted_time(found["stop"])
    if start is None:
        raise wrong(request, 1402, form)
    if stop is None:
        raise wrong(request, 1403, form)
    if start >= stop:
        raise wrong(request, 1404, "stop is not included, and must come after start.")
    held = dataset.window
    if start < held.start or stop > held.stop:
        raise wrong(request, 1405, f"The dataset is from {iso(held.start)} to {iso(held.stop)}.")
    return Window(start, stop)


def chosen(request: Request, found: Mapping[str, str], dataset: Dataset) -> tuple[str, ...]:
    """Names of the parameters that are asked for, without time; all where none are named. HAPI 1407, 1411."""
    every = (TIME, *dataset.columns)
    names = found.get("parameters", "").split(",") if found.get("parameters") else list(every)
    place = {name: number for number, name in enumerate(every)}
    if any(name not in place for name in names):
        raise wrong(request, 1407, "The dataset's info lists its parameters.")
    order = [place[name] for name in names]
    if order != sorted(set(order)):
        raise wrong(request, 1411, "Name each parameter once, in the order of the dataset's info.")
    return tuple(name for name in names if name != TIME)
