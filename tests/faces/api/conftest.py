"""An archive in which nothing is, and the application that serves it."""

from __future__ import annotations

import pytest

from soap.archive import Archive
from soap.testing.backends import vary_backends
from soap.testing.tiny import COMPOSITION
from soap.testing.web import application


def pytest_generate_tests(metafunc):
    vary_backends(metafunc)


@pytest.fixture
def archive(settings):
    return Archive.open(settings)


@pytest.fixture
def client(archive):
    with application(archive, COMPOSITION) as client:
        yield client
