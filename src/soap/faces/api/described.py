"""What the OpenAPI document says beyond what routes declare: who may call, and how errors are worded."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

import soap
from soap.faces.api.face import Face
from soap.faces.api.problems import PROBLEMS
from soap.faces.api.rules import Rule, rule_of

_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A personal token, `soap_…`."},
    "token_as_password": {
        "type": "http", "scheme": "basic", "description": "A token as password, where programs know no other way.",
    },
    "session": {"type": "apiKey", "in": "cookie", "name": "soap_session", "description": "A browser's session."},
}  # fmt: skip


def operation_id(route: APIRoute) -> str:
    """Name of an operation: function, path, and of the route's methods the first by name.

    The framework takes any one of a set's, and so another in each process.
    """
    name = re.sub(r"\W", "_", f"{route.name}{route.path_format}")
    return f"{name}_{min(route.methods or ()).lower()}"


def describe(app: FastAPI, every: Sequence[Face]) -> None:
    """Let the application's OpenAPI document be that of its faces."""
    rules = {
        (f"{face.prefix}{getattr(route, 'path_format', '')}", method.lower()): rule_of(route)
        for face in every
        for router in face.routers
        for route in router.routes
        for method in getattr(route, "methods", None) or ()
    }

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, rules)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI documents it


def _document(app: FastAPI, rules: Mapping[tuple[str, str], Rule]) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Duplicate Operation ID")  # of a HEAD that is its GET's
        document = get_openapi(
            title="SOAP",
            version=soap.__version__,
            description=soap.__doc__,
            routes=app.routes,
            license_info={"name": "Apache 2.0", "identifier": "Apache-2.0"},
        )
    for path, methods in document["paths"].items():
        if methods.get("head", {}).get("operationId") == methods.get("get", {}).get("operationId"):
            methods.pop("head", None)
        for method, operation in methods.items():
            operation["responses"].pop("422", None)  # a parameter that cannot be is a 400 here
            operation["responses"] |= _with_problems(operation["responses"])
            operation["security"] = _security(rules[path, method])
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    for name in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(name, None)
    return document


def _with_problems(responses: Mapping[str, Any]) -> dict[str, Any]:
    """A face's errors, and what the server says before it asks the face: of a URL too long, or a host unnamed."""
    out = {}
    for status, problem in PROBLEMS.items():
        own = responses.get(str(status), problem)
        out[str(status)] = {**own, "content": {**own["content"], **problem["content"]}}
    return out


def _security(rule: Rule) -> list[dict[str, list[str]]]:
    """Ways to call a route by its rule; an empty one is: as anybody."""
    kinds = ["token", "token_as_password", "session"] if rule.scope else ["session"]
    ways: list[dict[str, list[str]]] = [{kind: []} for kind in kinds]
    return ways if rule.roles else [{}, *ways]
