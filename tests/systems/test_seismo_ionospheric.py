"""The system: complete, and importable without loading it."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from types import SimpleNamespace

import soap.domains
import soap.science
from soap.science.method import Method
from soap.systems import seismo_ionospheric


def test_every_domain_is_in_it():
    whole = seismo_ionospheric.composition()
    for module in pkgutil.iter_modules(soap.domains.__path__):
        domain = importlib.import_module(f"soap.domains.{module.name}")
        assert set(domain.READERS) <= set(whole.readers), module.name
        assert {method.name for method in domain.METHODS} <= {method.name for method in whole.methods}, module.name
        assert set(domain.SIMULATORS) <= set(whole.simulators), module.name
        assert set(domain.NAMES) <= set(whole.names), module.name


def test_every_shared_method_is_in_it():
    whole = {method.name for method in seismo_ionospheric.composition().methods}
    for module in pkgutil.iter_modules(soap.science.__path__):
        for value in vars(importlib.import_module(f"soap.science.{module.name}")).values():
            if isinstance(value, Method):
                assert value.name in whole, module.name


def test_a_member_states_package_joins_by_its_entry_point(monkeypatch):
    theirs = SimpleNamespace(NAMES=(), READERS=(), METHODS=(), SIMULATORS={"ourland": print})
    point = SimpleNamespace(name="ourland", load=lambda: theirs)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point] if group == "soap.domains" else [])
    assert "ourland" in seismo_ionospheric.composition.__wrapped__().simulators


def test_importing_it_loads_no_domain():
    program = (
        "import sys, soap.systems.seismo_ionospheric; print([m for m in sys.modules if m.startswith('soap.domains.')])"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
