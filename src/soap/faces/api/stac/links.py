"""Links, and what STAC's documents have in common."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request

VERSION = "1.1.0"
"""Of STAC; the API is 1.0.0."""

JSON, GEOJSON = "application/json", "application/geo+json"

VERSION_EXTENSION = "https://stac-extensions.github.io/version/v1.2.0/schema.json"
SCIENTIFIC_EXTENSION = "https://stac-extensions.github.io/scientific/v1.0.0/schema.json"
FILE_EXTENSION = "https://stac-extensions.github.io/file/v2.1.0/schema.json"

_SPDX = frozenset({
    "Apache-2.0", "BSD-3-Clause", "CC-BY-2.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-3.0", "CC-BY-NC-4.0",
    "CC-BY-NC-ND-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-PDDC", "CC0-1.0",
    "CDLA-Permissive-2.0", "MIT", "ODC-By-1.0", "ODbL-1.0", "OGL-UK-3.0", "PDDL-1.0", "etalab-2.0",
})  # fmt: skip
"""Licences of data that SPDX has an identifier for (https://spdx.org/licenses), as far as members use them."""


def root(request: Request) -> str:
    """URL of the landing page."""
    return f"{str(request.base_url).rstrip('/')}/stac"


def server(request: Request) -> str:
    """URL of the server."""
    return str(request.base_url).rstrip("/")


def link(rel: str, href: str, media: str = JSON, **more: Any) -> dict[str, Any]:
    """A link."""
    return {"rel": rel, "href": href, "type": media, **more}


def part(text: str) -> str:
    """An identifier as a part of a path."""
    return quote(text, safe="")


def with_parameters(url: str, parameters: dict[str, Any]) -> str:
    """A URL with those parameters that have a value."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"{url}?{urlencode(given)}" if given else url


def licence(told: str) -> str:
    """A licence as STAC writes it: an identifier of SPDX, else `other`, also where none was said."""
    return told if told in _SPDX else "other"
