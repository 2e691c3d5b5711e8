"""Measures the server for who runs it: requests by route and status, how long they took, how many go on.

Told at `/metrics` in the text format of Prometheus, to who runs the archive alone: counts of requests tell of data that
others may not know of. Each process of a server has its own numbers.
"""

from __future__ import annotations

import time

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from soap.faces.api.each_request import EachRequest
from soap.faces.api.face import Face
from soap.faces.api.rules import Runs

REGISTRY = CollectorRegistry()
_LABELS = ("method", "route", "status")
_REQUESTS = Counter("soap_requests_total", "Requests answered.", _LABELS, registry=REGISTRY)
_SECONDS = Histogram(
    "soap_request_seconds",
    "Seconds from a request's head to the first byte of its answer.",
    ("route",),
    registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_BYTES = Counter("soap_answer_bytes_total", "Bytes of answers' bodies.", ("route",), registry=REGISTRY)
_GOING_ON = Gauge("soap_requests_going_on", "Requests that are being answered.", registry=REGISTRY)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meter(EachRequest):
    """Counts each request under the path of its route, never under what was asked."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and count."""
        began, status, first, size = time.perf_counter(), 0, 0.0, 0

        async def counted(message: Message) -> None:
            nonlocal status, first, size
            if message["type"] == "http.response.start":
                status, first = message["status"], time.perf_counter() - began
            else:
                size += len(message.get("body", b""))
            await send(message)

        with _GOING_ON.track_inprogress():
            try:
                await self.app(scope, receive, counted)
            finally:
                route = self.path(scope) or "none"
                method = scope["method"] if scope["method"] in _METHODS else "other"
                _REQUESTS.labels(method, route, str(status or 500)).inc()
                _SECONDS.labels(route).observe(first)
                _BYTES.labels(route).inc(size)


router = APIRouter(tags=["server"])


@router.get("", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(asking: Runs) -> Response:
    """This process's measures, as Prometheus reads them."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


METRICS = Face("/metrics", (router,), reads_values=False)
