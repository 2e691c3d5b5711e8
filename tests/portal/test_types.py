"""The portal's types of the API are those of the API, and its own tests and its locks hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PORTAL = Path(__file__).resolve().parents[2] / "portal"
BINARIES = PORTAL / "node_modules" / ".bin"


@pytest.fixture
def node():
    """Skips where what the portal is built with is not here."""
    if shutil.which("node") is None or not BINARIES.is_dir():
        pytest.skip("Node.js or the portal's packages are not here (make portal)")


def test_the_types_are_those_of_the_api(node, tmp_path):
    document, made = tmp_path / "openapi.json", tmp_path / "schema.d.ts"
    subprocess.run([sys.executable, PORTAL / "write_openapi.py", document], check=True, capture_output=True)
    command = [BINARIES / "openapi-typescript", document, "--output", made, "--empty-objects-unknown"]
    subprocess.run(command, check=True, capture_output=True, cwd=PORTAL)
    assert (PORTAL / "src/api/schema.d.ts").read_text() == made.read_text(), "make portal-types writes them anew"


def test_the_portals_own_tests_hold(node):
    done = subprocess.run([BINARIES / "vitest", "run"], cwd=PORTAL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_what_is_written_type_checks_and_a_missing_word_does_not(node, tmp_path):
    check = ["node", PORTAL / "node_modules/typescript-native/bin/tsc", "--noEmit"]
    done = subprocess.run(check, cwd=PORTAL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    words = (PORTAL / "src/words/keys.ts").resolve()
    missing = tmp_path / "missing.ts"
    missing.write_text(
        f'import type {{ SameKeys }} from "{words.with_suffix("")}";\n'
        "const english = { page: { title: 'A', found_one: 'B', found_other: 'C' } };\n"
        "const chinese = { page: { found_other: 'C' } };\n"
        "export default chinese satisfies SameKeys<typeof english, typeof chinese>;\n"
    )
    options = ["--strict", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022"]
    found = subprocess.run([*check, *options, missing], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "page.title." in found.stdout
    assert "found_one" not in found.stdout


def test_the_lock_holds_names_and_checksums_alone():
    lock = (PORTAL / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "://" not in lock
    assert lock.count('"integrity"') > 50
