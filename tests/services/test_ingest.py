"""Ingest: every file is new, a duplicate or quarantined with a true reason; nothing stops the others."""

from __future__ import annotations

import gzip
import os

import pytest

from soap.archive import Selection, publish, query
from soap.archive.objects import sha256
from soap.core.errors import ArchiveError, BadParameter, Refused
from soap.core.who import STATION, Viewer
from soap.formats import Reader
from soap.services.composition import Composition
from soap.services.ingest import ingest
from soap.testing.data import real
from soap.testing.tiny import COMPOSITION, READER, tiny

SERIES = tiny(code="kak", start="2016-04-13", values=[1, 2, None, 4])


@pytest.fixture
def take(archive, me):
    def _take(*paths, composition=COMPOSITION):
        report = ingest(me, archive, composition, paths)
        assert report.files == report.new + report.duplicates + len(report.quarantined)
        return report

    return _take


def reasons(report):
    return {one.file.rsplit("/", 1)[-1]: one.reason for one in report.quarantined}


def test_counts_and_second_run(tmp_path, take):
    folder = tmp_path / "files"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "a.tiny").write_bytes(SERIES)
    (folder / "deep" / "er" / "same under another name.tiny").write_bytes(SERIES)
    (folder / "b.tiny").write_bytes(tiny(code="mmb", start="2015-12-31T22", values=[1, 2, 3, 4]))
    (folder / "notes.txt").write_bytes(b"a letter")
    first = take(folder)
    assert first.as_json() == {
        "files": 4,
        "new": 2,
        "granules": 3,
        "duplicates": 1,
        "quarantined": [{"file": str(folder / "notes.txt"), "reason": reasons(first)["notes.txt"]}],
        "notes": first.notes,
    }
    assert "no format read here; it is text beginning 'a letter'" in reasons(first)["notes.txt"]
    second = take(folder)
    assert (second.new, len(second.granules), second.duplicates, len(second.quarantined)) == (0, 0, 3, 1)


def test_files_and_folders_in_any_mix_and_twice(tmp_path, take):
    (tmp_path / "a.tiny").write_bytes(SERIES)
    report = take(tmp_path / "a.tiny", str(tmp_path), tmp_path / "a.tiny")
    assert (report.files, report.new, report.duplicates) == (3, 1, 2)


def test_packed_and_plain_are_two_originals_of_the_same_values(tmp_path, take, archive, me):
    (tmp_path / "a.tiny").write_bytes(SERIES)
    (tmp_path / "a.tiny.gz").write_bytes(gzip.compress(SERIES, mtime=0))
    report = take(tmp_path / "a.tiny", tmp_path / "a.tiny.gz")
    assert (report.new, len(report.granules)) == (2, 1)
    (record,) = query.granules(archive, me, Selection())
    assert record.version == 1
    assert len(record.originals) == 2


def test_every_unreadable_thing_has_its_reason(tmp_path, take):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "empty").write_bytes(b"")
    (folder / "cut.gz").write_bytes(gzip.compress(SERIES)[:-9])
    (folder / "damaged.tiny").write_bytes(SERIES[:-3])
    (folder / "noise").write_bytes(bytes(range(128, 256)) * 20)
    (folder / "loop").symlink_to(folder)
    (folder / "broken link").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe")
    (folder / "good.tiny").write_bytes(SERIES)
    report = take(folder, tmp_path / "absent")
    told = reasons(report)
    assert report.new == 1
    assert told.keys() == {"empty", "cut.gz", "damaged.tiny", "noise", "broken link", "pipe", "absent"}
    assert "empty (0 bytes)" in told["empty"]
    assert "damaged or cut short" in told["cut.gz"]
    assert "tiny file is damaged" in told["damaged.tiny"]
    assert "points to nothing" in told["broken link"]
    assert "named pipe" in told["pipe"]
    assert "no such file" in told["absent"]


@pytest.mark.parametrize("backend", ["sqlite+files"])  # it is about the folder
def test_hidden_files_and_the_archive_itself_are_left_out_with_a_note(tmp_path, take):
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "a.tiny").write_bytes(SERIES)
    report = take(tmp_path)
    assert (report.files, report.new) == (1, 1)
    assert any("1 hidden" in note for note in report.notes)
    assert any("archive's own folder" in note for note in report.notes)
    assert take(tmp_path / ".DS_Store").files == 1  # named, it is looked at


def test_quarantined_bytes_are_kept_and_tried_again(tmp_path, take, archive, me):
    (tmp_path / "new.tiny").write_bytes(SERIES)
    nothing = Composition(name="older")
    assert len(take(tmp_path / "new.tiny", composition=nothing).quarantined) == 1
    assert archive.objects.get(publish.quarantine_key(sha256(SERIES))) == SERIES
    assert len(take(tmp_path / "new.tiny", composition=nothing).quarantined) == 1
    later = take(tmp_path / "new.tiny")
    assert (later.new, later.duplicates, len(later.quarantined)) == (1, 0, 0)
    assert list(archive.objects.keys("quarantine")) == []


def test_a_reader_with_a_bug_is_named_and_does_not_stop_the_others(tmp_path, take):
    def fails(source):
        return 1 / 0

    buggy = Reader("buggy_x", "", "series", "L1", "alpha", "", lambda head, name: head.startswith(b"BUG"), fails, fails)
    (tmp_path / "a").write_bytes(b"BUG")
    (tmp_path / "b").write_bytes(SERIES)
    report = take(tmp_path / "a", tmp_path / "b", composition=Composition(name="x", readers=(buggy, READER)))
    assert report.new == 1
    assert "reader buggy_x failed on it (ZeroDivisionError" in reasons(report)["a"]


