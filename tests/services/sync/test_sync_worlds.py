"""Worlds of members, files that overlap and terms: whatever the order, the interleaving and the cuts of the link,

both nodes end with the same objects under the same terms, and nobody learns at the mirror what they may not at the
source. What each may see is worked out from the rows by a rule of its own.
"""

from __future__ import annotations

import shutil
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, select

from soap.archive import Archive, Selection, changes, nodes, query
from soap.archive.accounts import add_member, members
from soap.archive.schema import FOREVER, collection, granule, mirrored, station, terms, version
from soap.core.errors import WorkFailed
from soap.core.settings import Settings
from soap.core.who import PROJECT_ADMIN, USER, Viewer
from soap.services.sync.link import Link
from soap.services.sync.run import sync
from soap.testing import policy_worlds as made
from soap.testing.nodes import asked_as
from soap.testing.web import OWNER

ASKERS = (Viewer("guest"), Viewer("node", "PAK", frozenset({USER})), Viewer("node", "TUR", frozenset({USER})),
          Viewer("node", "", frozenset({PROJECT_ADMIN})))  # fmt: skip
EMPTY = TemporaryDirectory(prefix="soap-empty-")
PROVIDERS = ("", *made.MEMBERS)


def opened(folder: Path, name: str) -> Archive:
    return Archive.open(Settings(archive=folder / name, catalogue="", objects=""))


@cache
def empty(name: str) -> Path:
    """An archive in which nothing is, to be copied: that is faster than to make one."""
    folder = Path(EMPTY.name)
    archive = opened(folder, name)
    known = {member.code for member in members(archive)}
    for code in (*made.MEMBERS, "TUR"):
        if code not in known:
            add_member(archive, OWNER, code, code)
    archive.catalogue.engine.dispose()
    return folder / name


def seen_by(viewer: Viewer, row, now: int) -> bool:
    """The rule of policy, as its page states it, worked out anew."""
    if PROJECT_ADMIN in viewer.roles or (viewer.member and viewer.member == row.owner):
        return True
    if row.embargo_until is not None and now < row.embargo_until:
        return False
    allowed = {"open": True, "members": bool(viewer.member), "named": viewer.member in row.named.split()}
    return allowed.get(row.access, False)


def granules(archive: Archive, viewer: Viewer) -> dict[str, tuple]:
    """Name, objects and terms of each granule that the viewer may see, by the plain rows."""
    part = version.alias()
    query_ = (
        select(granule.c.granule_id, part.c.object_sha256, terms)
        .join(version, and_(version.c.granule == granule.c.id, version.c.recorded_to == FOREVER))
        .join(part, and_(part.c.granule == granule.c.id, part.c.number.between(version.c.base, version.c.number)))
        .join(terms, terms.c.id == granule.c.terms)
        .join(mirrored, mirrored.c.granule == granule.c.id, isouter=True)
        .where(mirrored.c.withdrawn.is_(None))
        .order_by(granule.c.granule_id, part.c.number)
    )
    now = time.time_ns() // 1000
    found: dict[str, tuple] = {}
    with archive.catalogue.reading() as connection:
        for row in connection.execute(query_):
            if seen_by(viewer, row, now):
                _, parts, _ = found.setdefault(row.granule_id, (row.granule_id, [], row.digest))
                parts.append(row.object_sha256)
    return {name: (tuple(parts), digest) for name, parts, digest in found.values()}


def stations(archive: Archive, viewer: Viewer) -> set[tuple]:
    now = time.time_ns() // 1000
    query_ = select(station, terms.c.owner, terms.c.access, terms.c.named, terms.c.embargo_until).join(
        terms, terms.c.id == station.c.terms
    )
    with archive.catalogue.reading() as connection:
        rows = connection.execute(query_.where(station.c.recorded_to == FOREVER)).all()
    return {(row.code, row.provider, row.latitude, row.name) for row in rows if seen_by(viewer, row, now)}


def told(archive: Archive, viewer: Viewer) -> list[str]:
    """What the viewer is told when they ask for everything, but for times of recording."""
    found = query.granules(archive, viewer, Selection())
    own = ("granule_id", "window", "count", "variables", "maturity", "quality", "owner", "access", "sha256", "bytes",
           "place", "box")  # fmt: skip
    return sorted(repr([getattr(one, name) for name in own]) for one in found)


