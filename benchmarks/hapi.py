"""HAPI: first byte, CSV, binary and memory of a running server, beside routes that do the same plainly.

One server program and run. A year of 1-min x 4 parameters is asked for as CSV and as binary. Beside it the same program
has a route that streams the same rows, read in the same way, by `pandas.to_csv` with the same batches; and one that
sends the same bytes as binary from memory, through the same server, in pieces of the same size. A copy of them through
a bare socket is told too. Bytes and values are checked equal. The server keeps the answers it made last: CSV is told as
it is made, binary as it is asked for again and as it is made. The server's memory is measured while 1 and 10 years are
asked for.

    python benchmarks/hapi.py [--json] [--repeat 7] [--years 10]
"""

from __future__ import annotations

import http.client
import io
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import uvicorn
from fastapi import APIRouter, Request
from rows import command_line
from starlette.responses import StreamingResponse

from soap.archive import Archive, publish, query
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.names import Variable
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import folder_owner
from soap.faces.api.app import build, faces
from soap.faces.api.face import Face
from soap.faces.api.patience import PatientProtocol
from soap.faces.api.rules import Anybody
from soap.faces.api.server import LOOP
from soap.formats import Reading
from soap.observations import series
from soap.services.row_formats import binary_rows
from soap.systems.seismo_ionospheric import composition

ME = folder_owner("benchmark")
NAMES = tuple(
    Variable(name, name, "nT", name, (-80_000.0, 80_000.0)) for name in ("b_down", "b_east", "b_north", "b_total")
)
PARAMETERS = ",".join(one.name for one in NAMES)
COLLECTION = "geomagnetism.kak.pt1m"
FIRST_YEAR = 2010
SERVER = """
import sys
import soap.faces.api  # before pandas, as in `soap serve`: it chooses Arrow's allocator
sys.path.insert(0, sys.argv[1])
from hapi import serve
serve(sys.argv[2], int(sys.argv[3]))
"""
BYTES_TURNS = 3
GOALS = {"first_byte_ms": 50.0, "csv_over_pandas": 5.0, "binary_over_raw": 0.6, "memory_over_idle_mb": 100.0}


def fill(folder: Path, years: int) -> None:
    """An archive with so many years of minutes, of four components with two decimals, as an observatory gives them."""
    archive = Archive.open(Settings(archive=folder, catalogue="", objects=""))
    random = np.random.default_rng(0)
    for year in range(FIRST_YEAR, FIRST_YEAR + years):
        time_ = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[m]").astype("datetime64[ns]")
        drift = {one.name: (30_000 + random.normal(0, 0.4, len(time_)).cumsum()).round(2) for one in NAMES}
        made = series(time_, drift, names=NAMES, collection_id=COLLECTION, platform="kak", cadence="PT1M")
        content = f"{year}".encode()
        arrival = Arrival(f"{year}.txt", content, sha256(content), "made", Reading(observations=(made,)))
        receipt = publish.publish(archive, ME, [arrival])
        if receipt.refused:
            raise RuntimeError(f"{year} was refused: {receipt.refused}")
    set_terms(archive, ME, Subject("collection", COLLECTION, ""), Terms("", "open"))
    archive.catalogue.engine.dispose()


def serve(folder: str, port: int) -> None:
    """The server, with the routes that are compared with."""
    router = APIRouter()
    kept: dict[str, list[bytes]] = {}

    @router.get("/pandas")
    def by_pandas(asking: Anybody, request: Request) -> StreamingResponse:
        return StreamingResponse(pandas_rows(asking.archive), media_type="text/csv")

    @router.get("/raw")
    def raw(asking: Anybody, request: Request) -> StreamingResponse:
        if "pieces" not in kept:
            kept["pieces"] = list(pieces_of(asking.archive))
        size = str(sum(map(len, kept["pieces"])))  # told ahead, as of the binary answer
        return StreamingResponse(one_by_one(kept["pieces"]), 200, {"Content-Length": size}, "application/octet-stream")

    @router.get("/forget")
    def forget(asking: Anybody, request: Request) -> str:
        asking.served.answers.forget()
        return "What was answered is made anew."

    app = build(
        composition, Settings(archive=Path(folder), catalogue="", objects=""), [*faces(), Face("/peer", (router,))]
    )
    uvicorn.run(app, port=port, loop=LOOP, http=PatientProtocol, log_level="warning", access_log=False)


def year() -> Window:
    return Window(f"{FIRST_YEAR}", f"{FIRST_YEAR + 1}")


