"""Health of stations: each day's row against a plain count, kept through re-releases, told only to who may see it."""

import numpy as np
import pytest
from sqlalchemy import select, update

from soap.archive import publish, query
from soap.archive.block import from_dataset
from soap.archive.record_health import days
from soap.archive.schema import granule, station_day, terms
from soap.core.time import Window
from soap.core.who import Viewer

DAY = np.timedelta64(1, "D")
START = np.datetime64("2016-03-31", "ns")


def minutes(first=START, n=1440):
    return first + np.arange(n) * np.timedelta64(60, "s")


def values(n=1440, seed=0, sigma=0.5):
    return 30_000 + np.random.default_rng(seed).normal(0, sigma, n)


def held(archive, me, **asked):
    return {str(one.day): one for one in query.health(archive, me, **asked)}


def test_days_are_counted_as_by_hand(make):
    rng = np.random.default_rng(4)
    times = minutes(n=4 * 1440)[rng.random(4 * 1440) < 0.7]
    north = values(len(times))
    north[rng.random(len(times)) < 0.2] = np.nan
    flags = np.where(rng.random(len(times)) < 0.1, np.uint8(4), np.uint8(0))
    east = np.where(rng.random(len(times)) < 0.5, np.nan, 1.0)
    one = make.series(times, {"b_north": north, "b_east": east}, cadence="PT1M")
    one["b_north_quality"].values[:] |= flags
    low, high = (int(times[at].astype("datetime64[D]").astype(int)) for at in (0, -1))
    found = days(from_dataset(one), low, high)
    assert [row["day"] for row in found] == list(range(low, high + 1))
    for row in found:
        today = np.flatnonzero(times.astype("datetime64[D]").astype(int) == row["day"])
        present = [at for at in today if not (np.isnan(north[at]) and np.isnan(east[at]))]
        flagged = [at for at in present if flags[at] and not np.isnan(north[at])]
        assert (row["expected"], row["present"], row["flagged"]) == (1440, len(present), len(flagged))
        assert row["last"] == times[present[-1]].astype(int)


def test_noise_and_completeness_of_a_month(put, archive, me, make):
    times, north = minutes(n=3 * 1440), values(3 * 1440)
    keep = np.ones(len(times), bool)
    keep[1440 + 100 : 1440 + 244] = False
    put(make.series(times[keep], north[keep], cadence="PT1M"))
    rows = held(archive, me)
    assert {day: one.present for day, one in rows.items()} == {
        "2016-03-31": 1440, "2016-04-01": 1296, "2016-04-02": 1440,
    }  # fmt: skip
    assert all(one.noise["b_north"] == pytest.approx(0.5, rel=0.1) for one in rows.values())
    assert {one.since for one in rows.values()} == {np.datetime64("2016-03-31")}


def test_latency_is_that_of_the_first_recording(put, archive, me, make, monkeypatch):
    late = START + DAY - np.timedelta64(60, "s") + np.timedelta64(1400, "ms")
    put(make.series(minutes(), values(), cadence="PT1M"))
    with archive.catalogue.publishing() as connection:  # as if it had been recorded 1.4 s after its last value
        connection.execute(update(station_day).values(latency_s=float((late - minutes()[-1]) / np.timedelta64(1, "s"))))
    put(make.series(minutes(n=2880), values(2880, seed=1), cadence="PT1M", maturity="definitive"))
    rows = held(archive, me)
    assert rows["2016-03-31"].latency_s == pytest.approx(1.4)
    assert rows["2016-04-01"].latency_s > 1e6


def test_latency_counts_from_the_last_value_to_the_recording(put, archive, me, make):
    recent = np.datetime64("now", "s").astype("datetime64[ns]") - np.timedelta64(3, "h")
    put(make.series(minutes(recent, 60), values(60), cadence="PT1M"))
    (one,) = list(held(archive, me).values())[-1:]
    assert one.latency_s == pytest.approx(2 * 3600 + 60, abs=60)


