"""The header of a dataset: what HAPI's `info` tells of it and of each of its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from soap.core.time import iso
from soap.faces.api.asking import Asking
from soap.faces.api.hapi.request_parameters import TIME
from soap.services.datasets import Dataset, told_of
from soap.services.row_times import iso_width

HALF_ORBIT = "half_orbit_id"
HALF_ORBIT_LENGTH = 24
"""Bytes of a half-orbit's number."""

_QUALITY = "_quality"
_STAMPS = {"start": "begin", "centre": "center", "end": "end", "instant": "center"}
_UDUNITS = frozenset({"nT", "degree", "km", "m", "K", "V", "m-3", "MHz", "s", "ns", "mV/m", "rad", "hour", "1", ""})
"""Units that mean in UDUNITS-2 what they mean here; TECU and sfu it does not know."""

_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_PLACES = {"latitude": "latitude", "longitude": "longitude", "height_km": "altitude"}
_LABELS = {
    "latitude": ("degree", "geodetic latitude, WGS 84"),
    "longitude": ("degree", "longitude, east positive, WGS 84"),
    "height_km": ("km", "height above the ellipsoid, WGS 84"),
}


def header(asking: Asking, dataset: Dataset, names: tuple[str, ...]) -> dict[str, Any]:
    """Description of a dataset and of these of its parameters, without HAPI's version and status."""
    attrs, variables = told_of(asking.viewer, asking.archive, dataset)
    held, window = dataset.held, dataset.window
    parameters = [_time(dataset), *(_parameter(name, variables) for name in names)]
    out: dict[str, Any] = {
        "startDate": iso(window.start),
        "stopDate": iso(window.stop),
        "timeStampLocation": _STAMPS.get(str(attrs.get("time_stamp", "")), "other"),
    }
    if held.cadence and "," not in held.cadence:
        out["cadence"] = held.cadence
    out |= {"description": _description(dataset), "modificationDate": iso(held.version)}
    units = {variables.get(name, {}).get("units", "") for name in held.variables}
    if units <= _UDUNITS:
        out["unitsSchema"] = "udunits2"
    out |= _place(dataset, attrs, names) | _rights(dataset)
    out["additionalMetadata"] = [{"name": "SOAP", "content": _additional(dataset, attrs)}]
    out["x_version"] = dataset.version
    return out | {"parameters": parameters}


def title(dataset: Dataset) -> str:
    """A short label of at most 40 characters."""
    held = dataset.held
    return f"{held.platform} {held.domain} {held.cadence or held.level}{' simulated' if held.simulated else ''}"[:40]


def _description(dataset: Dataset) -> str:
    held = dataset.held
    kind = "Simulated" if held.simulated else "Observed"
    return (
        f"{kind} {held.shape} of {held.platform}, collection {held.collection_id}, level {held.level}."
        " Flags beside each value tell what is against it; 0 is nothing. To cite: x_version."
    )


def _time(dataset: Dataset) -> dict[str, Any]:
    length = iso_width(dataset.decimals)
    return {"name": TIME, "type": "isotime", "units": "UTC", "fill": None, "length": length}


def _parameter(name: str, variables: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    if name == HALF_ORBIT:
        return {"name": name, "type": "string", "units": None, "fill": None, "length": HALF_ORBIT_LENGTH,
                "description": "number of the half-orbit, pole to pole"}  # fmt: skip
    if name.endswith(_QUALITY):
        return _flags(name, variables.get(name.removesuffix(_QUALITY) + _QUALITY, {}))
    told = variables.get(name, {})
    unit, meaning = _LABELS.get(name, (told.get("units"), told.get("long_name")))
    out = {"name": name, "type": "double", "units": None if unit in ("1", None) else unit, "fill": "NaN"}
    out |= {"description": meaning} if meaning else {}
    out |= {"label": told["symbol"]} if told.get("symbol") else {}
    if name in _PLACES:
        out |= {"coordinateSystemName": "WGS84", "vectorComponents": _PLACES[name]}
    return out


def _flags(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: told[key] for key in ("flag_masks", "flag_meanings") if key in told}
    meanings = zip(known.get("flag_masks", ()), str(known.get("flag_meanings", "")).split(), strict=False)
    words = ", ".join(f"{mask} {meaning}" for mask, meaning in meanings)
    return {
        "name": name, "type": "integer", "units": None, "fill": None,
        "description": f"{told.get('long_name', f'quality flags of {name}')}, a sum{': ' + words if words else ''}",
        **{f"x_{key}": value for key, value in known.items()},
    }  # fmt: skip


def _place(dataset: Dataset, attrs: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Where it was observed: a fixed place, or the parameters that tell it."""
    if dataset.held.shape == "track":
        path = ("longitude", "latitude", "height_km")
        return {"location": {"parameters": [list(path)]}} if set(path) <= set(names) else {}
    if "latitude" not in attrs or "longitude" not in attrs:
        return {}
    height = [float(attrs["height_m"])] if attrs.get("height_m") is not None else []
    return {"geoLocation": [float(attrs["longitude"]), float(attrs["latitude"]), *height]}


def _rights(dataset: Dataset) -> dict[str, Any]:
    """How to cite it, and the page of its licence, where that is one of SPDX's or a URL."""
    held = dataset.held
    out: dict[str, Any] = {"datasetCitation": held.citation} if held.citation else {}
    if held.licence.startswith(("https://", "http://")):
        out["licenseURL"] = held.licence
    elif _SPDX.fullmatch(held.licence):
        out["licenseURL"] = f"https://spdx.org/licenses/{held.licence}.html"
    return out


def _additional(dataset: Dataset, attrs: Mapping[str, Any]) -> dict[str, Any]:
    held = dataset.held
    told = {
        "collection_id": held.collection_id,
        "platform": held.platform,
        "provider": ", ".join(one for one in held.providers if one),
        "licence": held.licence,
        "citation": held.citation,
        "level": held.level,
        "maturity": str(attrs.get("maturity", "")),
        "simulated": held.simulated,
        "version": dataset.version,
    }
    return {name: value for name, value in told.items() if value != ""}
