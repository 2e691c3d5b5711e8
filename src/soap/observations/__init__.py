"""The shapes that all observations take: checked `xarray.Dataset`s, and small records for stations and earthquakes."""

from soap.observations.build import field, profile, rays, series, track
from soap.observations.check import check
from soap.observations.contact import Contact, StationContacts
from soap.observations.earthquake import Earthquake
from soap.observations.quality import Quality
from soap.observations.station import Station

__all__ = [
    "Contact",
    "Earthquake",
    "Quality",
    "Station",
    "StationContacts",
    "check",
    "field",
    "profile",
    "rays",
    "series",
    "track",
]
