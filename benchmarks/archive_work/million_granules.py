"""A catalogue of a million granules: questions by place and time in process, as who sees all and as who sees half.

Three fifths are months of series at 1,000 places, two fifths scenes of 2 degrees by 2 degrees, over fifty years. The
rows are written through the archive's own tables. Three kinds of questions, drawn at random:

- *earthquakes*: a circle of the preparation radius (Dobrovolsky, 1979) of magnitudes 5 and over by Gutenberg and
  Richter's law with b = 1, cut at 8.5, and a window of 1 to 90 days (log-uniform); empty answers are among them;
- *boxes*: 2 to 40 degrees wide and high, windows alike;
- *large*: circles of 3,000 km over a year, of which the answer is what costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert

from archive_work.made_up import ME, Size
from archive_work.timing import in_own_process, percentiles_ms
from soap.archive import Archive, Selection, query
from soap.archive.cover import cells, cells_of_box
from soap.archive.schema import (
    CLOSED,
    FOREVER,
    collection,
    contribution,
    cover,
    granule,
    member,
    original,
    terms,
    version,
)
from soap.core.place import Box
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import USER, Viewer

HALF = Viewer("half", "AA", frozenset({USER}))
"""Sees what is open and its member's own: half of the granules."""

_YEARS = 50
_PLACES = 1_000
_CHUNK = 20_000
_DAY_NS = 86_400 * 10**9
_FIRST = np.datetime64("1970-01-01", "ns")
_SCENES_DEG = 2.0


