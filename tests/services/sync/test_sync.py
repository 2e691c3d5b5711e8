"""Two nodes end with the same objects under the same terms, whatever was handed in and set, and in whatever order."""

import numpy as np
import pytest

from soap.archive import Archive, backup, nodes, query
from soap.archive.contacts import set_contacts, take_back
from soap.archive.records import Selection
from soap.archive.terms import Subject, terms_held
from soap.archive.verify import verify
from soap.core.errors import Conflict, Refused
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Contact
from soap.testing.nodes import account_at, held, mirrors, run_sync, serving_each_other
from soap.testing.web import OWNER

KAK = "geomagnetism.kak.pt1h"
QUAKE = {"event_id": "q1", "time": "2016-12-31T23:00", "latitude": 30.0, "longitude": 70.0, "depth_km": 10.0,
         "magnitude": 5.5}  # fmt: skip


def test_what_is_open_comes_as_it_is_and_a_second_run_takes_nothing(two):
    chn, pak = two
    chn.hand_in("CHN", code="kak", start="2016-01-01", values=[1, 2, None, 4])
    chn.hand_in("CHN", code="kak", start="2016-01-02", values=[5, 6])  # an object of its own, added
    chn.hand_in("CHN", code="mmb", start="2016-01-01", values=[7])  # stays private
    chn.hand_in("CHN", stations=[{"code": "KAK", "latitude": 36.2, "longitude": 140.2}])
    chn.hand_in("CHN", events=[QUAKE])
    for name in (KAK, "seismology.tiny.events"):
        chn.open_all(name, "CHN")
    chn.put_under("station", "iaga_code:KAK", "CHN", access="open")
    mirrors(pak, chn, "CHN")
    first = run_sync(pak, chn)
    assert first.converged
    assert (first.collections, first.granules, first.objects, first.stations) == (2, 2, 3, 1)
    seen = {one for one in held(chn.archive) if not one[0].startswith("geomagnetism.mmb")}
    assert held(pak.archive) == seen
    assert len(dict(seen)[f"{KAK}:kak:2016:CHN"]) == 2
    again = run_sync(pak, chn)
    assert (again.converged, again.granules, again.objects, again.terms) == (True, 0, 0, 0)
    assert verify(pak.archive, OWNER).clean
    window = Window(np.datetime64("2016-01-01", "ns"), np.datetime64("2017-01-01", "ns"))
    guest = Viewer("guest")
    mine, theirs = (query.series(one.archive, guest, KAK, window) for one in (pak, chn))
    np.testing.assert_array_equal(mine["b_north"].values, theirs["b_north"].values)
    np.testing.assert_array_equal(mine["b_north"].values, [1, 2, np.nan, 4, 5, 6])


def test_corrections_additions_and_relocations_follow(two):
    chn, pak = two
    chn.hand_in("CHN", code="kak", start="2016-01-01", values=[1, 2])
    chn.hand_in("CHN", events=[QUAKE])
    mirrors(pak, chn, "CHN")
    token = account_at(chn, "node-of-pak", roles=("project_admin",))
    assert run_sync(pak, chn, token).converged
    chn.hand_in("CHN", code="kak", start="2016-01-02", values=[3])
    assert run_sync(pak, chn, token).objects == 1
    for day in range(3, 12):  # more than are added: it is written whole in between
        chn.hand_in("CHN", code="kak", start=f"2016-01-{day:02}", values=[day])
    chn.hand_in("CHN", code="kak", start="2016-01-01", values=[9], maturity="definitive")
    chn.hand_in("CHN", events=[QUAKE | {"time": "2017-01-01T00:10"}])
    report = run_sync(pak, chn, token)
    assert (report.converged, report.refused) == (True, [])
    assert held(pak.archive) == held(chn.archive)
    events = [query.events(one.archive, OWNER) for one in (chn, pak)]
    assert repr(events[0]) == repr(events[1])


