"""The application: all faces on one archive, one table of errors, and a rule on every route."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from soap.core.errors import ArchiveError, SoapError
from soap.core.settings import Settings
from soap.faces.api.allowed import allowed, methods_by
from soap.faces.api.asking import Served
from soap.faces.api.described import describe, operation_id
from soap.faces.api.face import Face, as_problem
from soap.faces.api.first_dataset import AfterFirstDataset, first_dataset
from soap.faces.api.heads import Heads
from soap.faces.api.meter import Meter
from soap.faces.api.problems import headers_of, status_of
from soap.faces.api.recorded import Recorded
from soap.faces.api.rules import rule_of
from soap.services.admin import open_archive
from soap.services.composition import Composition

_LOG = logging.getLogger(__name__)

LARGEST_BODY = 1 << 20
"""Bytes of a request's body; a route that takes files says how many more."""

_NOT_NOW = "The archive cannot be used now. It was logged; try again later, or report it with the time."


def faces() -> tuple[Face, ...]:
    """Every protocol that the server speaks, those first that are asked most: paths are compared in turn."""
    from soap.faces.api.fdsn import FDSN
    from soap.faces.api.hapi import HAPI
    from soap.faces.api.meter import METRICS
    from soap.faces.api.rest import REST
    from soap.faces.api.stac import STAC
    from soap.faces.api.uploads import UPLOADS
    from soap.faces.portal import PORTAL

    return (STAC, HAPI, UPLOADS, REST, FDSN, METRICS, PORTAL)


def build(
    load: Callable[[], Composition],
    settings: Settings | None = None,
    told: Sequence[Face] | None = None,
    begun: Callable[[], None] = lambda: None,
) -> FastAPI:
    """The ASGI application that serves the archive of the settings, which are those of the environment where not given.

    The archive is opened when the server starts, and must be there; `begun` is called when it has started. A process
    that only serves gives `gc.freeze`: what the server is made of is then no longer looked through for garbage, which
    took 30 ms every thousand requests. `RuntimeError` for a route without a rule.
    """
    every = faces() if told is None else tuple(told)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        chosen = Settings() if settings is None else settings
        app.state.served = Served(load(), chosen, open_archive(chosen))
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(first_dataset(app.state.served, begun))
            await stack.enter_async_context(_recording(app.state.served))
            for goes_on in (one for face in every for one in face.alongside):
                await stack.enter_async_context(goes_on(app.state.served))
            yield

    app = FastAPI(title="SOAP", version="1", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None,
                  lifespan=lifespan, max_body_size=LARGEST_BODY, generate_unique_id_function=operation_id)  # fmt: skip
    paths: dict[int, str] = {}
    for face in every:
        for router in face.routers:
            for route in router.routes:  # of no router in a router: a face lists its routers
                rule_of(route)
                paths[id(route)] = f"{face.prefix}{getattr(route, 'path', '')}"
            app.include_router(router, prefix=face.prefix, responses=dict(face.problems))
    methods = methods_by(every)
    app.add_middleware(Heads, paths=paths, methods=methods)
    app.add_middleware(AfterFirstDataset, at_once=[face.prefix for face in every if not face.reads_values])
    app.add_middleware(Meter, paths=paths)
    app.add_middleware(Recorded, paths=paths)
    describe(app, every)
    _explain(app, every, methods)
    return app


@asynccontextmanager
async def _recording(here: Served) -> AsyncIterator[None]:
    """While it goes on, the audit log is written."""
    here.recorder.start()
    try:
        yield
    finally:
        await run_in_threadpool(here.recorder.stop)


def _explain(app: FastAPI, every: Sequence[Face], methods: Callable[[Scope], frozenset[str]]) -> None:
    """Every error in the words of the face that was asked."""

    def words(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
        path = request.url.path
        for face in every:
            if face.prefix and (path == face.prefix or path.startswith(f"{face.prefix}/")):
                return face.explain(request, status, detail, headers)
        return as_problem(request, status, detail, headers)

    async def of_ours(request: Request, error: Exception) -> Response:
        if isinstance(error, ArchiveError):  # its words are for who runs the archive: where its parts are
            _LOG.error("%s %s: %s", request.method, request.scope["path"].encode("unicode_escape").decode(),
                       error.at_a_terminal)  # fmt: skip
            return words(request, status_of(error), _NOT_NOW, headers_of(error))
        return words(request, status_of(error), str(error), headers_of(error))

    async def of_parameters(request: Request, error: Exception) -> Response:
        return words(request, 400, _told(error) if isinstance(error, RequestValidationError) else str(error), {})

    async def of_http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        headers = error.headers or {}
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {**headers, **allowed(methods(request.scope))}
        return words(request, error.status_code, str(error.detail), headers)

    async def of_nobody(request: Request, error: Exception) -> Response:
        """What nobody foresaw: the log has it, who asked is told nothing of it."""
        return words(request, 500, "The server failed on this. It was logged; report it with the time.", {})

    app.add_exception_handler(Exception, of_nobody)
    app.add_exception_handler(SoapError, of_ours)
    app.add_exception_handler(RequestValidationError, of_parameters)
    app.add_exception_handler(HTTPException, of_http)


def _told(error: RequestValidationError) -> str:
    """What is wrong with which parameter, a sentence each; the value is not repeated, for it may be a secret."""
    return " ".join(f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}." for one in error.errors())
