"""Stores of objects: the same promises from a folder and from an object store."""

from __future__ import annotations

import pytest

from soap.archive.objects import FolderObjects
from soap.archive.store_objects import StoreObjects
from soap.core.errors import ArchiveError, Lost


@pytest.fixture(params=["folder", "store"])
def objects(request, tmp_path):
    return FolderObjects(tmp_path) if request.param == "folder" else StoreObjects("memory:///")


def test_put_get_list_delete(objects):
    objects.put("objects/a/1.parquet", b"one")
    objects.put("objects/b/2.parquet", b"two")
    objects.put("originals/x", b"three")
    assert objects.get("objects/a/1.parquet") == b"one"
    assert sorted(objects.keys("objects")) == ["objects/a/1.parquet", "objects/b/2.parquet"]
    objects.delete("objects/a/1.parquet")
    objects.delete("objects/a/1.parquet")
    assert list(objects.keys("objects")) == ["objects/b/2.parquet"]
    with pytest.raises(Lost, match=r"objects/a/1\.parquet"):
        objects.get("objects/a/1.parquet")


def test_the_same_bytes_twice_are_no_matter(objects):
    objects.put("k", b"one")
    objects.put("k", b"one")
    assert objects.get("k") == b"one"


def test_what_was_damaged_is_healed(objects):
    assert objects.put("a/k", b"one") is True
    assert objects.put("a/k", b"one") is False
    objects.delete("a/k")
    objects.put("a/k", b"onX")
    assert objects.put("a/k", b"one") is True
    assert objects.get("a/k") == b"one"


def test_leavings_of_a_killed_writer_are_swept(tmp_path):
    folder = FolderObjects(tmp_path)
    folder.put("a/k", b"one")
    (tmp_path / "aside" / "123-4").write_bytes(b"half")
    assert folder.sweep() == 1
    assert list((tmp_path / "aside").iterdir()) == []
    assert folder.get("a/k") == b"one"


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "a").write_bytes(b"a file where a folder should be")
    with pytest.raises(ArchiveError, match="cannot be written"):
        FolderObjects(tmp_path).put("a/k", b"one")
