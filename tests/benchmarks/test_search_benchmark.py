"""The benchmark of search runs, at a size that says nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_it_runs_and_gives_its_figures():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "search.py", "--quick", "--json"],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["at 100 a second"]["requests"] == 180
    assert figures["start_s"] > 0
