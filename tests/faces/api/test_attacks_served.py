"""What a hostile visitor does to a running server: others are served meanwhile, and afterwards it is as before."""

from __future__ import annotations

import os
import re
import resource
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import numpy as np
import pytest

from soap.archive import Archive, publish
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.settings import Settings
from soap.observations import series
from soap.testing import policy_worlds as worlds
from soap.testing.connections import all_of, connected
from soap.testing.policy_worlds import File
from soap.testing.web import serving

pytestmark = pytest.mark.slow

MINUTES = np.datetime64("2016-01-01T00:00", "m") + np.arange(200_000)
KAK = "geomagnetism.kak.pt1m"
DATA = f"/hapi/data?dataset={KAK}&start=2016-01-01T00:00Z&stop=2016-05-18T21:20Z"
UNLIMITED = {"SOAP_REQUESTS_PER_MINUTE": "0", "SOAP_MEMBER_REQUESTS_PER_MINUTE": "0"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running server: its URL, its process and its log; 200,000 minutes are open to anybody."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    folder = tmp_path_factory.mktemp("attacked") / "archive"
    archive = Archive.open(Settings(archive=folder, catalogue="", objects=""))
    values = {"b_north": np.random.default_rng(1).normal(30_000, 50, len(MINUTES)).round(3)}
    made = series(MINUTES, values, names=worlds.NAMES, collection_id=KAK, platform="kak", cadence="PT1M")
    like = worlds.arrival(0, File("", "kp"))
    one = type(like)("kak.txt", b"kak", f"{'kak':0>64}", "made", type(like.reading)(observations=(made,)))
    publish.publish(archive, worlds.ME, [one])
    set_terms(archive, worlds.ME, Subject("collection", KAK, ""), Terms("", "open"))
    with serving(folder, environment=os.environ | UNLIMITED) as (url, process):
        yield url, process, folder.parent / f"serve-{port_of(url)}.log"


def port_of(url):
    return urlsplit(url).port


def status(process, name):
    """A number of the process, as its kernel tells it: VmRSS [kB] or Threads."""
    return int(re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1])


def settled(process):
    """Wait until the process has nothing to do."""
    deadline = time.monotonic() + 40
    spent, before = _cpu(process), -100
    while spent - before > 5 and time.monotonic() < deadline:
        time.sleep(0.5)
        spent, before = _cpu(process), spent


def _cpu(process):
    """Hundredths of a second that it took of the processors."""
    parts = Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].split()
    return int(parts[11]) + int(parts[12])


def soonest(url, times=10):
    """Seconds until members are told, the worst of some times."""
    worst = 0.0
    for _ in range(times):
        began = time.monotonic()
        assert httpx2.get(f"{url}/api/v1/members", timeout=10).status_code == 200
        worst = max(worst, time.monotonic() - began)
    return worst


POST = b"POST /stac/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
HIDDEN = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLED = {
    "length and chunks": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: %d\r\n\r\n{}" % (2 + len(HIDDEN)) + HIDDEN,
    "odd chunks": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks before a space": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a length with a sign": POST + b"Content-Length: +2\r\n\r\n{}" + HIDDEN,
    "a folded header": POST + b"Content-Length:\r\n 2\r\n\r\n{}" + HIDDEN,
    "a chunk too large": POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    "two hosts": b"GET /stac HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "no host": b"GET /stac HTTP/1.1\r\n\r\n",
    "a null in a header": b"GET /stac HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_no_request_hides_in_another(server, name):
    """RFC 9112, 6.3 and 11.2: what can be read in two ways is refused, and the connection ends."""
    with connected(port_of(server[0]), SMUGGLED[name]) as connection:
        connection.shutdown(socket.SHUT_WR)
        told = all_of(connection)
    assert told.startswith(b"HTTP/1.1 400 ")
    assert b"404" not in told
    assert told.count(b"HTTP/1.1 ") == 1


def test_two_hundred_who_never_end_keep_nobody_out(server):
    url, _, _ = server
    with ExitStack() as held:
        for _ in range(200):
            held.enter_context(connected(port_of(url), b"GET /api/v1/members HTTP/1.1\r\nHost: x\r\n"))
        assert soonest(url) < 1


def test_fifty_slow_readers_keep_nobody_out(server):
    """More than the server has threads for requests; each that it serves costs it memory, so it serves some."""
    url, process, _ = server
    before = status(process, "VmRSS")
    with ExitStack() as held:
        for form in ("csv", "json") * 25:
            request = f"GET {DATA}&format={form} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            held.enter_context(connected(port_of(url), request, buffer=4096))
        settled(process)  # each has begun, and waits for its reader
        assert soonest(url) < 1
        assert status(process, "VmRSS") - before < 600_000
        answer = httpx2.get(f"{url}{DATA}", timeout=10)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
        assert answer.json()["status"]["code"] == 1400
    settled(process)
    assert httpx2.get(f"{url}{DATA}", timeout=60).text.count("\n") == len(MINUTES)


def test_who_goes_away_leaves_nothing_behind(server):
    url, process, log = server
    httpx2.get(f"{url}{DATA}", timeout=60)
    said, threads, before = log.stat().st_size, status(process, "Threads"), status(process, "VmRSS")
    for _ in range(5):
        for _ in range(10):
            with connected(port_of(url), f"GET {DATA} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), buffer=8192) as gone:
                assert gone.recv(1000).startswith(b"HTTP/1.1 200 ")
    settled(process)
    assert soonest(url, 3) < 1
    assert status(process, "Threads") <= max(threads, 60)
    assert status(process, "VmRSS") - before < 100_000
    assert "Traceback" not in log.read_text()[said:]


def test_a_stopped_server_ends_with_clients_that_do_not_read(tmp_path):
    folder = tmp_path / "archive"
    Archive.open(Settings(archive=folder, catalogue="", objects=""))
    with serving(folder) as (url, process), connected(port_of(url), b"GET /api/v1/members HTTP/1.1\r\nHost: x\r\nX-"):
        began = time.monotonic()
        process.terminate()
        process.wait(25)
    assert time.monotonic() - began < 25
    assert "Traceback" not in (tmp_path / f"serve-{port_of(url)}.log").read_text()
