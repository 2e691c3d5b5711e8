"""Which modules of the archive restrict what they tell, and the tests that find out when one of them no longer does."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType

import pytest

import soap.archive
from soap.archive import policy

BY_QUESTIONS = "tests/archive/test_policy_interference.py"
OVER_HTTP = "tests/faces/api/test_hidden_is_absent.py"
BY_JOBS = "tests/faces/api/test_jobs_hidden.py"

FOUND_BY: Mapping[str, str] = {
    **dict.fromkeys(
        ("activity", "around", "citation", "contacts", "deposits", "derivable", "earthquakes", "health", "passes",
         "product_inputs", "products", "query", "station_series", "station_sources", "terms", "values"),
        BY_QUESTIONS,
    ),
    **dict.fromkeys(
        ("changes", "described", "event_listings", "extents", "originals", "page", "station_holdings"), OVER_HTTP
    ),
    "jobs": BY_JOBS,
}  # fmt: skip
"""Each module that asks which terms its viewer sees, and the test that fails were it not to ask."""

_RESTRICTIONS = {"visible": lambda *_: None, "may_see": lambda *_: True, "knows_people": lambda *_: True}
"""What modules ask of the policy, and what it says to who sees everything."""


def restricting() -> list[str]:
    """Names of the modules of the archive that ask which terms their viewer sees."""
    names = [one.name for one in pkgutil.iter_modules(soap.archive.__path__)]
    return [name for name in names if name != "policy" and _asked_by(_module(name))]


def found_by(test: str) -> list[str]:
    """Names of the modules that a test is there for."""
    return sorted(name for name, found in FOUND_BY.items() if found == test)


def lift(patch: pytest.MonkeyPatch, name: str) -> None:
    """Let a module of the archive tell everybody everything."""
    module = _module(name)
    for asked in _asked_by(module):
        patch.setattr(module, asked, _RESTRICTIONS[asked])


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"soap.archive.{name}")


def _asked_by(module: ModuleType) -> list[str]:
    """Names under which a module asks; `AssertionError` where it does so in a way that cannot be lifted here."""
    restricts = (policy.visible, policy.may_see, policy.knows_people, policy)
    held = [name for name, value in vars(module).items() if any(value is one for one in restricts)]
    if not _RESTRICTIONS.keys() >= set(held):
        raise AssertionError(f"{module.__name__} holds the policy as {', '.join(held)}; import `visible` by its name.")
    return held
