"""Records of granules, whose fields are made when asked for: what the tables tell; and they behave as any record."""

from __future__ import annotations

import json
import pickle
from dataclasses import asdict, fields, replace

import numpy as np
import pytest
from sqlalchemy import select

from soap.archive import Selection, publish, query
from soap.archive.schema import collection, granule, version
from soap.core.place import Box
from soap.core.time import Window

HOURS = np.datetime64("2016-04-13T00", "ns") + np.arange(5) * np.timedelta64(1, "h")


@pytest.fixture
def records(archive, me, put, make):
    """Of a series of known place, one of unknown place, a track and a map."""
    put(make.series(HOURS, {"b_north": [1, 2, np.nan, 4, 5], "b_east": np.arange(5)}, latitude=36.2, longitude=140.2))
    put(make.series(HOURS, np.arange(5), code="abg"), make.track([10.0, 20.0], [30.0, 40.0]))
    put(make.field(HOURS[:2], [-10.0, 0.0], [0.0, 5.0]))
    return query.granules(archive, me, Selection())


def test_each_field_is_what_the_tables_tell(archive, records):
    with archive.catalogue.reading() as connection:
        rows = {row.granule_id: row for row in connection.execute(select(granule))}
        versions = {row.granule: row for row in connection.execute(select(version))}
        collections = {row.id: row for row in connection.execute(select(collection))}
    assert len(records) == len(rows) == 4
    for one in records:
        row = rows[one.granule_id]
        held, kind = versions[row.id], collections[row.collection]
        assert (one.platform, one.period, one.place) == (row.platform, row.period, held.place)
        assert (one.collection_id, one.shape, one.provider) == (kind.collection_id, kind.shape, kind.provider)
        assert one.simulated is bool(kind.simulated)
        assert (one.version, one.count, one.maturity) == (held.number, held.count, held.maturity)
        assert (one.sha256, one.bytes, one.object_key) == (held.object_sha256, held.object_bytes, held.object_key)
        assert one.window == Window(np.datetime64(held.first, "ns"), np.datetime64(held.last + 1, "ns"))
        assert one.recorded_from == np.datetime64(held.recorded_from, "us")
        assert one.variables == tuple(held.variables.split())
        assert one.quality == json.loads(held.quality)
        assert (one.latitude, one.longitude, one.height_m) == (held.latitude, held.longitude, None)
        sides = (held.west, held.south, held.east, held.north)
        assert one.box == (None if held.west is None else Box(*sides))
        assert (one.owner, one.access, one.licence, one.citation) == ("", "private", "", "")
        assert one.parts == ()
    assert {one.place for one in records} == {"point", "station", "path", "area"}


def test_it_is_a_record_like_any(records):
    for one in records:
        assert list(asdict(one)) == [field.name for field in fields(one)]
    again = pickle.loads(pickle.dumps(records))
    assert again == records
    assert again[0] != records[1]
    assert replace(records[0], count=7).count == 7
    assert records[0].granule_id in repr(records[0])
    for name in ("nothing", "_told_nothing"):
        with pytest.raises(AttributeError, match=name):
            getattr(records[0], name)
    with pytest.raises(AttributeError):
        records[0].count = 7


def test_originals_are_those_of_the_version_by_time_of_recording(archive, me, make):
    arrivals = [make.arrival(observations=[make.series([hour], [float(n)])]) for n, hour in enumerate(HOURS)]
    for some in (arrivals[:2], arrivals[2:3], arrivals[3:]):
        publish.publish(archive, me, some)
    (now,) = query.granules(archive, me, Selection())
    names = [one.sha256 for one in arrivals]
    assert now.originals == (*sorted(names[:2]), names[2], *sorted(names[3:]))
    seen = set()
    for instant in (now.recorded_from, now.recorded_from - np.timedelta64(1, "us")):
        (then,) = query.granules(archive, me, Selection(as_of=instant.astype("datetime64[ns]")))
        seen.add(then.originals)
    assert seen == {now.originals, (*sorted(names[:2]), names[2])}
