"""Uploads: the words of tus 1.0.0 as its text has them, and what is acknowledged is in the archive."""

import base64
import bz2
import gzip
import hashlib
import io

import ncompress
import numpy as np
import pytest

from soap.archive import query
from soap.archive.spool import Spool
from soap.core.time import Window, utc
from soap.services.uploads import Reception
from soap.testing.tiny import tiny
from soap.testing.web import OWNER, signed, token_of

URL = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = TUS | {"Content-Type": "application/offset+octet-stream"}


def coded(**told: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def a_file(day: int = 1, **more) -> bytes:
    return tiny(code="xs1", start=f"2024-05-{day:02}T00:00:00", values=[30_000.0 + day, None, 30_002.5], **more)


@pytest.fixture
def station(archive):
    return signed(archive, "s@bgd", "BGD", ("station",))


def announced(client, who, size, name="a.tiny", **told) -> str:
    words = {"Upload-Length": str(size), "Upload-Metadata": coded(filename=name, **told)}
    answer = client.post(URL, headers=who | TUS | words)
    assert answer.status_code == 201, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0"
    return answer.headers["location"]


def sent_whole(client, who, content, name="a.tiny", **told):
    words = {"Upload-Length": str(len(content)), "Upload-Metadata": coded(filename=name, **told)}
    return client.post(URL, headers=who | BYTES | words, content=content)


def held(archive, collection="geomagnetism.xs1.pt1h") -> dict[str, float]:
    """Values by time as the archive gives them to its owner."""
    found = query.series(archive, OWNER, collection, Window(utc("2024-01-01"), utc("2025-01-01")))
    return {
        str(time)[:13]: float(value) for time, value in zip(found["time"].values, found["b_north"].values, strict=True)
    }


def test_what_is_offered(client, station):
    answer = client.options(URL, headers=station)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-max-size"] == str(256 << 20)
    offered = set(answer.headers["tus-extension"].split(","))
    assert offered == {"creation", "creation-with-upload", "checksum", "termination", "expiration"}
    assert "sha1" in answer.headers["tus-checksum-algorithm"].split(",")


def test_a_file_in_parts_is_published_with_its_last_byte(client, archive, station):
    content = a_file()
    where = announced(client, station, len(content), sha256=sha(content))
    answer = client.patch(where, headers=station | BYTES | {"Upload-Offset": "0"}, content=content[:10])
    assert (answer.status_code, answer.headers["upload-offset"], answer.headers["upload-state"]) == (204, "10", "open")
    assert "upload-expires" in answer.headers
    head = client.head(where, headers=station | TUS)
    assert (head.status_code, head.headers["upload-offset"], head.headers["upload-length"]) == (
        200,
        "10",
        str(len(content)),
    )
    assert head.headers["cache-control"] == "no-store"
    assert head.headers["upload-metadata"] == coded(filename="a.tiny", sha256=sha(content))
    answer = client.patch(where, headers=station | BYTES | {"Upload-Offset": "10"}, content=content[10:])
    assert (answer.status_code, answer.headers["upload-state"]) == (204, "published")
    assert answer.headers["upload-offset"] == str(len(content))
    told = client.get(where, headers=station).json()
    assert (told["state"], told["provider"], told["name"]) == ("published", "BGD", "a.tiny")
    assert told["granules"] == ["geomagnetism.xs1.pt1h:xs1:2024:BGD"]
    assert held(archive)["2024-05-01T00"] == 30_001.0
    assert list(Spool.of(archive).there()) == []


def test_a_small_file_is_one_round_trip(client, archive, station):
    content = a_file()
    answer = sent_whole(client, station, content)
    assert (answer.status_code, answer.json()["state"]) == (201, "published")
    assert answer.headers["upload-offset"] == str(len(content))
    assert client.get(answer.headers["location"], headers=station).json() == answer.json()
    again = sent_whole(client, station, content)
    assert (again.status_code, again.json()["state"]) == (201, "duplicate")
    assert archive.objects.get(f"originals/{sha(content)[:2]}/{sha(content)}") == content


def test_what_no_reader_knows_is_quarantined_with_the_reason(client, archive, station):
    answer = sent_whole(client, station, b"hello", "x.txt")
    assert (answer.status_code, answer.json()["state"]) == (201, "quarantined")
    assert "x.txt" not in answer.json()["reason"]
    assert answer.json()["reason"]
    assert archive.objects.get(f"quarantine/{sha(b'hello')[:2]}/{sha(b'hello')}") == b"hello"


def test_an_empty_file_is_quarantined(client, station):
    answer = client.post(URL, headers=station | TUS | {"Upload-Length": "0"})
    assert (answer.status_code, answer.json()["state"]) == (201, "quarantined")


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("version", [None, "0.2.2"])
def test_another_version_is_refused(client, station, method, version):
    where = URL if method == "POST" else announced(client, station, 10)
    headers = station | ({"Tus-Resumable": version} if version else {}) | {"Upload-Length": "10", "Upload-Offset": "0"}
    answer = client.request(method, where, headers=headers)
    assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")


def test_the_offset_must_be_the_uploads(client, station):
    where = announced(client, station, 10)
    answer = client.patch(where, headers=station | BYTES | {"Upload-Offset": "3"}, content=b"abc")
    assert answer.status_code == 409
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert client.head(where, headers=station | TUS).headers["upload-offset"] == "0"
    for wrong in ("-1", "x", "1.5", "9" * 30):
        headers = station | BYTES | {"Upload-Offset": wrong}
        assert client.patch(where, headers=headers, content=b"abc").status_code == 400
    assert client.patch(where, headers=station | BYTES, content=b"abc").status_code == 400


def test_bytes_have_their_media_type(client, station):
    where = announced(client, station, 10)
    for wrong in ("application/octet-stream", "", "text/plain; application/offset+octet-stream"):
        headers = station | TUS | {"Upload-Offset": "0", "Content-Type": wrong}
        assert client.patch(where, headers=headers, content=b"abc").status_code == 415
    answer = client.post(URL, headers=station | TUS | {"Upload-Length": "3", "Content-Type": "a/b"}, content=b"abc")
    assert answer.status_code == 415


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha-256"])
def test_a_part_is_held_to_its_checksum(client, station, algorithm):
    content = a_file()
    where = announced(client, station, len(content))
    digest = hashlib.new(algorithm.replace("-", ""), content[:20]).digest()
    told = {"Upload-Offset": "0", "Upload-Checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}
    answer = client.patch(where, headers=station | BYTES | told, content=content[1:21])
    assert answer.status_code == 460
    assert client.head(where, headers=station | TUS).headers["upload-offset"] == "0"
    assert client.patch(where, headers=station | BYTES | told, content=content[:20]).status_code == 204
    rest = station | BYTES | {"Upload-Offset": "20"}
    for wrong, status in (("md99 AAAA", 400), ("sha1 !!", 400), ("sha1", 460)):
        answer = client.patch(where, headers=rest | {"Upload-Checksum": wrong}, content=content[20:])
        assert answer.status_code == status
    assert client.patch(where, headers=rest, content=content[20:]).headers["upload-state"] == "published"
    assert client.patch(where, headers=rest, content=content[20:]).status_code == 409


def test_a_file_is_held_to_its_checksum(client, archive, station):
    content = a_file()
    answer = sent_whole(client, station, content, sha256=sha(b"other"))
    assert answer.status_code == 460
    where = announced(client, station, len(content), sha256=sha(b"other"))
    answer = client.patch(where, headers=station | BYTES | {"Upload-Offset": "0"}, content=content)
    assert answer.status_code == 460
    assert client.head(where, headers=station | TUS).status_code == 410
    assert client.get(where, headers=station).json()["state"] == "damaged"
    assert client.get("/api/v1/collections").status_code in (200, 404)
    assert list(Spool.of(archive).there()) == []


def test_what_is_too_large_is_refused_before_it_is_sent(client, station):
    headers = station | TUS | {"Upload-Length": str((256 << 20) + 1)}
    answer = client.post(URL, headers=headers)
    assert answer.status_code == 413
    assert "268,435,456" in answer.json()["detail"]


def test_more_than_was_announced_is_refused(client, station):
    where = announced(client, station, 10)
    headers = station | BYTES | {"Upload-Offset": "0"}
    assert client.patch(where, headers=headers, content=b"x" * 11).status_code == 413
    assert client.patch(where, headers=headers, content=iter([b"x" * 6, b"x" * 6])).status_code == 413
    assert client.head(where, headers=station | TUS).headers["upload-offset"] == "0"
    answer = client.post(URL, headers=station | BYTES | {"Upload-Length": "3"}, content=b"abcd")
    assert answer.status_code == 413


def test_an_upload_is_ended(client, archive, station):
    where = announced(client, station, 10)
    assert client.delete(where, headers=station | TUS).status_code == 204
    assert client.head(where, headers=station | TUS).status_code == 404
    answer = client.patch(where, headers=station | BYTES | {"Upload-Offset": "0"}, content=b"abc")
    assert answer.status_code == 404
    assert list(Spool.of(archive).there()) == []


def test_the_method_can_be_told_in_a_header(client, station):
    content = a_file()
    where = announced(client, station, len(content))
    patch = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    assert client.post(where, headers=station | BYTES | patch, content=content[:5]).headers["upload-offset"] == "5"
    head = client.post(where, headers=station | TUS | {"X-HTTP-Method-Override": "HEAD"})
    assert head.headers["upload-offset"] == "5"
    unsaid = client.post(where, headers=station | TUS)
    assert (unsaid.status_code, unsaid.headers["allow"]) == (405, "DELETE, GET, HEAD, PATCH, POST")
    assert client.post(where, headers=station | TUS | {"X-HTTP-Method-Override": "DELETE"}).status_code == 204


def test_an_upload_is_its_makers_alone(client, archive, station):
    where = announced(client, station, 10)
    other = signed(archive, "t@bgd", "BGD", ("station",))
    user = signed(archive, "u@bgd", "BGD")
    for who, status in ((other, 404), (user, 403), ({}, 401), (token_of(archive, "s@bgd", ("read",)), 403)):
        assert client.head(where, headers=who | TUS).status_code == status
        assert client.get(where, headers=who).status_code == status
        answer = client.patch(where, headers=who | BYTES | {"Upload-Offset": "0"}, content=b"abc")
        assert answer.status_code == status
        assert client.delete(where, headers=who | TUS).status_code == status
    assert client.get(URL, headers=other).json() == []
    assert len(client.get(URL, headers=station).json()) == 1


def test_nobody_hands_in_for_another_member(client, archive, station):
    assert sent_whole(client, station, a_file(), provider="CHN").status_code == 403
    runs = signed(archive, "admin", "", ("project_admin",))
    assert sent_whole(client, runs, a_file(), provider="CHN").json()["provider"] == "CHN"
    assert sent_whole(client, runs, a_file(2), provider="XXX").status_code == 400


def test_uploads_of_one_user_are_bounded(client, archive, station):
    for _ in range(archive.settings.upload_most_open):
        announced(client, station, 10)
    answer = client.post(URL, headers=station | TUS | {"Upload-Length": "10"})
    assert answer.status_code == 429
    assert "retry-after" in answer.headers
    assert len(list(Spool.of(archive).there())) == archive.settings.upload_most_open


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..", "a\\..\\b", "x\0y\n\r.tiny", "é" * 400, "", "C:\\x.tiny"]
)
def test_a_name_is_never_a_path(client, archive, station, name):
    told = sent_whole(client, station, a_file(), name).json()
    assert told["state"] == "published"
    assert told["name"] not in ("", ".", "..")
    assert len(told["name"]) <= 200
    assert not set(told["name"]) & set("/\\\0\n\r")
    outside = [path for path in archive.folder.parent.rglob("*") if "passwd" in path.name]
    assert outside == []


@pytest.mark.parametrize("where", ["/../../x", "/%2e%2e%2fx", "/" + "f" * 31, "/" + "F" * 32, "/" + "f" * 32 + "%00"])
def test_numbers_of_uploads_are_no_paths(client, station, where):
    assert client.head(URL + where, headers=station | TUS).status_code in (400, 404, 405)


@pytest.mark.parametrize(
    "told", ["filename", "filename !!", ",", "filename YQ==,filename YQ==", "filename " + "A" * 8000, "fïle YQ=="]
)
def test_metadata_is_in_the_protocols_form(client, station, told):
    answer = client.post(URL, headers=station | TUS | {"Upload-Length": "3", "Upload-Metadata": told.encode()})
    assert answer.status_code == (201 if told == "filename" else 400)


def lzw(content: bytes) -> bytes:
    """As Unix compress packs."""
    packed = io.BytesIO()
    ncompress.compress(io.BytesIO(content), packed)
    return packed.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzw])
