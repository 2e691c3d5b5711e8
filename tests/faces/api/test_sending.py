"""Answers that are sent piece by piece: so many at a time, refused before anything is read, room given back."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from soap.archive import stream as streams
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.errors import TooMany
from soap.core.who import Viewer
from soap.faces.api import sending
from soap.testing import policy_worlds as worlds
from soap.testing.policy_worlds import File

SPAN = "start=2016-12-31T21:00Z&stop=2016-12-31T21:00:03Z"
PATHS = [
    *(f"/hapi/data?dataset={worlds.TRACK}&{SPAN}&format={form}" for form in ("csv", "binary", "json")),
    *(f"/api/v1/tracks?collection={worlds.TRACK}&{SPAN}&format={form}" for form in ("csv", "json", "parquet")),
]


@pytest.fixture(autouse=True)
def held(archive):
    worlds.build(archive, (File("", "031190", count=4),))
    set_terms(archive, worlds.ME, Subject("collection", worlds.TRACK, ""), Terms("", "open"))
    yield
    assert not sending._sent


@pytest.mark.parametrize("path", PATHS)
def test_one_too_many_is_refused_before_anything_is_read(client, monkeypatch, path):
    monkeypatch.setattr(sending, "MOST_OF_ONE", 0)
    with monkeypatch.context() as patch:
        patch.setattr(streams, "read_ahead", None)
        answer = client.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
    monkeypatch.setattr(sending, "MOST_OF_ONE", 1)
    assert [client.get(path).status_code for _ in range(3)] == [200] * 3


def test_room_is_for_each_and_for_all(monkeypatch):
    def asking(user, address):
        return SimpleNamespace(viewer=Viewer(user), address=address)

    monkeypatch.setattr(sending, "MOST", 3)
    monkeypatch.setattr(sending, "MOST_OF_ONE", 2)
    taken = [sending.Room(asking("lin", "10.0.0.1")) for _ in range(2)]
    with pytest.raises(TooMany, match="2 answers of values are being sent to you, and 2 in all"):
        sending.Room(asking("lin", "10.0.0.1"))
    taken.append(sending.Room(asking("lin", "10.0.0.2")))
    with pytest.raises(TooMany, match="0 answers of values are being sent to you, and 3 in all"):
        sending.Room(asking("wei", "10.0.0.1"))
    for _ in range(2):  # said twice it counts once
        taken[0].give_back()
    with pytest.raises(ValueError, match="nothing comes of it"), sending.room(asking("wei", "10.0.0.1")):
        raise ValueError("nothing comes of it")
    taken.append(sending.Room(asking("wei", "10.0.0.1")))
    with pytest.raises(TooMany):
        sending.Room(asking("wei", "10.0.0.1"))
    for one in taken:
        one.give_back()
