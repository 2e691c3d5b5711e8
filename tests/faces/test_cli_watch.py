"""`soap watch --once`: what was found and told, in words and as JSON."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from soap.archive import Archive
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.faces.cli.app import build
from soap.services import accounts
from soap.services.ingest import ingest
from soap.services.watch.subscriptions import make, notices
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.web import OWNER


def test_one_look(tmp_path):
    archive = Archive.open(Settings(archive=tmp_path / "archive"))
    accounts.add_account(OWNER, archive, "t@tur", ("user",), "TUR")
    reader = Viewer("t@tur", "TUR", frozenset({"user"}))
    _, made = make(reader, archive, "new_data", {"collection": "geomagnetism.kak.pt1h"}, "feed")
    (tmp_path / "a.tiny").write_bytes(tiny(code="kak", start="2016-01-19", values=[1.0] * 3))
    ingest(OWNER, archive, COMPOSITION, [tmp_path / "a.tiny"])
    set_terms(archive, OWNER, Subject("collection", "geomagnetism.kak.pt1h", ""), Terms("", "open"))
    app = build(lambda: COMPOSITION)
    asked = ["watch", "--once", "--archive", str(tmp_path / "archive")]
    first = CliRunner().invoke(app, asked)
    assert (first.exit_code, first.stderr) == (0, "1 found, 1 told, 0 not taken\n")
    second = CliRunner().invoke(app, [*asked, "--json"])
    assert json.loads(second.stdout) == {"found": 0, "told": 0, "failed": 0, "remarks": []}
    assert len(notices(reader, archive, made.number)) == 1
