"""What several members hand in: each its own granules, stations and duplicates; nothing tells of what is hidden."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import func, select

from soap.archive import Selection, publish, query
from soap.archive.lineage import lineage
from soap.archive.policy import Terms
from soap.archive.schema import deposit, original, version
from soap.archive.terms import Subject, set_terms
from soap.core.errors import BadParameter, Lost, Refused
from soap.core.time import Window
from soap.core.who import GUEST, MEMBER_ADMIN, STATION, USER, Viewer
from soap.observations import Earthquake, Station

HOURS = np.arange("2016-04-01", "2016-04-03", dtype="datetime64[h]")
APRIL = Window("2016-04-01", "2016-05-01")
KAK = "geomagnetism.kak.pt1h"
QUAKES = "seismology.comcat.events"
CHINA = Viewer("li", "CHN", frozenset({MEMBER_ADMIN}))
PAKISTAN = Viewer("khan", "PAK", frozenset({STATION}))
PERU = Viewer("quispe", "PER", frozenset({USER}))
PUBLIC = Viewer("", "", frozenset({GUEST}))


def quake(event_id="us1", time="2016-04-13T13:55:17", magnitude=6.9, latitude=23.0, longitude=94.9):
    return Earthquake(event_id, np.datetime64(time), latitude, longitude, 136.0, magnitude, "mww")


def count(archive, column):
    with archive.catalogue.reading() as connection:
        return connection.execute(select(func.count(column))).scalar_one()


def ids(archive, viewer, **selection):
    return [one.granule_id for one in query.granules(archive, viewer, Selection(**selection))]


@pytest.fixture
def hand_in(archive, make):
    """Publish one file as a viewer; gives the receipt."""

    def _hand_in(viewer, *observations, content=None, provider=None, **reading):
        arrival = make.arrival(content, observations=observations, **reading)
        return publish.publish(archive, viewer, [arrival], provider)

    return _hand_in


def test_the_same_file_of_two_members_is_each_ones_own(archive, make, hand_in, me):
    values = make.series(HOURS, np.arange(48.0))
    receipts = [hand_in(viewer, values, content=b"the file") for viewer in (CHINA, PAKISTAN)]
    assert [receipt.duplicates for receipt in receipts] == [(), ()]
    assert [receipt.published for receipt in receipts] == [receipts[0].published] * 2
    assert receipts[0].granules == {f"{KAK}:kak:2016:CHN"}
    assert receipts[1].granules == {f"{KAK}:kak:2016:PAK"}
    assert ids(archive, CHINA) == [f"{KAK}:kak:2016:CHN"]
    assert ids(archive, PAKISTAN) == [f"{KAK}:kak:2016:PAK"]
    assert ids(archive, me) == [f"{KAK}:kak:2016:CHN", f"{KAK}:kak:2016:PAK"]
    assert ids(archive, me, provider="PAK") == [f"{KAK}:kak:2016:PAK"]
    assert ids(archive, PERU) == ids(archive, PUBLIC) == []
    assert (count(archive, original.c.sha256), count(archive, deposit.c.provider)) == (1, 2)


def test_the_second_hand_in_of_a_member_is_a_duplicate(archive, make, hand_in):
    values = make.series(HOURS, np.arange(48.0))
    (checksum,) = hand_in(CHINA, values, content=b"the file").published
    again = hand_in(CHINA, values, content=b"the file")
    assert (again.published, again.duplicates, again.granules) == ((), (checksum,), frozenset())
    assert publish.known(archive, PAKISTAN, [checksum]) == set()
    assert publish.known(archive, CHINA, [checksum]) == {checksum}


def test_a_file_is_a_duplicate_to_who_may_see_all_that_was_made_of_it(archive, make, hand_in):
    two = (make.series(HOURS, np.arange(48.0)), make.series(HOURS, np.arange(48.0), code="mmb"))
    (checksum,) = hand_in(CHINA, *two, content=b"the file").published
    set_terms(archive, CHINA, Subject("collection", KAK), {"access": "open"})
    assert publish.known(archive, PAKISTAN, [checksum]) == set()  # the other half is hidden
    set_terms(archive, CHINA, Subject("collection", "geomagnetism.mmb.pt1h"), {"access": "open"})
    assert hand_in(PAKISTAN, *two, content=b"the file").duplicates == (checksum,)
    set_terms(archive, CHINA, Subject("collection", KAK), {"access": "private"})
    assert hand_in(PAKISTAN, *two, content=b"the file").published == (checksum,)


def test_a_hidden_holder_beside_an_open_one_is_not_told(archive, make, hand_in, me):
    values = make.series(HOURS, np.arange(48.0))
    (checksum,) = hand_in(CHINA, values, content=b"the file").published
    hand_in(me, values, content=b"the file", provider="TUR")
    set_terms(archive, me, Subject("collection", KAK, "TUR"), {"access": "open"})
    assert publish.known(archive, PAKISTAN, [checksum]) == {checksum}  # as if China had handed in nothing


def test_a_station_list_is_held_by_who_handed_it_in(archive, make, hand_in):
    stations = (Station("KAK", 36.232, 140.186, 36.0),)
    (checksum,) = hand_in(CHINA, stations=stations, content=b"list").published
    assert hand_in(PAKISTAN, stations=stations, content=b"list").published == (checksum,)
    assert [publish.known(archive, one, [checksum]) for one in (CHINA, PAKISTAN)] == [{checksum}] * 2
    assert hand_in(PAKISTAN, stations=stations, content=b"the same list again").published
    assert len(query.stations(archive, PAKISTAN)) == 1
    assert query.stations(archive, PUBLIC) == ()


def test_who_runs_the_archive_hands_in_for_a_member_what_it_holds_of_another(archive, make, hand_in, me):
    values = make.series(HOURS, np.arange(48.0))
    (checksum,) = hand_in(CHINA, values, content=b"the file").published
    assert hand_in(me, values, content=b"the file").duplicates == (checksum,)
    assert hand_in(me, values, content=b"the file", provider="PAK").published == (checksum,)
    assert ids(archive, PAKISTAN) == [f"{KAK}:kak:2016:PAK"]


def test_only_for_ones_own_member(archive, make, hand_in, me):
    with pytest.raises(Refused, match="khan hands in for PAK, not for CHN"):
        hand_in(PAKISTAN, make.series(HOURS, np.arange(48.0)), provider="CHN")
    with pytest.raises(Refused, match="quispe may not add"):
        hand_in(PERU, make.series(HOURS, np.arange(48.0)))
    with pytest.raises(BadParameter, match="no member 'XYZ'; there are BGD, CHN"):
        publish.for_whom(archive, me, "XYZ")
    assert [publish.for_whom(archive, *who) for who in ((me,), (me, "CHN"), (CHINA,))] == ["", "CHN", "CHN"]


def test_new_granules_get_the_terms_of_their_collection(archive, make, hand_in):
    hand_in(CHINA, make.series(HOURS, np.arange(48.0)))
    (first,) = query.granules(archive, CHINA, Selection())
    assert (first.owner, first.access, first.provider) == ("CHN", "private", "CHN")
    set_terms(archive, CHINA, Subject("collection", KAK), Terms("CHN", "open", licence="CC-BY-4.0", citation="Li 2016"))
    hand_in(CHINA, make.series(HOURS + np.timedelta64(366, "D"), np.arange(48.0)))
    assert ids(archive, PUBLIC) == [f"{KAK}:kak:2016:CHN", f"{KAK}:kak:2017:CHN"]
    (later,) = query.granules(archive, PUBLIC, Selection(window=Window("2017-01-01", "2018-01-01")))
    assert (later.licence, later.citation, later.access) == ("CC-BY-4.0", "Li 2016", "open")


def test_one_members_kind_and_grid_do_not_bind_another(archive, make, hand_in):
    hand_in(CHINA, make.series(HOURS, np.arange(48.0), simulated=1))
    assert hand_in(PAKISTAN, make.series(HOURS, np.arange(48.0))).published
    hand_in(CHINA, make.field(["2016-04-13T00"], [0.0, 5.0], [0.0, 5.0]))
    assert hand_in(PAKISTAN, make.field(["2016-04-13T00"], [0.0, 2.0], [0.0, 5.0])).published


def test_earthquakes_move_within_one_members_catalogue(archive, hand_in, me):
    for viewer in (CHINA, PAKISTAN):
        hand_in(viewer, events=(quake(time="2016-12-31T23:59:59"),), events_collection_id=QUAKES)
    moved = hand_in(PAKISTAN, events=(quake(time="2017-01-01T00:00:01"),), events_collection_id=QUAKES)
    assert moved.granules == {f"{QUAKES}:comcat:2016:PAK", f"{QUAKES}:comcat:2017:PAK"}
    assert [str(one.time)[:4] for one in query.events(archive, CHINA)] == ["2016"]
    assert [str(one.time)[:4] for one in query.events(archive, PAKISTAN)] == ["2017"]
    for window in (None, Window("2016-01-01", "2018-01-01"), Window("2017-01-01", "2018-01-01")):
        assert [str(one.time)[:4] for one in query.events(archive, me, window=window)] == ["2017"]
    assert query.events(archive, me, window=Window("2016-01-01", "2017-01-01")) == ()  # it is told as recorded last
    assert query.event(archive, me, "us1").time == np.datetime64("2017-01-01T00:00:01")
    assert query.event(archive, CHINA, "us1").time == np.datetime64("2016-12-31T23:59:59")


def test_an_earthquake_of_two_members_is_told_once_before_it_is_asked_how_large(archive, hand_in, me):
    hand_in(CHINA, events=(quake(magnitude=7.1),), events_collection_id=QUAKES)
    hand_in(PAKISTAN, events=(quake(magnitude=6.4, latitude=40.0),), events_collection_id=QUAKES)
    assert [one.magnitude for one in query.events(archive, me)] == [6.4]
    assert query.events(archive, me, min_magnitude=7.0) == ()
    assert query.events(archive, me, near=(23.0, 94.9, 100.0)) == ()
    assert [one.magnitude for one in query.events(archive, me, min_magnitude=7.0, provider="CHN")] == [7.1]
    assert [one.magnitude for one in query.events(archive, CHINA, near=(23.0, 94.9, 100.0))] == [7.1]


def test_lineage_is_by_provider_and_time(archive, make, hand_in):
    early, late = make.series(HOURS[:24], np.arange(24.0)), make.series(HOURS[24:], np.arange(24.0))
    hand_in(CHINA, late, content=b"late")
    hand_in(PAKISTAN, early, content=b"early")
    hand_in(CHINA, early, content=b"early")
    hand_in(PAKISTAN, late, content=b"late")
    with archive.catalogue.reading() as connection:
        keys = connection.execute(select(version.c.object_key)).scalars().all()
    assert len(set(keys)) == 3  # the two halves, and one object of both that is each member's
    told = [(one.provider, archive.objects.get(one.key)) for batch in lineage(archive, keys) for one in batch]
    assert told == [("CHN", b"late"), ("CHN", b"early"), ("PAK", b"early"), ("PAK", b"late")]


def test_a_half_orbit_named_like_a_member_is_no_others_granule(archive, make, hand_in, me):
    orbit = make.track([0.0, 1.0], [10.0, 10.0], half_orbit_id="031190")
    hand_in(CHINA, orbit)
    receipt = hand_in(me, make.track([0.0, 1.0], [10.0, 10.0], half_orbit_id="031190:CHN"))
    assert receipt.granules == {"topside.cses_01.lap_1.l2:cses_01:031190%3ACHN"}
    assert len(ids(archive, me)) == 2


def test_lost_bytes_are_put_back_only_by_who_may_know_of_them(archive, make, hand_in):
    (checksum,) = hand_in(CHINA, make.series(HOURS, np.arange(48.0)), content=b"the file").published
    key = publish.original_key(checksum)
    archive.objects.delete(key)
    assert not publish.restore(archive, PAKISTAN, checksum, b"the file")
    with pytest.raises(Lost):
        archive.objects.get(key)
    assert publish.restore(archive, CHINA, checksum, b"the file")
    assert not publish.restore(archive, CHINA, checksum, b"the file")


def test_quarantine_is_for_who_runs_the_archive(archive, me):
    publish.quarantine_files(archive, CHINA, [publish.Unreadable("x.mat", b"what is this", "no format read here")])
    (one,) = query.quarantined(archive, me)
    assert (one.name, one.bytes, one.reason, one.kept) == ("x.mat", 12, "no format read here", True)
    with pytest.raises(Refused, match="li does not run this archive"):
        query.quarantined(archive, CHINA)
