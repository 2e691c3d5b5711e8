"""`soap admin backup`, `soap admin restore`, `soap verify`: words, JSON, exit codes, standard output kept clean."""

from __future__ import annotations

import json
import sys

import pytest

from soap.core.who import Viewer
from soap.testing.tiny import tiny


@pytest.fixture
def held(tmp_path, soap):
    (tmp_path / "a.tiny").write_bytes(tiny(code="kak", start="2016-04-13", values=[1, 2, 3]))
    assert soap("ingest", tmp_path / "a.tiny")[0] == 0
    return tmp_path


def test_a_backup_says_what_it_copied(held, soap):
    code, out, err = soap("admin", "backup", held / "copy")
    assert (code, err) == (0, "")
    assert out.startswith(f"{held / 'copy'}: 2 objects copied (")
    assert out.endswith(" bytes), 0 there already, 0 mended, 0 lost; catalogue copied.\n")
    _, again, _ = soap("admin", "backup", held / "copy", "--verify")
    assert "0 objects copied (0 bytes), 2 there already, 0 mended, 0 lost; catalogue unchanged." in again


def test_a_backup_with_json_is_json_alone(held, soap):
    code, out, err = soap("admin", "backup", held / "copy", "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["objects"], told["held"], told["losses"], told["clean"], told["catalogue"]) == (2, 0, [], True, True)


def test_progress_is_no_output(held, soap, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for arguments in (("admin", "backup", held / "copy"), ("verify",)):
        code, out, _ = soap(*arguments, "--json")
        assert code == 0
        json.loads(out)


def test_what_the_archive_lost_is_three_and_told(held, soap):
    next((held / "soap-archive" / "objects").rglob("*.parquet")).unlink()
    code, out, err = soap("admin", "backup", held / "copy", "--json")
    assert code == 3
    (loss,) = json.loads(out)["losses"]
    assert loss["what"] == "missing"
    assert err == f"lost: {loss['key']}: missing\n"


def test_restore_gives_the_archive_back_and_verifies_it(held, soap):
    soap("admin", "backup", held / "copy")
    code, out, err = soap("admin", "restore", held / "copy", "--archive", held / "again")
    assert (code, err) == (0, "")
    assert out.endswith(" Verified: 2 checked, 0 lost.\n")
    assert soap("verify", "--archive", held / "again")[0] == 0
    code, out, _ = soap("admin", "restore", held / "copy", "--archive", held / "third", "--json")
    assert (code, json.loads(out)["verified"]["clean"]) == (0, True)


def test_a_restore_of_a_damaged_backup_is_three(held, soap):
    soap("admin", "backup", held / "copy")
    next((held / "copy" / "originals").rglob("*/*")).write_bytes(b"damaged")
    code, out, err = soap("admin", "restore", held / "copy", "--archive", held / "again", "--json")
    assert code == 3
    assert (json.loads(out)["clean"], json.loads(out)["verified"]["clean"]) == (False, False)
    assert "lost: originals/" in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("backup", "soap-archive/inside"), 2, "in the archive itself"),
        (("backup",), 2, "Missing argument"),
        (("backup", "a.tiny"), 1, "cannot be made"),
        (("restore", "nowhere"), 1, "holds something"),
        (("restore", "nowhere", "--archive", "empty"), 3, "no backup"),
        (("backup", "copy", "--archive", "absent"), 3, "no archive"),
        (("backup", "copy", "--as", "nobody"), 3, "no account"),
        (("backup", "copy", "--as", "guest"), 4, "guest"),
    ],
)
def test_errors_have_their_codes_and_words(held, soap, monkeypatch, arguments, code, words):
    monkeypatch.chdir(held)
    got, out, err = soap("admin", *arguments)
    assert (got, out) == (code, "")
    assert words in err
    assert "Traceback" not in err
    assert not (held / "copy").exists()


def test_who_does_not_run_the_archive_is_refused(held, soap, monkeypatch):
    soap("admin", "backup", held / "copy")
    monkeypatch.setattr("soap.services.accounts.command_line_viewer", lambda: Viewer("guest"))
    assert soap("admin", "backup", held / "copy")[0] == 4
    assert soap("admin", "restore", held / "copy", "--archive", held / "again")[0] == 4


def test_verify_repairs_and_says_so(held, soap):
    next((held / "soap-archive" / "objects").rglob("*.parquet")).unlink()
    code, out, err = soap("verify")
    assert code == 3
    assert "0 rebuilt, 1 lost; 0 orphans left, 0 removed." in out
    assert "lost: objects/" in err
    code, out, _ = soap("verify", "--repair")
    assert code == 0
    assert "1 rebuilt, 0 lost; 0 orphans left, 0 removed." in out
