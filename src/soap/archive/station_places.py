"""Where stations stand: the places that station lists give to series that carry none of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, Row, bindparam, select

from soap.archive.draft import CHUNK
from soap.archive.prepared import PreparedSelect
from soap.archive.schema import FOREVER, station

_VISIBLE = station.c.terms.in_(bindparam("visible", expanding=True))
_AS_OF = (station.c.recorded_from <= bindparam("as_of"), station.c.recorded_to > bindparam("as_of"))


@dataclass(frozen=True)
class StationPlaces:
    """Rows of stations by (scheme, code), several where several members list the same one."""

    rows: Mapping[tuple[str, str], tuple[Row, ...]]

    def of(self, scheme: str, code: str, provider: str) -> Row | None:
        """The station as its series' provider lists it, else the archive itself, else whoever did last."""
        return max(self.rows.get((scheme, code), ()), key=lambda row: preference(row, provider), default=None)

    def all_of(self, scheme: str, code: str) -> tuple[Row, ...]:
        """The station as each member lists it."""
        return self.rows.get((scheme, code), ())


def preference(row: Row, provider: str) -> tuple[bool, bool, int, str]:
    """What of several rows of one station is taken: the greatest."""
    return (row.provider == provider, row.provider == "", row.recorded_from, row.provider)


def station_places(
    connection: Connection, codes: Iterable[str], visible: frozenset[int] | None, as_of: int | None = None
) -> StationPlaces:
    """Stations of these codes that are under `visible` terms, as held now or at a time of recording [µs]."""
    wanted = sorted(set(codes))
    asked: dict = {} if visible is None else {"visible": list(visible)}
    asked |= {} if as_of is None else {"as_of": as_of}
    found: dict[tuple[str, str], tuple[Row, ...]] = {}
    for start in range(0, len(wanted), CHUNK):
        some = {"codes": wanted[start : start + CHUNK]}
        for row in _statement(frozenset(asked)).rows(connection, asked | some):
            key = (row.code_scheme, row.code)
            found[key] = (*found.get(key, ()), row)
    return StationPlaces(found)


@cache
def _statement(kinds: frozenset[str]) -> PreparedSelect:
    query = select(station).where(station.c.code.in_(bindparam("codes", expanding=True)))
    query = query.where(*_AS_OF) if "as_of" in kinds else query.where(station.c.recorded_to == FOREVER)
    return PreparedSelect(query.where(_VISIBLE) if "visible" in kinds else query)
