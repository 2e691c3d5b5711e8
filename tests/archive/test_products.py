"""Products: kept once, seen by who sees all inputs, released by every owner, hidden again by what comes later."""

from __future__ import annotations

import numpy as np
import pytest

from soap.archive import Selection, publish, query, verify
from soap.archive.product_inputs import ListedStation
from soap.archive.products import keep, product, product_content, products, release, withdraw
from soap.archive.station_sources import station_sources
from soap.archive.terms import Subject, reset, set_terms
from soap.core.errors import ArchiveError, BadParameter, NotFound, Refused
from soap.core.who import MEMBER_ADMIN, USER, Viewer
from soap.observations import Station

HOURS = np.arange("2016-12-31", "2017-01-02", dtype="datetime64[h]")
CHN, PAK, IRN = (Viewer(f"{code}.officer", code, frozenset({MEMBER_ADMIN})) for code in ("CHN", "PAK", "IRN"))
GUEST = Viewer("guest")
EVERYBODY = (CHN, PAK, IRN, GUEST)


def collection(code):
    return Subject("collection", f"geomagnetism.{code}.pt1h")


@pytest.fixture
def kept(archive, me, make, put):
    """A study of one granule of CHN's and one of PAK's, both private."""
    for code, owner in (("kak", "CHN"), ("abg", "PAK")):
        put(make.series(HOURS, np.zeros(48), code=code))
        set_terms(archive, me, collection(code), {"owner": owner})
    return keep(archive, me, "study", "Two stations", b"numbers", "application/zip", _inputs("kak", "abg"))


def _inputs(*codes):
    return [f"geomagnetism.{code}.pt1h:{code}:2016@1" for code in codes]


def seen_by(archive, name):
    """Users of the viewers that see it, in a list and by its name alike."""
    found = set()
    for viewer in EVERYBODY:
        listed = [one.product_id for one in products(archive, viewer)]
        try:
            assert product_content(archive, viewer, name) == b"numbers"
        except NotFound:
            assert listed == []
            continue
        assert listed == [name]
        found.add(viewer.member or "guest")
    return found


def test_who_sees_all_inputs_sees_it(archive, kept):
    assert seen_by(archive, kept) == set()
    set_terms(archive, PAK, collection("abg"), {"access": "members"})
    assert seen_by(archive, kept) == {"CHN"}
    set_terms(archive, CHN, collection("kak"), {"named": ("IRN",)})
    assert seen_by(archive, kept) == {"CHN", "IRN"}
    set_terms(archive, PAK, collection("abg"), {"embargo_until": 2**60})
    assert seen_by(archive, kept) == set()


def test_every_owner_must_release(archive, kept):
    assert release(archive, CHN, kept) is False
    assert seen_by(archive, kept) == set()
    assert release(archive, PAK, kept) is True
    assert seen_by(archive, kept) == {"CHN", "PAK", "IRN", "guest"}
    told = product(archive, CHN, kept)
    assert told.released
    assert told.inputs == tuple(_inputs("kak"))
    assert product(archive, GUEST, kept).inputs == ()
    withdraw(archive, PAK, kept)
    assert seen_by(archive, kept) == set()


@pytest.mark.parametrize("name", ["geomagnetism.kak.pt1h:kak:2016", None])
def test_terms_set_after_a_release_take_it_back(archive, kept, name):
    release(archive, CHN, kept), release(archive, PAK, kept)
    subject = collection("kak") if name is None else Subject("granule", name)
    set_terms(archive, CHN, subject, {"embargo_until": 2**60})
    assert seen_by(archive, kept) == set()
    release(archive, CHN, kept)
    assert "guest" in seen_by(archive, kept)


def test_terms_of_something_else_do_not(archive, kept, me):
    release(archive, CHN, kept), release(archive, PAK, kept)
    set_terms(archive, CHN, Subject("granule", "geomagnetism.kak.pt1h:kak:2017"), {"embargo_until": 2**60})
    assert "guest" in seen_by(archive, kept)
    set_terms(archive, CHN, Subject("granule", "geomagnetism.kak.pt1h:kak:2016"), {"access": "members"})
    release(archive, CHN, kept)
    set_terms(archive, CHN, collection("kak"), {"embargo_until": 2**60})  # the input has terms of its own
    assert "guest" in seen_by(archive, kept)
    reset(archive, CHN, "geomagnetism.kak.pt1h:kak:2016")
    assert seen_by(archive, kept) == set()


def test_who_may_not_release(archive, kept, me):
    for viewer in (IRN, GUEST):
        with pytest.raises(NotFound) as error:
            release(archive, viewer, kept)
        with pytest.raises(NotFound) as absent:
            release(archive, viewer, "study-0")
        assert str(error.value).replace(kept, "study-0") == str(absent.value)
    with pytest.raises(Refused, match="for PAK"):
        release(archive, CHN, kept, "PAK")
    set_terms(archive, CHN, collection("kak"), {"access": "open"})
    set_terms(archive, PAK, collection("abg"), {"access": "open"})
    for viewer in (IRN, GUEST, Viewer("u", "CHN", frozenset({USER}))):
        with pytest.raises(Refused):
            release(archive, viewer, kept)
    with pytest.raises(BadParameter, match="inputs' are CHN, PAK"):
        release(archive, me, kept)
    assert release(archive, me, kept, "CHN") is False
    assert release(archive, me, kept, "PAK") is True