def measure(work: Path, size: Size) -> dict[str, Any]:
    """Figures at a tenth of the granules and at all."""
    figures: dict[str, Any] = {}
    for count in (size.granules // 10, size.granules):
        found, peak = in_own_process(at_size, work / f"granules-{count}", count, size.questions)
        figures[f"{count:,} granules"] = found | {"peak_mb": peak}
    return figures


def at_size(folder: Path, count: int, questions: int) -> dict[str, Any]:
    """Fill a catalogue, then ask."""
    archive = Archive.open(Settings(archive=folder))
    fill(archive, count)
    figures: dict[str, Any] = {"catalogue_bytes": (folder / "catalogue.sqlite").stat().st_size}
    for kind, draw in KINDS.items():
        number = questions if kind != "large" else max(questions // 20, 3)
        for label, viewer in (("sees all", ME), ("sees half", HALF)):
            figures[f"{kind}, {label}"] = _asked(archive, viewer, draw, number)
    return figures


def _asked(archive: Archive, viewer: Viewer, draw: Callable[[np.random.Generator], Selection], number: int) -> dict:
    rng = np.random.default_rng(20160413)
    selections = [draw(rng) for _ in range(number)]
    for selection in selections[:10]:
        query.granules(archive, viewer, selection)
    took, sizes = [], []
    for selection in selections:
        began = time.perf_counter()
        answer = query.granules(archive, viewer, selection)
        took.append(time.perf_counter() - began)
        sizes.append(len(answer))
    slope_us = 1e6 * float(np.polyfit(sizes, took, 1)[0]) if len(set(sizes)) > 1 else None
    spread = {"empty": sizes.count(0), "median": int(np.median(sizes)), "largest": max(sizes)}
    return percentiles_ms(took) | {"questions": number, "answers": spread, "us_per_granule_answered": slope_us}


def _place(rng: np.random.Generator) -> tuple[float, float]:
    return float(np.degrees(np.arcsin(rng.uniform(-0.98, 0.98)))), float(rng.uniform(-180, 180))


def _window(rng: np.random.Generator, days: float) -> Window:
    start = _FIRST + np.timedelta64(int(rng.uniform(0, _YEARS * 365.25 - days) * _DAY_NS), "ns")
    return Window(start, start + np.timedelta64(int(days * _DAY_NS), "ns"))


def _days(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(0, np.log(90))))


def earthquake(rng: np.random.Generator) -> Selection:
    """Round an earthquake, before and after it."""
    magnitude = min(5.0 + rng.exponential(1 / np.log(10)), 8.5)
    return Selection(near=(*_place(rng), 10 ** (0.43 * magnitude)), window=_window(rng, _days(rng)))


def box(rng: np.random.Generator) -> Selection:
    """A box that does not cross 180 degrees."""
    latitude, longitude = _place(rng)
    high, wide = rng.uniform(1, 20, 2)
    west, east = max(longitude - wide, -180.0), min(longitude + wide, 180.0)
    return Selection(
        box=Box(west, max(latitude - high, -90.0), east, min(latitude + high, 90.0)), window=_window(rng, _days(rng))
    )


def large(rng: np.random.Generator) -> Selection:
    """A twentieth of the Earth over a year."""
    return Selection(near=(*_place(rng), 3_000.0), window=_window(rng, 365.0))


KINDS = {"earthquakes": earthquake, "boxes": box, "large": large}


def fill(archive: Archive, count: int) -> None:
    """`count` granules without objects, under terms of which `HALF` sees every other."""
    rng = np.random.default_rng(69)
    with archive.catalogue.publishing() as connection:
        places = _collections(connection, rng)
        months = 3 * count // 5
        for first in range(0, count, _CHUNK):
            some = range(first, min(first + _CHUNK, count))
            rows = [_month(one, places) if one < months else _scene(one, rng) for one in some]
            connection.execute(insert(granule), [row for row, _, _ in rows])
            connection.execute(
                insert(version),
                [row | {"collection": its["collection"], "terms": its["terms"]} for its, row, _ in rows],
            )
            connection.execute(insert(original), [_file(one) for one in some])
            connection.execute(
                insert(contribution), [{"granule": one, "original": f"{one:064x}", "recorded_from": 1} for one in some]
            )
            connection.execute(insert(cover), [row for _, _, cover_rows in rows for row in cover_rows])
    with archive.catalogue.engine.connect() as connection:
        remote = archive.catalogue.remote
        if remote:  # the server would do it by itself in a minute
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("VACUUM ANALYZE" if remote else "PRAGMA wal_checkpoint(TRUNCATE)")


def _collections(connection: Connection, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Members, terms and collections; latitude, longitude and cell of the places."""
    connection.execute(insert(member), [{"code": code, "name": code} for code in ("AA", "BB")])
    plain = {"named": "", "licence": "", "citation": ""}
    kinds = [("AA", "private"), ("BB", "private"), ("BB", "open"), ("AA", "members")]
    connection.execute(
        insert(terms),
        [
            {
                "id": 100 + at,
                "owner": owner,
                "access": access,
                "digest": f"{at:064x}",
                **plain,
            }
            for at, (owner, access) in enumerate(kinds)
        ],
    )
    shared = {"level": "L1", "simulated": True, "recorded_from": 1, "terms": CLOSED}
    names = [(1_000 + place, f"geomagnetism.b{place:03d}.pt1m", "series") for place in range(_PLACES)]
    connection.execute(
        insert(collection),
        [
            {"id": one, "collection_id": name, "shape": shape, "domain": name.split(".")[0], "cadence": "", **shared}
            for one, name, shape in (*names, (999, "imagery.made_up.l2", "field"))
        ],
    )
    latitude, longitude = np.degrees(np.arcsin(rng.uniform(-1, 1, _PLACES))), rng.uniform(-180, 180, _PLACES)
    return latitude, longitude, cells(latitude, longitude)


def _version(one: int, first: int, last: int, place: dict[str, Any]) -> dict[str, Any]:
    empty = dict.fromkeys(("latitude", "longitude", "west", "south", "east", "north"))
    checksum = f"{one:064x}"
    return empty | {
        "id": one, "granule": one, "number": 1, "base": 1, "recorded_from": 1, "recorded_to": FOREVER,
        "object_key": f"objects/{one}", "object_sha256": checksum, "object_bytes": 1, "first": first, "last": last,
        "count": 43_200, "variables": " b_north b_east ", "maturity": "variation",
        "quality": '{"b_north": {"values": 43200, "missing": 240}, "b_east": {"values": 43200}}',
    } | place  # fmt: skip


def _file(one: int) -> dict[str, Any]:
    """The file that a granule was made of."""
    return {"sha256": f"{one:064x}", "name": f"{one}.min", "bytes": 1, "reader": "made_up", "recorded_from": 1}


def _granule(one: int, number: int, platform: str, period: str) -> dict[str, Any]:
    """A granule; of every four `HALF` sees the two that are not a member's own."""
    return {
        "id": one, "granule_id": f"g{one}", "collection": number, "platform": platform, "period": period,
        "terms": (101, 101, 102, 103)[(one // 7) % 4],
    }  # fmt: skip


def _month(one: int, places: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[dict, dict, list[dict]]:
    """A month of a series at a place."""
    where, month = one % _PLACES, (one // _PLACES) % (_YEARS * 12)
    latitude, longitude, cell = (array[where].item() for array in places)
    first = int((np.datetime64("1970-01") + month).astype("datetime64[ns]").astype(np.int64))
    last = first + 28 * _DAY_NS
    point = {"place": "point", "latitude": latitude, "longitude": longitude}
    return (
        _granule(one, 1_000 + where, f"b{where:03d}", str(month)),
        _version(one, first, last, point),
        [{"version": one, "cell": cell, "t0": first, "t1": last}],
    )


def _scene(one: int, rng: np.random.Generator) -> tuple[dict, dict, list[dict]]:
    """A scene somewhere, at some time."""
    latitude, longitude = float(rng.uniform(-82, 80)), float(rng.uniform(-180, 178))
    first = int(rng.uniform(0, _YEARS * 365) * _DAY_NS)
    area = Box(longitude, latitude, longitude + _SCENES_DEG, latitude + _SCENES_DEG)
    sides = {"place": "area", "west": area.west, "south": area.south, "east": area.east, "north": area.north}
    return (
        _granule(one, 999, "made_up", str(one)),
        _version(one, first, first + 10**10, sides),
        [{"version": one, "cell": cell, "t0": first, "t1": first + 10**10} for cell in cells_of_box(area)],
    )
