"""The agent against a running server: every file arrives exactly once, whoever is killed and whatever the line does."""

import hashlib
import json
import os
import random
import subprocess
import sys
import time

import pytest

from soap.archive import Archive, query
from soap.core.settings import Settings
from soap.core.time import Window, utc
from soap.testing.cut_link import relay_to
from soap.testing.web import OWNER, free_port, serving, signed
from tests.services.push.minute_files import minute

MAIN = "from soap.systems.seismo_ionospheric import main; main()"


@pytest.fixture
def node(tmp_path):
    """An archive with a station's account, and the file of its token."""
    folder = tmp_path / "archive"
    archive = Archive.open(Settings(archive=folder))
    secret = signed(archive, "s@bgd", "BGD", ("station",))["Authorization"].split()[1]
    (tmp_path / "token").write_text(secret + "\n")
    (tmp_path / "out").mkdir()
    return tmp_path, archive


def command(tmp_path, url, *more):
    return [sys.executable, "-c", MAIN, "push", str(tmp_path / "out"), "--to", url, "--token-file",
            str(tmp_path / "token"), "--state", str(tmp_path / "state"), "--quiet", "0", "--json", *more]  # fmt: skip


def pushed(tmp_path, url, *more) -> tuple[int, dict, str]:
    ran = subprocess.run(command(tmp_path, url, "--once", *more), capture_output=True, text=True, timeout=120)
    return ran.returncode, json.loads(ran.stdout) if ran.stdout else {}, ran.stderr


def values(archive, code="xpa"):
    found = query.series(archive, OWNER, f"geomagnetism.{code}.pt1m", Window(utc("2024-05-01"), utc("2024-06-01")))
    minutes = (found["time"].values - utc("2024-05-01")).astype("timedelta64[m]").astype(int)
    return minutes.tolist(), found["b_north"].values


def originals(archive) -> set[str]:
    return {key.rsplit("/", 1)[1] for key in archive.objects.keys("originals")}


def test_files_arrive_once_and_changed_ones_anew(node):
    tmp_path, archive = node
    files = [minute(at) for at in range(5)]
    for at, content in enumerate(files):
        (tmp_path / "out" / f"xpa{at}.min").write_bytes(content)
    (tmp_path / "out" / "copy.min").write_bytes(files[0])
    (tmp_path / "out" / "growing.min.part").write_bytes(b"x")
    (tmp_path / "out" / ".hidden").write_bytes(b"x")
    (tmp_path / "out" / "note.txt").write_bytes(b"no observation")
    with serving(tmp_path / "archive") as (url, _):
        code, report, said = pushed(tmp_path, url)
        assert (code, report["sent"], report["quarantined"], report["waiting"]) == (3, 6, 1, 0), said
        assert abs(report["skew_s"]) < 1
        assert pushed(tmp_path, url)[1]["sent"] == 0
        (tmp_path / "out" / "xpa4.min").write_bytes(minute(4, 3))
        os.utime(tmp_path / "out" / "xpa0.min")  # touched, not changed
        code, report, said = pushed(tmp_path, url)
        assert (code, report["sent"]) == (0, 1), said
        token = (tmp_path / "token").read_text().strip()
        assert token not in said + "".join(path.read_text() for path in (tmp_path / "state").glob("*.json"))
    assert values(archive)[0] == list(range(7))
    assert originals(archive) == {hashlib.sha256(one).hexdigest() for one in (*files, minute(4, 3))}


@pytest.mark.slow
def test_server_and_agent_are_killed_and_the_line_is_cut(node):
    """60 small files and 3 that are sent in parts; after all of it each is held once."""
    tmp_path, archive = node
    rng, sent = random.Random(20160413), {}
    for number in range(60):
        sent[f"a{number:03}.min"] = minute(number)
    for number in range(3):  # of 500 kB: sent in parts
        sent[f"b{number}.min"] = minute(0, 5 * 1440, code=f"XQ{number}")
    for name, content in sent.items():
        (tmp_path / "out" / name).write_bytes(content)
    port = free_port()
    with relay_to("127.0.0.1", port, seed=20160413) as line:
        line.cut_between = (200, 400_000)
        for _ in range(6):
            with serving(tmp_path / "archive", port=port) as (_, server):
                agent = subprocess.Popen(command(tmp_path, line.url, "--poll", "0.1"),
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
                time.sleep(rng.uniform(0.8, 2.5))
                for process in rng.sample([agent, server], 2):
                    process.kill()
                    process.wait()
        with serving(tmp_path / "archive", port=port):
            code, report, said = pushed(tmp_path, line.url, "--patience", "100")
        assert (code, report["waiting"]) == (0, 0), said
    assert line.cuts > 0
    assert originals(archive) == {hashlib.sha256(one).hexdigest() for one in sent.values()}
    assert list(archive.objects.keys("quarantine")) == []
    minutes, north = values(archive)
    assert minutes == list(range(60))
    assert [round(one, 2) for one in north] == [round(30000 + at / 100, 2) for at in range(60)]
