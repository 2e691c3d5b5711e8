"""Stations that send: 200 of them, a one-minute file each every minute, to a real `soap serve` on this machine.

Each station has an account and a token, holds its connection, and announces and sends its file in one request; the
answer comes once the file is durably published. Told are the times from the first byte sent to the answer, what of all
that was acknowledged is not in the archive (losses), and the server's memory over time. After it, every station sends
at the same instant, several times.

    python benchmarks/push.py [--json] [--stations 200] [--minutes 1] [--spread 60] [--held-days 2] [--bursts 3]

`--minutes 10` is the whole run. `--spread` is the part of each minute [s] over which stations' files come, by chance.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from rows import command_line

from soap.archive import Archive, query
from soap.core.settings import Settings
from soap.core.time import Window, utc
from soap.services.accounts import add_account
from soap.services.ingest import ingest
from soap.systems.seismo_ionospheric import composition
from soap.testing.web import OWNER, serving, token_of

MEMBERS = ("BGD", "CHN", "IRN", "MNG", "PAK", "PER", "THA", "TUR")
DAY = utc("2024-05-01")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def code(number: int) -> str:
    return f"Z{LETTERS[number // 26]}{LETTERS[number % 26]}"


def minute_file(station: str, first: int, minutes: int = 1) -> bytes:
    """IAGA-2002 from a minute of May 2024 on; the value of X tells its minute."""
    header = {"Format": "IAGA-2002", "Source of Data": "Made for a benchmark", "Station Name": station,
              "IAGA CODE": station, "Geodetic Latitude": "24.0", "Geodetic Longitude": "90.0", "Elevation": "20",
              "Reported": "XYZF", "Sensor Orientation": "XYZ", "Digital Sampling": "1 second",
              "Data Interval Type": "filtered 1-minute (00:15-01:45)", "Data Type": "variation"}  # fmt: skip
    lines = [f" {label:<23}{value:<45}|\n" for label, value in header.items()]
    columns = "".join(f"{station + letter:<10}" for letter in "XYZF")
    lines.append(f"{'DATE       TIME         DOY     ' + columns:<69.69}|\n")
    for at in range(first, first + minutes):
        day, left = divmod(at, 1440)
        lines.append(f"2024-05-{1 + day:02} {left // 60:02}:{left % 60:02}:00.000 {122 + day}   "
                     f" {20000 + at / 100:9.2f} {100:9.2f} {40000:9.2f} {45000:9.2f}\n")  # fmt: skip
    return "".join(lines).encode()


class Station:
    """One station: its connection and what it was told."""

    def __init__(self, number: int, token: str, url: str):
        self.code, self.token = code(number), token
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.acknowledged: list[int] = []
        self.seconds: list[float] = []
        self.failed: list[str] = []
        self.streams = None

    async def send(self, minute: int) -> None:
        content = minute_file(self.code, minute)
        name = base64.b64encode(f"{self.code}{minute}.min".encode()).decode()
        words = {"Host": "x", "Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0",
                 "Upload-Length": len(content), "Content-Length": len(content), "Upload-Metadata": f"filename {name}",
                 "Content-Type": "application/offset+octet-stream"}  # fmt: skip
        lines = ["POST /api/v1/uploads HTTP/1.1", *(f"{key}: {value}" for key, value in words.items())]
        request = "\r\n".join([*lines, "", ""]).encode() + content
        begun = time.perf_counter()
        try:
            status, told = await self._ask(request)
        except (OSError, asyncio.IncompleteReadError):
            self.streams = None
            status, told = await self._ask(request)
        self.seconds.append(time.perf_counter() - begun)
        if status == 201 and told["state"] == "published":
            self.acknowledged.append(minute)
        else:
            self.failed.append(f"{status} {told}")

    async def _ask(self, request: bytes) -> tuple[int, dict]:
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        return int(head.split()[1]), json.loads(await reader.readexactly(length))


def memory_mb(process: int) -> np.ndarray:
    """All that the process has, and its own without pages of files (of which the catalogue is one that grows)."""
    told = Path(f"/proc/{process}/status").read_text()
    return np.array([int(told.split(f"{name}:")[1].split()[0]) / 1024 for name in ("VmRSS", "RssAnon")])


async def run(stations: list[Station], first: int, minutes: int, spread: float, bursts: int, process: int):
    """Minutes of sending, and bursts; memory every second, and the times of the bursts."""
    rng, tasks, memory = random.Random(20160413), [], []
    phases = [rng.uniform(0, spread) for _ in stations]
    begun = time.monotonic()

    async def at(when: float, station: Station, minute: int) -> None:
        await asyncio.sleep(max(0.0, begun + when - time.monotonic()))
        await station.send(minute)

    for number in range(minutes):
        tasks += [asyncio.create_task(at(60 * number + phase, station, first + number))
                  for phase, station in zip(phases, stations, strict=True)]  # fmt: skip
    while not all(task.done() for task in tasks):
        memory.append(memory_mb(process))
        await asyncio.sleep(1)
    await asyncio.gather(*tasks)
    steady = np.array([one for station in stations for one in station.seconds])
    minutes_memory, memory = memory, []
    for station in stations:
        station.seconds.clear()
    for number in range(bursts):
        await asyncio.gather(*(station.send(first + minutes + number) for station in stations))
        memory.append(memory_mb(process))
        await asyncio.sleep(1)
    together = np.array([one for station in stations for one in station.seconds])
    return steady, together, minutes_memory, memory


def missing(archive: Archive, stations: list[Station]) -> int:
    """Acknowledged minutes that are not in the archive exactly once, with their value."""
    lost = 0
    for station in stations:
        name = f"geomagnetism.{station.code.lower()}.pt1m"
        found = query.series(archive, OWNER, name, Window(DAY, DAY + np.timedelta64(31, "D")))
        minutes = ((found["time"].values - DAY) // np.timedelta64(1, "m")).astype(int)
        values = dict(zip(minutes.tolist(), found["b_north"].values.tolist(), strict=True))
        wrong = [one for one in station.acknowledged if round(values.get(one, 0.0), 2) != round(20000 + one / 100, 2)]
        lost += len(wrong) + len(minutes) - len(values)
    return lost


def figures(stations: list[Station], steady, together, memory, burst, lost: int, idle: np.ndarray, minutes: int):
    third = max(1, len(memory) // 3)
    held = {"idle": [idle], "first_third": memory[:third], "last_third": memory[-third:], "all_at_once": burst}
    return {
        "stations": len(stations), "minutes": minutes, "files": len(steady) + len(together),
        "acknowledged": sum(len(station.acknowledged) for station in stations), "lost": lost,
        "refused": sum(len(station.failed) for station in stations),
        "acknowledged_ms": {f"p{at}": round(float(np.percentile(steady, at)) * 1e3, 1) for at in (50, 99, 100)},
        "all_at_once_ms": {f"p{at}": round(float(np.percentile(together, at)) * 1e3, 1) for at in (50, 99, 100)}
        if len(together) else {},
        "memory_mb, and its own": {name: np.max(some, axis=0).round(1).tolist() for name, some in held.items() if some},
    }  # fmt: skip


def main() -> None:
    parser = command_line(__doc__)
    for name, default in (("stations", 200), ("minutes", 1), ("spread", 60), ("held-days", 2), ("bursts", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soap-push-") as name:
        folder = Path(name) / "archive"
        archive = Archive.open(Settings(archive=folder))
        tokens = []
        for number in range(asked.stations):
            member, user = MEMBERS[number % len(MEMBERS)], f"station{number}"
            add_account(OWNER, archive, user, ("station",), member)
            tokens.append(token_of(archive, user)["Authorization"].split()[1])
        for at, member in enumerate(MEMBERS if asked.held_days else ()):
            held = Path(name) / member
            held.mkdir()
            for number in range(at, asked.stations, len(MEMBERS)):
                (held / f"{number}.min").write_bytes(minute_file(code(number), 0, 1440 * asked.held_days))
            ingest(OWNER, archive, composition(), [held], provider=member)
        with serving(folder) as (url, process):
            stations = [Station(number, token, url) for number, token in enumerate(tokens)]
            asyncio.run(stations[0].send(1440 * asked.held_days))  # what is loaded with the first is not measured
            stations[0].seconds.clear()
            stations[0].streams = None
            idle = memory_mb(process.pid)
            first = 1440 * asked.held_days + 1
            told = asyncio.run(run(stations, first, asked.minutes, asked.spread, asked.bursts, process.pid))
        found = figures(stations, *told, missing(archive, stations), idle, asked.minutes)
    print(json.dumps(found, indent=1))
    failed = {one for station in stations for one in station.failed}
    if failed:
        print(*sorted(failed)[:5], sep="\n", file=sys.stderr)
    if found["lost"] or found["refused"]:
        sys.exit("files were lost or refused")


if __name__ == "__main__":
    main()
