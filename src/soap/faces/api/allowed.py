"""Which methods a path takes, over all its routes: what an answer 405 tells in its header `Allow` (RFC 9110, 15.5.6).

The framework has a route a function, and tells the methods of the first that fits alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.routing import compile_path, get_route_path
from starlette.types import Scope

from soap.faces.api.face import Face


def methods_by(every: Sequence[Face]) -> Callable[[Scope], frozenset[str]]:
    """Gives the methods that these faces' routes name for the path of a request."""
    every_route = ((face.prefix, route) for face in every for router in face.routers for route in router.routes)
    routes = [
        (compile_path(f"{prefix}{getattr(route, 'path', '')}")[0], frozenset(getattr(route, "methods", None) or ()))
        for prefix, route in every_route
    ]

    def methods(scope: Scope) -> frozenset[str]:
        path = get_route_path(scope)
        return frozenset(method for regex, methods in routes if regex.match(path) for method in methods)

    return methods


def allowed(methods: frozenset[str]) -> dict[str, str]:
    """The header `Allow` of a path whose routes name these methods; whatever takes GET takes HEAD, see `heads`."""
    taken = methods | {"HEAD"} if "GET" in methods else methods
    return {"Allow": ", ".join(sorted(taken))} if taken else {}
