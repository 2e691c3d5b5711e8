"""Streamed values: what a plain fold over the files gives, and what `query.whole` gives, in batches of bounded size."""

from __future__ import annotations

import shutil
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soap.archive import Archive, Selection, publish, query
from soap.archive import stream as streams
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.errors import ArchiveError, BadParameter, NotFound
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import Viewer
from soap.testing import policy_worlds as worlds

START, HOUR = np.datetime64("2016-12-31T20", "ns"), np.timedelta64(1, "h")
ALL = Window("2016-01-01", "2018-01-01")
KAK, TRACK, FIELD = "geomagnetism.kak.pt1h", "topside.cses_01.lap_1.l2", "ionosphere.codg.gim"
RANKS = {"definitive": 2, "provisional": 1}

files = st.lists(
    st.tuples(
        st.sampled_from(("", "CHN", "PAK")),
        st.sampled_from(("provisional", "definitive")),
        st.sampled_from(("b_north", "b_east")),
        st.integers(0, 8),
        st.lists(st.sampled_from((1.0, 2.5, -7.25, np.nan)), min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Empty archives one after the other, in folders of their own."""
    empty = tmp_path_factory.mktemp("empty") / "archive"
    Archive.open(Settings(archive=empty, catalogue="", objects="")).catalogue.engine.dispose()

    def _world() -> Archive:
        folder = tmp_path_factory.mktemp("world") / "archive"
        shutil.copytree(empty, folder)
        return Archive.open(Settings(archive=folder, catalogue="", objects=""))

    return _world


def better(held, offered):
    """The rule in words: higher finality wins; at equal finality a value over none, and the later over the earlier."""
    if held is None or offered[0] != held[0]:
        return offered if held is None or offered[0] > held[0] else held
    return offered if not np.isnan(offered[1]) or np.isnan(held[1]) else held


def plain(handed_in, window, names):
    """{time: {variable: value}} by folding the files by hand: each member's own first, then the members'."""
    granules: dict = {}
    for number, (provider, maturity, name, first, values) in enumerate(handed_in):
        for at, value in enumerate(values):
            when = START + (first + at) * HOUR
            granule = granules.setdefault((provider, str(when)[:4]), {"content": {}, "changed": -1})
            cell, offered = granule["content"].setdefault(when, {}), (RANKS[maturity], value)
            after = better(cell.get(name), offered)
            if cell.get(name) is None or not (
                after[0] == cell[name][0] and np.array_equal(after[1], cell[name][1], True)
            ):
                granule["changed"] = number
            cell[name] = after
    out: dict = {}
    for granule in sorted(granules.items(), key=lambda item: (item[1]["changed"], item[0][0])):
        content = granule[1]["content"]
        if not {name for cell in content.values() for name in cell} & set(names):
            continue
        for when, cell in content.items():
            if window.holds(np.array(when)):
                row = out.setdefault(when, {})
                for name in set(cell) & set(names):
                    row[name] = better(row.get(name), cell[name])
    return {when: {name: row.get(name, (0, np.nan))[1] for name in names} for when, row in sorted(out.items())}


def told(archive, viewer, *asked, **options):
    """All rows of a stream, its batches joined."""
    batches = list(query.unread(archive, viewer, *asked, **options).read())
    assert all(len({len(values) for values in batch.values()}) == 1 for batch in batches)
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


@given(files, st.integers(-2, 14), st.integers(1, 16), st.sampled_from((("b_north", "b_east"), ("b_east",))))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_values_are_those_of_a_fold_over_the_files(world, make, handed_in, first, length, names):
    archive = world()
    with worlds.clock() as hand, pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "FIRST_ROWS", 2)
        patch.setattr(streams, "ROWS", 3)
        for number, (provider, maturity, name, begin, values) in enumerate(handed_in):
            hand.step = number
            times = START + (begin + np.arange(len(values))) * HOUR
            made = make.series(times, {name: values}, maturity=maturity)
            publish.publish(archive, worlds.ME, [make.arrival(observations=(made,))], provider)
        window = Window(START + first * HOUR, START + (first + length) * HOUR)
        wanted = plain(handed_in, window, names)
        held = {name for _, _, name, _, _ in handed_in}
        if set(names) - held:
            with pytest.raises(BadParameter, match="no variable"):
                query.unread(archive, worlds.ME, KAK, window, names).read()
            return
        if not wanted:
            with pytest.raises(NotFound, match="holds nothing from"):
                query.unread(archive, worlds.ME, KAK, window, names).read()
            return
        rows = told(archive, worlds.ME, KAK, window, names)
        whole = query.whole(archive, worlds.ME, KAK, window, names)
    assert rows["time"].tolist() == [when.astype(int) for when in wanted]
    for name in names:
        np.testing.assert_array_equal(rows[name], [row[name] for row in wanted.values()])
        np.testing.assert_array_equal(rows[name + "_quality"] & 1, np.isnan(rows[name]))
        if name in whole:
            np.testing.assert_array_equal(rows[name], whole[name])
            np.testing.assert_array_equal(rows[name + "_quality"], whole[name + "_quality"])


def test_tracks_and_maps_are_those_of_whole(archive, me, make, put, monkeypatch):
    monkeypatch.setattr(streams, "FIRST_ROWS", 2)
    monkeypatch.setattr(streams, "ROWS", 3)
    put(make.track([0.0, 1.0, 2.0, 3.0, 4.0], [10.0] * 5))
    put(make.track([5.0, 6.0], [11.0] * 2, start="2016-04-13T00:40", half_orbit_id="031191"))
    put(make.field(["2016-04-13T10", "2016-04-13T12", "2016-04-14T12"], [0.0, 5.0], [0.0, 5.0, 10.0]))
    window = Window("2016-04-13T00:00:01", "2016-04-15")
    rows, whole = told(archive, me, TRACK, window), query.whole(archive, me, TRACK, window)
    for name in ("time", "latitude", "longitude", "height_km", "half_orbit_id", "electron_density"):
        assert rows[name].tolist() == whole[name].values.tolist()
    rows, whole = told(archive, me, FIELD, window), query.whole(archive, me, FIELD, window)
    assert rows["vtec"].tolist() == whole["vtec"].values.ravel().tolist()
    frame = whole["vtec"].to_dataframe().reset_index()
    for name in ("time", "latitude", "longitude"):
        assert rows[name].tolist() == frame[name].to_numpy().tolist()


def test_what_is_told_of_the_columns(archive, me, make, put):
    put(make.series([START], {"b_north": [1.0], "b_east": [2.0]}, maturity="provisional"))
    held = query.unread(archive, me, KAK, ALL, ["b_east"]).read()
    assert list(held.variables) == ["b_east", "b_east_quality"]
    assert held.variables["b_east"]["units"] == "nT"
    assert held.attrs["maturity"] == "provisional"
    assert held.owners == ("",)


def test_flags_are_told_of_those_asked_for_alone(archive, me, make, put):
    """Of series and tracks, held by one member or by two, and of what a period lacks."""
    put(make.series(["2016-04-01", "2016-04-02"], {"b_north": [1.0, 2.0], "b_east": [np.nan, 3.0]}))
    put(make.series(["2017-04-01"], {"b_east": [4.0]}))
    for _ in range(2):
        rows = told(archive, me, KAK, ALL, ["b_east", "b_north"], flags=["b_north"])
        assert list(rows) == ["time", "b_east", "b_north", "b_north_quality"]
        np.testing.assert_array_equal(rows["b_east"], [np.nan, 3.0, 4.0])
        assert rows["b_north_quality"].tolist() == [0, 0, 1]
        assert list(told(archive, me, KAK, ALL, flags=())) == ["time", "b_east", "b_north"]
        made = make.series(["2016-04-01"], {"b_north": [1.0]})
        publish.publish(archive, me, [make.arrival(observations=(made,))], "CHN")
    put(make.track([0.0, 1.0], [10.0] * 2))
    rows = told(archive, me, TRACK, Window("2016-04-13", "2016-04-14"), flags=())
    assert list(rows) == ["time", "latitude", "longitude", "height_km", "half_orbit_id", "electron_density"]


def test_every_time_is_told_where_a_choice_of_variables_shall_change_none(archive, me, make, put):
    put(make.series(["2016-04-01", "2016-04-02"], {"b_north": [1.0, 2.0]}))
    put(make.series(["2017-04-01"], {"b_east": [3.0]}))
    assert told(archive, me, KAK, ALL, ["b_east"])["b_east"].tolist() == [3.0]
    np.testing.assert_array_equal(
        told(archive, me, KAK, ALL, ["b_east"], every_time=True)["b_east"], [np.nan, np.nan, 3]
    )
    times = told(archive, me, KAK, ALL, [], every_time=True)
    assert list(times) == ["time"]
    assert len(times["time"]) == 3


def test_where_members_disagree_a_choice_of_variables_moves_no_satellite(archive, me, make):
    for provider, latitude in (("CHN", 1.0), ("PAK", 5.0)):
        made = make.track([latitude] * 3, [10.0] * 3)
        publish.publish(archive, me, [make.arrival(observations=(made,))], provider)
    window = Window("2016-04-13", "2016-04-14")
    every = told(archive, me, TRACK, window)["latitude"].tolist()
    assert told(archive, me, TRACK, window, [], every_time=True)["latitude"].tolist() == every == [5.0] * 3


def test_half_orbits_that_overlap_and_units_that_change_are_refused(archive, me, make, put):
    put(make.track([0.0, 1.0, 2.0], [10.0] * 3))
    put(make.track([2.0, 3.0], [10.0] * 2, start="2016-04-13T00:00:02", half_orbit_id="031191"))
    held = query.unread(archive, me, TRACK, Window("2016-04-13", "2016-04-14")).read()
    with pytest.raises(BadParameter, match="overlap"):
        list(held)
    other = make.series(["2017-04-01"], [1.0])
    other["b_north"].attrs["units"] = "uT"
    put(make.series(["2016-04-01"], [1.0]))
    put(other)
    held = query.unread(archive, me, KAK, ALL).read()
    with pytest.raises(BadParameter, match="held in nT and in uT"):
        list(held)


def test_several_platforms_are_asked_for_one_by_one(archive, me, make, put):
    put(make.series(["2016-04-01"], [1.0]))
    other = make.series(["2016-04-02"], [2.0])
    other.attrs["platform"] = "kam"
    put(other)
    with pytest.raises(BadParameter, match=r"2 platforms \(kak, kam\)"):
        query.unread(archive, me, KAK, ALL).read()
    assert told(archive, me, KAK, ALL, station="KAM")["b_north"].tolist() == [2.0]


def test_what_is_damaged_on_the_way_is_said(archive, me, make, put, damage):
    put(make.series(["2016-04-01"], [1.0]))
    put(make.series(["2017-04-01"], [2.0]))
    first = min(query.granules(archive, me, Selection(KAK)), key=lambda one: one.period)
    damage(first.object_key, b"PAR1 no more")
    with pytest.raises(ArchiveError, match=r"(?s)damaged.*soap verify"):
        query.unread(archive, me, KAK, ALL).read()


def test_an_embargo_is_judged_when_it_is_asked(archive, make):
    made = make.series(["2016-04-01"], [1.0])
    publish.publish(archive, worlds.ME, [make.arrival(observations=(made,))], "CHN")
    guest = Viewer("guest")
    set_terms(archive, worlds.ME, Subject("collection", KAK, "CHN"), Terms("CHN", "open"))
    assert told(archive, guest, KAK, ALL)["b_north"].tolist() == [1.0]
    set_terms(archive, worlds.ME, Subject("collection", KAK, "CHN"), Terms("CHN", "open", (), worlds.FUTURE))
    with pytest.raises(NotFound, match="no collection"):
        query.unread(archive, guest, KAK, ALL).read()


def test_many_columns_come_in_fewer_rows(archive, me, make, put, monkeypatch):
    """A batch is of so many bytes, however many columns it has; the first is short."""
    monkeypatch.setattr(streams, "BATCH_BYTES", 10_000)
    monkeypatch.setattr(streams, "FIRST_ROWS", 20)
    hours = np.arange("2016-01-01", "2016-03-01", dtype="datetime64[h]")
    put(make.series(hours, {name: np.arange(len(hours)) * 1.0 for name in ("b_north", "b_east")}))
    lengths = [len(batch["time"]) for batch in query.unread(archive, me, KAK, ALL).read()]
    assert lengths[0] == 20
    assert sum(lengths) == len(hours)
    assert 100 < max(lengths) < 10_000 / (2 * 9)


def test_memory_does_not_grow_with_the_window(archive, me, make, put):
    """Two million values of a minute's pace in 4 years: never more than a few batches are held."""
    minutes = np.arange("2016-01-01", "2020-01-01", dtype="datetime64[m]")
    put(make.series(minutes, np.arange(len(minutes)) % 977 + 0.5, cadence="PT1M"))
    tracemalloc.start()
    try:
        count = sum(
            len(batch["time"])
            for batch in query.unread(archive, me, "geomagnetism.kak.pt1m", Window("2016", "2020")).read()
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == len(minutes)
    assert peak < 16e6  # all of them take 37 MB
