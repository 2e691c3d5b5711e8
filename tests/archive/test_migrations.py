"""An archive made by every released format opens, with all it held, and its numbers are those it had."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from soap.archive import Archive, Selection, query
from soap.archive.schema import metadata
from soap.archive.verify import verify
from soap.core.settings import Settings
from soap.core.time import Window

RELEASED = sorted(Path(__file__).with_name("released").glob("*.tar.gz"))


@pytest.fixture(params=RELEASED, ids=lambda path: path.name.split(".")[0])
def released(request, tmp_path):
    with tarfile.open(request.param) as pack:
        pack.extractall(tmp_path / "archive", filter="data")
    return Archive.open(Settings(archive=tmp_path / "archive"))


def test_a_released_archive_opens_with_all_it_held(released, me):
    assert verify(released, me).clean
    held = {one.granule_id: one.version for one in query.granules(released, me, Selection())}
    assert held == {
        "geomagnetism.kak.pt1h:kak:2016": 2,
        "geomagnetism.x1.pt1h:x1:2015": 1,
        "geomagnetism.x1.pt1h:x1:2016": 1,
        "ionosphere.codg.gim:codg:2016-04-13": 1,
        "seismology.tiny.events:tiny:2016": 2,
        "seismology.tiny.events:tiny:2017": 1,
        "topside.cses_01.lap_1.l2:cses_01:031190": 1,
    }
    year = query.series(
        released, me, "geomagnetism.kak.pt1h", Window(np.datetime64("2016-01-01"), np.datetime64("2017-01-01"))
    )
    assert year["b_north"].values[:3].tolist() == [1.0, 2.0, 3.0]  # the definitive file
    assert year["b_north"].values[300:303].tolist() == [300.0, 301.0, 302.0]  # the provisional one
    assert [one.code for one in query.stations(released, me)] == ["KAK"]


def test_a_migrated_archive_has_the_declared_tables(released):
    with released.catalogue.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
