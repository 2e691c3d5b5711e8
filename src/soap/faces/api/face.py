"""What a protocol's face is: a prefix, its routes, and how it words an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from soap.faces.api.asking import Served
from soap.faces.api.problems import PROBLEMS, problem

Explain = Callable[[Request, int, str, Mapping[str, str]], Response]
"""Words an error: the request, HTTP status, what is to be told, and headers that go with it."""


def as_problem(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """The usual way: a problem document."""
    return problem(status, detail, headers)


@dataclass(frozen=True)
class Face:
    """A protocol: all its paths begin with `prefix`, and its errors are worded by `explain`.

    Each of `alongside` goes on while the server runs, in every one of its processes.
    """

    prefix: str
    routers: tuple[APIRouter, ...]
    explain: Explain = as_problem
    problems: Mapping[int | str, dict[str, Any]] = field(default_factory=lambda: dict(PROBLEMS))
    """How the OpenAPI document describes its errors."""
    alongside: tuple[Callable[[Served], AbstractAsyncContextManager[None]], ...] = ()
    reads_values: bool = True
    """False for what answers from the catalogue alone, and so at once when the server has just started."""
