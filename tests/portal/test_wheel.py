"""The wheel brings the portal: it is served from there where there is no Node.js."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2
import pytest

from soap.faces.portal.built import STATIC
from soap.testing.web import free_port, serving

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_what_is_installed_serves_the_portal(tmp_path):
    if not (STATIC / "index.html").is_file():
        pytest.skip("the portal is not built (make portal; it needs Node.js and npm)")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
        assert not [name for name in packed.namelist() if "node_modules" in name or name.startswith("portal/")]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("SOAP_")}
    surroundings |= {"PYTHONPATH": str(tmp_path / "site"), "PATH": "/nowhere"}
    archive = tmp_path / "archive"
    told = "import soap; from soap.archive import Archive; from soap.core.settings import Settings; "
    told += f"Archive.open(Settings(archive={str(archive)!r})); print(soap.__file__)"
    made = subprocess.run([sys.executable, "-c", told], env=surroundings, check=True, capture_output=True, text=True)
    assert made.stdout.startswith(str(tmp_path / "site"))
    with serving(archive, environment=surroundings, port=free_port()) as (url, _):
        page = httpx2.get(f"{url}/", headers={"Accept": "text/html"})
        parts = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
        assert [part for part in parts if part.endswith(".js")]
        for part in parts:
            assert httpx2.get(url + part).status_code == 200
