"""The archive's benchmark runs, at a size that says nothing, and its peers give the archive's values."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("part", ["minutes", "station_day", "half_orbits", "granules"])
def test_every_part_runs_and_gives_its_figures(part, monkeypatch, tmp_path):
    monkeypatch.setenv("SOAP_BENCH_PEERS", str(tmp_path / "none"))  # the peers of other environments are not fetched
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "archive.py", "--quick", "--json", part],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)[part]
    words = {
        "minutes": ("write", "million_values_per_s"),
        "station_day": ("this disk", "median_ms"),
        "half_orbits": ("box by night", "samples"),
        "granules": ("4,000 granules", "catalogue_bytes"),
    }[part]
    assert figures[words[0]][words[1]] > 0
