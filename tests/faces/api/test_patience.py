"""Who speaks slowly, or endlessly, is not waited for; who is only slow is."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse

from soap.faces.api import patience
from soap.testing.connections import all_of, connected


async def answering(scope, receive, send):
    """Reads the body and tells its length; `/large` answers with 64 MiB."""
    if scope["type"] != "http":
        return
    request = Request(scope, receive)
    if request.url.path == "/large":
        answer = StreamingResponse(bytes(1 << 20) for _ in range(64))
    else:
        answer = PlainTextResponse(str(len(await request.body())))
    await answer(scope, receive, send)


@pytest.fixture
def port(monkeypatch):
    """Of a server that waits for less long than it would."""
    for name, value in {"HEAD_S": 0.4, "BODY_S": 0.4, "LEAST_RATE": 100, "UNREAD_S": 0.6}.items():
        monkeypatch.setattr(patience, name, value)
    with listening() as found:
        yield found


@contextmanager
def listening():
    here = socket.socket()
    here.bind(("127.0.0.1", 0))
    here.listen()
    config = uvicorn.Config(answering, http=patience.PatientProtocol, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [here]}, daemon=True)
    thread.start()
    try:
        yield here.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        here.close()


def test_a_head_that_never_ends_is_not_waited_for(port):
    with connected(port) as slow:
        began = time.monotonic()
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for _ in range(3):  # a header now and then does not prolong it
            time.sleep(0.1)
            slow.sendall(b"X-More: 1\r\n")
        assert all_of(slow).startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - began < 2


def test_a_connection_that_says_nothing_is_closed(port):
    with connected(port) as silent:
        assert all_of(silent) == b""


def test_the_second_head_of_a_connection_has_no_more_time(port):
    with connected(port) as kept:
        kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = kept.recv(1000)
        while not answer.endswith(b"\r\n\r\n0"):  # head and body may come one after the other
            answer += kept.recv(1000)
        assert answer.startswith(b"HTTP/1.1 200 ")
        kept.sendall(b"GET / HTTP/1.1\r\nHo")
        assert all_of(kept).startswith(b"HTTP/1.1 408 ")


def test_a_head_without_end_is_refused_before_it_is_kept(port):
    with connected(port) as talker:
        sent = 0
        talker.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
        try:
            while sent < 10 * patience.HEAD_BYTES:
                sent += talker.send(b"a" * 4096)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert all_of(talker)[:13] in (b"HTTP/1.1 431 ", b"")  # the answer may be lost with the connection
        assert sent < 10 * patience.HEAD_BYTES or talker.recv(1) == b""


def test_a_body_that_stops_is_not_waited_for(port):
    with connected(port) as slow:
        slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc")
        assert all_of(slow).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_comes_steadily_is_waited_for(port):
    with connected(port) as steady:
        steady.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 600\r\n\r\n")
        for _ in range(12):  # 500 B/s for longer than twice BODY_S
            time.sleep(0.1)
            steady.sendall(b"x" * 50)
        assert all_of(steady).endswith(b"\r\n\r\n600")


def test_an_answer_that_nobody_takes_is_broken_off(port):
    with connected(port, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n", buffer=4096) as deaf:
        time.sleep(1.5)
        assert len(all_of(deaf)) < 64 << 20


@pytest.mark.parametrize(
    ("request_line", "status"),
    [(b"GET /" + b"a" * 20_000 + b" HTTP/1.1", b"414"), (b"GET /?x=" + b"0" * 70_000 + b" HTTP/1.1", b"4"),
     (b"NO HTTP AT ALL", b"400")],
)  # fmt: skip
def test_what_is_no_request_is_refused_as_a_problem(port, request_line, status):
    with connected(port) as wrong:
        wrong.sendall(request_line + b"\r\nHost: x\r\n\r\n")
        told = all_of(wrong)
    assert told.startswith(b"HTTP/1.1 " + status)
    assert b"content-type: application/problem+json" in told
