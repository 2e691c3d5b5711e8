"""FDSN text of networks, stations and channels.

Programs take no empty elevation and no empty start. One that is not known is written 0.0 or 1900, and a line of remarks
names those stations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from soap.core.time import iso
from soap.faces.api.fdsn.stationxml import Placed, describe, networks, sensor
from soap.faces.api.fdsn.words import cell
from soap.observations import Station

_HEADS = {
    "network": "#Network|Description|StartTime|EndTime|TotalStations",
    "station": "#Network|Station|Latitude|Longitude|Elevation|SiteName|StartTime|EndTime",
    "channel": "#Network|Station|Location|Channel|Latitude|Longitude|Elevation|Depth|Azimuth|Dip|SensorDescription"
    "|Scale|ScaleFreq|ScaleUnits|SampleRate|StartTime|EndTime",
}
_LONG_AGO = "1900-01-01T00:00:00"


def lines(found: Sequence[Placed], level: str, totals: Mapping[str, int]) -> Iterator[str]:
    """The lines of a level."""
    yield _HEADS[level]
    yield from _remarks(found, level)
    for code, placed in networks(found):
        if level == "network":
            spans = [one.span for one in placed if one.span is not None]
            span = (min(one[0] for one in spans), max(one[1] for one in spans)) if spans else None
            yield _line(code, describe(placed), *_dates(span), str(totals[code]))
            continue
        for one in placed:
            if level == "station":
                station = one.station
                yield _line(code, station.code, *_place(station), station.name or station.code, *_dates(one.span))
                continue
            yield from _channels(one)


def _remarks(found: Sequence[Placed], level: str) -> Iterator[str]:
    """Whose elevation or start is not known."""
    flat = sorted({f"{one.network}.{one.station.code}" for one in found if np.isnan(one.station.height_m)})
    if flat and level != "network":
        yield f"# elevation not known, not 0.0: {' '.join(flat)}"
    since = sorted({f"{one.network}.{one.station.code}" for one in found if one.span is None})
    if since and level == "station":
        yield f"# start not known, not {_LONG_AGO}: {' '.join(since)}"


def _channels(placed: Placed) -> Iterator[str]:
    for one in placed.channels:
        rate = repr(one.rate_hz) if one.rate_hz else ""
        yield _line(
            placed.network, placed.station.code, one.location, one.code, *_place(placed.station), "0.0", "", "",
            sensor(one), "", "", "", rate, *_dates((one.observing.first, one.observing.last)),
        )  # fmt: skip


def _place(one: Station) -> tuple[str, str, str]:
    return repr(one.latitude), repr(one.longitude), repr(0.0 if np.isnan(one.height_m) else float(one.height_m))


def _dates(span: tuple[np.datetime64, np.datetime64] | None) -> tuple[str, str]:
    return (_LONG_AGO, "") if span is None else (iso(span[0]).removesuffix("Z"), iso(span[1]).removesuffix("Z"))


def _line(*cells: str) -> str:
    return "|".join(cell(one) for one in cells)
