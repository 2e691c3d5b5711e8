"""QuakeML 1.2 (and 1.0), basic event description, read and written.

Of each event: its preferred origin and magnitude, or the first where it prefers none. Depths are metres in QuakeML.
The collection is named after the authority in the identifier of the whole document (`smi:eu.emsc/unid` gives
`seismology.eu_emsc.events`); the USGS's own authorities give `seismology.comcat.events`, and `local` or no valid
identifier `seismology.quakeml.events`. The event id is the ANSS one (`catalog:eventsource` + `eventid`) where given,
else the part of the event's identifier after the authority, without a leading `event/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from soap.core.errors import BadFile, BadParameter
from soap.core.time import iso
from soap.formats import Reader, Reading, Source
from soap.formats.earthquake_list import Row, reading
from soap.formats.reader import scan_by_reading
from soap.observations import Earthquake

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_FIRST_ELEMENT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s>/]")
_NAMESPACE = re.compile(rb"quakeml\.org/xmlns/quakeml(-rt)?/1\.")
_IDENTIFIER = re.compile(r"(?:smi|quakeml):([A-Za-z0-9][\w\-.*()~']{2,})/(.+)", re.DOTALL)
_WRITABLE_ID = re.compile(r"[\w\-.*()+~',;#/]+", re.ASCII)
_USGS = ("comcat.cr.usgs.gov", "earthquake.usgs.gov", "us.anss.org")
_ANSS = "{http://anss.org/xmlns/catalog/0.1}"
_OWN = "urn:soap:earthquake:1"
_EVALUATION_STATUSES = ("preliminary", "confirmed", "reviewed", "final", "rejected", "reported")
_EVALUATION_MODES = ("manual", "automatic")


def sniff(head: bytes, name: str) -> bool:
    """True when the first element is `quakeml` in QuakeML's namespace; other files merely mention that namespace."""
    first = _FIRST_ELEMENT.search(head)
    return first is not None and first.group(1) == b"quakeml" and bool(_NAMESPACE.search(head))


def read(source: Source) -> Reading:
    """The earthquakes of a QuakeML document; see `soap.formats.earthquake_list` for what is left out.

    Raises `BadFile` for XML that is damaged, or declares entities or a document type (QuakeML needs neither).
    """
    root = _root(source)
    parameters = _child(root, "eventParameters")
    if _local(root.tag) != "quakeml" or parameters is None:
        raise BadFile("The XML is no QuakeML document: it has no eventParameters", file=source.name)
    events = [element for element in parameters if _local(element.tag) == "event"]
    located = [(number, event) for number, event in enumerate(events, start=1) if _child(event, "origin") is not None]
    if events and not located:
        raise BadFile(f"None of the {len(events)} event(s) has an origin", file=source.name)
    rows = [_row(event, f"Event {number}", source.name) for number, event in located]
    lost = len(events) - len(located)
    notes = [f"{lost} event(s) without an origin left out."] if lost else []
    found = reading(rows, f"seismology.{_collection(parameters)}.events", source.name, notes)
    simulated = parameters.get(f"{{{_OWN}}}simulated") == "true"
    return Reading(found.observations, found.events, found.events_collection_id, (), found.notes, simulated)


def _root(source: Source) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(source.data, forbid_dtd=True)
    except ParseError as error:
        raise BadFile(
            f"The XML is damaged or cut short ({error})", file=source.name, next_step="Fetch the file again."
        ) from error
    except DefusedXmlException as error:
        raise BadFile(
            f"The XML declares a document type or entities ({type(error).__name__}), which can hide an attack",
            file=source.name,
            next_step="Take the declaration out; QuakeML needs none.",
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that is unknown or not the content's
        raise BadFile(f"The XML's encoding cannot be read ({error})", file=source.name) from error


def _local(tag: object) -> str:
    """An element's name without its namespace: 1.0, 1.2 and real-time QuakeML differ in that only."""
    return str(tag).rpartition("}")[2]


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _local(child.tag) == name), None)


def _word(element: Element | None, *path: str) -> str:
    """Text at the end of a path of element names; empty where there is none."""
    for name in path:
        element = None if element is None else _child(element, name)
    return (element.text or "").strip() if element is not None else ""


def _preferred(event: Element, kind: str) -> Element | None:
    """The event's preferred `kind` (origin, magnitude), else its first."""
    wanted = _word(event, "preferred" + kind.capitalize() + "ID")
    candidates = [child for child in event if _local(child.tag) == kind]
    return next((one for one in candidates if one.get("publicID") == wanted), candidates[0] if candidates else None)


def _row(event: Element, where: str, file: str) -> Row:
    origin, magnitude = _preferred(event, "origin"), _preferred(event, "magnitude")
    kind = _word(event, "type").lower()
    return Row(
        where,
        _event_id(event),
        _word(origin, "time", "value"),
        _word(origin, "latitude", "value"),
        _word(origin, "longitude", "value"),
        _kilometres(_word(origin, "depth", "value"), where, file),
        _word(magnitude, "mag", "value"),
        _word(magnitude, "type"),
        _place(event),
        event.get(f"{{{_OWN}}}status") or _word(origin, "evaluationStatus") or _word(origin, "evaluationMode"),
        "" if kind in ("null", "not reported") else kind,
    )


