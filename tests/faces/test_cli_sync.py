"""`soap sync` and `soap admin node`: words, JSON, exit codes, and refusals."""

from __future__ import annotations

import json

import httpx2
import pytest

from soap.archive import Archive
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.testing.nodes import asked_as
from soap.testing.tiny import tiny
from soap.testing.web import OWNER

CLIENT = httpx2.Client
KAK = "geomagnetism.kak.pt1h"


@pytest.fixture
def china(tmp_path, soap, monkeypatch):
    """China's node, which answers every client of this process as the public."""
    (tmp_path / "a.tiny").write_bytes(tiny(code="kak", start="2016-04-13", values=[1, 2, 3]))
    assert soap("ingest", tmp_path / "a.tiny", "--provider", "CHN", "--archive", tmp_path / "china")[0] == 0
    archive = Archive.open(Settings(archive=tmp_path / "china", catalogue="", objects=""))
    set_terms(archive, OWNER, Subject("collection", KAK), Terms("CHN", "open"))
    client = asked_as(archive, Viewer("guest"))
    monkeypatch.setattr(client, "close", lambda: None)
    monkeypatch.setattr(httpx2, "Client", lambda **how: client)
    return archive


def test_a_run_says_what_it_took_and_what_was_taken_back(china, soap):
    code, out, _ = soap("admin", "node", "add", "china", "https://china.test/", "--provider", "CHN")
    assert code == 0
    assert out.splitlines()[1].split() == ["china", "https://china.test", "CHN", "never"]
    code, out, err = soap("sync", "china")
    assert (code, err) == (0, "")
    assert out.startswith("china: 1 collections, 1 granules taken (1 objects, ")
    assert out.endswith("0 withdrawn, 0 refused; in step.\n")
    set_terms(china, OWNER, Subject("collection", KAK), {"access": "private"})
    code, out, _ = soap("sync", "https://china.test", "--json")  # by its URL
    report = json.loads(out)
    assert (code, report["withdrawn"], report["converged"]) == (0, 1, True)
    code, out, _ = soap("admin", "node", "notices", "china", "--json")
    (notice,) = json.loads(out)
    assert (notice["kind"], notice["subject"]) == ("withdrawn", f"{KAK}:kak:2016:CHN")
    assert "withdrawn" in soap("admin", "node", "notices", "china")[1]
    ((told,),) = [json.loads(soap("admin", "node", "list", "--json")[1])]
    assert told["providers"] == ["CHN"]
    assert told["seen"] is not None
    assert soap("admin", "node", "remove", "china")[0] == 0
    assert json.loads(soap("admin", "node", "list", "--json")[1]) == []


def test_what_is_handed_in_elsewhere_is_refused_here(china, soap, tmp_path):
    soap("admin", "node", "add", "china", "https://china.test", "--provider", "CHN")
    code, _, err = soap("ingest", tmp_path / "a.tiny", "--provider", "CHN")
    assert code == 4
    assert "come from the node china" in err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("admin", "node", "add", "x", "http://china.test", "--provider", "CHN"), 2, "write https://HOST"),
        (("admin", "node", "add", "a b", "https://china.test", "--provider", "CHN"), 2, "no node's name"),
        (("admin", "node", "add", "x", "https://china.test", "--provider", "XYZ"), 2, "no member XYZ"),
        (("admin", "node", "add", "x", "https://china.test"), 2, "provider"),
        (("sync", "nowhere"), 3, "no node 'nowhere'"),
        (("sync", "china", "--token-file", "absent"), 2, "cannot be read from absent"),
        (("sync", "china", "--every", "0"), 2, "--every"),
        (("admin", "node", "remove", "nowhere"), 3, "no node 'nowhere'"),
        (("--as", "guest", "sync", "china"), 4, "does not run this archive"),
    ],
)
def test_what_cannot_be_is_refused_in_words(china, soap, arguments, code, says):
    soap("admin", "node", "add", "china", "https://china.test", "--provider", "CHN")
    found, _, err = soap(*arguments)
    assert found == code
    assert says in err


def test_a_link_that_fails_is_one_and_what_is_refused_is_three(china, soap, monkeypatch):
    soap("admin", "node", "add", "china", "https://china.test", "--provider", "CHN")
    monkeypatch.setattr("soap.services.sync.link.time.sleep", lambda seconds: None)
    monkeypatch.setattr(httpx2, "Client", CLIENT)
    cut, true = asked_as(china, Viewer("guest"), lambda: True), asked_as(china, Viewer("guest"))
    monkeypatch.setattr(httpx2, "Client", lambda **how: cut)
    code, _, err = soap("sync", "china")
    assert code == 1
    assert "failed 6 times, last: ReadError: cut" in err

    def lie(request):
        answer = true.get(request.url)
        content = b"something else" + answer.content if request.url.path.endswith("object") else answer.content
        return httpx2.Response(200, headers=answer.headers, stream=httpx2.ByteStream(content))

    liar = CLIENT(transport=httpx2.MockTransport(lie))
    monkeypatch.setattr(httpx2, "Client", lambda **how: liar)
    code, out, err = soap("sync", "china", "--json")
    assert code == 3
    assert "sends more than" in json.loads(out)["refused"][0][1]
    assert err.startswith(f"refused: {KAK}:kak:2016:CHN: ")
