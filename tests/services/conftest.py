"""An archive and its owner, for the services' tests."""

from __future__ import annotations

import pytest

from soap.archive import Archive
from soap.core.who import folder_owner
from soap.testing.backends import vary_backends
from soap.testing.executors import vary_schedulers


@pytest.fixture
def me():
    return folder_owner("tester")


def pytest_generate_tests(metafunc):
    vary_backends(metafunc)
    vary_schedulers(metafunc)


@pytest.fixture
def archive(settings):
    return Archive.open(settings)
