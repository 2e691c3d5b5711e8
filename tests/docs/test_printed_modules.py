"""The how-to pages that print a module and its tests are run: both blocks as one file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs" / "how-to"


@pytest.mark.parametrize("page", ["add-a-format", "add-a-method"])
def test_the_printed_module_passes_its_printed_tests(page, tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (PAGES / f"{page}.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    module = tmp_path / f"test_{page.replace('-', '_')}.py"
    module.write_text("\n\n".join(blocks), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(module)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stdout
    assert " passed" in run.stdout
