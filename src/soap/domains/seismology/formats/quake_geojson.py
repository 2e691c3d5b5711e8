"""GeoJSON earthquakes in the schemas of the USGS (FDSN event service, feeds, one event's detail) and of the EMSC.

The USGS gives times as milliseconds since 1970 and depths as they are; the EMSC (`format=json` of its FDSN event
service) gives ISO 8601 times and, in the coordinates, depths below zero: its `depth` property is taken.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import iso
from soap.formats import Reader, Reading, Source
from soap.formats.earthquake_list import Row, reading
from soap.formats.plain_text import decoded
from soap.formats.reader import scan_by_reading

_FEATURES = re.compile(rb'"type"\s*:\s*"Feature(Collection)?"')
_MILLISECONDS = re.compile(r"-?\d{1,13}")
_MAGNITUDE = re.compile(rb'"mag"\s*:|earthquake\.usgs\.gov|seismicportal\.eu')
_EARLIEST, _LATEST = -9_214_560_000_000, 9_214_646_400_000
"""Milliseconds at the beginnings of 1678 and 2262, between which a time can be held."""


def sniff(head: bytes, name: str) -> bool:
    """True for a JSON object that is a feature or a collection of features, with magnitudes."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and bool(_FEATURES.search(head)) and bool(_MAGNITUDE.search(head))


def read(source: Source) -> Reading:
    """The earthquakes of a feature collection or a feature; see `soap.formats.earthquake_list` for what is left out."""
    collection = _parsed(source)
    kind = collection.get("type") if isinstance(collection, dict) else None
    features = (
        [collection] if kind == "Feature" else collection.get("features") if kind == "FeatureCollection" else None
    )
    if not isinstance(features, list):
        raise BadFile("The JSON is no GeoJSON FeatureCollection or Feature", file=source.name)
    metadata = collection.get("metadata")
    declared = metadata.get("count") if isinstance(metadata, dict) else None
    if declared is not None and declared != str(len(features)):
        raise BadFile(
            f"The metadata count {declared} event(s), the file holds {len(features)}",
            file=source.name,
            next_step="The file is incomplete; fetch it again.",
        )
    row, name = (_row_of_emsc, "eu_emsc") if features and _is_emsc(features[0]) else (_row_of_usgs, "comcat")
    rows = [row(feature, f"Feature {number}", source.name) for number, feature in enumerate(features, start=1)]
    return reading(rows, f"seismology.{name}.events", source.name)


def _parsed(source: Source) -> Any:
    """The JSON with its numbers as they are written, so that no digit is lost on the way."""
    text = decoded(source)
    try:
        return json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise BadFile(
            f"The JSON is damaged or cut short ({error})", file=source.name, next_step="Fetch the file again."
        ) from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; `ValueError` when it names a value twice, of which JSON would silently keep the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"an object names {twice[:40]!r} twice")
    return found


def _is_emsc(feature: Any) -> bool:
    words = feature.get("properties") if isinstance(feature, dict) else None
    return isinstance(words, dict) and "unid" in words


def _row_of_usgs(feature: Any, where: str, file: str) -> Row:
    """A feature as a catalogue row; its coordinates are longitude, latitude, depth [km], its time ms since 1970."""
    try:
        words, place = feature["properties"], feature["geometry"]["coordinates"]
        event_id, milliseconds = feature["id"], str(words["time"])
        longitude, latitude, *depth = (_text(number) for number in place)
        known = {name: _text(words.get(name)) for name in ("mag", "magType", "place", "status", "type")}
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise _lacking(where, "its id, properties.time or geometry.coordinates", error, file, "USGS") from error
    if not _MILLISECONDS.fullmatch(milliseconds) or not _EARLIEST <= int(milliseconds) < _LATEST:
        raise BadFile(
            f"{where}: the time {milliseconds[:40]!r} is no count of milliseconds since 1970 of the years 1678 to 2261",
            file=file,
        )
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


def _row_of_emsc(feature: Any, where: str, file: str) -> Row:
    """A feature as a catalogue row; all of it stands in the properties."""
    try:
        words = feature["properties"]
        known = {name: _text(words[name]) for name in ("unid", "time", "lat", "lon", "depth", "mag")}
        more = {name: _text(words.get(name)) for name in ("magtype", "flynn_region", "evtype")}
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise _lacking(where, "unid, time, lat, lon, depth or mag", error, file, "EMSC") from error
    return Row(
        where,
        known["unid"],
        known["time"],
        known["lat"],
        known["lon"],
        known["depth"],
        known["mag"],
        more["magtype"],
        more["flynn_region"],
        "",
        more["evtype"],
    )


def _lacking(where: str, what: str, error: Exception, file: str, schema: str) -> BadFile:
    return BadFile(
        f"{where} lacks {what} ({type(error).__name__}: {error})",
        file=file,
        next_step=f"Check that it is a GeoJSON catalogue in the schema of the {schema}.",
    )


def _text(value: Any) -> str:
    """A JSON value as text; null is empty. A list or object is no value: `ValueError`."""
    if isinstance(value, list | dict):
        raise ValueError(f"{type(value).__name__} where a value belongs")
    return "" if value is None else str(value)


READER = Reader(
    name="quake_geojson",
    title="GeoJSON earthquake catalogue (USGS, EMSC)",
    shape="events",
    level="L2",
    status="beta",
    spec="USGS Earthquake Hazards Program, GeoJSON Summary Format; EMSC, FDSN event service; IETF RFC 7946",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Of a detail file only the event itself; its products (moment tensors, shake maps) are left out.",
)
