"""Parts: a series that grows by later times answers as one written whole, and as a plain table of its values says."""

from __future__ import annotations

import json
import threading
from dataclasses import fields

import numpy as np
import pytest
from sqlalchemy import select

from soap.archive import Archive, Selection, publish, query
from soap.archive.encoding import decode
from soap.archive.parts import MOST_ADDED, _Days
from soap.archive.schema import version
from soap.archive.verify import verify
from soap.core.settings import Settings
from soap.core.time import Window

KAK = "geomagnetism.kak.pt1m"
APRIL = Window("2016-04-01", "2016-05-01")
DAY, MINUTE = np.timedelta64(1440, "m"), np.timedelta64(1, "m")
FIRST = np.datetime64("2016-04-01", "ns")
FINALITY = {"variation": 1, "provisional": 2, "definitive": 4}
STORED = {"version", "sha256", "bytes", "object_key", "parts", "originals", "recorded_from"}


def versions(archive):
    with archive.catalogue.reading() as connection:
        return connection.execute(select(version).order_by(version.c.id)).all()


def objects_of(archive):
    return [(row.number, row.base) for row in versions(archive)]


@pytest.fixture
def series(make):
    """A minute series from so many minutes after the first of April on."""

    def _series(begin, columns, **attrs):
        columns = columns if isinstance(columns, dict) else {"b_north": columns}
        count = len(next(iter(columns.values())))
        return make.series(FIRST + (begin + np.arange(count)) * MINUTE, columns, cadence="PT1M", **attrs)

    return _series


@pytest.fixture
def whole(tmp_path):
    """An archive that is published into with `most_added=0`."""
    return Archive.open(Settings(archive=tmp_path / "whole", catalogue="", objects=""))


class Table:
    """What some files come to by the rules of the reference: {minute: {variable: (finality, flags, value)}}."""

    def __init__(self):
        self.rows = {}

    def take(self, begin, columns, flags, maturity):
        for name, values in columns.items():
            for at, value in enumerate(values):
                row = self.rows.setdefault(begin + at, {})
                offered = (FINALITY[maturity], int(flags[name][at]) | int(np.isnan(value)), float(value))
                held = row.get(name)
                if (
                    held is None
                    or offered[0] > held[0]
                    or (offered[0] == held[0] and (not np.isnan(value) or np.isnan(held[2])))
                ):
                    row[name] = offered

    def column(self, name, minutes):
        nothing = (None, 1, np.nan)
        return [self.rows[minute].get(name, nothing) for minute in minutes]


def files(rng):
    """Some files of one station: most go on where it left off, or after a gap; some correct, or tell otherwise."""
    end, told, names = 0, {}, ("b_north",)
    kinds = {"next": 0.5, "later": 0.3, "again": 0.1, "another variable": 0.05, "other words": 0.05}
    for _ in range(18):
        kind = rng.choice(list(kinds), p=list(kinds.values()))
        count = int(rng.integers(1, 90))
        begin = {"next": end, "again": int(rng.integers(0, end + 1))}.get(kind, end + int(rng.integers(1, 2000)))
        names = ("b_north", "b_east") if kind == "another variable" else names
        told = {"institute": f"i{rng.integers(9)}"} if kind == "other words" else told
        columns = {name: np.where(rng.random(count) < 0.1, np.nan, rng.integers(0, 500, count) / 10) for name in names}
        flags = {name: np.where(rng.random(count) < 0.05, 4, 0).astype(np.uint8) for name in names}
        maturity = str(rng.choice(list(FINALITY), p=[0.8, 0.1, 0.1]))
        end = max(end, begin + count)
        yield begin, columns, flags, maturity, told


def noise_of(minutes, entries):
    """1.4826 / sqrt(2) of the median size of differences of unflagged values a usual step apart, if there are 12."""
    steps = np.diff(minutes)
    differences = [
        abs(two[2] - one[2])
        for one, two, step in zip(entries, entries[1:], steps, strict=False)
        if one[1] == two[1] == 0 and step <= 1.5 * np.median(steps)
    ]
    return 1.4826 * np.median(differences) / np.sqrt(2) if len(differences) >= 12 else None


