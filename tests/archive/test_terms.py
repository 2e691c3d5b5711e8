"""Setting terms: who may on what, what they reach, what is told of them, and how they are kept."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import func, select

from soap.archive.policy import Terms, may_see
from soap.archive.schema import terms as terms_table
from soap.archive.terms import Subject, number_of, reset, set_terms, terms_held, terms_history
from soap.core.errors import BadParameter, NotFound, Refused
from soap.core.who import MEMBER_ADMIN, STATION, USER, Viewer
from soap.observations import Station

HOURS = np.arange("2016-12-31", "2017-01-02", dtype="datetime64[h]")
KAK = Subject("collection", "geomagnetism.kak.pt1h")
OFFICER = Viewer("chn.officer", "CHN", frozenset({MEMBER_ADMIN}))
OTHER = Viewer("pak.officer", "PAK", frozenset({MEMBER_ADMIN}))
PUBLIC = Viewer("guest")


@pytest.fixture
def held(archive, me, make, put):
    """Two years of one station, owned by CHN."""
    put(make.series(HOURS, np.zeros(48), code="kak"))
    set_terms(archive, me, KAK, {"owner": "CHN"})
    return archive


def test_equal_terms_have_one_number(archive):
    with archive.catalogue.publishing() as connection:
        assert number_of(connection, Terms()) == 1  # the row that the migration made
        one = number_of(connection, Terms("CHN", "named", ("PAK", "IRN"), 5, "CC0", "ä"))
        assert number_of(connection, Terms("CHN", "named", ("IRN", "PAK", "PAK"), 5, "CC0", "ä")) == one
        assert number_of(connection, Terms("CHN", "named", ("IRN",), 5, "CC0", "ä")) != one
        assert connection.execute(select(func.count()).select_from(terms_table)).scalar_one() == 3


def test_terms_of_a_collection_reach_its_granules(held, me):
    (change,) = set_terms(held, OFFICER, KAK, {"access": "open", "licence": "CC-BY-4.0"})
    assert change.terms == Terms("CHN", "open", licence="CC-BY-4.0")
    assert (change.granules, change.apart, change.made_by) == (2, 0, "chn.officer")
    (told,) = terms_held(held, PUBLIC, KAK)
    assert (told.terms, told.granules) == (change.terms, 2)


def test_a_granule_keeps_its_own_until_reset(held, me):
    granule = Subject("granule", "geomagnetism.kak.pt1h:kak:2016")
    set_terms(held, OFFICER, granule, {"access": "open"})
    (change,) = set_terms(held, OFFICER, KAK, {"access": "named", "named": ("PAK",)})
    assert (change.granules, change.apart) == (1, 1)
    assert [one.terms.access for one in terms_held(held, PUBLIC, KAK)] == ["open"]
    assert [(one.terms.access, one.granules) for one in terms_held(held, OTHER, KAK)] == [("named", 1), ("open", 1)]
    assert reset(held, OFFICER, granule.name).terms.access == "named"
    with pytest.raises(NotFound):
        terms_held(held, PUBLIC, granule)
    assert [(one.terms.access, one.granules) for one in terms_held(held, OTHER, KAK)] == [("named", 2)]


def test_what_may_not_be_seen_is_absent_in_the_same_words(held):
    def said(act, *subject):
        with pytest.raises(NotFound) as error:
            act(held, PUBLIC, Subject(*subject), *([{"access": "open"}] if act is set_terms else []))
        return str(error.value)

    for act in (set_terms, terms_held, terms_history):
        hidden = said(act, "collection", "geomagnetism.kak.pt1h")
        assert hidden.replace("kak", "kam") == said(act, "collection", "geomagnetism.kam.pt1h")
        hidden = said(act, "granule", "geomagnetism.kak.pt1h:kak:2016")
        assert hidden.replace("2016", "2018") == said(act, "granule", "geomagnetism.kak.pt1h:kak:2018")


@pytest.mark.parametrize("viewer", [OTHER, PUBLIC, Viewer("u", "CHN", frozenset({USER, STATION}))])
def test_who_may_not_set_is_refused(held, viewer):
    set_terms(held, OFFICER, KAK, {"access": "open"})
    with pytest.raises(Refused, match="belongs to CHN"):
        set_terms(held, viewer, KAK, {"access": "private"})
    assert terms_held(held, PUBLIC, KAK)[0].terms.access == "open"


def test_only_who_runs_the_archive_gives_away(held, me):
    with pytest.raises(Refused, match="CHN's to PAK"):
        set_terms(held, OFFICER, KAK, {"owner": "PAK"})
    set_terms(held, me, KAK, {"owner": "PAK"})
    with pytest.raises(NotFound):
        set_terms(held, OFFICER, KAK, {"access": "open"})
    assert set_terms(held, OTHER, KAK, {"access": "open"})[0].terms.owner == "PAK"


def test_reset_does_not_give_away(held, me):
    granule = Subject("granule", "geomagnetism.kak.pt1h:kak:2016")
    set_terms(held, me, granule, {"owner": "PAK"})
    with pytest.raises(Refused, match="PAK's to CHN"):
        reset(held, OTHER, granule.name)
    assert reset(held, me, granule.name).terms.owner == "CHN"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"access": "closed"}, "open, members, named, private"),
        ({"access": "named"}, "named"),
        ({"named": ("XYZ", "PAK")}, "no member XYZ; there are BGD, CHN"),
        ({"owner": "chn"}, "no member chn"),
        ({"licence": "x" * 501}, "at most 500 characters; this one has 501"),
        ({"citation": "two\nlines"}, "cannot be printed"),
    ],
)
def test_terms_that_are_none(held, me, change, says):
    with pytest.raises(BadParameter, match=says):
        set_terms(held, me, KAK, change)
    assert [one.terms for one in terms_held(held, me, KAK)] == [Terms("CHN")]


@pytest.mark.parametrize(("now", "seen"), [(999_999, False), (1_000_000, True), (1_000_001, True)])
def test_an_embargo_is_over_at_the_microsecond_that_it_names(now, seen):
    terms = Terms("CHN", "open", embargo_until=1_000_000)
    assert may_see(PUBLIC, terms, now) is seen
    assert may_see(OFFICER, terms, now)


def test_an_embargo_hides_until_it_is_over(held, me):
    set_terms(held, OFFICER, KAK, {"access": "open", "embargo_until": 2**60})
    with pytest.raises(NotFound):
        terms_held(held, PUBLIC, KAK)
    set_terms(held, OFFICER, KAK, {"embargo_until": 1})
    assert terms_held(held, PUBLIC, KAK)[0].terms.access == "open"
    set_terms(held, OFFICER, KAK, {"embargo_until": None})
    assert terms_held(held, PUBLIC, KAK)[0].terms.embargo_until is None


def test_history_tells_who_set_what(held, me):
    set_terms(held, OFFICER, KAK, {"access": "open"})
    set_terms(held, OFFICER, KAK, {"access": "open"})  # no change
    granule = Subject("granule", "geomagnetism.kak.pt1h:kak:2016")
    set_terms(held, me, granule, {"owner": "PAK"})
    told = [(one.subject, one.made_by, one.terms.owner) for one in terms_history(held, me)]
    collection = "collection:geomagnetism.kak.pt1h:"
    assert told == [
        (collection, me.user, "CHN"),
        (collection, "chn.officer", "CHN"),
        ("granule:geomagnetism.kak.pt1h:kak:2016", me.user, "PAK"),
    ]
    assert [one.subject for one in terms_history(held, OFFICER)] == [collection] * 2
    assert [one.terms.owner for one in terms_history(held, OTHER)] == ["PAK"]
    assert terms_history(held, PUBLIC) == ()
    assert len(terms_history(held, me, granule)) == 1


def test_a_station_is_set_with_all_its_past(archive, me, put):
    for latitude in (36.2, 36.3):
        put(stations=(Station("KAK", latitude, 140.2, code_scheme="iaga_code"),))
    subject = Subject("station", "iaga_code:KAK")
    (change,) = set_terms(archive, me, subject, {"owner": "CHN", "access": "members"})
    assert change.subject == "station:iaga_code:KAK:"
    assert terms_held(archive, OTHER, subject)[0].terms == Terms("CHN", "members")
    with pytest.raises(NotFound):
        terms_held(archive, PUBLIC, subject)


@pytest.mark.parametrize("subject", [("satellite", "x"), ("station", "KAK"), ("station", ":KAK")])
def test_subjects_that_are_none(subject):
    with pytest.raises(BadParameter):
        Subject(*subject)