def test_terms_travel_and_what_is_taken_back_is_hidden(two):
    chn, pak = two
    for year in (2015, 2016):
        chn.hand_in("CHN", code="kak", start=f"{year}-01-01", values=[1, 2])
    chn.open_all(KAK, "CHN")
    mirrors(pak, chn, "CHN")
    run_sync(pak, chn)
    guest, officer = Viewer("guest"), Viewer("li", "CHN", frozenset({"member_admin"}))

    def years(viewer):
        return [one.period for one in query.granules(pak.archive, viewer, Selection())]

    assert years(guest) == ["2015", "2016"]
    chn.put_under("granule", f"{KAK}:kak:2016:CHN", embargo_until=4 * 10**15)
    report = run_sync(pak, chn)
    assert (report.withdrawn, report.converged) == (1, True)
    assert (years(guest), years(officer)) == (["2015"], ["2015", "2016"])
    (notice,) = nodes.notices(pak.archive, OWNER, "chn")
    assert (notice.kind, notice.subject) == ("withdrawn", f"{KAK}:kak:2016:CHN")
    chn.put_under("granule", f"{KAK}:kak:2016:CHN", embargo_until=None, access="members", licence="CC-BY-4.0")
    chn.hand_in("CHN", code="kak", start="2016-02-01", values=[3])
    token = account_at(chn, "node-of-pak", "PAK")
    report = run_sync(pak, chn, token)
    assert (report.terms, report.objects, report.converged) == (1, 1, True)
    assert years(guest) == ["2015"]
    assert years(Viewer("u", "PAK", frozenset({"user"}))) == ["2015", "2016"]
    (terms,) = terms_held(pak.archive, OWNER, Subject("granule", f"{KAK}:kak:2016:CHN"))
    assert (terms.terms.access, terms.terms.licence) == ("members", "CC-BY-4.0")
    assert held(pak.archive) == held(chn.archive)
    chn.put_under("collection", KAK, "CHN", access="private")  # and the other keeps terms of its own
    report = run_sync(pak, chn)  # as the public now: nothing is given
    assert (report.withdrawn, report.collections, report.converged) == (2, 0, True)
    assert years(guest) == []


def test_contacts_travel_as_far_as_the_account_is_told(two):
    chn, pak = two
    station = [{"code": "KAK", "latitude": 36.2, "longitude": 140.2}]
    listed = {"organisation": "Observatory", "name": "A. Head", "email": "head@example.org"}
    chn.hand_in("CHN", stations=station, contacts={"KAK": [listed]})
    chn.hand_in("CHN", code="xyz", start="2016-01-01", values=[1], latitude=1.0, longitude=2.0)
    chn.put_under("station", "iaga_code:KAK", "CHN", access="open")
    chn.open_all("geomagnetism.xyz.pt1h", "CHN")
    set_contacts(chn.archive, OWNER, "platform", "XYZ", [Contact("Institute", name="B. Set")])
    mirrors(pak, chn, "CHN")

    def told(archive=pak.archive, viewer=OWNER):
        return [(one.code, one.listed, one.contacts) for one in query.contacts(archive, viewer)]

    assert run_sync(pak, chn).converged  # as the public
    assert told() == [("KAK", True, (Contact("Observatory"),)), ("XYZ", False, (Contact("Institute"),))]
    token = account_at(chn, "node-of-pak", "PAK")
    run_sync(pak, chn, token)
    assert told() == told(chn.archive)
    assert told(viewer=Viewer("guest"))[0] == ("KAK", True, (Contact("Observatory"),))
    set_contacts(chn.archive, OWNER, "iaga_code", "KAK", [Contact("Data centre")])
    run_sync(pak, chn, token)
    assert told() == told(chn.archive)
    take_back(chn.archive, OWNER, "iaga_code", "KAK")
    chn.open_all("geomagnetism.xyz.pt1h", "CHN")
    chn.put_under("collection", "geomagnetism.xyz.pt1h", "CHN", access="private")
    run_sync(pak, chn, token)
    assert told() == told(chn.archive)[:1]
    with pytest.raises(Refused, match="come from the node chn"):
        set_contacts(pak.archive, OWNER, "iaga_code", "KAK", [Contact("Elsewhere")])