def pandas_rows(archive: Archive) -> Iterator[bytes]:
    """The same rows by pandas, in the same batches: its writer is what is compared."""
    for batch in query.unread(archive, ME, COLLECTION, year(), flags=()).read():
        frame = pd.DataFrame({name: batch[name] for name in ("time", *(one.name for one in NAMES))})
        text = frame.to_csv(header=False, index=False, date_format="%Y-%m-%dT%H:%M:%SZ", na_rep="NaN")
        yield text.encode()


def pieces_of(archive: Archive) -> Iterator[bytes]:
    """The bytes of the binary answer, as the server makes them."""
    for batch in query.unread(archive, ME, COLLECTION, year(), flags=()).read():
        columns = {name: batch[name] for name in ("time", *(one.name for one in NAMES))}
        yield bytes(binary_rows(columns, 0, {}))


async def one_by_one(pieces: list[bytes]):
    for piece in pieces:
        yield piece


class Server:
    """The server in a process of its own."""

    def __init__(self, folder: Path):
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        command = [sys.executable, "-c", SERVER, str(Path(__file__).parent), str(folder), str(self.port)]
        self.process = subprocess.Popen(command)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.ask("/hapi/about")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("The server did not start.")

    def ask(self, path: str) -> tuple[float, float, bytes]:
        """Seconds until the first byte of the body and until the last, and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        begun = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = io.BytesIO()
        first = answer.read1(1 << 18)
        ahead = time.perf_counter() - begun
        body.write(first)
        while piece := answer.read1(1 << 18):
            body.write(piece)
        whole = time.perf_counter() - begun
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body.getvalue()[:500]!r}")
        return ahead, whole, body.getvalue()

    def memory_mb(self) -> float:
        """Memory that the process has now [MB]."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

    def peak_while(self, ask: Callable[[], Any]) -> float:
        """The most memory that the process has while it is asked [MB]."""
        found, done = [self.memory_mb()], threading.Event()

        def watch() -> None:
            while not done.wait(0.005):
                found.append(self.memory_mb())

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            ask()
        finally:
            done.set()
            thread.join()
        return max(found)

    def drain(self, path: str) -> int:
        """Read an answer and keep nothing; its bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request("GET", path)
        answer, count = connection.getresponse(), 0
        while piece := answer.read1(1 << 18):
            count += len(piece)
        connection.close()
        return count


def bare_copy(content: bytes) -> tuple[float, float]:
    """Seconds to send the bytes through a socket of this machine, until the first are there and until all are."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)

        def give() -> None:
            with listening.accept()[0] as there:
                there.sendall(content)

        thread = threading.Thread(target=give)
        thread.start()
        begun, body = time.perf_counter(), io.BytesIO()
        with socket.create_connection(listening.getsockname()) as here:
            body.write(here.recv(1 << 18))
            ahead = time.perf_counter() - begun
            while piece := here.recv(1 << 18):
                body.write(piece)
        taken = time.perf_counter() - begun
        thread.join()
    if body.getvalue() != content:
        raise RuntimeError("The copy differs.")
    return ahead, taken


def asked(form: str, years: int = 1) -> str:
    span = f"start={FIRST_YEAR}-01-01Z&stop={FIRST_YEAR + years}-01-01Z"
    return f"/hapi/data?dataset={COLLECTION}&{span}&parameters={PARAMETERS}&format={form}"


def check_equal(server: Server) -> None:
    """CSV as pandas reads it, and the binary records, hold the same values; and those of the peers."""
    _, _, text = server.ask(asked("csv"))
    _, _, records = server.ask(asked("binary"))
    _, _, peer = server.ask("/peer/pandas")
    _, _, raw = server.ask("/peer/raw")
    if raw != records:
        raise RuntimeError("The raw copy and the binary answer differ.")
    names = ["time", *(one.name for one in NAMES)]
    found, other = (pd.read_csv(io.BytesIO(one), header=None, names=names) for one in (text, peer))
    pd.testing.assert_frame_equal(found, other, check_exact=True)
    binary = np.frombuffer(records, [("time", "S20"), *((one.name, "<f8") for one in NAMES)])
    for one in NAMES:
        if not np.array_equal(binary[one.name], found[one.name].to_numpy(), equal_nan=True):
            raise RuntimeError(f"{one.name} differs between CSV and binary.")


