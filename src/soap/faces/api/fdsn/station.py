"""`/fdsnws/station/1`: stations and what they observe as StationXML or text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import ge, gt, le, lt
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from soap.core.errors import BadParameter
from soap.core.place import distance_km
from soap.faces.api.fdsn.codes import Channel, Pattern, channels, network_of
from soap.faces.api.fdsn.parameters import BOX, CIRCLE, NODATA, TIMES, Parameter, ordered, read, wadl
from soap.faces.api.fdsn.places import place_of
from soap.faces.api.fdsn.station_text import lines
from soap.faces.api.fdsn.stationxml import Placed, document
from soap.faces.api.fdsn.words import TEXT, VERSIONS, XML, answers, nothing, text
from soap.faces.api.rules import Anybody
from soap.observations import Station
from soap.services import contacts
from soap.services.earthquakes import Box, Near
from soap.services.station_inventory import Site, inventory

router = APIRouter(prefix="/station/1", tags=["fdsn"])

_SPANS = tuple(Parameter(name, "time") for name in ("startbefore", "startafter", "endbefore", "endafter"))
PARAMETERS = (
    *TIMES,
    *_SPANS,
    Parameter("network", "words", ("net",)),
    Parameter("station", "words", ("sta",)),
    Parameter("location", "words", ("loc",)),
    Parameter("channel", "words", ("cha",)),
    *BOX,
    *CIRCLE,
    Parameter("level", "word", (), "station", ("network", "station", "channel", "response")),
    Parameter("includerestricted", "yes", (), True),
    Parameter("includeavailability", "yes", (), False),
    Parameter("format", "word", (), "xml", ("xml", "text")),
    NODATA,
)
_ASKED = [one for parameter in PARAMETERS for one in parameter.in_openapi()]


@router.get("/query", responses=answers("station"), openapi_extra={"parameters": _ASKED},
            response_class=Response)  # fmt: skip
def query(asking: Anybody, request: Request) -> Response:
    """Stations by code, place and time, and their channels."""
    values = read(request.query_params.multi_items(), PARAMETERS)
    _check(values)
    every = inventory(asking.viewer, asking.archive)
    found = list(_found(every, values))
    if not found:
        return nothing(int(values["nodata"]), "station")
    asking.tells_of(one.observing.owner for placed in found for one in placed.channels)
    totals: dict[str, int] = {}
    for one in every:
        network = network_of(one.station.code_scheme)
        totals[network] = totals.get(network, 0) + 1
    if values["format"] == "text":
        return text(list(lines(found, values["level"], totals)))
    units = {one.name: one.units for one in asking.composition.names}
    told = contacts.by_station(asking.viewer, asking.archive) if values["level"] != "network" else {}
    found = [replace(one, contacts=told.get((one.station.code_scheme, one.station.code), ())) for one in found]
    return Response(document(found, values["level"], totals, units), media_type=XML)


@router.get("/version", responses={200: {"content": {TEXT: {}}}}, response_class=Response)
def version(asking: Anybody) -> Response:
    """Version of the specification."""
    return Response(VERSIONS["station"], media_type=TEXT)


@router.get("/application.wadl", responses={200: {"content": {XML: {}}}}, response_class=Response)
def description(asking: Anybody, request: Request) -> Response:
    """What the service is asked by."""
    resources: dict[str, tuple[Sequence[Parameter], tuple[str, ...]]] = {
        "query": (PARAMETERS, (XML, TEXT)), "version": ((), (TEXT,)), "application.wadl": ((), (XML,)),
    }  # fmt: skip
    return Response(wadl("station", resources, f"{request.base_url}fdsnws/station/1"), media_type=XML)


def _check(values: Mapping[str, Any]) -> None:
    ordered(values, "starttime", "endtime")
    if values["level"] == "response":
        raise BadParameter("level=response: no instrument responses are held; ask for level=channel.")
    if values["includeavailability"]:
        raise BadParameter("includeavailability=true: ask HAPI or STAC which times are held; leave it out.")


@dataclass(frozen=True)
class _Asked:
    """What is asked for, as far as stations and channels are told apart by it."""

    values: Mapping[str, Any]
    place: Box | Near | None
    inner_km: float
    patterns: Mapping[str, Pattern]

    def station(self, one: Station, network: str) -> bool:
        """True for a station that is meant."""
        if not (self.patterns["network"].holds(network) and self.patterns["station"].holds(one.code)):
            return False
        if self.place is None:
            return True
        inside = bool(self.place.holds(one.latitude, one.longitude))
        if inside and isinstance(self.place, Near) and self.inner_km > 0:
            centre = (self.place.latitude, self.place.longitude)
            return bool(distance_km(*centre, one.latitude, one.longitude) >= self.inner_km)
        return inside

    @property
    def any_channel(self) -> bool:
        """True where a station of which no channel is known is meant too."""
        timed = any(self.values[one.name] is not None for one in (*TIMES, *_SPANS))
        return not timed and self.patterns["channel"].any and self.patterns["location"].any

    def channel(self, channel: Channel) -> bool:
        """True for a channel that is meant."""
        if not (self.patterns["location"].holds(channel.location) and self.patterns["channel"].holds(channel.code)):
            return False
        one, values = channel.observing, self.values
        if not (one.open or values["includerestricted"]):
            return False
        return all(
            values[name] is None or bool(holds(time, values[name]))
            for name, holds, time in (
                ("starttime", ge, one.last),
                ("endtime", le, one.first),
                ("startbefore", lt, one.first),
                ("startafter", gt, one.first),
                ("endbefore", lt, one.last),
                ("endafter", gt, one.last),
            )
        )


def _found(every: Iterable[Site], values: Mapping[str, Any]) -> Iterator[Placed]:
    """The stations that answer, each with the channels that do."""
    patterns = {name: Pattern(values[name]) for name in ("network", "station", "location", "channel")}
    asked = _Asked(values, *place_of(values), patterns)
    for site in every:
        network = network_of(site.station.code_scheme)
        if asked.station(site.station, network):
            all_channels = tuple(channels(site.observing))
            some = tuple(one for one in all_channels if asked.channel(one))
            if some or (not all_channels and asked.any_channel):
                yield Placed(site.station, network, some, len(all_channels))