def check_values(archive, me, table, record):
    minutes = sorted(table.rows)
    held = query.series(archive, me, KAK, APRIL)
    assert ((held["time"].values - FIRST) // MINUTE).tolist() == minutes
    for name in record.variables:
        entries = table.column(name, minutes)
        np.testing.assert_array_equal(held[name].values, [value for _, _, value in entries])
        assert held[f"{name}_quality"].values.tolist() == [flags for _, flags, _ in entries]
        counts = {"values": len(minutes)}
        for word, bit in (("missing", 1), ("spike", 4)):
            counts[word] = sum(bool(flags & bit) for _, flags, _ in entries)
        assert record.quality[name] == {word: count for word, count in counts.items() if count}
    ranks = {entry[0] for row in table.rows.values() for entry in row.values()}
    assert record.maturity == ", ".join(word for word, rank in FINALITY.items() if rank in ranks)
    assert record.count == len(minutes)
    assert (record.window.start, record.window.stop) == (
        FIRST + minutes[0] * MINUTE,
        FIRST + minutes[-1] * MINUTE + np.timedelta64(1, "ns"),
    )


def check_health(archive, me, table, names):
    found = {int((one.day - FIRST) // DAY): one for one in query.health(archive, me, window=APRIL)}
    days = {}
    for minute in sorted(table.rows):
        days.setdefault(minute // 1440, []).append(minute)
    for day, minutes in days.items():
        columns = {name: table.column(name, minutes) for name in names}
        known = [at for at in range(len(minutes)) if any(not np.isnan(one[at][2]) for one in columns.values())]
        if not known:
            assert day not in found
            continue
        flagged = sum(any(one[at][1] & 4 and not np.isnan(one[at][2]) for one in columns.values()) for at in known)
        one = found[day]
        assert (one.expected, one.present, one.flagged) == (1440, len(known), flagged)
        assert one.last == FIRST + minutes[known[-1]] * MINUTE
        noise = {name: noise_of(minutes, entries) for name, entries in columns.items()}
        assert one.noise == pytest.approx({name: level for name, level in noise.items() if level is not None}, rel=1e-3)


def check_buckets(archive, me, table, rng):
    """Every fifth of an hour, least and greatest of what has no flag against it."""
    begin = int(rng.integers(0, max(table.rows)))
    window = Window(FIRST + begin * MINUTE, FIRST + (begin + 2400) * MINUTE)
    inside = [minute for minute in table.rows if begin <= minute < begin + 2400 and "b_north" in table.rows[minute]]
    if not inside:
        return
    held = query.decimated(archive, me, KAK, window, 200, ["b_north"])
    for bucket in range(200):
        some = [table.rows[minute]["b_north"] for minute in inside if (minute - begin) // 12 == bucket]
        sound = [value for _, flags, value in some if not flags & 4 and not np.isnan(value)]
        least, greatest = (min(sound), max(sound)) if sound else (np.nan, np.nan)
        np.testing.assert_equal(float(held["b_north_min"][bucket]), least)
        np.testing.assert_equal(float(held["b_north_max"][bucket]), greatest)


@pytest.mark.parametrize("seed", range(5))
def test_a_series_that_grows_answers_as_a_table_and_as_one_written_whole(archive, whole, me, make, series, seed):
    rng, table = np.random.default_rng(seed), Table()
    for begin, columns, flags, maturity, told in files(rng):
        one = make.arrival(observations=(series(begin, columns, flags=flags, maturity=maturity, **told),))
        assert (
            publish.publish(archive, me, [one], most_added=3).granules
            == publish.publish(whole, me, [one], most_added=0).granules
        )
        table.take(begin, columns, flags, maturity)
        (grown,), (written,) = (query.granules(each, me, Selection()) for each in (archive, whole))
        same = [name for name in (one.name for one in fields(grown)) if name not in STORED]
        assert {name: getattr(grown, name) for name in same} == {name: getattr(written, name) for name in same}
        check_values(archive, me, table, grown)
    check_health(archive, me, table, grown.variables)
    check_buckets(archive, me, table, rng)
    both = [query.series(each, me, KAK, APRIL) for each in (archive, whole)]
    assert both[0].identical(both[1])
    assert max(number - base for number, base in objects_of(archive)) == 3  # it did grow, and was written whole again
    assert {number - base for number, base in objects_of(whole)} == {0}
    assert verify(archive, me).clean


def test_days_one_after_the_other_are_added_and_written_whole_now_and_then(archive, me, put, series):
    for day in range(MOST_ADDED + 3):
        put(series(1440 * day, [1.0 * day, 2, 3]))
    bases = [1] * (1 + MOST_ADDED) + [MOST_ADDED + 2] * 2
    assert objects_of(archive) == list(enumerate(bases, 1))
    rows = versions(archive)
    sizes = [len(archive.objects.get(row.object_key)) for row in rows]
    assert [row.object_bytes for row in rows] == [sum(sizes[base - 1 : number]) for number, base in enumerate(bases, 1)]
    (record,) = query.granules(archive, me, Selection())
    assert [part.key for part in record.parts] == [row.object_key for row in rows[-2:]]
    assert record.bytes == sum(sizes[-2:])
    held = query.series(archive, me, KAK, APRIL)
    assert held["b_north"].values[::3].tolist() == [float(day) for day in range(MOST_ADDED + 3)]


def test_each_earlier_state_is_answered_from_its_own_objects(archive, me, put, series):
    for day in range(4):
        put(series(1440 * day, [1.0 * day, 2]))
    put(series(0, [7.0, 7]))
    for number, row in enumerate(versions(archive)[:4], 1):
        then = query.series(archive, me, KAK, APRIL, as_of=np.datetime64(row.recorded_from, "us"))
        assert then["b_north"].values[::2].tolist() == [0.0, 1.0, 2.0, 3.0][:number]
    assert query.series(archive, me, KAK, APRIL)["b_north"].values[::2].tolist() == [7.0, 1.0, 2.0, 3.0]


def test_what_was_added_is_found_by_place_and_time(archive, me, put, series):
    place = {"latitude": 36.2, "longitude": 140.2}
    for day in range(3):
        put(series(1440 * day, [1.0 * day, 2], **place))

    def found(start, stop):
        return query.granules(archive, me, Selection(near=(36.0, 140.0, 100.0), window=Window(start, stop)))

    assert [one.version for one in found("2016-04-03", "2016-04-04")] == [3]
    assert [one.version for one in found("2016-04-01", "2016-04-01T00:01")] == [3]
    assert found("2016-04-04", "2016-04-05") == ()


def test_the_rest_of_a_day_keeps_the_day_s_first_latency(archive, me, put, series, monkeypatch):
    monkeypatch.setattr("soap.archive.catalogue.time.time_ns", lambda: clock)
    clock = int((FIRST + 10 * MINUTE).astype(int))
    put(series(0, [1.0] * 6))
    clock = int((FIRST + 2 * DAY).astype(int))
    put(series(6, [2.0] * 1434))
    put(series(1440, [3.0] * 1440))
    assert [row.base for row in versions(archive)] == [1, 1, 1]
    one, two = query.health(archive, me)
    assert (one.present, one.latency_s) == (1440, pytest.approx(5 * 60))
    assert (two.present, two.latency_s) == (1440, pytest.approx(60))


@pytest.mark.parametrize("remembered", [True, False])
def test_a_day_that_comes_in_pieces_is_judged_as_one_that_came_whole(
    archive, whole, me, put, make, series, monkeypatch, remembered
):
    values = np.random.default_rng(5).normal(size=300).cumsum()
    read = []
    monkeypatch.setattr("soap.archive.parts.decode", lambda *asked: read.append(asked) or decode(*asked))
    for begin, end in ((0, 90), (90, 91), (91, 300)):
        if begin == 0 or not remembered:
            monkeypatch.setattr("soap.archive.parts._DAYS", _Days())
        put(series(begin, values[begin:end].tolist()))
    assert len(read) == (0 if remembered else 3)
    publish.publish(whole, me, [make.arrival(observations=(series(0, values.tolist()),))])
    (pieces,), (at_once,) = (query.health(each, me) for each in (archive, whole))
    same = ("day", "expected", "present", "flagged", "noise", "last")
    assert [getattr(pieces, name) for name in same] == [getattr(at_once, name) for name in same]


def test_only_the_objects_of_the_window_are_read(archive, me, put, series, monkeypatch):
    for day in range(4):
        put(series(1440 * day, [1.0 * day, 2]))
    keys = [row.object_key for row in versions(archive)]
    read, get = [], type(archive.objects).get
    monkeypatch.setattr(type(archive.objects), "get", lambda self, key: read.append(key) or get(self, key))
    held = query.series(archive, me, KAK, Window("2016-04-02", "2016-04-03T00:01"))
    assert held["b_north"].values.tolist() == [1.0, 2.0, 2.0]
    assert sorted(read) == sorted(keys[1:3])


def test_a_further_day_opens_nothing_and_other_words_are_seen_all_the_same(archive, me, put, series, monkeypatch):
    for day in range(2):
        put(series(1440 * day, [1.0 * day, 2]))
    read, get = [], type(archive.objects).get
    monkeypatch.setattr(type(archive.objects), "get", lambda self, key: read.append(key) or get(self, key))
    for day in range(2, 4):
        put(series(1440 * day, [1.0 * day, 2]))
    assert (read, objects_of(archive)) == ([], [(1, 1), (2, 1), (3, 1), (4, 1)])
    put(series(1440 * 4, [4.0, 2], institute="another"))
    assert objects_of(archive)[-1] == (5, 5)
    assert query.series(archive, me, KAK, APRIL)["b_north"].values.tolist() == [0.0, 2, 1, 2, 2, 2, 3, 2, 4, 2]


@pytest.mark.parametrize(
    "change",
    [
        (1440, [2.0], {"institute": "another"}),
        (1440, [2.0], {"latitude": 36.2, "longitude": 140.2}),
        (1440, {"b_north": [1.0], "b_east": [2.0]}, {}),
        (1440, {"b_east": [2.0]}, {}),
        (5, [2.0], {}),
        (4, [2.0], {}),
    ],
    ids=str,
)
def test_what_is_told_otherwise_or_reaches_into_what_is_held_is_written_whole(archive, me, put, series, change):
    begin, columns, attrs = change
    put(series(0, [1.0] * 6))
    put(series(begin, columns, **attrs))
    assert objects_of(archive) == [(1, 1), (2, 2)]


def test_another_maturity_may_be_added(archive, me, put, series):
    put(series(0, [1.0], maturity="definitive"))
    put(series(1440, [2.0], maturity="provisional"))
    assert objects_of(archive) == [(1, 1), (2, 1)]
    assert query.series(archive, me, KAK, APRIL).attrs["maturity"] == "provisional, definitive"
    put(series(1440, [3.0], maturity="variation"))
    put(series(0, [3.0], maturity="provisional"))
    assert query.series(archive, me, KAK, APRIL)["b_north"].values.tolist() == [1.0, 2.0]


def test_a_series_without_a_stated_cadence_is_written_whole(archive, me, put, make):
    for day in (1, 2):
        observation = make.series([f"2016-04-0{day}"], [1.0], cadence="PT1M")
        del observation.attrs["cadence"]
        observation.attrs["collection_id"] = "geomagnetism.kak.l1"
        put(observation)
    assert objects_of(archive) == [(1, 1), (2, 2)]


def test_several_files_of_a_batch_are_added_as_one_object_or_none(archive, me, put, make, series):
    put(series(0, [1.0]))
    some = [make.arrival(observations=(series(1440 * day, [2.0 * day]),)) for day in (3, 1, 2)]
    publish.publish(archive, me, some)
    assert objects_of(archive) == [(1, 1), (2, 1)]
    some = [make.arrival(observations=(series(1440 * day, [9.0]),)) for day in (5, 0)]
    publish.publish(archive, me, some)
    assert objects_of(archive)[2:] == [(3, 3)]
    held = query.series(archive, me, KAK, APRIL)
    assert held["b_north"].values.tolist() == [9.0, 2.0, 4.0, 6.0, 9.0]


def test_verification_names_every_version_that_loses_something(archive, me, put, series):
    for day in range(3):
        put(series(1440 * day, [1.0 * day]))
    lost = versions(archive)[1].object_key
    archive.objects.delete(lost)
    (loss,) = verify(archive, me).losses
    assert (loss.key, loss.granules) == (lost, (f"{KAK}:kak:2016-04@2", f"{KAK}:kak:2016-04@3"))


def test_writers_that_race_add_every_day_once(archive, me, make, series):
    days = [make.arrival(observations=(series(1440 * day, [1.0 * day, 2]),)) for day in range(16)]

    def add(some):
        for one in some:
            publish.publish(archive, me, [one])

    writers = [threading.Thread(target=add, args=(days[number::2],)) for number in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    held = query.series(archive, me, KAK, APRIL)
    assert held["b_north"].values[::2].tolist() == [float(day) for day in range(16)]
    assert [row.number for row in versions(archive)] == list(range(1, 17))
    assert json.loads(versions(archive)[-1].quality) == {"b_north": {"values": 32}}
    assert [one.present for one in query.health(archive, me)] == [2] * 16