def timed(server: Server, repeat: int) -> dict[str, Any]:
    """Medians of the turns: texts in theirs, and bytes, which take a tenth of that, in `BYTES_TURNS` as many."""
    _, _, content = server.ask("/peer/raw")

    def whole(path: str) -> tuple[float, float]:
        return server.ask(path)[:2]

    def made(form: str) -> tuple[float, float]:
        server.ask("/peer/forget")
        return whole(asked(form))

    turns = in_turns({"csv": partial(made, "csv"), "pandas": partial(whole, "/peer/pandas")}, repeat)
    copies = {"binary": partial(whole, asked("binary")), "raw": partial(whole, "/peer/raw")}
    turns |= in_turns({**copies, "bare": partial(bare_copy, content)}, BYTES_TURNS * repeat)
    turns |= in_turns({"made": partial(made, "binary")}, repeat)
    server.ask("/peer/forget")
    whole(asked("csv"))
    turns |= in_turns({"csv_again": partial(whole, asked("csv"))}, repeat)
    median = {name: statistics.median(taken for _, taken in some) for name, some in turns.items()}
    rows, megabytes = len(content) // (20 + 8 * len(NAMES)), len(content) / 1e6
    return {
        "rows": rows,
        "first_byte_ms": {
            name: 1e3 * statistics.median(ahead for ahead, _ in turns[name])
            for name in ("csv", "csv_again", "made", "binary")
        },
        "seconds": median,
        "csv_million_rows_s": rows / median["csv"] / 1e6,
        "csv_over_pandas": median["pandas"] / median["csv"],
        "csv_again_million_rows_s": rows / median["csv_again"] / 1e6,
        "binary_mb_s": megabytes / median["binary"],
        "raw_mb_s": megabytes / median["raw"],
        "binary_over_raw": median["raw"] / median["binary"],
        "binary_made_over_raw": median["raw"] / median["made"],
        "bare_socket_mb_s": megabytes / median["bare"],
        "binary_over_bare_socket": median["bare"] / median["binary"],
    }


def in_turns(ways: dict[str, Callable[[], tuple[float, float]]], repeat: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds until the first byte and the last of each way, once a turn; another begins each, for all leave memory and
    caches to the next as they used them."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    names = list(ways)
    for turn in range(repeat):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            found[name].append(ways[name]())
    return found


def memory(server: Server, years: int) -> dict[str, Any]:
    """The server's memory idle, and at most while a year and all years are asked for."""
    idle = server.memory_mb()
    out: dict[str, Any] = {"idle_mb": idle}
    for count in (1, years):
        for form in ("csv", "binary", "json"):
            peak = server.peak_while(partial(server.drain, asked(form, count)))
            out[f"{form}_{count}_years_over_idle_mb"] = peak - idle
    return out


def table(figures: dict[str, Any]) -> str:
    first = max(figures["first_byte_ms"].values())
    most = max(value for name, value in figures["memory"].items() if name != "idle_mb")
    rows = [
        ("first byte [ms]", first, f"<= {GOALS['first_byte_ms']:g}", first <= GOALS["first_byte_ms"]),
        ("CSV [million rows/s]", figures["csv_million_rows_s"], "", True),
        ("CSV over pandas.to_csv", figures["csv_over_pandas"], f">= {GOALS['csv_over_pandas']:g}",
         figures["csv_over_pandas"] >= GOALS["csv_over_pandas"]),
        ("CSV asked again [the same]", figures["csv_again_million_rows_s"], "", True),
        ("binary asked again [MB/s]", figures["binary_mb_s"], "", True),
        ("raw copy, same server [MB/s]", figures["raw_mb_s"], "", True),
        ("binary asked again over raw copy", figures["binary_over_raw"], f">= {GOALS['binary_over_raw']:g}",
         figures["binary_over_raw"] >= GOALS["binary_over_raw"]),
        ("binary made over raw copy", figures["binary_made_over_raw"], f">= {GOALS['binary_over_raw']:g}",
         figures["binary_made_over_raw"] >= GOALS["binary_over_raw"]),
        ("bare socket [MB/s]", figures["bare_socket_mb_s"], "", True),
        ("asked again over bare socket", figures["binary_over_bare_socket"], "", True),
        ("memory over idle [MB]", most, f"< {GOALS['memory_over_idle_mb']:g}", most < GOALS["memory_over_idle_mb"]),
    ]  # fmt: skip
    return "\n".join(f"{name:36} {value:10.2f}  {goal:8} {'' if met else 'MISSED'}" for name, value, goal, met in rows)


def main() -> None:
    parser = command_line(__doc__, repeat=7)
    parser.add_argument("--years", type=int, default=10, help="years whose memory is measured [default: 10]")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place) / "archive"
        fill(folder, options.years)
        server = Server(folder)
        try:
            used = memory(server, options.years)  # before the peers are asked, for pandas takes memory and keeps it
            check_equal(server)
            figures = timed(server, options.repeat) | {"memory": used}
        finally:
            server.process.terminate()
            server.process.wait()
    figures |= {"goals": GOALS, "cores": os.cpu_count(), "repeat": options.repeat}
    print(json.dumps(figures, indent=1) if options.json else table(figures))


if __name__ == "__main__":
    main()
