"""Subscriptions and feeds over REST: one's own alone, and a feed tells what its maker may see when it is fetched."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from sqlalchemy import update

from soap.archive import Archive
from soap.archive.policy import Terms
from soap.archive.schema import subscription
from soap.archive.terms import Subject, set_terms
from soap.core.settings import Settings
from soap.services.ingest import ingest
from soap.services.watch.rounds import look_round
from soap.testing import policy_worlds as made
from soap.testing.policy_worlds import File, Setting
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.web import OWNER, application, signed, token_of

ATOM = "{http://www.w3.org/2005/Atom}"
PATH = "/api/v1/subscriptions"
QUAKE = {"event_id": "q1", "time": "2016-01-19", "latitude": 23.0, "longitude": 90.0, "depth_km": 10.0, 
         "magnitude": 6.0, "place": "here & <there>"}  # fmt: skip
NOW = np.datetime64("2016-01-20", "ns")


@pytest.fixture
def user(archive):
    return signed(archive, "t@tur", "TUR")


def wanted(**also):
    return {"kind": "earthquake", "conditions": {"min_magnitude": 5}, "channel": "feed", **also}


def entries(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 200
    root = ET.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):  # RFC 4287, 4.1.1
        assert root.find(ATOM + name) is not None
    found = root.findall(f"{ATOM}entry")
    assert all(one.find(ATOM + name) is not None for one in found for name in ("id", "title", "updated"))
    return [(one.findtext(f"{ATOM}id"), one.findtext(f"{ATOM}title")) for one in found]


def test_a_feed_from_its_making_to_its_end(archive, client, user, tmp_path):
    answer = client.post(PATH, json=wanted(name="Large"), headers=user)
    assert answer.status_code == 201, answer.text
    one = answer.json()
    assert one["feed"].endswith(f"/api/v1/feed/{one['secret']}")
    assert entries(client.get(one["feed"])) == []
    (tmp_path / "a.tiny").write_bytes(tiny(events=[QUAKE]))
    ingest(OWNER, archive, COMPOSITION, [tmp_path / "a.tiny"])
    events = Subject("collection", "seismology.tiny.events", "")
    set_terms(archive, OWNER, events, Terms("", "members"))
    look_round(OWNER, archive, COMPOSITION, NOW)
    ((_, title),) = entries(client.get(one["feed"]))
    assert title == "M 6.0, here & <there>"
    set_terms(archive, OWNER, events, Terms("", "private"))
    assert entries(client.get(one["feed"])) == []
    assert one["secret"] not in str(client.get(PATH, headers=user).json())  # it was told once
    number = one["number"]
    changed = client.patch(f"{PATH}/{number}", json={"active": False, "name": "Paused"}, headers=user).json()
    assert (changed["active"], changed["name"], changed["conditions"]) == (False, "Paused", {})
    for answer in ("true", 0, "no", 1.0):
        refused = client.patch(f"{PATH}/{number}", json={"active": answer}, headers=user)
        assert refused.status_code == 400
        assert "active" in refused.json()["detail"]
    assert [told["subject"] for told in client.get(f"{PATH}/{number}/notices", headers=user).json()] == [
        "earthquake q1"
    ]
    assert client.delete(f"{PATH}/{number}", headers=user).status_code == 204
    assert client.get(one["feed"]).status_code == 404
    assert client.get(PATH, headers=user).json() == []


def test_others_have_none_of_it(archive, client, user):
    number = client.post(PATH, json=wanted(), headers=user).json()["number"]
    other = signed(archive, "p@pak", "PAK")
    assert client.get(PATH, headers=other).json() == []
    for method, path in (("PATCH", ""), ("DELETE", ""), ("GET", "/notices")):
        answer = client.request(method, f"{PATH}/{number}{path}", json={} if method == "PATCH" else None, headers=other)
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"There is no subscription {number} of yours."
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=token_of(archive, "p@pak", ("read",))).status_code == 403
    assert client.get("/api/v1/feed/soap_guessed").status_code == 404


@pytest.mark.parametrize("told", [
    {"kind": "tide"}, {"channel": "pigeon"}, {"conditions": {"x": 1}}, {"channel": "webhook", "target": "http://10.0.0.1/"},
    {"channel": "webhook", "target": "nowhere"}, {"channel": "mail", "target": "a@example.org, b@example.org"},
])  # fmt: skip
def test_what_cannot_be_is_said(client, user, told):
    answer = client.post(PATH, json=wanted(**told), headers=user)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


WATCHED = [
    ("earthquake", {"min_magnitude": 0, "within_days": 400}),
    *(("new_data", {"collection": name}) for name in (*made.COLLECTIONS, made.KP)),
    *(("silence", {"collection": name, "longer_than_hours": 1}) for name in made.SERIES.values()),
    *(("threshold", {"collection": name, "variable": "b_north", "above": 0}) for name in made.SERIES.values()),
]
SHOWN = (File("CHN", "kak", count=6), File("CHN", "031190"), File("CHN", "quakes", names=("ev1", "ev3")))
HIDDEN = (File("PAK", "kak", start=2, count=8), File("PAK", "abg", count=5), File("PAK", "031191"),
          File("PAK", "map", start=1), File("PAK", "quakes", names=("ev2",)))  # fmt: skip
HIDING = (Terms("PAK", "private"), Terms("PAK", "open", (), made.FUTURE), Terms("PAK", "named", ("IRN",)))
WAYS = ("private", "embargoed", "named")


def told(folder, hiding: Terms, there: bool, user: str, member: str) -> list:
    """All that somebody is told in a world with, or without, what another member hides."""
    archive = Archive.open(Settings(archive=folder, catalogue="", objects=""))
    opened = [Setting(Subject("collection", name, "CHN"), Terms("CHN", "open")) for name in made.COLLECTIONS]
    hidden = [Setting(Subject("collection", name, "PAK"), hiding) for name in made.COLLECTIONS]
    made.build(archive, (*SHOWN, *opened, *(HIDDEN if there else ()), *(hidden if there else ())))
    with application(archive, COMPOSITION) as client:
        headers = signed(archive, user, member)
        feeds = []
        for kind, conditions in WATCHED:
            asked = {"kind": kind, "conditions": conditions, "channel": "feed"}
            feeds.append(client.post(PATH, json=asked, headers=headers).json()["feed"])
        with archive.catalogue.publishing() as connection:  # as if asked for before anything was taken
            connection.execute(update(subscription).values(looked=0))
        done = look_round(OWNER, archive, COMPOSITION, np.datetime64("2017-01-03", "ns"))
        assert done.remarks == []
        said = [ET.tostring(ET.fromstring(client.get(feed).content)).decode() for feed in feeds]
        return [_timeless(archive, one) for one in said]


def _timeless(archive, text: str) -> str:
    """Without what differs between any two archives: when it was told, which archive, and times of recording."""
    text = re.sub(r"urn:soap:[0-9a-f]+:", "", text)
    text = re.sub(r":notice:\d+", "", text)
    text = re.sub(r"notice:\d+", "", text)
    return re.sub(r"(<ns0:updated>)[^<]*|@2030-[0-9T:.]+Z", "", text)


@pytest.mark.parametrize(
    "hiding", [HIDING[0], *(pytest.param(one, marks=pytest.mark.slow) for one in HIDING[1:])], ids=WAYS
)
def test_who_may_not_see_is_told_as_if_it_did_not_exist(hiding, tmp_path):
    both = [
        told(tmp_path / word, hiding, there=word == "there", user="t@tur", member="TUR") for word in ("there", "not")
    ]
    assert both[0] == both[1]
    assert sum(one.count("<ns0:entry>") for one in both[0]) >= 6


@pytest.mark.slow
def test_its_owner_is_told_more(tmp_path):
    hiding = HIDING[0]
    both = [
        told(tmp_path / word, hiding, there=word == "there", user="p@pak", member="PAK") for word in ("there", "not")
    ]
    more = [one.count("<ns0:entry>") - other.count("<ns0:entry>") for one, other in zip(*both, strict=True)]
    assert sum(more) >= 5


def test_the_server_looks_by_itself(archive, tmp_path):
    archive.settings.watch_every_s = 0.05
    headers = signed(archive, "t@tur", "TUR")
    with application(archive, COMPOSITION) as client:
        asked = {"kind": "new_data", "conditions": {"collection": "geomagnetism.kak.pt1h"}, "channel": "feed"}
        feed = client.post(PATH, json=asked, headers=headers).json()["feed"]
        (tmp_path / "a.tiny").write_bytes(tiny(code="kak", start="2016-01-19", values=[1.0] * 3))
        ingest(OWNER, archive, COMPOSITION, [tmp_path / "a.tiny"])
        set_terms(archive, OWNER, Subject("collection", "geomagnetism.kak.pt1h", ""), Terms("", "open"))
        (tmp_path / "b.tiny").write_bytes(tiny(code="kak", start="2016-01-20", values=[2.0] * 3))
        ingest(OWNER, archive, COMPOSITION, [tmp_path / "b.tiny"])
        until = time.monotonic() + 20
        while not (found := entries(client.get(feed))) and time.monotonic() < until:
            time.sleep(0.05)
    assert [title for _, title in found] == ["New in geomagnetism.kak.pt1h"]
