"""Whom to ask about a station: what a list tells and what was set, who is told of persons, who may set it."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from soap.archive import publish, query
from soap.archive.contacts import may_set, set_contacts, take_back
from soap.archive.nodes import add_node
from soap.archive.originals import originals
from soap.archive.schema import archive_fact
from soap.archive.terms import Subject, set_terms
from soap.core.errors import BadParameter, NotFound, Refused
from soap.core.who import MEMBER_ADMIN, STATION, USER, Viewer
from soap.observations import Contact, Station, StationContacts
from soap.observations.contact import MOST

HOURS = np.arange("2016-04-01", "2016-04-03", dtype="datetime64[h]")
KAK, ABG = Station("KAK", 36.2, 140.2, name="Kakioka"), Station("ABG", 18.6, 72.9)
LISTED = Contact("Observatory of the list", "head", "L. Ister", "lister@example.org", "https://example.org/kak")
SET = Contact("Institute", "data officer", "S. Etter", "setter@example.org")
OFFICER = Viewer("chn.officer", "CHN", frozenset({MEMBER_ADMIN}))
OTHER = Viewer("pak.officer", "PAK", frozenset({MEMBER_ADMIN}))
PUBLIC, USER_OF_TUR = Viewer("guest"), Viewer("tur.user", "TUR", frozenset({USER}))
HERE = ("iaga_code", "KAK")


def named(*some: Contact) -> tuple[StationContacts, ...]:
    return (StationContacts(*HERE, some),)


@pytest.fixture
def hand_in(archive, me, make):
    """Publish a file for a provider; its checksum."""

    def handed_in(provider: str, *observations, **reading) -> str:
        arrival = make.arrival(observations=observations, **reading)
        receipt = publish.publish(archive, me, [arrival], provider)
        assert not receipt.refused, receipt.refused
        return arrival.sha256

    return handed_in


def open_station(archive, me, provider, name="iaga_code:KAK"):
    set_terms(archive, me, Subject("station", name, provider), {"access": "open"})


def told(archive, viewer, **asked):
    return {(one.provider, one.listed): one.contacts for one in query.contacts(archive, viewer, **asked)}


def test_what_is_set_counts_over_the_list_until_it_is_taken_back(archive, me, hand_in):
    hand_in("CHN", stations=(KAK,), contacts=named(LISTED, SET))
    assert told(archive, OFFICER) == {("CHN", True): (LISTED, SET)}
    before = query.collections(archive, me)
    set_contacts(archive, OFFICER, *HERE, [SET, SET])
    hand_in("CHN", stations=(ABG, KAK), contacts=named(LISTED))  # a later list leaves what was set
    assert told(archive, OFFICER) == {("CHN", False): (SET,)}
    set_contacts(archive, OFFICER, "iaga_code", "kak", [LISTED], add=True)
    assert told(archive, OFFICER, code_scheme="iaga_code", code="kak") == {("CHN", False): (SET, LISTED)}
    assert take_back(archive, OFFICER, *HERE) == "CHN"
    assert told(archive, OFFICER) == {("CHN", True): (LISTED,)}
    with pytest.raises(NotFound, match="No contacts were set for iaga_code:KAK"):
        take_back(archive, OFFICER, *HERE)
    assert query.collections(archive, me) == before


def test_earlier_states_are_kept(archive, hand_in):
    times = []
    for some in ((LISTED,), (SET,)):
        hand_in("CHN", stations=(KAK,), contacts=named(*some))
        with archive.catalogue.reading() as connection:
            clock = connection.execute(archive_fact.select().where(archive_fact.c.name == "clock")).one().value
        times.append(np.datetime64(clock, "us"))
    assert [told(archive, OFFICER, as_of=at) for at in times] == [{("CHN", True): (LISTED,)}, {("CHN", True): (SET,)}]
    hand_in("CHN", stations=(KAK,))  # one that names nobody leaves who is named
    assert told(archive, OFFICER) == {("CHN", True): (SET,)}


def test_persons_are_told_of_to_members_people_alone(archive, me, hand_in):
    hand_in("CHN", stations=(KAK,), contacts=named(LISTED, Contact("Observatory of the list", "head", "A. Nother",
            web="https://example.org/kak")))  # fmt: skip
    assert told(archive, PUBLIC) == told(archive, OTHER) == {}
    open_station(archive, me, "CHN")
    public = Contact("Observatory of the list", "head", web="https://example.org/kak")
    assert told(archive, PUBLIC) == {("CHN", True): (public,)}  # both persons are one to who knows of none
    assert len(told(archive, USER_OF_TUR)["CHN", True]) == 2
    assert LISTED in told(archive, USER_OF_TUR)["CHN", True]


def test_a_file_that_names_persons_is_for_members_people(archive, me, hand_in):
    with_person = hand_in("CHN", stations=(KAK,), contacts=named(LISTED))
    without = hand_in("CHN", stations=(KAK, ABG), contacts=named(LISTED.public))
    again = hand_in("CHN", stations=(KAK, ABG, Station("MMB", 43.9, 144.2)), contacts=named(LISTED))
    for code in ("KAK", "ABG", "MMB"):
        open_station(archive, me, "CHN", f"iaga_code:{code}")
    three = [with_person, without, again]
    assert set(originals(archive, PUBLIC, three)) == {without}
    assert set(originals(archive, USER_OF_TUR, three)) == set(three)


def test_a_list_is_for_who_may_see_also_what_it_left_unchanged(archive, me, hand_in):
    hand_in("CHN", stations=(KAK,))
    later = hand_in("CHN", stations=(KAK, ABG))
    open_station(archive, me, "CHN", "iaga_code:ABG")
    assert set(originals(archive, PUBLIC, [later])) == set()  # it tells where the hidden one is
    open_station(archive, me, "CHN")
    assert set(originals(archive, PUBLIC, [later])) == {later}


def test_a_member_sets_them_where_it_observes_at_a_station_of_the_list_of_another(archive, me, make, hand_in):
    hand_in("", stations=(KAK,))
    hand_in("CHN", make.series(HOURS, np.zeros(48)))
    hand_in("PAK", make.series(HOURS, np.ones(48), code="xyz", latitude=1.0, longitude=2.0))
    open_station(archive, me, "")
    assert may_set(archive, OFFICER, *HERE) == ("CHN",)
    assert may_set(archive, OTHER, *HERE) == may_set(archive, USER_OF_TUR, *HERE) == ()
    assert may_set(archive, me, *HERE) == ("", "CHN")
    set_contacts(archive, OFFICER, *HERE, [SET])
    assert told(archive, PUBLIC) == told(archive, OTHER) == {}  # nobody else knows that CHN observes there
    set_terms(archive, me, Subject("collection", "geomagnetism.kak.pt1h", "CHN"), {"access": "members"})
    assert told(archive, OTHER) == {("CHN", False): (SET,)}
    set_contacts(archive, OTHER, "platform", "XYZ", [SET])  # which no list names
    assert told(archive, OTHER, code="xyz") == {("PAK", False): (SET,)}


def test_who_may_not(archive, me, make, hand_in):
    hand_in("", stations=(KAK,))
    hand_in("CHN", make.series(HOURS, np.zeros(48)))
    open_station(archive, me, "")
    for viewer in (OTHER, USER_OF_TUR, Viewer("chn.station", "CHN", frozenset({STATION}))):
        with pytest.raises(Refused, match=r"may not set the contacts of iaga_code:KAK: it belongs to .*the archive"):
            set_contacts(archive, viewer, *HERE, [SET])
    with pytest.raises(Refused):
        take_back(archive, OTHER, *HERE)
    with pytest.raises(NotFound) as hidden:
        set_contacts(archive, OTHER, *HERE, [SET], "CHN")
    with pytest.raises(NotFound) as absent:
        set_contacts(archive, OTHER, *HERE, [SET], "IRN")
    assert str(hidden.value) == str(absent.value).replace("IRN", "CHN")
    with pytest.raises(BadParameter, match="one of the archive itself, CHN; say for which provider"):
        set_contacts(archive, me, *HERE, [SET])
    assert set_contacts(archive, me, *HERE, [SET], "").provider == ""
    set_terms(archive, me, Subject("collection", "geomagnetism.kak.pt1h", "CHN"), {"owner": "PAK"})
    assert (may_set(archive, OFFICER, *HERE), may_set(archive, OTHER, *HERE)) == ((), ("CHN",))


def test_what_comes_from_another_node_is_set_there(archive, me, hand_in):
    add_node(archive, me, "other", "https://other.test", ["PAK"])
    hand_in("CHN", stations=(KAK,))
    with archive.catalogue.publishing() as connection:
        connection.execute(text("UPDATE authority SET provider = 'CHN'"))
    with pytest.raises(Refused, match="come from the node other"):
        set_contacts(archive, OFFICER, *HERE, [SET])


@pytest.mark.parametrize("number", [0, MOST + 1])
def test_a_station_has_some_contacts_and_not_too_many(archive, hand_in, number):
    hand_in("CHN", stations=(KAK,))
    with pytest.raises(BadParameter, match=f"1 to {MOST} contacts"):
        set_contacts(archive, OFFICER, *HERE, [Contact(f"Institute {at}") for at in range(number)])


def test_contacts_of_a_station_that_the_file_does_not_list_are_refused(archive, me, make):
    receipt = publish.publish(archive, me, [make.arrival(stations=(ABG,), contacts=named(SET))])
    assert "KAK' has contacts and is not listed" in receipt.refused[0][1]


def test_who_lists_a_station_is_found_by_an_index(archive):
    """A search that tells which files one may have asks for stations by file, and each file handed in does."""
    with archive.catalogue.reading() as connection:
        if archive.catalogue.remote:  # which takes a small table whole, but where it may not
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        told, whole = ("EXPLAIN", "Seq Scan") if archive.catalogue.remote else ("EXPLAIN QUERY PLAN", "SCAN")
        plan = connection.execute(text(f"{told} SELECT terms FROM station WHERE original IN ('a', 'b')"))
        assert "ix_station_original" in str(plan.all())
        plan = connection.execute(text(
            f"{told} SELECT s.terms FROM station_listing l JOIN station s ON l.code_scheme = s.code_scheme"
            " AND l.code = s.code AND l.provider = s.provider WHERE l.original IN ('a') AND s.recorded_to = 5"
        ))  # fmt: skip
        assert whole not in str(plan.all())
