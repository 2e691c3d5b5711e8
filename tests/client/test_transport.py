"""What goes wrong between a client and a server: busy, cut off, slow; never half an answer."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from soap.client import Soap
from soap.client.datasets import bundle
from soap.client.transport import Broken, Transport
from soap.core.errors import ArchiveError, TooMany

WINDOW = ("2016-01-01", "2016-01-02")


def parquet() -> bytes:
    """A series as a server sends it."""
    time = pa.array(np.datetime64("2016-01-01", "ns") + np.arange(50) * np.timedelta64(1, "m"))
    columns = {"time": time, "b_north": np.arange(50.0), "b_north_quality": np.zeros(50, np.uint8)}
    told = {"shape": "series", "collection_id": "geomagnetism.kak.pt1m", "platform": "kak", "level": "L1",
            "maturity": "", "time_stamp": "instant", "simulated": "0"}  # fmt: skip
    schema = pa.table(columns).schema.with_metadata(told)
    schema = schema.set(1, schema.field(1).with_metadata({"units": "nT"}))
    sink = io.BytesIO()
    pq.write_table(pa.table(columns).cast(schema), sink)
    return sink.getvalue()


class Server(ThreadingHTTPServer):
    """Answers as it is told to: (status, headers, body, how many of its bytes are sent)."""

    daemon_threads = True

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers, self.asked = list(answers), 0


class Answering(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked += 1
        status, headers, body, sent = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Transfer-Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        if sent is not None:
            self.wfile.flush()
            self.close_connection = True

    def log_message(self, *told):
        pass


@pytest.fixture
def asked():
    """Serve some answers, and give a client whose pauses are noted and not waited for."""
    servers = []

    def serve(*answers):
        server = Server(answers)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        soap, pauses = Soap(f"http://127.0.0.1:{server.server_port}"), []
        soap._transport.close()
        soap._transport = Transport(f"http://127.0.0.1:{server.server_port}", None, 5, pauses.append)
        return soap, server, pauses

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def fine(body=None):
    return 200, {}, parquet() if body is None else body, None


def busy(status=503, after="3"):
    body = json.dumps({"detail": "Asked for too often."}).encode()
    headers = {"Content-Type": "application/problem+json"} | ({} if after is None else {"Retry-After": after})
    return status, headers, body, None


def series(soap):
    return soap.series("geomagnetism.kak.pt1m", "b_north", *WINDOW)


def test_a_busy_server_is_asked_again_when_it_says(asked):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    soap, server, pauses = asked(busy(), busy(429, "7"), busy(503, later), fine())
    assert series(soap)["b_north"].values.tolist() == list(range(50))
    assert server.asked == 4
    waited = [one for one in pauses if one >= 3]
    assert waited[:2] == [3.0, 7.0]
    assert 25 < waited[-1] <= 30 or 25 < max(waited) <= 30


def test_one_that_wants_to_be_left_alone_for_long_is(asked):
    soap, server, _ = asked(busy(429, "3600"))
    with pytest.raises(TooMany, match="too often") as raised:
        series(soap)
    assert (raised.value.retry_after_s, server.asked) == (3600, 1)


def test_one_that_stays_busy_is_an_error(asked):
    soap, server, _ = asked(*[busy(after=None)] * 5)
    with pytest.raises(ArchiveError, match="Asked for too often"):
        series(soap)
    assert server.asked == 5


@pytest.mark.parametrize("sent", [0, 1, 500, -1])
def test_an_answer_that_breaks_off_is_asked_for_again(asked, sent):
    cut = (200, {}, parquet(), sent)
    soap, server, _ = asked(cut, cut, fine())
    assert series(soap).sizes["time"] == 50
    assert server.asked == 3


def test_a_stream_without_a_length_that_ends_early_is_not_taken_for_the_whole(asked):
    whole = parquet()
    part = whole[: len(whole) // 2]
    chunked = f"{len(part):x}\r\n".encode() + part + b"\r\n0\r\n\r\n"
    soap, server, _ = asked(*[(200, {"Transfer-Encoding": "chunked"}, chunked, None)] * 5)
    with pytest.raises(ArchiveError, match="not whole"):
        series(soap)
    assert server.asked == 5


def test_what_is_no_soap_server_is_said(asked):
    soap, _, _ = asked((502, {"Content-Type": "text/html"}, b"<html>", None))
    with pytest.raises(ArchiveError, match="answered 502 Bad Gateway; is this the URL of a SOAP server"):
        soap.collections()


def test_a_bundle_with_less_than_its_contents_say_is_not_whole():
    contents = b"file,collection,count,version,licence,citation\na.nc,a,3,,,\n"
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as files:
        files.writestr("contents.csv", contents)
    with pytest.raises(Broken):
        bundle(sink.getvalue())
    with pytest.raises(Broken):
        bundle(sink.getvalue()[:-5])
