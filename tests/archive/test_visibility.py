"""What a viewer may not see is not there: counts, places and error texts are those of an archive without it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from soap.archive import Archive, Selection, publish, query
from soap.archive.terms import Subject, set_terms
from soap.core.errors import NotFound, SoapError
from soap.core.place import Box
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import MEMBER_ADMIN, USER, Viewer
from soap.observations import Earthquake, Station

HOURS = np.arange("2016-04-01", "2016-04-03", dtype="datetime64[h]")
YEARS = Window("2015-01-01", "2018-01-01")
KAK, TRACK, FIELD = "geomagnetism.kak.pt1h", "topside.cses_01.lap_1.l2", "ionosphere.codg.gim"
QUAKES = "seismology.comcat.events"
CHINA = Viewer("li", "CHN", frozenset({MEMBER_ADMIN}))
PERU = Viewer("quispe", "PER", frozenset({USER}))


def quake(event_id, time="2016-04-13T13:55"):
    return Earthquake(event_id, np.datetime64(time), 23.0, 94.9, 10.0, 6.0)


def fill(archive, make, *, hidden: bool):
    """A little that is open, of China; with `hidden`, also much that only China sees."""

    serial = itertools.count()

    def hand_in(*observations, **reading):
        content = f"file {next(serial)}".encode()
        publish.publish(archive, CHINA, [make.arrival(content, observations=observations, **reading)])

    hand_in(make.series(HOURS, np.arange(48.0)))
    hand_in(stations=(Station("KAK", 36.2, 140.2, 36.0),))
    hand_in(events=(quake("open"),), events_collection_id=QUAKES)
    for subject in (("collection", KAK), ("collection", QUAKES), ("station", "iaga_code:KAK")):
        set_terms(archive, CHINA, Subject(*subject), {"access": "open"})
    if not hidden:
        return
    later = HOURS + np.timedelta64(366, "D")
    hand_in(make.series(later, {"b_north": np.arange(48.0), "b_east": np.arange(48.0)}))
    hand_in(events=(quake("closed", "2017-04-13T13:55"),), events_collection_id=QUAKES)
    for name in (f"{KAK}:kak:2017:CHN", f"{QUAKES}:comcat:2017:CHN"):
        set_terms(archive, CHINA, Subject("granule", name), {"access": "private"})
    hand_in(make.series(HOURS, np.arange(48.0), code="mmb", latitude=43.9, longitude=144.2))
    hand_in(make.track([0.0, 1.0], [10.0, 10.0]), make.field(["2016-04-13"], [0.0, 5.0], [0.0, 5.0]))
    hand_in(stations=(Station("MMB", 43.9, 144.2),))
    hand_in(make.series(HOURS, np.arange(48.0), code="xyz"))


QUESTIONS = {
    "collections": query.collections,
    "granules": lambda archive, viewer: query.granules(archive, viewer, Selection()),
    "near": lambda archive, viewer: query.granules(archive, viewer, Selection(near=(43.9, 144.2, 2000.0))),
    "box": lambda archive, viewer: query.granules(archive, viewer, Selection(box=Box(-180, -90, 180, 90))),
    "of variable": lambda archive, viewer: query.granules(archive, viewer, Selection(variable="b_east")),
    "of provider": lambda archive, viewer: query.granules(archive, viewer, Selection(provider="CHN")),
    "events": query.events,
    "event": lambda archive, viewer: query.event(archive, viewer, "closed"),
    "stations": query.stations,
    "unplaced": query.unplaced,
    "series": lambda archive, viewer: query.series(archive, viewer, KAK, YEARS),
    "series elsewhen": lambda archive, viewer: query.series(archive, viewer, KAK, Window("2017-01-01", "2018-01-01")),
    "series of a variable": lambda archive, viewer: query.series(archive, viewer, KAK, YEARS, ["b_east"]),
    "series of none": lambda archive, viewer: query.series(archive, viewer, KAK, YEARS, ["b_down"]),
    "series hidden": lambda archive, viewer: query.series(archive, viewer, "geomagnetism.mmb.pt1h", YEARS),
    "series of provider": lambda archive, viewer: query.series(archive, viewer, KAK, YEARS, provider="PAK"),
    "tracks": lambda archive, viewer: query.tracks(archive, viewer, TRACK, YEARS),
    "tracks of a series": lambda archive, viewer: query.tracks(archive, viewer, KAK, YEARS),
    "fields": lambda archive, viewer: query.fields(archive, viewer, FIELD, YEARS),
    "fields of a track": lambda archive, viewer: query.fields(archive, viewer, TRACK, YEARS),
    "whole": lambda archive, viewer: query.whole(archive, viewer, TRACK, YEARS),
    "whole elsewhen": lambda archive, viewer: query.whole(archive, viewer, KAK, Window("2017-01-01", "2018-01-01")),
}


@pytest.fixture
def both(tmp_path, make, monkeypatch):
    """Two archives that differ in what is hidden, filled at the same times of recording."""
    archives = []
    for name in ("without", "with"):
        clock = iter(range(10**18, 2 * 10**18, 10**9))
        with monkeypatch.context() as patch:
            patch.setattr("soap.archive.catalogue.time.time_ns", lambda clock=clock: next(clock))
            archives.append(Archive.open(Settings(archive=tmp_path / name, catalogue="", objects="")))
            fill(archives[-1], make, hidden=name == "with")
    return archives


def told(archive, viewer):
    """The answer to each question, or the error, in words."""
    answers = {}
    for name, question in QUESTIONS.items():
        try:
            answer = question(archive, viewer)
        except SoapError as error:
            answers[name] = f"{type(error).__name__}: {error}"
        else:
            answers[name] = repr(answer.to_dict() if hasattr(answer, "to_dict") else answer)
    return answers


def test_hidden_is_absent(both):
    without, with_hidden = both
    assert told(with_hidden, PERU) == told(without, PERU)


def test_every_question_would_have_told_its_owner(both):
    without, with_hidden = (told(archive, CHINA) for archive in both)
    same = {name for name in QUESTIONS if without[name] == with_hidden[name]}
    assert same == {"series of provider", "tracks of a series"}


def test_an_embargo_set_later_hides_the_past_too(archive, make):
    publish.publish(archive, CHINA, [make.arrival(observations=(make.series(HOURS, np.arange(48.0)),))])
    set_terms(archive, CHINA, Subject("collection", KAK), {"access": "members"})
    (seen,) = query.granules(archive, PERU, Selection())
    assert query.series(archive, PERU, KAK, YEARS, as_of=seen.recorded_from).sizes["time"] == 48
    set_terms(archive, CHINA, Subject("collection", KAK), {"embargo_until": 4 * 10**15})  # 2096
    with pytest.raises(NotFound, match="There is no collection"):
        query.series(archive, PERU, KAK, YEARS, as_of=seen.recorded_from)
    assert query.granules(archive, PERU, Selection(as_of=seen.recorded_from)) == ()
    assert query.series(archive, CHINA, KAK, YEARS).sizes["time"] == 48


def test_a_place_from_a_hidden_station_list_is_not_known(archive, make):
    publish.publish(archive, CHINA, [make.arrival(observations=(make.series(HOURS, np.arange(48.0)),))])
    publish.publish(archive, CHINA, [make.arrival(stations=(Station("KAK", 36.2, 140.2, 36.0),))])
    set_terms(archive, CHINA, Subject("collection", KAK), {"access": "open"})
    near = Selection(near=(36.2, 140.2, 10.0))
    assert query.granules(archive, PERU, near) == ()
    assert query.unplaced(archive, PERU) == ((KAK, "KAK"),)
    assert "latitude" not in query.series(archive, PERU, KAK, YEARS).attrs
    (unplaced,) = query.granules(archive, PERU, Selection())
    assert (unplaced.latitude, unplaced.height_m) == (None, None)
    set_terms(archive, CHINA, Subject("station", "iaga_code:KAK"), {"access": "members"})
    (placed,) = query.granules(archive, PERU, near)
    assert (placed.latitude, placed.longitude, placed.height_m) == (36.2, 140.2, 36.0)
    assert query.series(archive, PERU, KAK, YEARS).attrs["height_m"] == 36.0
    assert query.unplaced(archive, PERU) == ()


def test_a_series_stands_where_its_own_provider_says(archive, make, me):
    for provider, latitude in (("", 1.0), ("PER", 2.0), ("CHN", 3.0)):
        listed = make.arrival(stations=(Station("KAK", latitude, 0.0),))
        publish.publish(archive, me, [listed], provider)
    publish.publish(archive, CHINA, [make.arrival(observations=(make.series(HOURS, np.arange(48.0)),))])

    def latitudes(viewer):
        return [one.latitude for one in query.granules(archive, viewer, Selection(collection_id=KAK))]

    assert latitudes(me) == latitudes(CHINA) == [3.0]
    set_terms(archive, me, Subject("collection", KAK), {"access": "open"})
    for provider, expected in (("PER", 2.0), ("", 1.0), ("CHN", 3.0)):  # each better than the one before
        set_terms(archive, me, Subject("station", "iaga_code:KAK", provider), {"access": "open"})
        assert latitudes(Viewer("somebody", "MNG", frozenset({USER}))) == [expected]
        near = Selection(near=(expected, 0.0, 1.0))
        assert len(query.granules(archive, Viewer("somebody", "MNG", frozenset({USER})), near)) == 1
    assert [one.latitude for one in query.stations(archive, PERU)] == [2.0]  # one's own first
    assert [one.latitude for one in query.stations(archive, Viewer("guest"))] == [1.0]


def test_a_moved_station_stood_elsewhere_then(archive, make, me):
    publish.publish(archive, me, [make.arrival(observations=(make.series(HOURS, np.arange(48.0)),))])
    publish.publish(archive, me, [make.arrival(stations=(Station("KAK", 36.2, 140.2, 36.0),))])
    (before,) = query.collections(archive, me)
    publish.publish(archive, me, [make.arrival(stations=(Station("KAK", -12.0, -77.0, 500.0),))])
    (after,) = query.collections(archive, me)
    assert after.version > before.version  # the move is a change of the collection
    for then, place in ((before.version, (36.2, 140.2, 36.0)), (after.version, (-12.0, -77.0, 500.0))):
        held = query.series(archive, me, KAK, YEARS, as_of=then).attrs
        assert (held["latitude"], held["longitude"], held["height_m"]) == place
        near = {"near": (*place[:2], 10.0)}
        assert len(query.granules(archive, me, Selection(**near, as_of=then))) == 1
    assert query.granules(archive, me, Selection(near=(36.2, 140.2, 10.0), as_of=after.version)) == ()
    assert query.granules(archive, me, Selection(near=(36.2, 140.2, 10.0))) == ()


def test_collections_sum_what_is_seen(archive, make, me):
    for provider, hours in (("CHN", HOURS), ("PER", HOURS[:10]), ("PAK", HOURS[20:30])):
        publish.publish(
            archive, me, [make.arrival(observations=(make.series(hours, np.arange(len(hours))),))], provider
        )
    terms = {"access": "open", "licence": "CC-BY-4.0", "citation": "Li 2016"}
    set_terms(archive, CHINA, Subject("collection", KAK), terms)
    (china,) = query.collections(archive, CHINA)
    assert (china.providers, china.owner, china.access, china.count) == (("CHN",), "CHN", "open", 48)
    assert (china.licence, china.citation, china.embargo_until) == ("CC-BY-4.0", "Li 2016", None)
    (peru,) = query.collections(archive, PERU)
    assert (peru.providers, peru.owner, peru.access) == (("CHN", "PER"), "CHN,PER", "open,private")
    assert (peru.granules, peru.count, peru.first, peru.last) == (2, 58, HOURS[0], HOURS[-1])
    (mine,) = query.collections(archive, me, collection_id=KAK)
    (latest,) = query.granules(archive, me, Selection(provider="PAK"))
    assert mine.version == latest.recorded_from > peru.version > china.version
    assert query.collections(archive, me, collection_id="geomagnetism.mmb.pt1h") == ()
