"""The landing page, what is conformed to, and what filters can ask of."""

from __future__ import annotations

from typing import Any

import soap
from soap.faces.api.stac.filters import PROPERTIES
from soap.faces.api.stac.links import GEOJSON, VERSION, link

_STAC, _OGC = "https://api.stacspec.org/v1.0.0", "http://www.opengis.net/spec"
_QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"

CONFORMS = (
    f"{_STAC}/core",
    f"{_STAC}/collections",
    f"{_STAC}/ogcapi-features",
    f"{_STAC}/item-search",
    f"{_STAC}/item-search#filter",
    f"{_STAC}/item-search#sort",
    f"{_STAC}/item-search#fields",
    f"{_STAC}/ogcapi-features#sort",
    f"{_STAC}/ogcapi-features#fields",
    f"{_OGC}/ogcapi-features-1/1.0/conf/core",
    f"{_OGC}/ogcapi-features-1/1.0/conf/geojson",
    f"{_OGC}/ogcapi-features-1/1.0/conf/oas30",
    f"{_OGC}/ogcapi-features-3/1.0/conf/filter",
    f"{_OGC}/ogcapi-features-3/1.0/conf/features-filter",
    f"{_OGC}/cql2/1.0/conf/cql2-text",
    f"{_OGC}/cql2/1.0/conf/cql2-json",
    f"{_OGC}/cql2/1.0/conf/basic-cql2",
)


def conforms() -> dict[str, Any]:
    """The classes of standards that are answered."""
    return {"conformsTo": list(CONFORMS)}


def landing_page(root: str, server: str) -> dict[str, Any]:
    """The landing page, a catalogue without items of its own."""
    openapi = "application/vnd.oai.openapi+json;version=3.1"
    links = [
        link("self", root),
        link("root", root),
        link("service-desc", f"{server}/api/v1/openapi.json", openapi),
        link("conformance", f"{root}/conformance"),
        link("data", f"{root}/collections"),
        link("search", f"{root}/search", GEOJSON, method="GET"),
        link("search", f"{root}/search", GEOJSON, method="POST"),
        link(_QUERYABLES, f"{root}/queryables", "application/schema+json"),
    ]
    return {
        "type": "Catalog",
        "stac_version": VERSION,
        "id": "soap",
        "title": "SOAP",
        "description": str(soap.__doc__).strip(),
        "conformsTo": list(CONFORMS),
        "links": links,
    }


_SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "number as text": {"type": "string", "pattern": "^[0-9]{1,9}$"},
    "instant": {"type": "string", "format": "date-time"},
    "true or false": {"type": "boolean"},
    "names": {"type": "array", "items": {"type": "string"}},
}


def queryables(here: str) -> dict[str, Any]:
    """JSON Schema of the properties that a filter can ask of."""
    properties: dict[str, Any] = {name: {"title": name, **_SCHEMAS[kind]} for name, (_, kind) in PROPERTIES.items()}
    properties["geometry"] = {"title": "geometry", "$ref": "https://geojson.org/schema/Geometry.json"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": here,
        "type": "object",
        "title": "Queryables",
        "properties": properties,
        "additionalProperties": False,
    }
