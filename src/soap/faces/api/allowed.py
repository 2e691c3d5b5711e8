"""Which methods a path takes, over all its routes: what an answer 405 tells in its header `Allow` (RFC 9110, 15.5.6).

The framework has a route a function, and tells the methods of the first that fits alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.routing import compile_path, get_route_path
from starlette.types import Scope

from soap.faces.api.face import Face


def allowed_by(every: Sequence[Face]) -> Callable[[Scope], dict[str, str]]:
    """Gives the header `Allow` for the path of a request to these faces."""
    every_route = ((face.prefix, route) for face in every for router in face.routers for route in router.routes)
    routes = [
        (compile_path(f"{prefix}{getattr(route, 'path', '')}")[0], frozenset(getattr(route, "methods", None) or ()))
        for prefix, route in every_route
    ]

    def header(scope: Scope) -> dict[str, str]:
        path = get_route_path(scope)
        methods = {method for regex, methods in routes if regex.match(path) for method in methods}
        return {"Allow": ", ".join(sorted(methods))} if methods else {}

    return header
