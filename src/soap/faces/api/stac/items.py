"""Granules as STAC items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from soap.faces.api.stac import geometry
from soap.faces.api.stac.links import (
    FILE_EXTENSION,
    GEOJSON,
    SCIENTIFIC_EXTENSION,
    VERSION,
    VERSION_EXTENSION,
    licence,
    link,
    part,
)
from soap.services import search
from soap.services.admin import Archive

_TABLE = "application/vnd.apache.parquet"
_GRID = "application/netcdf"
_LAST = np.timedelta64(1, "ns")


@dataclass(frozen=True)
class Written:
    """What items are written with: the archive for ground lines, URLs, the files that the viewer may have."""

    archive: Archive
    root: str
    server: str
    files: Mapping[str, search.Original]


def item(one: search.GranuleRecord, written: Written) -> dict[str, Any]:
    """A granule as an item."""
    where = _where(one, written.archive)
    collection = f"{written.root}/collections/{part(one.collection_id)}"
    extensions = [VERSION_EXTENSION]
    extensions += [SCIENTIFIC_EXTENSION] if one.citation else []
    assets = _assets(one, written)
    if any("file:size" in asset for asset in assets.values()):
        extensions.append(FILE_EXTENSION)
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": extensions,
        "id": one.granule_id,
        "collection": one.collection_id,
        "geometry": None if where is None else where[0],
        **({} if where is None else {"bbox": where[1]}),
        "properties": _properties(one),
        "links": [
            link("self", f"{collection}/items/{part(one.granule_id)}", GEOJSON),
            link("parent", collection),
            link("collection", collection),
            link("root", written.root),
        ],
        "assets": assets,
    }


def _where(one: search.GranuleRecord, archive: Archive) -> tuple[geometry.Geometry, list[float]] | None:
    if one.place in ("point", "station"):
        if one.latitude is None or one.longitude is None:
            return None
        return geometry.point(one.latitude, one.longitude)
    if one.box is None:
        return None
    line = search.ground_line(archive, one) if one.place == "path" else ()
    return geometry.path(line, one.box) if line else geometry.area(one.box)


def instant(time: np.datetime64) -> str:
    """An instant to the microsecond, which is what programs for STAC take."""
    text = time.astype("datetime64[us]").item().isoformat()
    return f"{text.rstrip('0') if '.' in text else text}Z"


def _properties(one: search.GranuleRecord) -> dict[str, Any]:
    first, last = instant(one.window.start), instant(one.window.stop - _LAST)
    properties: dict[str, Any] = {"datetime": first if first == last else None}
    if first != last:
        properties |= {"start_datetime": first, "end_datetime": last}
    properties |= {
        "updated": instant(one.recorded_from),
        "license": licence(one.licence),
        "version": str(one.version),
        "platform": one.platform,
    }
    if one.provider:
        properties["providers"] = [{"name": one.provider, "roles": ["producer"]}]
    if one.citation:
        properties["sci:citation"] = one.citation
    properties |= {
        "soap:shape": one.shape,
        "soap:cadence": one.cadence,
        "soap:level": one.level,
        "soap:period": one.period,
        "soap:variables": list(one.variables),
        "soap:count": one.count,
        "soap:maturity": one.maturity,
        "soap:provider": one.provider,
        "soap:simulated": one.simulated,
        "soap:quality": one.quality,
    }
    return properties


def _assets(one: search.GranuleRecord, written: Written) -> dict[str, Any]:
    file = f"{written.server}/api/v1/granules/{part(one.granule_id)}/file?format="
    assets: dict[str, Any] = {
        "values": {
            "href": f"{file}parquet",
            "type": _TABLE,
            "title": "Values, with times, units and quality flags, as Parquet",
            "roles": ["data"],
        }
    }
    if one.shape != "events":
        assets["netcdf"] = {"href": f"{file}netcdf", "type": _GRID, "title": "The same as CF-netCDF", "roles": ["data"]}
    held = [written.files[checksum] for checksum in one.originals if checksum in written.files]
    for number, original in enumerate(held):
        assets["original" if number == 0 else f"original_{number + 1}"] = {
            "href": f"{written.server}/api/v1/originals/{original.sha256}",
            "type": "application/octet-stream",
            "title": original.name,
            "roles": ["source"],
            "file:size": original.bytes,
            "file:checksum": f"1220{original.sha256}",  # a multihash: SHA-256, 32 bytes
        }
    return assets
