"""The OpenAPI document is true: Schemathesis asks every operation by it, with data that fit and data that do not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.testing import policy_worlds as made
from soap.testing.policy_worlds import File
from soap.testing.web import serving, signed

HELD = (File("", "kak", count=6), File("", "031190"), File("", "map"), File("", "kp"),
        File("", "quakes", names=("ev1", "ev3")), File("", "stations"))  # fmt: skip
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)


REFUSED = (400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 428, 429, 431)
"""Answers to what does not fit the description; of its own accord Schemathesis does not take a 414 for one."""


@pytest.mark.slow
@pytest.mark.parametrize("who", ["guest", "root"])
def test_schemathesis_finds_nothing(tmp_path, who):
    archive = Archive.open(Settings(archive=tmp_path / "archive", catalogue="", objects=""))
    made.build(archive, HELD)
    headers = signed(archive, "root", roles=("project_admin",)) if who == "root" else {}
    told_of_refusals = f"[checks]\nnegative_data_rejection.expected-statuses = {list(REFUSED)}\n"
    (tmp_path / "schemathesis.toml").write_text(told_of_refusals)
    unlimited = os.environ | {"SOAP_REQUESTS_PER_MINUTE": "0", "SOAP_MEMBER_REQUESTS_PER_MINUTE": "0"}
    with serving(tmp_path / "archive", environment=unlimited) as (url, _):
        found = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "run", f"{url}/api/v1/openapi.json",
                "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--max-examples", "15",
                "--seed", "1", "--generation-deterministic", "--no-color", "--warnings", "off",
                "--request-timeout", "20",
                *(part for name, value in headers.items() for part in ("-H", f"{name}: {value}")),
            ],
            capture_output=True, text=True, timeout=900, check=False, cwd=tmp_path,
        )  # fmt: skip
    told = re.sub(r"soap_[\w-]+", "TOKEN", found.stdout)
    assert found.returncode == 0, told[:12_000] + found.stderr[-2000:]
