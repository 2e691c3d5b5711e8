"""StationXML 1.2 of networks, stations and channels.

FDSN, StationXML schema 1.2, 2022. Elevations are those of the archive, above the WGS84 ellipsoid. The schema wants one:
what is not known is 0 m with an uncertainty that holds every place on land.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from soap.core.time import iso
from soap.faces.api.fdsn.codes import Channel
from soap.observations import Contact, Station

_SPACE = "http://www.fdsn.org/xml/station/1"
_EMAIL = re.compile(r"[\w.-]+@[\w.-]+")
"""Addresses that the schema knows; another is left out."""


@dataclass(frozen=True)
class Placed:
    """A station in its network, with the channels that are told, `of` how many, and whom to ask about it."""

    station: Station
    network: str
    channels: tuple[Channel, ...]
    of: int = 0
    contacts: tuple[Contact, ...] = ()

    @property
    def span(self) -> tuple[np.datetime64, np.datetime64] | None:
        """First and last time of its channels; None where it has none."""
        told = [one.observing for one in self.channels]
        return (min(one.first for one in told), max(one.last for one in told)) if told else None


def networks(found: Sequence[Placed]) -> Iterator[tuple[str, list[Placed]]]:
    """Stations by network."""
    for code, placed in groupby(sorted(found, key=lambda one: one.network), key=lambda one: one.network):
        yield code, list(placed)


def describe(placed: Sequence[Placed]) -> str:
    """What a network is here."""
    schemes = ", ".join(sorted({one.station.code_scheme for one in placed}))
    return f"Stations by {schemes}; no network code of the FDSN's"


def document(found: Sequence[Placed], level: str, totals: Mapping[str, int], units: Mapping[str, str]) -> str:
    """The document; `totals` are stations of each network, `units` those of the variables."""
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<FDSNStationXML xmlns="{_SPACE}" schemaVersion="1.2">\n'
        f"<Source>SOAP</Source><Created>{iso(np.datetime64('now'))}</Created>\n"
    )
    parts = [_network(code, placed, level, totals[code], units) for code, placed in networks(found)]
    return head + "".join(parts) + "</FDSNStationXML>\n"


def _network(code: str, placed: Sequence[Placed], level: str, total: int, units: Mapping[str, str]) -> str:
    spans = [one.span for one in placed if one.span is not None]
    span = (min(one[0] for one in spans), max(one[1] for one in spans)) if spans else None
    inner = "" if level == "network" else "".join(_station(one, level, units) for one in placed)
    return (
        f"<Network code={quoteattr(code)}{_dates(span)}><Description>{escape(describe(placed))}</Description>"
        f"<TotalNumberStations>{total}</TotalNumberStations>"
        f"<SelectedNumberStations>{len(placed)}</SelectedNumberStations>\n{inner}</Network>\n"
    )


def _station(placed: Placed, level: str, units: Mapping[str, str]) -> str:
    one = placed.station
    inner = "" if level != "channel" else "".join(_channel(one, channel, units) for channel in placed.channels)
    region = f"<Region>{escape(one.region)}</Region>" if one.region else ""
    return (
        f"<Station code={quoteattr(one.code)}{_dates(placed.span)}>{_place(one)}"
        f"<Site><Name>{escape(one.name or one.code)}</Name>{region}</Site>{_operators(placed.contacts)}"
        f"<TotalNumberChannels>{placed.of}</TotalNumberChannels>"
        f"<SelectedNumberChannels>{len(placed.channels)}</SelectedNumberChannels>\n{inner}</Station>\n"
    )


def _operators(contacts: Sequence[Contact]) -> str:
    """An operator each, since one has one page; the schema has no place for roles."""
    return "".join(
        f"<Operator><Agency>{escape(one.organisation)}</Agency>{_person(one)}"
        f"{f'<WebSite>{escape(one.web)}</WebSite>' if one.web else ''}</Operator>"
        for one in contacts
    )


def _person(one: Contact) -> str:
    name = f"<Name>{escape(one.name)}</Name>" if one.name else ""
    email = f"<Email>{escape(one.email)}</Email>" if _EMAIL.fullmatch(one.email) else ""
    return f"<Contact>{name}{email}</Contact>" if name or email else ""


def _channel(station: Station, channel: Channel, units: Mapping[str, str]) -> str:
    one = channel.observing
    status = "open" if one.open else "closed"
    rate = f"<SampleRate>{channel.rate_hz!r}</SampleRate>" if channel.rate_hz else ""
    name = f"<CalibrationUnits><Name>{escape(units.get(one.variable, '1'))}</Name></CalibrationUnits>"
    return (
        f'<Channel code="{channel.code}" locationCode="{channel.location}"{_dates((one.first, one.last))}'
        f' restrictedStatus="{status}"><Description>{escape(sensor(channel))}</Description>{_place(station)}'
        f"<Depth>0</Depth>{rate}{name}<Sensor><Description>{escape(sensor(channel))}</Description></Sensor></Channel>\n"
    )


def sensor(channel: Channel) -> str:
    """What a channel is, in the archive's words."""
    one = channel.observing
    whose = f" of {one.provider}" if one.provider else ""
    return f"{'SIMULATED ' if one.simulated else ''}{one.collection_id} {one.variable}{whose}"


def _place(one: Station) -> str:
    known = f"<Elevation>{float(one.height_m)!r}</Elevation>"
    unknown = '<Elevation plusError="9000" minusError="500">0</Elevation>'
    height = unknown if np.isnan(one.height_m) else known
    return f"<Latitude>{one.latitude!r}</Latitude><Longitude>{one.longitude!r}</Longitude>{height}"


def _dates(span: tuple[np.datetime64, np.datetime64] | None) -> str:
    return "" if span is None else f' startDate="{iso(span[0])}" endDate="{iso(span[1])}"'