class World:
    """A source, a mirror that asks as somebody, and steps at the source with runs between them."""

    def __init__(self, folder: Path, asker: Viewer, chance) -> None:
        for name in ("source", "mirror"):
            shutil.copytree(empty(name), folder / name)
        self.source, self.mirror = opened(folder, "source"), opened(folder, "mirror")
        self.asker, self.chance, self.failing = asker, chance, 0.0
        nodes.add_node(self.mirror, OWNER, "source", "https://source.test", PROVIDERS)
        self.client = asked_as(self.source, asker, lambda: self.chance.random() < self.failing)

    def run(self, failing: float = 0.0) -> None:
        """One run; over a link that fails it may end early."""
        self.failing = failing
        link = Link("https://source.test", "", client=self.client, tries=1)
        try:
            report = sync(OWNER, self.mirror, "source", link)
        except WorkFailed:
            assert failing
            return
        assert report.converged
        assert not report.refused
        self.check()

    def check(self) -> None:
        given_ = granules(self.source, self.asker)
        assert granules(self.mirror, OWNER_SEES) == given_
        assert stations(self.mirror, self.asker) == stations(self.source, self.asker)
        for provider in PROVIDERS:
            given_ = changes.contacts(self.source, self.asker, provider)
            assert changes.contacts(self.mirror, OWNER_SEES, provider) == given_
        for viewer in made.VIEWERS:
            if PROJECT_ADMIN in viewer.roles or viewer == made.ME:
                continue
            shown = granules(self.mirror, viewer)
            assert shown.items() <= granules(self.source, viewer).items()
            assert set(stations(self.mirror, viewer)) <= stations(self.source, viewer)
            if set(shown) == set(granules(self.source, viewer)):
                assert told(self.mirror, viewer) == told(self.source, viewer)


OWNER_SEES = Viewer("root", "", frozenset({PROJECT_ADMIN}))


def play(steps, asker, chance) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        world = World(Path(folder), asker, chance)
        for number, step in enumerate(steps):
            made.take(world.source, number, step)
            if chance.random() < 0.5:
                world.run(failing=chance.choice((0.0, 0.3, 0.7)))
        world.run()
        before = granules(world.mirror, OWNER_SEES)
        world.run()
        assert granules(world.mirror, OWNER_SEES) == before
        for archive in (world.source, world.mirror):
            archive.catalogue.engine.dispose()


@given(steps=made.interleaved(10), asker=st.sampled_from(ASKERS), chance=st.randoms(use_true_random=False))
@settings(max_examples=4, deadline=None)
def test_any_world_is_mirrored_as_far_as_it_may_be(steps, asker, chance):
    play(steps, asker, chance)


@pytest.mark.slow
@given(steps=made.interleaved(24), asker=st.sampled_from(ASKERS), chance=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_any_larger_world_is_mirrored_as_far_as_it_may_be(steps, asker, chance):
    play(steps, asker, chance)


def test_what_is_hidden_changes_nothing_that_is_told(tmp_path):
    """Two sources that differ in what the asker may not see tell the same, byte for byte."""
    abg, terms_ = made.Subject("collection", made.SERIES["abg"], "CHN"), made.Terms("CHN", "open")
    shown = [made.File("CHN", "abg", start=0), made.Setting(abg, terms_)]
    of_pak = made.Subject("collection", made.SERIES["abg"], "PAK")
    hidden = [made.File("PAK", "abg", start=2), made.File("CHN", "kak"), made.File("CHN", "stations"),
              made.Naming("CHN"), made.Setting(of_pak, made.Terms("PAK", "named", ("IRN",)))]  # fmt: skip
    answers = []
    for name, steps in (("less", [*shown, *[None] * len(hidden)]), ("more", [*shown, *hidden])):
        archive = opened(tmp_path, name)
        with made.clock() as hand:
            for hand.step, step in enumerate(steps):
                made.take(archive, hand.step, step)
        client = asked_as(archive, Viewer("guest"))
        some = "/granules?collection=geomagnetism.abg.pt1h&after=&provider="
        lists = ["/stations?provider=CHN&after=", "/contacts?provider=CHN&after="]
        paths = ["", f"{some}CHN", f"{some}PAK", *lists]
        told_ = [client.get(f"https://x/api/v1/changes{path}").text for path in paths]
        with archive.catalogue.reading() as connection:
            numbers = connection.execute(select(collection.c.collection_id, collection.c.id)).all()
        answers.append(told_)
    own = answers[0][0].split('"identity":"')[1][:16]
    assert answers[1][0].replace(answers[1][0].split('"identity":"')[1][:16], own) == answers[0][0]
    assert answers[0][1:] == answers[1][1:]
    assert len(numbers) == 3