def test_notes_and_unknown_stations_are_reported(tmp_path, take):
    (tmp_path / "a").write_bytes(tiny(code="kak", start="2016-04-13", values=[1], notes=["calls itself KAC"]))
    notes = take(tmp_path / "a").notes
    assert any("calls itself KAC" in note for note in notes)
    assert any("no station list here knows the code KAK" in note for note in notes)
    (tmp_path / "list").write_bytes(tiny(stations=[{"code": "KAK", "latitude": 36.2, "longitude": 140.2}]))
    (tmp_path / "b").write_bytes(tiny(code="kak", start="2016-04-14", values=[1]))
    assert take(tmp_path / "b", tmp_path / "list").notes == []


def test_simulated_files_do_not_join_real_ones(tmp_path, take):
    (tmp_path / "a").write_bytes(SERIES)
    (tmp_path / "b").write_bytes(tiny(code="kak", start="2016-05-13", values=[1], simulated=1))
    assert "never mixed" in reasons(take(tmp_path / "a", tmp_path / "b"))["b"]


def test_progress_comes_to_its_end(tmp_path, archive, me):
    (tmp_path / "a").write_bytes(SERIES)
    (tmp_path / "b").write_bytes(b"x")
    steps = []
    ingest(me, archive, COMPOSITION, [tmp_path / "a", tmp_path / "b"], progress=lambda *step: steps.append(step[:4]))
    total = len(SERIES) + 1
    assert steps == [(0, 2, 0, total), (1, 2, len(SERIES), total), (2, 2, total, total)]


def test_two_hundred_files_of_a_month_are_few_versions(tmp_path, archive, me):
    folder = tmp_path / "files"
    folder.mkdir()
    for hour in range(200):
        day, clock = divmod(hour, 24)
        content = tiny(
            code="kak", start=f"2016-01-{1 + day:02}T{clock:02}", values=[hour] * 60, step=60, cadence="PT1M"
        )
        (folder / f"{hour:03}").write_bytes(content)
    report = ingest(me, archive, COMPOSITION, [folder])
    assert (report.new, len(report.granules)) == (200, 1)
    (record,) = query.granules(archive, me, Selection())
    assert (record.count, len(record.originals)) == (200 * 60, 200)
    assert record.version <= 4


def test_only_the_owner_ingests(tmp_path, archive):
    (tmp_path / "a").write_bytes(SERIES)
    with pytest.raises(Refused):
        ingest(Viewer("guest"), archive, COMPOSITION, [tmp_path / "a"])


@pytest.mark.parametrize("backend", ["sqlite+files"])  # it is about the folder
def test_a_full_disk_is_said_and_nothing_is_half_there(tmp_path, archive, me, monkeypatch):
    (tmp_path / "a").write_bytes(SERIES)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("soap.archive.objects.os.fsync", full)
    with pytest.raises(ArchiveError, match="No space left on device"):
        ingest(me, archive, COMPOSITION, [tmp_path / "a"])
    monkeypatch.undo()
    assert query.collections(archive, me) == ()
    assert ingest(me, archive, COMPOSITION, [tmp_path / "a"]).new == 1


@pytest.mark.slow
def test_the_whole_ground_tree(archive, me):
    from soap.systems.seismo_ionospheric import composition

    folder = real("ground")
    report = ingest(me, archive, composition(), [folder])
    assert report.files == sum(1 for path in folder.rglob("*") if path.is_file())
    assert report.files == report.new + report.duplicates + len(report.quarantined)
    assert report.new >= 84
    told = reasons(report)
    assert not any("failed on it" in reason for reason in told.values())
    for must_be_read in ("KAK_1913-2013.wdc.gz", "observatories.csv", "MMB_2011-03_iaga2002_1min.txt.gz"):
        assert must_be_read not in told
    again = ingest(me, archive, composition(), [folder])
    assert (again.new, len(again.granules), again.duplicates) == (0, 0, report.new + report.duplicates)
    assert len(again.quarantined) == len(report.quarantined)


@pytest.mark.slow
def test_the_whole_space_tree(archive, me):
    from soap.systems.seismo_ionospheric import composition

    report = ingest(me, archive, composition(), [real("space")])
    assert report.files == report.new + report.duplicates + len(report.quarantined)
    assert not any("failed on it" in one.reason for one in report.quarantined)


def test_a_report_is_that_of_a_first_ingest_where_the_file_is_held_out_of_sight(tmp_path, archive):
    lists = {"a.tiny": tiny(code="kak", start="2016-04-13", values=[1, 2]), "b.txt": b"what is this"}
    for name, content in lists.items():
        (tmp_path / name).write_bytes(content)
    paths = [tmp_path / name for name in lists]
    reports = [
        ingest(Viewer(user, member, frozenset({STATION})), archive, COMPOSITION, paths).as_json()
        for user, member in (("li", "CHN"), ("khan", "PAK"))
    ]
    assert reports[0] == reports[1]
    assert (reports[0]["new"], reports[0]["duplicates"], len(reports[0]["quarantined"])) == (1, 0, 1)
    again = ingest(Viewer("li", "CHN", frozenset({STATION})), archive, COMPOSITION, paths)
    assert (again.new, again.duplicates) == (0, 1)


def test_who_may_not_hand_in_for_a_member_is_told_before_anything_is_read(tmp_path, archive, me):
    with pytest.raises(Refused, match="not for CHN"):
        ingest(Viewer("khan", "PAK", frozenset({STATION})), archive, COMPOSITION, [tmp_path], provider="CHN")
    with pytest.raises(BadParameter, match="no member 'chn'"):
        ingest(me, archive, COMPOSITION, [tmp_path], provider="chn")
