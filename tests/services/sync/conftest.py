"""Two nodes: `chn` where China hands in, and `pak` where Pakistan does; `chn` is on each of the back ends."""

from __future__ import annotations

import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.testing.nodes import serving_each_other


@pytest.fixture
def two(archive, tmp_path):
    other = Archive.open(Settings(archive=tmp_path / "pak", catalogue="", objects=""))
    with serving_each_other({"chn": archive, "pak": other}) as nodes:
        yield nodes["chn"], nodes["pak"]
