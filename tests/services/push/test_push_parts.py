"""Parts of the agent: when a file is complete, how fast to send, when to try again, what the ledger keeps."""

import hashlib
import os
import random
import sqlite3
import time

import pytest

from soap.core.errors import BadParameter, Conflict
from soap.services.push import Address, Agent, Watch
from soap.services.push.ledger import Ledger
from soap.services.push.pace import LONGEST_S, Bucket, back_off


def complete(watch, ledger=lambda path: None) -> list[str]:
    return [path.name for path, _ in watch.complete(ledger)]


def test_a_file_is_complete_when_it_is_left_alone(tmp_path):
    watch = Watch([tmp_path], quiet_s=0.3)
    (tmp_path / "new").write_bytes(b"1")
    (tmp_path / "old").write_bytes(b"1")
    os.utime(tmp_path / "old", (0, 0))
    os.utime(tmp_path / "new", (time.time() + 9e6,) * 2)  # a clock that was wrong
    assert complete(watch) == ["old"]
    assert watch.growing == 1
    time.sleep(0.35)
    assert complete(watch) == ["old", "new"]
    (tmp_path / "new").write_bytes(b"12")
    assert complete(watch) == ["old"]


def test_a_file_that_was_renamed_into_place_is_complete(tmp_path):
    watch = Watch([tmp_path], quiet_s=100)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.min.tmp").write_bytes(b"1")
    (tmp_path / ".hidden").write_bytes(b"1")
    assert complete(watch) == []
    (tmp_path / "below" / "a.min.tmp").rename(tmp_path / "below" / "a.min")
    assert complete(watch) == ["a.min"]


def test_special_files_links_to_folders_and_absent_folders_do_no_harm(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "broken").symlink_to(tmp_path / "nothing")
    watch = Watch([tmp_path, tmp_path / "absent"], quiet_s=0)
    assert complete(watch) == []
    assert "absent" in watch.notes[0]


def test_no_more_goes_than_the_limit_allows():
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    bucket = Bucket(1000.0, lambda: now[0], sleep)
    for _ in range(50):
        bucket.take(400)
    assert now[0] == pytest.approx((50 * 400 - 1000) / 1000, rel=0.01)
    Bucket(None, lambda: now[0], sleep).take(1 << 40)
    assert now[0] < 20


def test_waits_double_and_are_spread():
    waits = [[back_off(at, random.Random(seed)) for seed in range(200)] for at in (0, 1, 5, 50)]
    for at, (least, most) in enumerate([(1, 2), (2, 4), (32, 64), (LONGEST_S / 2, LONGEST_S)]):
        assert least <= min(waits[at]) < least * 1.1
        assert most * 0.9 < max(waits[at]) <= most


def test_what_waits_is_kept_although_the_folder_is_cleared(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    checksum = hashlib.sha256(b"content").hexdigest()
    status = (tmp_path / "a").stat()
    look = (status.st_size, status.st_mtime_ns, status.st_ino)
    ledger = Ledger(tmp_path / "state")
    assert ledger.add(tmp_path / "a", look, checksum, tmp_path / "a")
    assert not ledger.add(tmp_path / "b", look, checksum, tmp_path / "a")  # the same content under another name
    (tmp_path / "a").unlink()
    with pytest.raises(Conflict, match="--state"):
        Ledger(tmp_path / "state")
    ledger.close()
    ledger = Ledger(tmp_path / "state")
    (one,) = ledger.waiting(10)
    assert (one.sha256, one.name, ledger.kept(checksum).read_bytes()) == (checksum, "a", b"content")
    assert ledger.looked(tmp_path / "a") == look
    ledger.end(one, "published", "")
    assert ledger.waiting(10) == []
    assert not ledger.kept(checksum).exists()
    assert not ledger.add(tmp_path / "c", look, checksum, tmp_path / "a")
    ledger.prune({os.fsencode(tmp_path / "c")})
    assert ledger.looked(tmp_path / "a") is None
    assert ledger.count() == {"published": 1}
    ledger.close()


def test_the_ledger_is_brought_to_the_disk_at_every_change(tmp_path):
    ledger = Ledger(tmp_path)
    assert ledger._rows.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert ledger._rows.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    ledger.close()
    with pytest.raises(sqlite3.ProgrammingError):
        ledger.count()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://soap.example.org", "in the clear"),
        ("ftp://soap.example.org", "no server's address"),
        ("soap.example.org", "no server's address"),
        ("https://user:secret@soap.example.org", "no server's address"),
    ],
)
def test_addresses_that_are_none_or_betray_the_token_are_refused(url, words):
    with pytest.raises(BadParameter, match=words) as caught:
        Address(url, "soap_token")
    assert "secret" not in str(caught.value)
    assert "soap_token" not in repr(Address("http://127.0.0.1:1", "soap_token"))
    assert Address("http://soap.example.org", "soap_token", insecure_http=True).uploads.startswith("http://")
    with pytest.raises(BadParameter, match="no token"):
        Address("https://soap.example.org", "two words")


def test_without_a_server_all_waits_and_the_operator_is_told(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.min").write_bytes(b"x")
    said = []
    agent = Agent(Watch([tmp_path / "out"], 0), Address("http://127.0.0.1:9", "soap_token"), tmp_path / "state",
                  tell=lambda level, words: said.append(words))  # fmt: skip
    report = agent.once(patience_s=0)
    agent.close()
    assert (report.waiting, report.sent) == (1, 0)
    assert any("no answer from 127.0.0.1:9" in one for one in said)
    assert "soap_token" not in str(said)