def test_only_the_days_that_changed_are_worked_out_anew(put, archive, me, make, monkeypatch):
    times, north = minutes(np.datetime64("2016-04-01", "ns"), 20 * 1440), values(20 * 1440)
    put(make.series(times, north, cadence="PT1M"))
    asked = []
    monkeypatch.setattr(
        "soap.archive.record_health.days", lambda block, low, high: asked.append((low, high)) or days(block, low, high)
    )
    first = int(np.datetime64("2016-04-01").astype(int))
    put(make.series(minutes(np.datetime64("2016-04-21", "ns")), values(), cadence="PT1M"))
    changed = north.copy()
    changed[5 * 1440 + 7], changed[7 * 1440] = 1.0, 2.0
    put(make.series(times, changed, cadence="PT1M"))
    assert asked == [(first + 20, first + 20), (first + 5, first + 7)]
    assert len(held(archive, me)) == 21


def test_a_day_whose_values_all_go_has_no_health(put, archive, me, make):
    put(make.series(minutes(n=2880), values(2880), cadence="PT1M"))
    gone = values(2880)
    gone[1440:] = np.nan
    put(make.series(minutes(n=2880), gone, cadence="PT1M", maturity="definitive"))
    assert list(held(archive, me)) == ["2016-03-31"]


def test_what_has_no_health(put, archive, me, make):
    put(make.series(minutes(n=60), values(60), code="kp", cadence="PT1M", place="global"))
    put(make.series(START + np.arange(5) * DAY, values(5), code="xxx", cadence="P1D"))
    put(make.track([0.0, 1.0], [100.0, 100.0]))
    assert query.health(archive, me) == ()


def test_slow_values_tell_no_noise(put, archive, me, make):
    put(make.series(START + np.arange(48) * np.timedelta64(1, "h"), values(48)))
    assert [(one.expected, one.present, dict(one.noise)) for one in query.health(archive, me)] == [(24, 24, {})] * 2


def test_windows_and_last_days(put, archive, me, make):
    put(make.series(minutes(n=10 * 1440), values(10 * 1440), cadence="PT1M"))
    assert len(held(archive, me, last_days=4)) == 4
    assert list(held(archive, me, window=Window("2016-04-02T12:00", "2016-04-05"))) == ["2016-04-03", "2016-04-04"]
    assert held(archive, me, window=Window("2017-01-01", "2018-01-01")) == {}
    assert held(archive, me, collection_id="geomagnetism.abg.pt1m") == {}


def test_days_before_1970(put, archive, me, make):
    put(make.series(minutes(np.datetime64("1957-07-01", "ns")), values(), cadence="PT1M"))
    assert list(held(archive, me)) == ["1957-07-01"]


def test_what_two_members_hand_in_under_one_name_is_told_apart(put, archive, me, make):
    times, north = minutes(), values()
    publish.publish(archive, me, [make.arrival(observations=(make.series(times, north, cadence="PT1M"),))], "JPN")
    publish.publish(
        archive, me, [make.arrival(observations=(make.series(times[:720], north[:720], cadence="PT1M"),))], ""
    )
    found = query.health(archive, me)
    assert [(one.collection_id, one.provider, one.present) for one in found] == [
        ("geomagnetism.kak.pt1m", "", 720),
        ("geomagnetism.kak.pt1m", "JPN", 1440),
    ]


def test_health_is_told_only_to_who_may_see_the_values(put, archive, me, make):
    put(make.series(minutes(), values(), cadence="PT1M"))
    put(make.series(minutes(), values(), code="abg", cadence="PT1M"))
    guest, indian = Viewer("guest"), Viewer("officer", member="IND")
    assert query.health(archive, guest) == query.health(archive, indian) == ()
    with archive.catalogue.publishing() as connection:
        told = {"owner": "IND", "named": "", "licence": "", "citation": ""}
        numbers = [
            connection.execute(terms.insert().values(digest=access, access=access, **told)).inserted_primary_key[0]
            for access in ("open", "private")
        ]
        for code, number in zip(("kak", "abg"), numbers, strict=True):
            connection.execute(update(granule).where(granule.c.platform == code).values(terms=number))
        assert connection.execute(select(granule.c.terms)).scalars().all()
    assert {one.platform for one in query.health(archive, guest)} == {"kak"}
    assert {one.platform for one in query.health(archive, indian)} == {"kak", "abg"}
    assert len(query.health(archive, me)) == 2
