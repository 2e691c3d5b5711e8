"""The house itself: start-up time, no addresses in locks, records of public things."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _seconds(*command: str) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return perf_counter() - start


def _start_over_bare_python(code: str) -> float:
    bare = min(_seconds(sys.executable, "-c", "pass") for _ in range(5))
    return min(_seconds(sys.executable, "-c", code) for _ in range(5)) - bare


def test_import_soap_is_light():
    assert _start_over_bare_python("import soap") < 0.150


def test_import_soap_pulls_nothing_heavy():
    heavy = "numpy scipy xarray pandas pyarrow numba matplotlib h5py sqlalchemy"
    code = f"import sys, soap; sys.exit([m for m in '{heavy}'.split() if m in sys.modules] != [])"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_help_needs_no_science_library():
    heavy = "scipy xarray pandas pyarrow numba matplotlib h5py sqlalchemy obspy PyIRI"
    code = (
        "import sys\nfrom soap.systems.seismo_ionospheric import main\nsys.argv = ['soap', '--help']\n"
        "try:\n    main()\nexcept SystemExit as e:\n    assert not e.code, e.code\n"
        f"loaded = [m for m in '{heavy}'.split() if m in sys.modules]\nassert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_locks_hold_no_addresses():
    for lock in ROOT.glob("*.lock"):
        assert not re.search(r"https?://|index-url|--find-links", lock.read_text()), lock.name


def test_no_path_of_a_machine_in_the_sources():
    git = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    listed = git.stdout.split("\n")
    if not any(listed):
        pytest.skip("not a git checkout: the list of own files is unknown")
    pattern = re.compile(r"/(home|root|Users|work)/[a-z]")
    kinds = {".py", ".md", ".toml", ".cff", ".yml", ".lock", ".sh", ""}
    texts = (path for name in listed if name and (path := ROOT / name).suffix in kinds)
    found = [str(path) for path in texts if path.is_file() and pattern.search(path.read_text(errors="replace"))]
    assert found == []
