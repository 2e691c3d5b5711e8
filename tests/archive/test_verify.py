"""Verification finds every loss, names its granules, and removes only what no row names."""

from __future__ import annotations

import numpy as np
import pytest

from soap.archive import Selection, publish, query
from soap.archive.objects import FolderObjects
from soap.archive.verify import verify
from soap.core.errors import Refused
from soap.core.who import Viewer

HOURS = np.arange("2016-04-01", "2016-04-02", dtype="datetime64[h]")


@pytest.fixture
def held(archive, me, make, put):
    put(make.series(HOURS, np.arange(24.0)))
    put(make.series(HOURS, np.arange(24.0) + 1))
    publish.quarantine_files(archive, me, [publish.Unreadable("x.mat", b"what is this", "no format read here")])
    return query.granules(archive, me, Selection())[0]


def test_a_sound_archive_is_clean(archive, me, held):
    found = verify(archive, me)
    assert (found.objects, found.originals, found.quarantined, found.clean, found.orphans) == (2, 2, 1, True, ())


def test_one_flipped_bit_is_found_and_its_granule_named(archive, me, held, damage):
    content = bytearray(archive.objects.get(held.object_key))
    content[len(content) // 2] ^= 1
    damage(held.object_key, bytes(content))
    (loss,) = verify(archive, me).losses
    assert loss.granules == ("geomagnetism.kak.pt1h:kak:2016@2",)
    assert "damaged" in loss.what


def test_missing_objects_and_originals_are_found(archive, me, held):
    archive.objects.delete(held.object_key)
    archive.objects.delete(publish.original_key(held.originals[0]))
    losses = {loss.key: loss for loss in verify(archive, me).losses}
    assert losses[held.object_key].what == "missing"
    assert losses[publish.original_key(held.originals[0])].granules == ("geomagnetism.kak.pt1h:kak:2016",)


def test_orphans_are_told_and_removed_only_by_repair(archive, me, held):
    archive.objects.put("objects/geomagnetism.kak.pt1h/kak/2016.0000.parquet", b"left behind")
    archive.objects.put("originals/00/0000", b"left behind")
    leavings = 0
    if isinstance(archive.objects, FolderObjects):  # a store keeps nothing of what was not put whole
        (archive.folder / "aside" / "1-2").write_bytes(b"half")
        leavings = 1
    assert len(verify(archive, me).orphans) == 2
    found = verify(archive, me, repair=True)
    assert (found.removed, found.clean, found.orphans) == (2 + leavings, True, ())
    assert verify(archive, me).orphans == ()
    assert query.granules(archive, me, Selection()) == (held,)


def test_repair_never_hides_a_loss(archive, me, held, damage):
    damage(held.object_key, b"damaged")
    assert len(verify(archive, me, repair=True).losses) == 1
    assert len(verify(archive, me).losses) == 1


def test_only_the_owner_verifies(archive, held):
    with pytest.raises(Refused):
        verify(archive, Viewer("guest"))