@pytest.fixture
def placed(archive, me, make, put):
    """A study of an open series of the archive's, placed by a private list of PAK's."""
    put(make.series(HOURS, np.zeros(48)))
    set_terms(archive, me, collection("kak"), {"access": "open"})
    listed = make.arrival(stations=(Station("KAK", 36.2, 140.2),))
    publish.publish(archive, PAK, [listed])
    held = query.granules(archive, PAK, Selection())
    (source,) = station_sources(archive, PAK, held, np.datetime64("2200-01-01"))
    station = ListedStation(source.code_scheme, source.code, source.provider, source.original)
    assert station == ListedStation("iaga_code", "KAK", "PAK", listed.sha256)
    return keep(archive, PAK, "study", "Placed", b"numbers", "application/zip", _inputs("kak"), [station])


def test_a_hidden_station_list_hides_what_was_placed_by_it(archive, placed):
    assert seen_by(archive, placed) == {"PAK"}
    set_terms(archive, PAK, Subject("station", "iaga_code:KAK"), {"access": "members"})
    assert seen_by(archive, placed) == {"CHN", "PAK", "IRN"}
    assert product(archive, PAK, placed).stations == ("iaga_code:KAK",)
    set_terms(archive, PAK, Subject("station", "iaga_code:KAK"), {"embargo_until": 2**60})
    assert seen_by(archive, placed) == {"PAK"}


def test_the_owner_of_a_station_list_releases_too(archive, placed, me):
    assert release(archive, me, placed) is False
    assert seen_by(archive, placed) == {"PAK"}
    assert release(archive, PAK, placed) is True
    assert seen_by(archive, placed) == {"CHN", "PAK", "IRN", "guest"}
    assert product(archive, GUEST, placed).stations == ()
    assert product(archive, GUEST, placed).inputs == tuple(_inputs("kak"))
    set_terms(archive, PAK, Subject("station", "iaga_code:KAK"), {"embargo_until": 2**60})
    assert seen_by(archive, placed) == {"PAK"}


def test_a_station_list_that_moves_the_station_hides_nothing_else(archive, placed, make):
    set_terms(archive, PAK, Subject("station", "iaga_code:KAK"), {"access": "open"})
    publish.publish(archive, PAK, [make.arrival(stations=(Station("KAK", 36.3, 140.2),))])
    assert "guest" in seen_by(archive, placed)


def test_who_keeps_must_see_the_stations(archive, placed, me):
    (listed,) = query.stations(archive, PAK)
    told = product(archive, me, placed)
    for viewer, original in ((CHN, "a" * 64), (me, "b" * 64)):
        place = ListedStation(listed.code_scheme, listed.code, "PAK", original)
        with pytest.raises(NotFound, match="no station iaga_code:KAK"):
            keep(archive, viewer, "study", "x", b"", "application/zip", told.inputs, [place])


def test_the_same_is_kept_once(archive, kept, me):
    again = keep(archive, me, "study", "Two stations", b"numbers", "application/zip", reversed(_inputs("kak", "abg")))
    assert again == kept
    assert keep(archive, me, "study", "Two stations", b"number", "application/zip", _inputs("kak", "abg")) != kept
    assert [one.product_id for one in products(archive, me, kind="map")] == []
    assert len(products(archive, me, kind="study")) == 2


def test_who_keeps_must_see_all_inputs(archive, kept):
    with pytest.raises(NotFound) as error:
        keep(archive, CHN, "study", "x", b"", "application/zip", _inputs("kak", "abg"))
    with pytest.raises(NotFound) as absent:
        keep(archive, CHN, "study", "x", b"", "application/zip", _inputs("kak", "abh"))
    assert str(error.value).replace("abg", "abh") == str(absent.value)
    mine = keep(archive, CHN, "study", "x", b"", "application/zip", _inputs("kak"))
    assert [one.product_id for one in products(archive, CHN)] == [mine]
    assert products(archive, PAK) == ()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": "Study"}, BadParameter),
        ({"kind": ""}, BadParameter),
        ({"title": " "}, BadParameter),
        ({"title": "x" * 201}, BadParameter),
        ({"media": "image/png"}, BadParameter),
        ({"inputs": []}, BadParameter),
        ({"inputs": ["geomagnetism.kak.pt1h:kak:2016"]}, NotFound),
        ({"inputs": ["geomagnetism.kak.pt1h:kak:2016@2"]}, NotFound),
        ({"viewer": GUEST}, Refused),
    ],
)
def test_what_cannot_be_kept(archive, kept, me, change, error):
    good = {"viewer": me, "kind": "study", "title": "t", "content": b"", "media": "application/zip"}
    with pytest.raises(error):
        keep(archive, **{**good, "inputs": _inputs("kak"), **change})
    assert len(products(archive, me)) == 1


def test_a_product_is_verified(archive, kept, me, damage):
    assert verify.verify(archive, me).clean
    (key,) = archive.objects.keys("products")
    damage(key, b"damaged")
    with pytest.raises(ArchiveError, match="damaged"):
        product_content(archive, me, kept)
    assert [loss.granules for loss in verify.verify(archive, me).losses] == [(kept,)]
