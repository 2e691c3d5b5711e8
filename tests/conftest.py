"""Rules for all tests: `--no-skips` (or SOAP_NO_SKIPS=1) turns every skip into a failure."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

pytest_plugins = ["soap.testing.backends", "soap.testing.executors", "soap.testing.command_line"]

settings.register_profile("soap", deadline=None, derandomize=True)  # the same examples everywhere, however busy
settings.load_profile("soap")


def pytest_addoption(parser):
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failed test")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    strict = item.config.getoption("--no-skips") or os.environ.get("SOAP_NO_SKIPS") == "1"
    if strict and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where skips are failures: {report.longrepr}"


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch, tmp_path, everybodys_scheduler):
    """No test sees the developer's settings or archive; who works is as `--scheduler` says."""
    for name in list(os.environ):
        if name.startswith(("SOAP_", "AWS_", "PG")) and name not in ("SOAP_TEST_DATA", "SOAP_NO_SKIPS"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SOAP_ARCHIVE", str(tmp_path / "soap-archive"))
    if everybodys_scheduler:
        monkeypatch.setenv("SOAP_SCHEDULER", everybodys_scheduler)
