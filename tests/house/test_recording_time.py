"""Every transaction that changes the catalogue takes a time of recording: by it a backup knows whether it is behind."""

from __future__ import annotations

import ast
from pathlib import Path

import soap

WITH_ITS_ROWS = {("backup.py", "_copy")}
"""A copy takes over the other archive's clock, which is a row as all others."""

TURNS = {("jobs.py", name) for name in ("ask", "cancel")} | {
    ("job_leases.py", name) for name in ("take", "beat", "hand_back", "expire", "_ended")
}
"""Who carries out a job is settled in turn with those who publish; it tells nothing of what the archive holds."""


def test_each_publishing_begins_with_a_time_of_recording():
    found, without = 0, set()
    for path in sorted(Path(soap.__file__).parent.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                blocks = [one for one in ast.walk(function) if isinstance(one, ast.With) and connection_of(one)]
                found += len(blocks)
                if not all(takes_the_time(one) for one in blocks):
                    without.add((path.name, function.name))
    assert found > 10
    assert without == WITH_ITS_ROWS | TURNS


def connection_of(block: ast.With) -> str:
    """The name of the connection in `with ….publishing() as NAME`; empty for another block."""
    for item in block.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "publishing":
            assert item.optional_vars is not None
            return ast.unparse(item.optional_vars)
    return ""


def takes_the_time(block: ast.With) -> bool:
    """Its first statement takes one, or one that is given only where nothing was recorded since."""
    first, connection = ast.unparse(block.body[0]), connection_of(block)
    return first.endswith(f"recording_time({connection})") or f"next_recording_time({connection}, " in first