def _event_id(event: Element) -> str:
    source, number = event.get(_ANSS + "eventsource", ""), event.get(_ANSS + "eventid", "")
    if source and number:
        return source + number
    public = event.get("publicID", "")
    identifier = _IDENTIFIER.fullmatch(public)
    return identifier.group(2).removeprefix("event/") if identifier else public


def _collection(parameters: Element) -> str:
    identifier = _IDENTIFIER.fullmatch(parameters.get("publicID", ""))
    authority = identifier.group(1).lower() if identifier else "local"
    if authority in _USGS:
        return "comcat"
    return "quakeml" if authority == "local" else re.sub(r"[^a-z0-9-]+", "_", authority)


def _kilometres(metres: str, where: str, file: str) -> str:
    """Decimal, so that a depth written and read back is the same number."""
    if not metres:
        return ""
    try:
        return str(Decimal(metres).scaleb(-3))
    except InvalidOperation as error:
        raise BadFile(f"{where}: the depth {metres!r} is no number of metres", file=file) from error


def _place(event: Element) -> str:
    """Where the event was: the nearest the document comes to naming a region."""
    named = {_word(child, "type"): _word(child, "text") for child in event if _local(child.tag) == "description"}
    for kind in ("region name", "Flinn-Engdahl region", "earthquake name"):
        if named.get(kind):
            return named[kind]
    return next(iter(named.values()), "")


def write(reading: Reading) -> bytes:
    """The reading's earthquakes as QuakeML 1.2; reading it back gives identical values.

    Raises `BadParameter` for an event whose id or place QuakeML cannot hold.
    """
    return "".join(_document(reading)).encode("utf-8")


def _document(reading: Reading) -> Iterator[str]:
    name = reading.events_collection_id.split(".")[1]
    authority = {"comcat": "earthquake.usgs.gov", "quakeml": "local"}.get(name, name)
    mark = ' soap:simulated="true"' if reading.simulated else ""
    yield "<?xml version='1.0' encoding='UTF-8'?>\n"
    yield '<q:quakeml xmlns="http://quakeml.org/xmlns/bed/1.2" xmlns:q="http://quakeml.org/xmlns/quakeml/1.2"'
    yield f' xmlns:soap="{_OWN}">\n'
    yield f'<eventParameters publicID="smi:{authority}/catalogue"{mark}>\n'
    if reading.simulated:
        yield "<description>SIMULATED: these earthquakes are made up and never happened.</description>\n"
    for event in reading.events:
        yield _event(event, authority)
    yield "</eventParameters>\n</q:quakeml>\n"


def _event(event: Earthquake, authority: str) -> str:
    if not _WRITABLE_ID.fullmatch(event.event_id):
        raise BadParameter(f"The event id {event.event_id!r} cannot be part of a QuakeML identifier; rename the event.")
    public = f"smi:{authority}/event/{event.event_id}"
    origin, magnitude = quoteattr(public + "#origin"), quoteattr(public + "#magnitude")
    mode, foreign = "", ""
    if event.status in _EVALUATION_STATUSES:
        mode = f"<evaluationStatus>{event.status}</evaluationStatus>"
    elif event.status in _EVALUATION_MODES:
        mode = f"<evaluationMode>{event.status}</evaluationMode>"
    elif event.status:
        foreign = f" soap:status={quoteattr(event.status)}"
    depth = "" if event.depth_km != event.depth_km else _value("depth", str(Decimal(repr(event.depth_km)).scaleb(3)))
    kind = f"<type>{_escaped(event.magnitude_type)}</type>" if event.magnitude_type else ""
    place = _escaped(event.place)
    region = f"<description><text>{place}</text><type>region name</type></description>" if place else ""
    return (
        f"<event publicID={quoteattr(public)}{foreign}>"
        f"<preferredOriginID>{_escaped(public)}#origin</preferredOriginID>"
        f"<preferredMagnitudeID>{_escaped(public)}#magnitude</preferredMagnitudeID>"
        f"<type>earthquake</type>{region}\n"
        f"<origin publicID={origin}>{_value('time', iso(event.time))}{_value('latitude', repr(event.latitude))}"
        f"{_value('longitude', repr(event.longitude))}{depth}{mode}</origin>\n"
        f"<magnitude publicID={magnitude}>{_value('mag', repr(event.magnitude))}{kind}"
        f"<originID>{_escaped(public)}#origin</originID></magnitude></event>\n"
    )


def _value(name: str, text: str) -> str:
    return f"<{name}><value>{text}</value></{name}>"


_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def _escaped(text: str) -> str:
    if _UNWRITABLE.search(text):
        raise BadParameter(f"The text {text!r} holds characters that XML cannot; correct the event's words.")
    return escape(text)


READER = Reader(
    name="quake_quakeml",
    title="QuakeML 1.2 earthquake catalogue",
    shape="events",
    level="L2",
    status="beta",
    spec="F. Euchner and D. Schorlemmer (eds.), QuakeML: An XML Representation of Seismological Data, Basic Event"
    " Description 1.2, 2013; D. Schorlemmer et al., Ann. Geophys. 54, 2011; doi:10.4401/ag-4874",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    write=write,
    limits="One origin and one magnitude per event; arrivals, mechanisms and uncertainties are left out.",
)
