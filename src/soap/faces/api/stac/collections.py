"""Collections as STAC has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from soap.faces.api.stac.items import instant
from soap.faces.api.stac.links import GEOJSON, SCIENTIFIC_EXTENSION, VERSION, VERSION_EXTENSION, licence, link, part
from soap.services.search import CollectionRecord, Holding

_WORLD = [-180.0, -90.0, 180.0, 90.0]


def collection(held: Holding, root: str, server: str) -> dict[str, Any]:
    """A collection, of which members may hold different kinds under one name."""
    kinds, first, box = held.kinds, held.kinds[0], held.box
    here = f"{root}/collections/{part(first.collection_id)}"
    citations = _words(kinds, "citation", "; ")
    version = instant(max(one.version for one in kinds))
    told: dict[str, Any] = {
        "type": "Collection",
        "stac_version": VERSION,
        "stac_extensions": [VERSION_EXTENSION, *([SCIENTIFIC_EXTENSION] if citations else [])],
        "id": first.collection_id,
        "title": _title(kinds),
        "description": _description(kinds),
        "keywords": _keywords(kinds),
        "license": _licence(kinds),
        "version": version,
        "providers": _providers(kinds),
        "extent": {
            "spatial": {"bbox": [_WORLD if box is None else [box.west, box.south, box.east, box.north]]},
            "temporal": {
                "interval": [[instant(min(one.first for one in kinds)), instant(max(one.last for one in kinds))]]
            },
        },
        "summaries": _summaries(kinds),
        "item_assets": _item_assets(kinds),
        "links": [
            link("self", here),
            link("root", root),
            link("parent", root),
            link("items", f"{here}/items", GEOJSON),
            link("http://www.opengis.net/def/rel/ogc/1.0/queryables", f"{here}/queryables", "application/schema+json"),
            link("alternate", f"{server}/api/v1/collections/{part(first.collection_id)}", title="REST"),
        ],
    }
    if citations:
        told["sci:citation"] = "; ".join(citations)
    return told


def _words(kinds: Sequence[CollectionRecord], name: str, between: str = ",") -> list[str]:
    return sorted({word for one in kinds for word in getattr(one, name).split(between) if word})


def _title(kinds: Sequence[CollectionRecord]) -> str:
    one = kinds[0]
    return f"{one.collection_id} ({'simulated ' if one.simulated else ''}{one.shape})"


def _description(kinds: Sequence[CollectionRecord]) -> str:
    lines = []
    for one in kinds:
        words = ", ".join(one.variables)
        cadence = f" every {one.cadence}" if one.cadence else ""
        made = "Simulated" if one.simulated else "Observed"
        lines.append(f"{made} {one.shape} of {words or 'nothing'}{cadence}, by {one.platform or 'several platforms'}.")
    return " ".join(lines)


def _keywords(kinds: Sequence[CollectionRecord]) -> list[str]:
    words = [*_words(kinds, "domain"), *_words(kinds, "shape"), *_words(kinds, "platform")[:50]]
    words += sorted({name for one in kinds for name in one.variables})[:50]
    return list(dict.fromkeys(words))


def _licence(kinds: Sequence[CollectionRecord]) -> str:
    """The one licence of all; where there are several, or none was said, `other`."""
    every = {one.licence for one in kinds}
    return licence(every.pop()) if len(every) == 1 else "other"


def _providers(kinds: Sequence[CollectionRecord]) -> list[dict[str, Any]]:
    codes = sorted({code for one in kinds for code in one.providers if code})
    return [{"name": code, "roles": ["producer"]} for code in codes] or [{"name": "SOAP", "roles": ["host"]}]


def _summaries(kinds: Sequence[CollectionRecord]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "platform": _words(kinds, "platform"),
        "soap:shape": _words(kinds, "shape"),
        "soap:cadence": _words(kinds, "cadence"),
        "soap:level": _words(kinds, "level"),
        "soap:variables": sorted({name for one in kinds for name in one.variables}),
        "soap:provider": sorted({code for one in kinds for code in one.providers}),
    }
    told = {name: words for name, words in told.items() if words}
    return told | {"soap:simulated": sorted({one.simulated for one in kinds})}


def _item_assets(kinds: Sequence[CollectionRecord]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "values": {"type": "application/vnd.apache.parquet", "title": "Values as Parquet", "roles": ["data"]}
    }
    if any(one.shape != "events" for one in kinds):
        told["netcdf"] = {"type": "application/netcdf", "title": "Values as CF-netCDF", "roles": ["data"]}
    return told | {"original": {"type": "application/octet-stream", "title": "File as it came", "roles": ["source"]}}
