"""Series by station, variable and time: which collection that is, for who does not know its identifier."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import xarray as xr
from sqlalchemy import Connection

from soap.archive.archive import Archive
from soap.archive.holdings import held_collections, microseconds
from soap.archive.periods import cadence_seconds
from soap.archive.policy import visible
from soap.archive.records import CollectionRecord, GranuleRecord, Selection
from soap.archive.search import search
from soap.archive.values import series
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer


def collection_of_station(
    archive: Archive,
    viewer: Viewer,
    station: str,
    variables: Iterable[str],
    window: Window,
    *,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
) -> str:
    """The collection with a station's series of these variables in the window, or if there is none, at any time.

    `station` is the station's code, which is its platform, in capitals or not. Of several collections the one of the
    finest cadence is taken, observed before simulated ones. Raises `NotFound` when the viewer knows no series of that
    station, `BadParameter` when no series has all the variables (saying which there are), or several are equally fine.
    """
    wanted = set(variables)
    if not wanted:
        raise BadParameter("Name the variable of the station that is wanted, such as b_north.")
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        asked = Selection(station=station, shape="series", as_of=as_of, provider=provider)
        every = search(archive, connection, asked, seen, originals=False)
        if not every:
            whose = "" if provider is None else f" of {provider or 'the archive itself'}"
            raise NotFound(
                f"There is no series of a station {station!r}{whose} here.", command="`soap find` lists what there is."
            )
        inside = [one for one in every if one.window.start < window.stop and window.start < one.window.stop]
        names = _with_all(inside, wanted) or _with_all(every, wanted)
        if not names:
            known = ", ".join(sorted({name for one in every for name in one.variables}))
            raise BadParameter(f"{station} has no series of {', '.join(sorted(wanted))}; it has {known}.")
        return _finest(_records(connection, seen, names, asked), station)


def series_of_station(
    archive: Archive,
    viewer: Viewer,
    station: str,
    variable: str,
    window: Window,
    *,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
) -> xr.Dataset:
    """A station's series of one variable in the window; which collection, and errors, as `collection_of_station`.

    `NotFound` also when that collection holds nothing in the window (saying what it does hold).
    """
    name = collection_of_station(archive, viewer, station, [variable], window, as_of=as_of, provider=provider)
    return series(archive, viewer, name, window, [variable], as_of=as_of, provider=provider, station=station)


def _with_all(records: Iterable[GranuleRecord], wanted: set[str]) -> set[str]:
    """Collections that have all the variables, be it in different granules."""
    held: dict[str, set[str]] = {}
    for one in records:
        held.setdefault(one.collection_id, set()).update(one.variables)
    return {name for name, variables in held.items() if wanted <= variables}


def _records(
    connection: Connection, seen: frozenset[int] | None, names: Iterable[str], asked: Selection
) -> list[CollectionRecord]:
    kind = {"shape": "series"} if asked.provider is None else {"shape": "series", "provider": asked.provider}
    instant = microseconds(asked.as_of)
    each = (held_collections(connection, seen, kind | {"collection_id": name}, instant) for name in sorted(names))
    return [record for records in each for record in records]


def _finest(records: Iterable[CollectionRecord], station: str) -> str:
    """The collection of the finest cadence, of observations where there are some."""
    ranks: dict[tuple[bool, float], dict[str, str]] = {}
    for one in records:
        ranks.setdefault((one.simulated, _seconds(one)), {})[one.collection_id] = one.cadence or "of no cadence"
    best = ranks[min(ranks)]
    if len(best) > 1:
        told = ", ".join(f"{name} ({cadence})" for name, cadence in best.items())
        raise BadParameter(f"{station} has several such series: {told}; name the collection that is wanted.")
    return next(iter(best))


def _seconds(one: CollectionRecord) -> float:
    """Cadence, the finest where members differ; infinite where none is told."""
    told = [seconds for word in one.cadence.split(",") if (seconds := cadence_seconds(word)) is not None]
    return min(told, default=math.inf)
