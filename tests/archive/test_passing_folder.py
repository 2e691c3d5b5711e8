"""Folders of passing use: whole while they are used, gone afterwards, those of killed processes removed by the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from soap.archive.passing_folder import passing_folder

PROGRAM = """
import sys
from soap.archive.passing_folder import passing_folder
with passing_folder("soap-test-") as place:
    (place / "catalogue.sqlite").write_text("x")
    print(place, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The system's folder of temporary ones."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def make_older(folder):
    before = time.time() - 3600
    os.utime(folder, (before, before))


def in_use(temporary):
    with passing_folder("soap-test-") as place:
        assert place.parent == temporary
        assert place.stat().st_mode & 0o077 == 0
        raise KeyboardInterrupt


def test_it_is_gone_afterwards_whatever_happens(temporary):
    with pytest.raises(KeyboardInterrupt):
        in_use(temporary)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("killed", [True, False])
def test_only_what_a_killed_process_left_is_removed(temporary, killed):
    other = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with other:
        (left,) = [temporary / other.stdout.readline().strip()]
        if killed:
            other.send_signal(signal.SIGKILL)
            other.wait(timeout=30)
        make_older(left)
        with passing_folder("soap-test-") as place:
            assert left.exists() is not killed
            assert place.is_dir()
        other.stdin.close()
    assert list(temporary.iterdir()) == []


def test_what_is_young_or_a_link_or_of_another_name_stays(temporary):
    for name in ("soap-test-young", "soap-other", "elsewhere"):
        (temporary / name).mkdir()
    (temporary / "elsewhere" / "kept").touch()
    (temporary / "soap-test-link").symlink_to(temporary / "elsewhere")
    make_older(temporary / "soap-other")
    make_older(temporary / "elsewhere")
    with passing_folder("soap-test-"):
        pass
    assert {path.name for path in temporary.iterdir()} == {
        "soap-test-young", "soap-other", "elsewhere", "soap-test-link",
    }  # fmt: skip
    assert (temporary / "elsewhere" / "kept").exists()
