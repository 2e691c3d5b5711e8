"""An archive may lie in a folder of any name, also behind a link; no part of it lies elsewhere."""

import numpy as np
import pytest

from soap.archive import Archive, Selection, backup, publish, query
from soap.archive.verify import verify
from soap.core.settings import Settings

NAMES = (
    "with space", "архив 档案", "what?mode=memory", "100%25 #1", "it's \"x\"; --", "two\nlines", "\udcff",
    "~", "file:x",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_an_archive_in_a_folder_of_any_name(tmp_path, name, make, me):
    real, link, elsewhere = (tmp_path / word for word in ("real", "link", "elsewhere"))
    for folder in (real, elsewhere):
        folder.mkdir()
    link.symlink_to(real)
    settings = Settings(archive=link / name, catalogue="", objects="")
    made = make.series(np.arange("2016-01-01", "2016-01-02", dtype="datetime64[h]"), np.arange(24.0))
    first = Archive.open(settings)
    assert not publish.publish(first, me, [make.arrival(observations=(made,))]).refused
    first.catalogue.engine.dispose()
    again = Archive.open(settings)
    (granule,) = query.granules(again, me, Selection())
    assert verify(again, me).clean
    backup.backup(again, me, elsewhere / name)
    copy = Archive.open(Settings(archive=elsewhere / name, catalogue="", objects=""))
    assert query.granules(copy, me, Selection()) == (granule,)
    backup.restore(Archive.open(Settings(archive=link / f"{name} 2", catalogue="", objects="")), me, elsewhere / name)
    assert {one.name for one in real.iterdir()} == {name, f"{name} 2"}
    assert [one.name for one in elsewhere.iterdir()] == [name]
