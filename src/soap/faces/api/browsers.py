"""What every answer tells browsers: to take it for what it says it is, and to let no page of others frame it."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

_PAGE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def guard(headers: MutableHeaders) -> None:
    """Add what an answer does not say of itself; a page that says nothing may show text, and run and load nothing."""
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if headers.get("content-type", "").startswith("text/html"):
        headers.setdefault("Content-Security-Policy", _PAGE)
