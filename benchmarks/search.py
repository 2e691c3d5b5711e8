"""Search over HTTP: `soap serve` on a catalogue of a million granules, asked by another process at a steady rate.

    python benchmarks/search.py [--json] [--quick] [--archive FOLDER]

The catalogue is that of `benchmarks/archive.py` (months of series at 1,000 places and scenes, fifty years; who asks,
the public, sees a quarter). The questions are drawn at random, each kind as often: boxes and circles' boxes with a
window, polygons, windows alone, collections, identifiers; of some the second page; 10 items each. They are sent when
their time has come, whether those before were answered or not (an open loop), so that waiting counts; the client has
its part of the two cores, and costs a tenth of the server. Then: how many are answered when 16 wait at any time
(saturation), the time from starting the process to its first answer, and its memory when idle. The server's limits of
requests are lifted.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import orjson
from archive_work.made_up import QUICK, Size
from archive_work.million_granules import box, earthquake, fill
from archive_work.timing import percentiles_ms
from open_connections import OpenConnections
from rows import command_line

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.time import iso
from soap.testing.web import free_port

RATE = 100
"""Requests a second."""

_SERVE = "from soap.systems.seismo_ionospheric import main; main()"
_AT_ONCE = 16


def questions(count: int, granules: int) -> list[dict[str, Any]]:
    """Parameters of searches, the same each run."""
    rng = np.random.default_rng(20110311)
    kinds = [_box, _circle, _polygon, _window, _collection, _ids]
    return [kinds[number % len(kinds)](rng, granules) for number in range(count)]


def _when(selection: Any) -> dict[str, str]:
    return {"datetime": f"{iso(selection.window.start)}/{iso(selection.window.stop)}"}


def _sides(place: Any) -> str:
    return f"{place.west:.4f},{place.south:.4f},{place.east:.4f},{place.north:.4f}"


def _box(rng: np.random.Generator, _granules: int) -> dict[str, str]:
    selection = box(rng)
    return {"bbox": _sides(selection.box), **_when(selection)}


def _circle(rng: np.random.Generator, _granules: int) -> dict[str, str]:
    selection = earthquake(rng)
    return {"bbox": _sides(selection.place.box()), **_when(selection)}


def _polygon(rng: np.random.Generator, _granules: int) -> dict[str, str]:
    found = box(rng)
    west, south, east, north = (float(one) for one in _sides(found.box).split(","))
    ring = [[west, south], [east, south], [(west + east) / 2, north], [west, south]]
    return {"intersects": json.dumps({"type": "Polygon", "coordinates": [ring]}), **_when(found)}


def _window(rng: np.random.Generator, _granules: int) -> dict[str, str]:
    return _when(box(rng))


def _collection(rng: np.random.Generator, _granules: int) -> dict[str, str]:
    return {"collections": f"geomagnetism.b{int(rng.integers(1000)):03d}.pt1m"}


def _ids(rng: np.random.Generator, granules: int) -> dict[str, str]:
    return {"ids": ",".join(f"g{number}" for number in rng.integers(0, granules, 10))}


async def steady(url: str, asked: list[dict[str, Any]]) -> list[float]:
    """Seconds from when each was to be sent until its answer was there, whole."""
    took: list[float] = []
    answers: list[bytes] = []
    server = OpenConnections(url)
    begun = time.perf_counter() + 0.05

    async def one(number: int, parameters: dict[str, Any]) -> None:
        due = begun + number / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        answers.append(await server.get("/stac/search", parameters))
        took.append(time.perf_counter() - due)

    await asyncio.gather(*(one(number, parameters) for number, parameters in enumerate(asked)))
    await server.close()
    _check(answers)
    return took


async def saturated(url: str, asked: list[dict[str, Any]]) -> float:
    """Answers a second when so many wait for one at any time."""
    left = iter(asked)
    answers: list[bytes] = []
    server = OpenConnections(url)

    async def ask() -> None:
        for parameters in left:
            answers.append(await server.get("/stac/search", parameters))

    begun = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(_AT_ONCE)))
    took = time.perf_counter() - begun
    await server.close()
    _check(answers)
    return len(asked) / took


def _check(answers: list[bytes]) -> None:
    """Every answer is one, and they hold granules; read after the clock has stopped."""
    found = [orjson.loads(one) for one in answers]
    if any(one["type"] != "FeatureCollection" for one in found) or not any(one["features"] for one in found):
        raise RuntimeError("The answers are no items, or none holds any.")


def onwards(url: str, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every seventh question becomes that for its second page."""
    out = list(asked)
    with httpx2.Client(timeout=60) as client:
        for number in range(0, len(asked), 7):
            links = client.get(f"{url}/stac/search", params=asked[number]).json()["links"]
            token = next((httpx2.URL(one["href"]).params["token"] for one in links if one["rel"] == "next"), None)
            if token is not None:
                out[number] = {**asked[number], "token": token}
    return out


def measure(folder: Path, size: Size) -> dict[str, Any]:
    """All figures of one archive."""
    count = size.questions * 3
    port, log = free_port(), (folder.parent / "serve.log").open("wb")
    begun = time.perf_counter()
    command = [sys.executable, "-c", _SERVE, "serve", "--archive", str(folder), "--port", str(port)]
    limits = {"SOAP_REQUESTS_PER_MINUTE": "1000000"}
    process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **limits})
    url = f"http://127.0.0.1:{port}"
    try:
        figures: dict[str, Any] = {"start_s": _started(url, process, begun)}
        time.sleep(1)
        figures["idle_mb"] = _resident_mb(process.pid)
        asked = onwards(url, questions(count, size.granules))
        asyncio.run(steady(url, asked[: min(300, count)]))
        took = asyncio.run(steady(url, asked))
        figures[f"at {RATE} a second"] = {"requests": len(took), **percentiles_ms(took)}
        figures["answers_a_second_saturated"] = asyncio.run(saturated(url, asked))
        figures["after_mb"] = _resident_mb(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()
    figures["questions_of_one_kind"] = count // 6
    figures["peak_client_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def _started(url: str, process: subprocess.Popen, begun: float) -> float:
    while process.poll() is None and time.perf_counter() - begun < 60:
        try:
            if httpx2.get(f"{url}/stac", timeout=5).status_code == 200:
                return time.perf_counter() - begun
        except httpx2.TransportError:
            time.sleep(0.01)
    raise RuntimeError("The server did not start.")


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def main() -> None:
    parser = command_line(__doc__)
    parser.add_argument("--quick", action="store_true", help="a small size, to see that it runs")
    parser.add_argument("--archive", type=Path, help="an archive that an earlier run filled; made there if absent")
    asked = parser.parse_args()
    size = QUICK if asked.quick else Size()
    with tempfile.TemporaryDirectory() as work:
        folder = asked.archive or Path(work) / "archive"
        if not (folder / "catalogue.sqlite").exists():
            print("filling a catalogue …", file=sys.stderr, flush=True)
            fill(Archive.open(Settings(archive=folder)), size.granules)
        figures = measure(folder, size)
    if asked.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:32} {value}")


if __name__ == "__main__":
    main()
