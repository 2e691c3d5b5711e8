"""HAPI and values by REST: two archives that differ only in what somebody may not see answer them alike."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.archive import Archive, citation
from soap.core.settings import Settings
from soap.faces.api import rules
from soap.faces.api.credentials import Caller
from soap.services.composition import Composition
from soap.testing import policy_worlds as worlds
from soap.testing.web import application
from tests.archive.test_policy_interference import GUEST, HIDDEN_FROM, LEAKY, OFFICER, hidden_from, without

COMPOSITION = Composition(name="made", names=worlds.NAMES)
SPANS = (("2016-12-31T20", "2016-12-31T22"), ("2016-12-31T22", "2017-01-01T00"))
NAMES = (*worlds.SERIES.values(), worlds.TRACK, worlds.FIELD, "geomagnetism.kam.pt1h")
"""What is asked for: names that are held, and one that never is."""
SAME = ("content-type", "content-disposition", "etag", "last-modified", "link", "x-collection-version", "x-licence")


def questions() -> list[str]:
    """Every endpoint that tells of values."""
    out = ["/hapi", "/hapi/catalog", "/hapi/catalog?depth=all"]
    for name in NAMES:
        out += [f"/hapi/info?dataset={name}", f"/hapi/info?dataset={name}&parameters=b_east"]
        for start, stop in SPANS:
            asked = f"dataset={name}&start={start}&stop={stop}"
            out += [f"/hapi/data?{asked}&format={form}" for form in ("csv", "json")]
            out.append(f"/hapi/data?{asked}&parameters=b_north_quality")
        for kind in ("series", "tracks", "maps"):
            values = f"/api/v1/{kind}?collection={name}&start=2016&stop=2018"
            out += [values, f"{values}&format=csv", f"{values}&points=3", f"{values}&variable=b_east"]
        out.append(f"/api/v1/series?collection={name}&start=2016&stop=2018&provider=PAK")
        out.append(f"/api/v1/series?collection={name}&start=2016&stop=2018&format=netcdf&points=2")
    return [*out, "/api/v1/series?station=KAK&variable=b_north&start=2016&stop=2018"]


def transcript(archive: Archive, viewer) -> dict[str, tuple]:
    """Status, what matters of the head, and body of every answer to the viewer."""

    async def caller(request, asking) -> Caller:
        return Caller(viewer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "caller", caller)
        patch.setattr(citation, "time", SimpleNamespace(time_ns=lambda: 1_800_000_000 * 10**9))  # errors tell it
        with application(archive, COMPOSITION) as client:
            out = {}
            for question in questions():
                answer = client.get(question)
                head = [answer.headers.get(name) for name in SAME]
                out[question] = (answer.status_code, *head, b"" if "netcdf" in question else answer.content)
            return out


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """Copies of an empty archive."""
    first = tmp_path_factory.mktemp("first") / "archive"
    Archive.open(Settings(archive=first, catalogue="", objects="")).catalogue.engine.dispose()

    def copy() -> Archive:
        folder = tmp_path_factory.mktemp("archive") / "archive"
        shutil.copytree(first, folder)
        return Archive.open(Settings(archive=folder, catalogue="", objects=""))

    return copy


def check_alike(copies, steps, viewer) -> tuple[int, int]:
    """Numbers of hidden files and of answers with values; fails where the viewer can tell whether files are there."""
    hidden = hidden_from(viewer, steps)
    said = []
    for taken in (steps, without(steps, hidden)):
        archive = copies()
        worlds.build(archive, taken)
        said.append(transcript(archive, viewer))
        archive.catalogue.engine.dispose()
    for question, answer in said[0].items():
        assert answer == said[1][question], question
    return len(hidden), sum(answer[0] == 200 for answer in said[0].values())


@pytest.mark.parametrize("viewer", [OFFICER, GUEST], ids=lambda viewer: viewer.user)
def test_nothing_leaks_where_much_is_hidden(copies, viewer):
    hidden, answered = check_alike(copies, LEAKY, viewer)
    assert hidden == 8
    assert answered > 15


def test_who_sees_more_is_told_more(copies):
    """Else no difference would be found."""
    archive = copies()
    worlds.build(archive, LEAKY)
    one, other = transcript(archive, GUEST), transcript(archive, worlds.ME)
    differ = [question for question in one if one[question] != other[question]]
    assert len(differ) > 40


@pytest.mark.slow
@given(steps=worlds.files_first(16), viewer=st.sampled_from(HIDDEN_FROM))
@settings(max_examples=8, deadline=None)
def test_nothing_leaks_in_any_world(copies, steps, viewer):
    check_alike(copies, steps, viewer)