def test_a_provider_has_one_place(two):
    chn, pak = two
    chn.hand_in("CHN", code="kak", start="2016-01-01", values=[1])
    chn.open_all(KAK, "CHN")
    mirrors(pak, chn, "CHN")
    run_sync(pak, chn)
    with pytest.raises(Refused, match="come from the node chn"):
        pak.hand_in("CHN", code="kak", start="2016-01-02", values=[2])
    with pytest.raises(Refused, match="come from the node chn"):
        pak.put_under("collection", KAK, "CHN", access="open")
    with pytest.raises(Conflict, match="CHN hands in here"):
        mirrors(chn, pak, "CHN")
    mirrors(pak, pak, "PAK")
    with pytest.raises(Refused, match="this archive itself"):
        run_sync(pak, pak)


def test_both_directions_and_never_back(two):
    chn, pak = two
    chn.hand_in("CHN", code="kak", start="2016-01-01", values=[1])
    pak.hand_in("PAK", code="kak", start="2016-01-01", values=[2])
    for one, provider in ((chn, "CHN"), (pak, "PAK")):
        one.open_all(KAK, provider)
    mirrors(pak, chn, "CHN")
    mirrors(chn, pak, "PAK")
    assert run_sync(pak, chn).converged
    report = run_sync(chn, pak)
    assert (report.converged, report.collections, report.left_out) == (True, 1, 1)
    assert held(chn.archive) == held(pak.archive)
    assert len(held(chn.archive)) == 2


def test_an_object_that_the_node_has_lost_keeps_nothing_else_away(two):
    chn, pak = two
    for code in ("kak", "mmb"):
        chn.hand_in("CHN", code=code, start="2016-01-01", values=[1, 2])
        chn.open_all(f"geomagnetism.{code}.pt1h", "CHN")
    (lost,) = [key for key in chn.archive.objects.keys("objects") if "kak" in key]
    content = chn.archive.objects.get(lost)
    chn.archive.objects.delete(lost)
    mirrors(pak, chn, "CHN")
    assert not run_sync(pak, chn).converged
    assert [name for name, _ in held(pak.archive)] == ["geomagnetism.mmb.pt1h:mmb:2016:CHN"]
    chn.archive.objects.put(lost, content)
    assert run_sync(pak, chn).converged
    assert held(pak.archive) == held(chn.archive)


def test_a_node_that_was_put_back_from_an_older_backup_is_followed(tmp_path):
    """What it does not know any more is withdrawn, what it corrected in the meantime is as it was, and it goes on."""
    chn, back, pak = (Archive.open(Settings(archive=tmp_path / name, catalogue="", objects=""))
                      for name in ("chn", "back", "pak"))  # fmt: skip
    with serving_each_other({"chn": chn, "pak": pak}) as both:
        both["chn"].hand_in("CHN", code="kak", start="2016-01-01", values=[1, 2, 3])
        both["chn"].open_all("geomagnetism.kak.pt1h", "CHN")
        backup.backup(chn, OWNER, tmp_path / "older")
        both["chn"].hand_in("CHN", code="kak", start="2016-01-01", values=[1, 2, 4])
        both["chn"].hand_in("CHN", code="mmb", start="2016-01-01", values=[5])
        both["chn"].open_all("geomagnetism.mmb.pt1h", "CHN")
        mirrors(both["pak"], both["chn"], "CHN")
        run_sync(both["pak"], both["chn"])
        assert held(pak, "CHN") == held(chn, "CHN")
    backup.restore(back, OWNER, tmp_path / "older")
    with serving_each_other({"chn": back, "pak": pak}) as both:
        assert run_sync(both["pak"], both["chn"]).withdrawn == 1
        assert held(pak, "CHN") == held(back, "CHN")
        both["chn"].hand_in("CHN", code="kak", start="2016-01-01", values=[1, 2, 9])
        assert run_sync(both["pak"], both["chn"]).converged
        assert held(pak, "CHN") == held(back, "CHN")
    assert verify(pak, OWNER).clean
