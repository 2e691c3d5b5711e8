"""What is asked for again: the same bytes, nothing read for them, only for who may see it, never what has changed."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.testing import policy_worlds as worlds
from soap.testing.policy_worlds import File, Setting
from soap.testing.web import signed

KAK, ABG = worlds.SERIES["kak"], worlds.SERIES["abg"]
OPEN = Terms("", "open", (), None, "CC-BY-4.0", "cite")
WHOLE = "start=2016-12-31T20Z&stop=2016-12-31T23Z"


@pytest.fixture
def held(archive):
    """A series of two members, whose granules are united, and one of the archive's own."""
    files = (File("", "kak", "b_north", 0, 4), File("CHN", "kak", "b_east", 2, 4), File("", "abg", count=3))
    terms = [Setting(Subject("collection", name, ""), OPEN) for name in (KAK, ABG)]
    worlds.build(archive, (*files, *terms, Setting(Subject("collection", KAK, "CHN"), Terms("CHN", "open"))))
    return archive


def asked(name: str, form: str = "csv", span: str = WHOLE) -> str:
    return f"/hapi/data?dataset={name}&{span}&format={form}"


@pytest.mark.parametrize("form", ["csv", "binary", "json"])
@pytest.mark.parametrize("header", ["", "&include=header"])
def test_it_is_the_same_and_nothing_is_read_for_it(held, client, monkeypatch, form, header):
    before = {name: client.get(asked(name, form) + header).content for name in (KAK, ABG)}
    assert all(before.values())
    for objects in {type(held.objects), type(client.app.state.served.archive.objects)}:
        monkeypatch.setattr(objects, "get", None)
    for name, content in before.items():
        assert client.get(asked(name, form) + header).content == content
    with pytest.raises(TypeError, match="not callable"):
        client.get(asked(ABG, form, "start=2016-12-31T20Z&stop=2016-12-31T22Z"))


def test_other_columns_windows_and_forms_are_others(held, client):
    ways = [asked(KAK), asked(KAK, "binary"), asked(KAK) + "&parameters=b_north", asked(KAK) + "&parameters=b_east",
            asked(KAK) + "&parameters=b_north_quality", asked(KAK, span="start=2016-12-31T21Z&stop=2016-12-31T23Z"),
            asked(ABG)]  # fmt: skip
    first = [client.get(way).content for way in ways]
    assert len(set(first)) == len(ways)
    assert [client.get(way).content for way in reversed(ways)] == first[::-1]


def test_what_is_handed_in_later_is_told(held, client):
    before = client.get(asked(ABG)).text
    assert client.get(asked(ABG)).text == before
    worlds.build(held, (*[None] * 50, File("", "abg", count=3)))
    after = client.get(asked(ABG)).text
    assert after != before
    assert client.get(asked(ABG)).text == after


def test_it_is_told_to_nobody_from_whom_it_is_hidden_since(held, client):
    officer = signed(held, "officer", "CHN", ("user",))
    both = client.get(asked(KAK)).text
    set_terms(held, worlds.ME, Subject("collection", KAK, "CHN"), Terms("CHN", "private"))
    alone = pd.read_csv(io.StringIO(client.get(asked(KAK) + "&include=header").text), comment="#", header=None)
    info = client.get(f"/hapi/info?dataset={KAK}").json()
    assert [one["name"] for one in info["parameters"]] == ["Time", "b_north", "b_north_quality"]
    assert alone.shape == (3, 3)
    assert client.get(asked(KAK), headers=officer).text == both
    set_terms(held, worlds.ME, Subject("collection", KAK, ""), Terms("", "private"))
    assert client.get(asked(KAK)).status_code == 404


def test_a_binary_answer_tells_its_length_where_the_catalogue_tells_it(held, client):
    """A client on a slow link sees how much is left, and one that speaks HTTP 1.0 takes it at all."""
    record = np.dtype([("time", "S20"), ("b_north", "<f8"), ("b_north_quality", "<i4")])
    for again in range(2):
        whole = client.get(asked(ABG, "binary"))
        assert int(whole.headers["content-length"]) == len(whole.content) == 3 * record.itemsize
        headed = client.get(asked(ABG, "binary") + "&include=header")
        assert int(headed.headers["content-length"]) == len(headed.content)
        assert headed.content.endswith(whole.content)
        part = client.get(asked(ABG, "binary", "start=2016-12-31T20Z&stop=2016-12-31T22Z"))
        assert len(part.content) == 2 * record.itemsize
        assert ("content-length" in part.headers) == bool(again)
    found = np.frombuffer(whole.content, record)
    assert [one.decode() for one in found["time"]] == [f"2016-12-31T{hour}:00:00Z" for hour in (20, 21, 22)]


@pytest.mark.parametrize("form", ["csv", "binary", "json"])
def test_what_the_archive_has_lost_is_not_told_as_nothing(held, client, form):
    """An answer without records would say that nothing was observed."""
    for key in [key for key in held.objects.keys("objects") if "abg" in key]:
        held.objects.delete(key)
    answer = client.get(asked(ABG, form))
    assert answer.status_code == 503
    assert answer.json()["status"]["code"] == 1501
    assert "objects" not in answer.text  # where they were is for who runs the archive
    assert client.get(asked(KAK, form)).status_code == 200
