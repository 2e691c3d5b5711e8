"""Healing: a lost original comes back with its file, a lost object from its originals, byte for byte or not at all."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from soap.archive import Selection, publish, query
from soap.core.errors import ArchiveError
from soap.core.settings import Settings
from soap.services.admin import open_archive, verify
from soap.services.ingest import ingest
from soap.systems.seismo_ionospheric import composition
from soap.testing.tiny import COMPOSITION, tiny

FILES = {
    "a.tiny": tiny(code="kak", start="2016-04-13", values=[1, 2, None, 4]),
    "b.tiny": tiny(code="kak", start="2016-04-13", values=[9, None, 3, 4]),
}


@pytest.fixture
def held(tmp_path, archive, me):
    folder = tmp_path / "files"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
        assert ingest(me, archive, COMPOSITION, [folder / name]).new == 1
    return folder


def test_lost_and_damaged_objects_are_rebuilt_in_every_version(archive, me, held):
    objects = sorted(archive.objects.keys("objects"))
    before = [archive.objects.get(key) for key in objects]
    assert len(objects) == 2
    archive.objects.delete(objects[0])
    archive.objects.put(objects[1], before[1][:-1])
    found = verify(me, archive, COMPOSITION, repair=True)
    assert (len(found.rebuilt), found.clean, found.remarks) == (2, True, ())
    assert [archive.objects.get(key) for key in objects] == before
    assert verify(me, archive, COMPOSITION).clean


def test_every_object_of_a_series_that_grew_day_by_day_is_rebuilt(archive, me, tmp_path):
    for day in range(1, 12):
        path = tmp_path / f"{day}.tiny"
        path.write_bytes(tiny(code="kak", start=f"2016-04-{day:02d}", values=[day, None, day], step=60, cadence="PT1M"))
        assert ingest(me, archive, COMPOSITION, [path]).new == 1
    before = {key: archive.objects.get(key) for key in archive.objects.keys("objects")}
    assert len(before) == 11
    (record,) = query.granules(archive, me, Selection())
    assert 1 < len(record.parts) < 11  # of which one was written whole, with what had been added before it
    for key in before:
        archive.objects.delete(key)
    found = verify(me, archive, COMPOSITION, repair=True)
    assert (len(found.rebuilt), found.clean, found.remarks) == (11, True, ())
    assert {key: archive.objects.get(key) for key in archive.objects.keys("objects")} == before


def test_without_its_original_an_object_stays_lost_until_the_file_comes_again(archive, me, held):
    (record,) = query.granules(archive, me, Selection())
    archive.objects.delete(record.object_key)
    original = publish.original_key(record.originals[0])
    archive.objects.put(original, b"damaged")
    found = verify(me, archive, COMPOSITION, repair=True)
    assert record.object_key in {loss.key for loss in found.losses}
    assert "damaged" in found.remarks[0]
    report = ingest(me, archive, COMPOSITION, [held])
    assert (report.new, report.duplicates) == (0, 2)
    assert "has them again" in report.notes[0]
    assert archive.objects.get(original) in FILES.values()
    assert verify(me, archive, COMPOSITION, repair=True).rebuilt == (record.object_key,)


@pytest.mark.parametrize("backend", ["sqlite+files"])
def test_a_lost_catalogue_is_not_replaced_by_an_empty_one(archive, me, held, tmp_path):
    archive.catalogue.engine.dispose()
    for path in archive.folder.glob("catalogue.sqlite*"):
        path.unlink()
    for create in (True, False):
        with pytest.raises(ArchiveError, match="is lost"):
            open_archive(Settings(archive=archive.folder), create=create)
    anew = open_archive(Settings(archive=tmp_path / "anew"), create=True)
    assert ingest(me, anew, COMPOSITION, [archive.folder / "originals"]).new == 2
    assert [one.count for one in query.granules(anew, me, Selection())] == [4]


@pytest.mark.parametrize("backend", ["sqlite+files"])
def test_an_archive_that_may_not_be_written_can_be_asked(archive, me, held, tmp_path, monkeypatch):
    archive.catalogue.engine.dispose()
    copy = tmp_path / "copy"
    shutil.copytree(archive.folder, copy)
    monkeypatch.setattr("soap.archive.archive._read_only", lambda folder: True)
    shelf = open_archive(Settings(archive=copy))
    assert query.granules(shelf, me, Selection()) == query.granules(archive, me, Selection())
    assert verify(me, shelf, COMPOSITION).clean
    with pytest.raises(ArchiveError, match="may not be written"):
        ingest(me, shelf, COMPOSITION, [held])
    with pytest.raises(ArchiveError, match="may not be written"):
        verify(me, shelf, COMPOSITION, repair=True)


def test_files_of_one_name_handed_in_together_are_rebuilt_in_whichever_order_they_came(archive, me, tmp_path):
    """The catalogue knows that they came together, and not which came first."""
    for folder, content in zip("abc", ([1, 2], [3, None], [5, 6]), strict=True):
        (tmp_path / "files" / folder).mkdir(parents=True)
        path = tmp_path / "files" / folder / "same.tiny"
        path.write_bytes(tiny(code="kak", start="2016-04-13", values=content))
    ingest(me, archive, COMPOSITION, [tmp_path / "files"])
    (record,) = query.granules(archive, me, Selection())
    before = archive.objects.get(record.object_key)
    archive.objects.delete(record.object_key)
    found = verify(me, archive, COMPOSITION, repair=True)
    assert (found.rebuilt, found.clean) == ((record.object_key,), True)
    assert archive.objects.get(record.object_key) == before


def test_what_was_made_before_there_was_quality_control_is_rebuilt(archive, me, held):
    one = next(one for one in composition().quality_controls if one.shape == "series")
    control = replace(one, variables=("b_north",), cadence_s=(0.0, 1e9))
    (record,) = query.granules(archive, me, Selection())
    archive.objects.delete(record.object_key)
    strict = replace(COMPOSITION, quality_controls=(control,))
    assert verify(me, archive, strict, repair=True).rebuilt == (record.object_key,)
