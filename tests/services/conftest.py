"""An archive and its owner, for the services' tests."""

from __future__ import annotations

import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.testing.backends import vary_backends
from soap.testing.executors import vary_schedulers
from tests.services import zone


@pytest.fixture
def me():
    return folder_owner("tester")


def pytest_generate_tests(metafunc):
    vary_backends(metafunc)
    vary_schedulers(metafunc)


@pytest.fixture
def archive(settings):
    return Archive.open(settings)


@pytest.fixture(scope="session")
def zone_archive(tmp_path_factory):
    """What `tests.services.zone` makes up, in an archive that is read alone."""
    opened = Archive.open(Settings(archive=tmp_path_factory.mktemp("zone"), catalogue="", objects="", scheduler=""))
    zone.put(opened, folder_owner("tester"))
    return opened
