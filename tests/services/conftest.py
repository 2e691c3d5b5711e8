"""An archive and its owner, for the services' tests."""

from __future__ import annotations

import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import folder_owner


@pytest.fixture
def me():
    return folder_owner("tester")


@pytest.fixture
def archive(tmp_path):
    return Archive.open(Settings(archive=tmp_path / "archive"))
