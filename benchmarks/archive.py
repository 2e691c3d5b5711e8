"""What the archive does a second: ingest, find among many granules, read a window of a series.

    python benchmarks/archive.py [--json]

Data are made here: station-days of one-minute values in a hand-made format (so that parsing weighs little), and a
catalogue of 100,000 granules at 500 places written straight into the tables. Medians; one run, one process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from soap.archive import Archive, Selection, query
from soap.archive.cover import cells
from soap.archive.schema import FOREVER, collection, cover, granule, version
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import folder_owner
from soap.services.ingest import ingest
from soap.testing.tiny import COMPOSITION, tiny

ME = folder_owner("benchmark")
DAYS = 500
PLACES, YEARS = 500, 200


def seconds(work: Callable[[], object], runs: int) -> list[float]:
    """Duration of each run."""
    out = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        out.append(time.perf_counter() - began)
    return out


def station_days(folder: Path) -> None:
    """`DAYS` files of one-minute values of one station."""
    rng = np.random.default_rng(2016)
    for day in range(DAYS):
        values = (30_000 + rng.normal(0, 10, 1440)).round(1).tolist()
        start = str(np.datetime64("2015-01-01") + day)
        (folder / f"{day:03}").write_bytes(tiny(code="kak", start=start, values=values, step=60, cadence="PT1M"))


def measure_ingest(work: Path) -> tuple[Archive, dict[str, float]]:
    """Ingest of many small files, once new and once again; then a month of the series they became."""
    files = work / "files"
    files.mkdir()
    station_days(files)
    archive = Archive.open(Settings(archive=work / "archive"))
    (first,) = seconds(lambda: ingest(ME, archive, COMPOSITION, [files]), 1)
    (second,) = seconds(lambda: ingest(ME, archive, COMPOSITION, [files]), 1)
    window = Window(np.datetime64("2015-06-10"), np.datetime64("2015-07-10"))
    read = seconds(lambda: query.series(archive, ME, "geomagnetism.kak.pt1m", window), 50)
    return archive, {
        f"ingest of {DAYS} daily minute files [s]": first,
        "values published a second": DAYS * 1440 / first,
        "ingest of the same again [s]": second,
        "30 days of one-minute values, median [ms]": 1e3 * statistics.median(read),
    }


def fill_catalogue(archive: Archive) -> None:
    """100,000 granules without objects: a year each, `PLACES` places."""
    rng = np.random.default_rng(69)
    latitude, longitude = np.degrees(np.arcsin(rng.uniform(-1, 1, PLACES))), rng.uniform(-180, 180, PLACES)
    cell = cells(latitude, longitude)
    starts = (np.datetime64("1800") + np.arange(YEARS)).astype("datetime64[ns]").astype(np.int64).tolist()
    blank = {
        "number": 1,
        "recorded_from": 1,
        "recorded_to": FOREVER,
        "object_key": "",
        "object_sha256": "",
        "object_bytes": 0,
        "count": 8760,
        "variables": " b_north ",
        "maturity": "",
        "quality": "{}",
        "place": "point",
    }
    with archive.catalogue.publishing() as connection:
        connection.execute(
            insert(collection),
            [
                {
                    "id": 1000 + place,
                    "collection_id": f"geomagnetism.b{place}.pt1h",
                    "shape": "series",
                    "domain": "geomagnetism",
                    "cadence": "PT1H",
                    "level": "L1",
                    "simulated": False,
                    "recorded_from": 1,
                }
                for place in range(PLACES)
            ],
        )
        for place in range(PLACES):
            ids = [1_000_000 + place * YEARS + year for year in range(YEARS)]
            connection.execute(
                insert(granule),
                [
                    {
                        "id": one,
                        "granule_id": f"b{one}",
                        "collection": 1000 + place,
                        "platform": f"b{place}",
                        "period": str(1800 + year),
                    }
                    for year, one in enumerate(ids)
                ],
            )
            connection.execute(
                insert(version),
                [
                    {
                        **blank,
                        "id": one,
                        "granule": one,
                        "first": t0,
                        "last": t0 + 31_532_400 * 10**9,
                        "latitude": float(latitude[place]),
                        "longitude": float(longitude[place]),
                    }
                    for one, t0 in zip(ids, starts, strict=True)
                ],
            )
            connection.execute(
                insert(cover),
                [
                    {"version": one, "cell": int(cell[place]), "t0": t0, "t1": t0 + 31_532_400 * 10**9}
                    for one, t0 in zip(ids, starts, strict=True)
                ],
            )


def measure_find(archive: Archive) -> dict[str, float]:
    """Place x time questions at random places and times."""
    fill_catalogue(archive)
    rng = np.random.default_rng(20160413)

    def ask() -> None:
        start = np.datetime64("1800-01-01") + int(rng.integers(0, 365 * YEARS - 60))
        near = (float(rng.uniform(-80, 80)), float(rng.uniform(-180, 180)), 926.8)
        query.granules(archive, ME, Selection(near=near, window=Window(start, start + 45)))

    took = sorted(seconds(ask, 300))
    return {
        f"find near a place in 45 days among {PLACES * YEARS:,} granules, median [ms]": 1e3 * statistics.median(took),
        "the same, 99th percentile [ms]": 1e3 * took[int(0.99 * len(took))],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        archive, figures = measure_ingest(Path(work))
        figures |= measure_find(archive)
    if asked.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:75} {value:12,.2f}")


if __name__ == "__main__":
    main()