def test_a_bomb_is_quarantined(client, archive, station, pack):
    limit = 4 << 20
    with_limit = pack(bytes(5 << 20))
    client.app.state.served.alongside[Reception]._publisher.unpacked_bytes = limit
    told = sent_whole(client, station, with_limit, "bomb").json()
    assert told["state"] == "quarantined"
    assert "unpacks to more than the 4,194,304 bytes" in told["reason"]


def test_uploads_that_nobody_goes_on_with_are_forgotten(client, archive, station):
    from soap.archive import uploads

    where = announced(client, station, 10)
    sent_whole(client, station, a_file())
    assert uploads.expire(archive, 3600, 3600) == 0
    assert uploads.expire(archive, -1, 3600) == 1
    assert client.head(where, headers=station | TUS).status_code == 404
    assert list(Spool.of(archive).there()) == []
    assert uploads.expire(archive, 3600, -1) == 1
    assert client.get(URL, headers=station).json() == []
    assert np.isfinite(held(archive)["2024-05-01T00"])


def test_agents_tell_how_they_do_to_their_own_member(client, archive, station):
    told = '{"name": "pi", "version": "1", "waiting": 3, "skew_s": -1.25}'
    sent_whole(client, station | {"Soap-Sender": told}, a_file())
    for bad in ("", "x", "[]", '{"waiting": "many"}', '{"name": 1, "version": 2, "waiting": 1e999}'):
        sent_whole(client, station | {"Soap-Sender": bad}, a_file())
    client.app.state.served.alongside[Reception].note_senders()
    (one,) = client.get(f"{URL}/senders", headers=station).json()
    assert (one["user"], one["member"], one["waiting"], one["skew_s"]) == ("s@bgd", "BGD", 3, -1.25)
    assert one["last_push"].endswith("Z")
    other = signed(archive, "s@chn", "CHN", ("station",))
    assert client.get(f"{URL}/senders", headers=other).json() == []
