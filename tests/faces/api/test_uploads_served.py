"""Uploads to a running server: the public client of the protocol, bodies without end, a server that is killed."""

import base64
import hashlib
import os
import random
import re
import socket
import time
from urllib.parse import urlsplit

import httpx2
import pytest
from tusclient.client import TusClient

from soap.archive import Archive
from soap.core.settings import Settings
from soap.testing.web import free_port, serving, signed

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = TUS | {"Content-Type": "application/offset+octet-stream"}

pytestmark = pytest.mark.slow


@pytest.fixture
def station(tmp_path):
    """The archive's folder, and a station's header."""
    archive = Archive.open(Settings(archive=tmp_path / "archive"))
    return tmp_path / "archive", signed(archive, "s@bgd", "BGD", ("station",))


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def kept(folder, content: bytes) -> bytes:
    """What no reader knows is kept in quarantine."""
    checksum = hashlib.sha256(content).hexdigest()
    return (folder / "quarantine" / checksum[:2] / checksum).read_bytes()


def test_the_protocols_public_client(station, tmp_path):
    folder, who = station
    content = noise(3_000_000)
    (tmp_path / "a.bin").write_bytes(content)
    with serving(folder) as (url, _), (tmp_path / "a.bin").open("rb") as stream:
        client = TusClient(f"{url}/api/v1/uploads", headers=who)
        begun = client.uploader(file_stream=stream, chunk_size=700_000, metadata={"filename": "a.bin"},
                                upload_checksum=True)  # fmt: skip
        begun.upload(stop_at=1_400_000)
        other = client.uploader(file_stream=stream, url=begun.url, chunk_size=1_000_000)
        assert other.offset == other.get_offset() == begun.offset == 1_400_000
        other.upload()
        assert other.get_offset() == len(content)
        told = httpx2.get(begun.url, headers=who).json()
    assert (told["state"], told["name"], told["offset"]) == ("quarantined", "a.bin", len(content))
    assert kept(folder, content) == content


def flooded(url: str, head: str, size: int) -> tuple[int, bytes]:
    """Bytes that the server let a client send before the connection ended, at most `size`, and what it said."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
        line.sendall(head.encode())
        line.settimeout(3)
        sent, piece = 0, b"10000\r\n" + bytes(1 << 16) + b"\r\n" if "chunked" in head else bytes(1 << 16)
        said = b""
        try:
            while sent < size:
                sent += line.send(piece)
        except OSError:
            pass
        try:
            while part := line.recv(1 << 16):
                said += part
        except OSError:
            pass
    return sent, said


def test_what_streams_past_the_limit_is_cut_off(station):
    """Refused before limit + 1 MiB: what the sockets' buffers hold (some 4 MiB on loopback) comes on top."""
    folder, who = station
    bearer = "".join(f"{key}: {value}\r\n" for key, value in (who | BYTES).items())
    with serving(folder, environment=os.environ | {"SOAP_UPLOAD_MIB": "2"}) as (url, _):
        post = f"POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\n{bearer}"
        sent, said = flooded(url, post + "Upload-Length: 10000000000\r\nContent-Length: 10000000000\r\n\r\n", 1 << 30)
        assert b" 413 " in said.split(b"\r\n")[0] or not said
        assert sent < 8 << 20
        sent, said = flooded(url, post + "Upload-Length: 2000000\r\nTransfer-Encoding: chunked\r\n\r\n", 1 << 30)
        assert sent < (2 << 20) + (8 << 20)
        (spooled,) = (folder / "uploads").iterdir()
        assert spooled.stat().st_size <= 2_000_000
        answer = httpx2.post(f"{url}/api/v1/uploads", headers=who | TUS | {"Upload-Length": "10000000000"})
        assert (answer.status_code, answer.headers["connection"]) == (413, "close")
        told = httpx2.options(f"{url}/api/v1/uploads", headers=who).headers
        assert told["tus-max-size"] == str(2 << 20)


def test_two_requests_do_not_write_to_one_upload(station):
    folder, who = station
    with serving(folder) as (url, _):
        where = url + httpx2.post(
            f"{url}/api/v1/uploads", headers=who | TUS | {"Upload-Length": "100"}
        ).headers["Location"]  # fmt: skip
        parts = urlsplit(where)
        head = "".join(f"{key}: {value}\r\n" for key, value in (who | BYTES).items())
        with socket.create_connection((parts.hostname, parts.port)) as line:
            line.sendall(f"PATCH {parts.path} HTTP/1.1\r\nHost: x\r\n{head}Upload-Offset: 0\r\n"
                         "Content-Length: 100\r\n\r\n0123456789".encode())  # fmt: skip
            time.sleep(0.5)
            answer = httpx2.patch(where, headers=who | BYTES | {"Upload-Offset": "0"}, content=b"x" * 100)
            assert answer.status_code == 423
            assert httpx2.head(where, headers=who | TUS).headers["upload-offset"] == "0"
        deadline = time.monotonic() + 10
        while httpx2.head(where, headers=who | TUS).headers["upload-offset"] != "10":  # what came before it broke off
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_killed_server_knows_what_was_durable(station):
    """14 MB in parts; killed at any moment, the offset is of bytes that are there, and the file arrives whole."""
    folder, who = station
    content, rng, port = noise(14_000_000), random.Random(3), free_port()
    words = {
        "Upload-Length": str(len(content)),
        "Upload-Metadata": f"sha256 {base64.b64encode(hashlib.sha256(content).hexdigest().encode()).decode()}",
    }
    where, kills, offsets = "", 0, [0]
    while True:
        with serving(folder, port=port) as (url, server):
            if not where:
                where = httpx2.post(f"{url}/api/v1/uploads", headers=who | TUS | words).headers["Location"]
            offset = int(httpx2.head(url + where, headers=who | TUS).headers["upload-offset"])
            assert offset >= offsets[-1]
            offsets.append(offset)
            if kills == 2:
                answer = httpx2.patch(url + where, headers=who | BYTES | {"Upload-Offset": str(offset)},
                                      content=content[offset:], timeout=60)  # fmt: skip
                assert (answer.status_code, answer.headers["upload-state"]) == (204, "quarantined")
                break
            end = min(len(content), offset + 5_000_000 + rng.randrange(4_000_000))

            def slowly(begin=offset, end=end):
                for at in range(begin, end, 200_000):
                    yield content[at : min(at + 200_000, end)]
                    time.sleep(0.005)
                server.kill()
                yield content[end : end + 1]

            with pytest.raises(httpx2.TransportError):
                httpx2.patch(url + where, headers=who | BYTES | {"Upload-Offset": str(offset)}, content=slowly())
            server.wait()
            kills += 1
    assert offsets[-1] > 4 << 20
    assert kept(folder, content) == content
    assert not re.findall(r"Traceback", (folder.parent / f"serve-{port}.log").read_text())
