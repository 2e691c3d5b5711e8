"""GeoJSON earthquake catalogues in the USGS schema: the FDSN event service (`format=geojson`) and the USGS feeds."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import iso
from soap.formats import Reader, Reading, Source
from soap.formats.earthquake_list import Row, reading
from soap.formats.plain_text import decoded
from soap.formats.reader import scan_by_reading

_COLLECTION = re.compile(rb'"type"\s*:\s*"FeatureCollection"')
_MILLISECONDS = re.compile(r"-?\d{1,13}")
_MAGNITUDE = re.compile(rb'"mag"\s*:|earthquake\.usgs\.gov')


def sniff(head: bytes, name: str) -> bool:
    """True for a JSON object that is a feature collection with magnitudes."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and bool(_COLLECTION.search(head)) and bool(_MAGNITUDE.search(head))


def read(source: Source) -> Reading:
    """The earthquakes of a USGS feature collection; see `soap.formats.earthquake_list` for what is left out."""
    collection = _parsed(source)
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or collection.get("type") != "FeatureCollection":
        raise BadFile("The JSON is no GeoJSON FeatureCollection", file=source.name)
    metadata = collection.get("metadata")
    declared = metadata.get("count") if isinstance(metadata, dict) else None
    if declared is not None and declared != str(len(features)):
        raise BadFile(
            f"The metadata count {declared} event(s), the file holds {len(features)}",
            file=source.name,
            next_step="The file is incomplete; fetch it again.",
        )
    rows = [_row(feature, f"Feature {number}", source.name) for number, feature in enumerate(features, start=1)]
    return reading(rows, "seismology.comcat.events", source.name)


def _parsed(source: Source) -> Any:
    """The JSON with its numbers as they are written, so that no digit is lost on the way."""
    try:
        return json.loads(decoded(source), parse_float=str, parse_int=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadFile(
            f"The JSON is damaged or cut short ({error})", file=source.name, next_step="Fetch the file again."
        ) from error


def _row(feature: Any, where: str, file: str) -> Row:
    """A feature as a catalogue row; its coordinates are longitude, latitude, depth [km], its time ms since 1970."""
    try:
        words, place = feature["properties"], feature["geometry"]["coordinates"]
        event_id, milliseconds = feature["id"], str(words["time"])
        longitude, latitude, *depth = (_text(number) for number in place)
        known = {name: _text(words.get(name)) for name in ("mag", "magType", "place", "status", "type")}
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise BadFile(
            f"{where} lacks its id, properties.time or geometry.coordinates ({type(error).__name__}: {error})",
            file=file,
            next_step="Check that it is a USGS GeoJSON catalogue.",
        ) from error
    if not _MILLISECONDS.fullmatch(milliseconds):
        raise BadFile(f"{where}: the time {milliseconds!r} is no count of milliseconds since 1970", file=file)
    return Row(
        where,
        _text(event_id),
        iso(np.datetime64(int(milliseconds), "ms")),
        latitude,
        longitude,
        depth[0] if depth else "",
        known["mag"],
        known["magType"],
        known["place"],
        known["status"],
        known["type"],
    )


def _text(value: Any) -> str:
    """A JSON value as text; null is empty. A list or object is no value: `ValueError`."""
    if isinstance(value, list | dict):
        raise ValueError(f"{type(value).__name__} where a value belongs")
    return "" if value is None else str(value)


READER = Reader(
    name="quake_geojson",
    title="USGS GeoJSON earthquake catalogue",
    shape="events",
    level="L2",
    status="beta",
    spec="USGS Earthquake Hazards Program, GeoJSON Summary Format; IETF RFC 7946",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Feature collections in the USGS schema; single-event detail files are not read.",
)
