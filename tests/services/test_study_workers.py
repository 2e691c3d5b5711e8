"""A study by others, on every kind of archive: the same bytes as one process makes on an embedded one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.services import study as studies
from soap.services.ingest import ingest
from soap.services.work import Workers, workers
from soap.systems.seismo_ionospheric import composition
from soap.testing.backends import BACKENDS
from soap.testing.tiny import READER
from soap.testing.two_releases import STUDY, first_release


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    first_release(folder)
    return folder


def numbers(settings, viewer, release, out, crew):
    """The bytes of the study's result, on an archive that holds the release."""
    whole, archive = composition(), Archive.open(settings)
    report = ingest(viewer, archive, replace(whole, readers=(*whole.readers, READER)), [release], workers=crew)
    assert report.quarantined == []
    out.mkdir()
    (out / "study.toml").write_text(STUDY)
    studies.run(viewer, archive, whole, out / "study.toml", out, workers=crew)
    return (out / "result.json").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_numbers_whoever_works_and_wherever_it_is_held(settings, scheduler, me, tmp_path, release):
    alone = Settings(archive=tmp_path / "alone", catalogue="", objects="")
    expected = numbers(alone, me, release, tmp_path / "by one", Workers())
    assert json.loads(expected)["statistic"] is not None
    with workers(scheduler or "local:2", trial_s=0) as crew:
        found = numbers(settings, me, release, tmp_path / "by others", crew)
        assert crew._executor is not None  # others did it
    assert found == expected
