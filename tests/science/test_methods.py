"""The list of methods keeps what the records promise."""

import inspect
import re

import pytest

from soap.science.methods import METHODS


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_record(method):
    assert re.fullmatch(r"[a-z_]+_[a-z]+_(18|19|20)\d\d", method.name)
    assert re.match(r"10\.\d{4,9}/\S+$", method.reference) or re.search(r"\b(19|20)\d\d\b", method.reference)
    assert all(field.description for field in method.parameters.model_fields.values())


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_defaults_written_twice_agree(method):
    spelt = {
        name: parameter.default
        for name, parameter in inspect.signature(method.run).parameters.items()
        if name in method.parameters.model_fields and parameter.default is not inspect.Parameter.empty
    }
    declared = {name: field.default for name, field in method.parameters.model_fields.items()}
    assert spelt == {name: declared[name] for name in spelt}


def test_names_are_unique():
    names = [method.name for method in METHODS]
    assert len(set(names)) == len(names)
