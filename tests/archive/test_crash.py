"""Killed at any moment, an ingest loses nothing, doubles nothing, and shows nothing by halves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from soap.archive import Archive, Selection, query
from soap.archive.verify import verify
from soap.core.settings import Settings
from soap.testing.tiny import tiny

PROGRAM = """
import sys
from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services import ingest
from soap.testing.tiny import COMPOSITION

ingest._BATCH_FILES = 2
archive = Archive.open(Settings(archive=sys.argv[1]))
report = ingest.ingest(folder_owner("tester"), archive, COMPOSITION, [sys.argv[2]])
print(report.new, report.duplicates, len(report.quarantined))
"""


@pytest.fixture
def files(tmp_path):
    """Series in two finalities that overlap, earthquakes that move over new year, stations, rubbish."""
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(4):
        days = [number * 24 * 60 + hour for hour in range(24 * 40)]
        start = f"2016-0{1 + number}-01"
        (folder / f"a{number}.tiny").write_bytes(tiny(code="kak", start=start, values=days, maturity="provisional"))
        (folder / f"b{number}.tiny").write_bytes(
            tiny(code="kak", start=start, values=days[:300], maturity="definitive")
        )
        (folder / f"c{number}.tiny").write_bytes(tiny(code=f"x{number}", start="2015-12-31T12", values=list(range(24))))
        (folder / f"x{number}.bin").write_bytes(bytes([number]) * 3000)
    quake = {"event_id": "us1", "latitude": 1, "longitude": 2, "depth_km": 3, "magnitude": 5}
    other = {**quake, "event_id": "us2", "time": "2016-02-03"}
    (folder / "d0.tiny").write_bytes(tiny(events=[{**quake, "time": "2016-12-31T23:59:59"}, other]))
    (folder / "d1.tiny").write_bytes(tiny(events=[{**quake, "time": "2017-01-01T00:00:01"}]))
    (folder / "e0.tiny").write_bytes(tiny(stations=[{"code": "KAK", "latitude": 36.2, "longitude": 140.2}]))
    return folder


def run(files, work, seed, trials):
    work.mkdir()
    driver = Path(__file__).with_name("kill_points.py")
    command = [sys.executable, str(driver), str(files), str(work), str(seed), str(trials)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_twenty_kills(files, tmp_path):
    result = run(files, tmp_path / "work", seed=2016, trials=20)
    assert result["faults"] == []
    assert result["interrupted"] >= 5


@pytest.mark.slow
def test_three_hundred_kills(files, tmp_path):
    result = run(files, tmp_path / "work", seed=69, trials=300)
    assert result["faults"] == []
    assert result["interrupted"] >= 150


def test_two_processes_at_once_end_as_one(files, tmp_path, me):
    command = [sys.executable, "-c", PROGRAM]
    states, counts = [], []
    for name, number in (("alone", 1), ("both", 2)):
        arguments = [str(tmp_path / name), str(files)]
        writers = [subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) for _ in range(number)]
        counts.append([tuple(map(int, writer.communicate(timeout=120)[0].split())) for writer in writers])
        assert [writer.returncode for writer in writers] == [0] * number
        archive = Archive.open(Settings(archive=tmp_path / name))
        found = verify(archive, me)
        granules = {one.granule_id: one.sha256 for one in query.granules(archive, me, Selection())}
        states.append(
            (granules, query.events(archive, me), repr(query.stations(archive, me)), found.originals, found.quarantined)
        )
        assert found.clean
        assert found.orphans == () or number > 1
    assert states[0] == states[1]
    assert sum(new for new, _, _ in counts[1]) == counts[0][0][0]
