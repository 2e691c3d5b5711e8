"""Objects in a store that speaks S3: what is put is there, and every way in which a store fails is said in time."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest

from soap.archive import Archive, Selection, publish, query
from soap.archive.objects import sha256
from soap.archive.store_objects import StoreObjects
from soap.archive.verify import verify
from soap.core.errors import ArchiveError, Lost
from soap.core.settings import Settings
from soap.testing.failing_server import proxy_of

HOURS = ["2016-04-13T00", "2016-04-13T01"]
SECRET = "a secret of the tests"


@pytest.fixture
def bucket(s3_server, monkeypatch):
    for name, value in s3_server.surroundings.items():
        monkeypatch.setenv(name, value)
    return s3_server.new_bucket()


@pytest.fixture
def proxy(bucket, s3_server, monkeypatch):
    with proxy_of(s3_server.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        yield proxy


@contextmanager
def fails_within(seconds: float, words: str):
    began = time.monotonic()
    with pytest.raises(ArchiveError, match=words) as raised:
        yield
    assert time.monotonic() - began < seconds
    for secret in (SECRET, "StringToSign", "Signature=", "\n"):
        assert secret not in str(raised.value)


def test_put_get_list_delete(bucket):
    objects = StoreObjects(bucket)
    large = os.urandom(11 << 20)
    assert objects.put("objects/a/1.parquet", b"one")
    assert objects.put("originals/x", large)
    assert not objects.put("originals/x", large)
    assert objects.get("objects/a/1.parquet") == b"one"
    assert sha256(b"".join(objects.parts("originals/x"))) == sha256(large)
    assert max(len(part) for part in objects.parts("originals/x")) < 9 << 20
    assert list(objects.keys("objects")) == ["objects/a/1.parquet"]
    objects.delete("objects/a/1.parquet")
    objects.delete("objects/a/1.parquet")
    assert list(objects.keys("objects")) == []
    for ask in (objects.get, lambda key: opened(objects, key), lambda key: list(objects.parts(key))):
        with pytest.raises(Lost, match=r"(?s)objects/a/1\.parquet is missing.*soap verify"):
            ask("objects/a/1.parquet")


def test_what_was_damaged_is_mended(bucket):
    objects = StoreObjects(bucket)
    for damaged in (b"onX", b"", b"one and more"):
        objects.delete("k")
        objects.put("k", damaged)
        assert objects.put("k", b"one") is True
        assert objects.get("k") == b"one"
        assert objects.put("k", b"one") is False


def test_an_object_is_made_once_however_many_put_it(bucket, proxy):
    """Nothing is there when each of them asks; the store itself lets one of them make it."""
    objects = StoreObjects(bucket)
    made = []
    writers = [threading.Thread(target=lambda: made.append(objects.put("k", b"one"))) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(made) == [False] * 7 + [True]


@pytest.mark.slow
def test_a_large_prefix_is_listed_whole(bucket):
    objects = StoreObjects(bucket)
    names = {f"objects/c/p/{number:04}" for number in range(1100)}  # the store gives 1000 at a time
    for name in names:
        objects.put(name, b"")
    assert set(objects.keys("objects")) == names
    assert list(objects.keys("obj")) == []


@pytest.mark.parametrize("fault", ["500", "503"])
def test_a_fault_in_passing_is_overcome(bucket, proxy, fault):
    objects = StoreObjects(bucket)
    objects.put("k", b"one")
    proxy.fails(fault, spared=0)
    threading.Timer(0.4, proxy.fails, [""]).start()
    assert objects.get("k") == b"one"


def opened(objects, key):
    with objects.opened(key) as file:
        return file.read()


@pytest.mark.parametrize("size", [1, 1 << 20, (1 << 20) + 1, 5 << 20])
def test_an_object_is_read_in_parts(bucket, proxy, size):
    """Any part in any order is what was put; what is no larger than a piece costs one request, and no part two."""
    objects, content, rng = StoreObjects(bucket), os.urandom(size), np.random.default_rng(size)
    objects.put("k", content)
    before = proxy.asked
    with objects.opened("k") as file:
        assert [file.seek(0, 2), file.tell()] == [size, size]
        for _ in range(20):
            begin, end = sorted(rng.integers(0, size + 1, 2).tolist())
            file.seek(begin)
            assert file.read(end - begin) == content[begin:end]
            assert file.tell() == end
        assert proxy.asked - before <= (1 if size <= 1 << 20 else 21)
        file.seek(0)
        assert file.read() == content


@pytest.mark.parametrize("done", ["put", "get", "opened", "keys", "delete"])
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("503", r"503.*nothing is lost"),
        ("silence", r"cannot be \w+ .*Check that the server runs"),
        ("403", r"403.*AWS_ACCESS_KEY_ID"),
    ],
)
def test_a_fault_that_stays_is_said_in_time(bucket, proxy, fault, words, done):
    objects = StoreObjects(bucket, retries=2, silence_s=0.5)
    objects.put("objects/k", b"one")
    proxy.fails(fault)
    ask = {
        "put": lambda: objects.put("objects/new", b"two"),
        "get": lambda: objects.get("objects/k"),
        "opened": lambda: opened(objects, "objects/k"),
        "keys": lambda: list(objects.keys("objects")),
        "delete": lambda: objects.delete("objects/k"),
    }
    with fails_within(10, words):
        ask[done]()
    proxy.fails("")
    assert objects.get("objects/k") == b"one"


def test_a_bucket_named_as_a_status_does_not_mislead(bucket, proxy, s3_server):
    objects = StoreObjects(s3_server.new_bucket("bucket-401-403"), retries=0, silence_s=0.2)
    proxy.fails("silence")
    with fails_within(10, "Check that the server runs"):
        objects.get("k")


def test_a_body_cut_in_the_middle_is_no_object(bucket, proxy):
    objects = StoreObjects(bucket, retries=2, silence_s=2)
    content = os.urandom(2 << 20)
    objects.put("k", content)
    proxy.fails("cut", on="GET")
    with fails_within(10, "cannot be read"):
        objects.get("k")
    with fails_within(10, "cannot be read"):
        list(objects.parts("k"))
    proxy.fails("")
    assert objects.get("k") == content


def test_nobody_answers(bucket, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        with fails_within(30, "Check that the server runs"):
            StoreObjects(bucket).put("k", b"one")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://nobody.invalid")
    with fails_within(30, "Check that the server runs"):
        StoreObjects(bucket, retries=1).put("k", b"one")


def test_a_missing_bucket_is_no_missing_object(bucket):
    objects = StoreObjects("s3://soap-none/archive")
    for ask in (
        lambda: objects.put("k", b"one"),
        lambda: objects.get("k"),
        lambda: opened(objects, "k"),
        lambda: list(objects.keys("objects")),
        lambda: objects.delete("k"),
    ):
        with fails_within(10, r"NoSuchBucket.*Make the bucket"):
            ask()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"s3://key:{SECRET.replace(' ', '-')}@bucket/prefix", "more than a bucket and a prefix"),
        ("s4://bucket", "names no store of objects"),
        ("bucket", "names no store of objects"),
    ],
)
def test_what_is_no_url_of_a_store_is_said(url, words):
    with fails_within(5, words) as _:
        StoreObjects(url)


def test_without_keys_nobody_waits_for_long(bucket, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with fails_within(40, "AWS_ACCESS_KEY_ID"):
        StoreObjects(bucket, retries=1).get("k")


def test_a_store_that_fails_while_publishing_loses_nothing(bucket, proxy, tmp_path, make, me, monkeypatch):
    """Whichever request it is that fails, nothing was published, and ingesting again publishes all of it."""
    archive = Archive.open(Settings(archive=tmp_path / "archive", objects=bucket))
    monkeypatch.setattr(archive.objects, "store", StoreObjects(bucket, retries=0, silence_s=2).store)
    arrival = make.arrival(observations=[make.series(HOURS, [1.0, 2.0])])
    failed = 0
    for spared in range(20):
        proxy.fails("503", on="HEAD PUT", spared=spared)
        try:
            publish.publish(archive, me, [arrival])
        except ArchiveError:
            failed += 1
            proxy.fails("")
            assert query.granules(archive, me, Selection()) == ()
            continue
        break
    assert failed == 4  # two things are put; for each it is asked whether it is there
    proxy.fails("")
    assert len(query.granules(archive, me, Selection())) == 1
    found = verify(archive, me)
    assert found.clean
    assert found.orphans == ()
