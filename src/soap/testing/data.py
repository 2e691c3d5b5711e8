"""Where the real observations for tests lie: the folder `SOAP_TEST_DATA` names, else `../shared/data`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("SOAP_TEST_DATA") or Path.cwd().resolve().parent / "shared" / "data")


def real(path: str) -> Path:
    """A real file or folder below the test data; skips the test, with the reason, where it is absent."""
    found = ROOT / path
    if not found.exists():
        pytest.skip(f"real observations not here: {path} (set SOAP_TEST_DATA, or put them at ../shared/data)")
    return found
