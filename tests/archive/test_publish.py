"""Publication: originals kept, versions made only by change, what does not fit refused, places learnt later."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import select

from soap.archive import Archive, Selection, publish, query
from soap.archive.objects import sha256
from soap.archive.publish import original_key
from soap.archive.schema import contribution, original, version
from soap.core.errors import Refused
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake, Station

YEAR = np.arange("2016-01-01", "2017-01-01", dtype="datetime64[h]")
WINDOW = Window("2016-01-01", "2017-01-01")
KAK = "geomagnetism.kak.pt1h"


def versions(archive):
    with archive.catalogue.reading() as connection:
        return connection.execute(select(version).order_by(version.c.id)).all()


def quake(event_id="us1", time="2016-04-13T13:55:17", latitude=23.0, longitude=94.9, magnitude=6.9):
    return Earthquake(event_id, np.datetime64(time), latitude, longitude, 136.0, magnitude, "mww")


def test_originals_are_kept_unchanged_by_checksum(archive, me, make):
    content = bytes(range(256)) * 10
    publish.publish(archive, me, [make.arrival(content, observations=(make.series(YEAR[:5], np.arange(5)),))])
    assert archive.objects.get(original_key(sha256(content))) == content
    assert publish.known(archive, me, [sha256(content), sha256(b"other")]) == {sha256(content)}


def test_two_halves_become_one_granule_with_both_files(archive, me, make, put):
    put(make.series(YEAR[:4000], np.arange(4000)))
    assert put(make.series(YEAR[4000:], np.arange(4000, len(YEAR)))).granules == {"geomagnetism.kak.pt1h:kak:2016"}
    (record,) = query.granules(archive, me, Selection())
    assert (record.version, record.count, len(record.originals)) == (2, len(YEAR), 2)
    held = query.series(archive, me, KAK, WINDOW)
    np.testing.assert_array_equal(held["b_north"], np.arange(len(YEAR)))


def test_the_same_values_make_no_new_version_but_are_remembered(archive, make, put):
    put(make.series(YEAR[:10], np.arange(10)))
    assert put(make.series(YEAR[:10], np.arange(10))).granules == frozenset()
    assert put(make.series(YEAR[3:5], [3, 4])).granules == frozenset()
    assert len(versions(archive)) == 1
    with archive.catalogue.reading() as connection:
        assert len(connection.execute(select(contribution)).all()) == 3


def test_definitive_values_win_in_any_order(archive, me, make, put):
    put(make.series(YEAR[:4], [1, 2, 3, 4], maturity="definitive"))
    assert put(make.series(YEAR[:6], [9, 9, 9, 9, 5, 6], maturity="provisional")).granules
    held = query.series(archive, me, KAK, WINDOW)
    assert held["b_north"].values.tolist() == [1, 2, 3, 4, 5, 6]
    assert held.attrs["maturity"] == "provisional, definitive"
    put(make.series(YEAR[:6], [1, 2, 3, 4, 50, 60], maturity="definitive"))
    assert query.series(archive, me, KAK, WINDOW).attrs["maturity"] == "definitive"


def test_better_maturity_alone_is_a_new_version(make, put):
    put(make.series(YEAR[:4], [1, 2, 3, 4], maturity="provisional"))
    assert put(make.series(YEAR[:4], [1, 2, 3, 4], maturity="definitive")).granules


def test_one_batch_equals_file_by_file(tmp_path, me, make):
    files = [make.arrival(observations=(make.series(YEAR[i * 7 : i * 7 + 10], np.arange(10) + i),)) for i in range(20)]
    one, many = (Archive.open(Settings(archive=tmp_path / name)) for name in ("one", "many"))
    publish.publish(one, me, files)
    for file in files:
        publish.publish(many, me, [file])
    keys = [query.granules(each, me, Selection())[0].sha256 for each in (one, many)]
    assert keys[0] == keys[1]
    assert len(versions(one)) == 1


def test_the_past_stays(archive, me, make, put):
    put(make.series(YEAR[:3], [1, 2, 3]))
    before = np.datetime64(versions(archive)[0].recorded_from, "us")
    put(make.series(YEAR[:3], [1, 20, 3]))
    now = query.series(archive, me, KAK, WINDOW)
    then = query.series(archive, me, KAK, WINDOW, as_of=before)
    assert now["b_north"].values.tolist() == [1, 20, 3]
    assert then["b_north"].values.tolist() == [1, 2, 3]
    (old,) = query.granules(archive, me, Selection(as_of=before))
    assert (old.version, len(old.originals)) == (1, 1)


def test_real_and_simulated_are_never_mixed(archive, me, make, put):
    put(make.series(YEAR[:3], [1, 2, 3]))
    made_up = make.arrival(observations=(make.series(YEAR[3:5], [4, 5], simulated=1),))
    receipt = publish.publish(archive, me, [made_up])
    assert "never mixed" in receipt.refused[0][1]
    assert publish.known(archive, me, [made_up.sha256]) == set()


def test_a_file_that_fits_nowhere_does_not_stop_the_others(archive, me, make, put):
    grid = [-10.0, 0.0], [0.0, 5.0]
    put(make.field(["2016-04-13T00"], *grid))
    good = make.arrival(observations=(make.series(YEAR[:3], [1, 2, 3]),))
    half = make.arrival(
        observations=(
            make.series(YEAR[:3], [7, 7, 7], code="mmb"),
            make.field(["2016-04-13T02"], [-20.0, 0.0], grid[1]),
        )
    )
    receipt = publish.publish(archive, me, [half, good])
    assert receipt.published == (good.sha256,)
    assert "another grid" in receipt.refused[0][1]
    assert {one.collection_id for one in query.collections(archive, me)} == {KAK, "ionosphere.codg.gim"}


def test_the_same_file_twice_in_a_batch_is_published_once(archive, me, make):
    file = make.arrival(observations=(make.series(YEAR[:3], [1, 2, 3]),))
    receipt = publish.publish(archive, me, [file, file])
    assert (receipt.published, receipt.duplicates) == ((file.sha256,), (file.sha256,))


def test_an_earthquake_revised_across_new_year_moves(archive, me, put):
    catalogue = "seismology.comcat.events"
    put(events=(quake(time="2016-12-31T23:59:59"), quake("us2")), events_collection_id=catalogue)
    receipt = put(events=(quake(time="2017-01-01T00:00:01"),), events_collection_id=catalogue)
    assert receipt.granules == {f"{catalogue}:comcat:2016", f"{catalogue}:comcat:2017"}
    assert [one.event_id for one in query.events(archive, me)] == ["us2", "us1"]
    assert query.event(archive, me, "US1").time == np.datetime64("2017-01-01T00:00:01")


def test_a_year_left_empty_is_no_longer_found(archive, me, put):
    catalogue = "seismology.comcat.events"
    put(events=(quake(time="2016-12-31T23:59:59"),), events_collection_id=catalogue)
    put(events=(quake(time="2017-01-01T00:00:01"),), events_collection_id=catalogue)
    assert [one.period for one in query.granules(archive, me, Selection())] == ["2017"]
    put(events=(quake(time="2016-12-31T23:59:58"),), events_collection_id=catalogue)
    assert [one.period for one in query.granules(archive, me, Selection())] == ["2016"]


def test_later_recorded_earthquake_wins(archive, me, put):
    catalogue = "seismology.comcat.events"
    put(events=(quake(magnitude=6.5),), events_collection_id=catalogue)
    put(events=(quake(magnitude=6.9),), events_collection_id=catalogue)
    assert [one.magnitude for one in query.events(archive, me)] == [6.9]


def test_a_station_list_ingested_later_places_what_was_there(archive, me, make, put):
    put(make.series(YEAR[:3], [1, 2, 3]))
    near = Selection(near=(36.0, 140.0, 100.0), window=WINDOW)
    assert query.unplaced(archive, me) == ((KAK, "KAK"),)
    assert query.granules(archive, me, near) == ()
    put(stations=(Station("KAK", 36.232, 140.186, 36.0),))
    (found,) = query.granules(archive, me, near)
    assert (found.latitude, found.longitude) == (36.232, 140.186)
    assert query.unplaced(archive, me) == ()
    held = query.series(archive, me, KAK, WINDOW).attrs
    assert (held["latitude"], held["longitude"], held["height_m"]) == (36.232, 140.186, 36.0)
    put(stations=(Station("KAK", -36.0, -40.0),))  # a correction moves it
    assert query.granules(archive, me, near) == ()
    assert len(query.granules(archive, me, Selection(box=_box(-41, -37, -39, -35)))) == 1
    assert len(query.stations(archive, me)) == 1


def test_a_station_of_another_scheme_does_not_place(archive, me, make, put):
    put(make.series(YEAR[:3], [1, 2, 3]), stations=(Station("KAK", 1.0, 2.0, code_scheme="ursi_code"),))
    assert query.unplaced(archive, me) == ((KAK, "KAK"),)


def test_a_clock_that_goes_back_does_not_reorder_the_past(archive, me, make, put, monkeypatch):
    put(make.series(YEAR[:3], [1, 2, 3]))
    monkeypatch.setattr("soap.archive.catalogue.time.time_ns", lambda: 10**18)  # 2001
    put(make.series(YEAR[:3], [4, 5, 6]))
    one, two = versions(archive)
    assert one.recorded_to == two.recorded_from > one.recorded_from
    assert query.series(archive, me, KAK, WINDOW)["b_north"].values.tolist() == [4, 5, 6]


def test_only_the_owner_adds_and_sees(archive, make, put):
    put(make.series(YEAR[:3], [1, 2, 3]))
    guest = Viewer("guest")
    with pytest.raises(Refused, match="guest"):
        publish.publish(archive, guest, [make.arrival()])
    assert query.collections(archive, guest) == ()
    assert query.granules(archive, guest, Selection()) == ()
    assert query.events(archive, guest) == ()
    assert query.stations(archive, guest) == ()


def test_nothing_is_visible_before_the_transaction(archive, me, make, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(publish, "_record", fail)
    with pytest.raises(KeyboardInterrupt):
        publish.publish(archive, me, [make.arrival(observations=(make.series(YEAR[:3], [1, 2, 3]),))])
    assert query.collections(archive, me) == ()
    with archive.catalogue.reading() as connection:
        assert connection.execute(select(original)).all() == []


def _box(west, south, east, north):
    from soap.core.place import Box

    return Box(west, south, east, north)
