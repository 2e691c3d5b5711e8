"""Rays in the archive: what a receiver observed of each satellite, as a plain table and back."""

import io

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from soap.archive import Selection, publish, query
from soap.archive.block import from_dataset, same, to_dataset, unite
from soap.archive.draft import Arrival
from soap.archive.encoding import decode, encode
from soap.archive.objects import sha256
from soap.archive.periods import split
from soap.archive.whole_days import folded
from soap.core.names import Variable
from soap.core.time import Window
from soap.formats import Reading
from soap.observations import Quality, check, rays, series

RANGE = Variable("c1c", "C1C", "m", "pseudorange")
PHASE = Variable("l1c", "L1C", "cycle", "carrier phase")
DAY = np.datetime64("2024-01-10T00:00:00", "ns")


def receiver(sv=("G01", "G05"), count=4, start=DAY, seed=1, maturity="", step_s=30, flags=None, digits=3):
    """A receiver that sees the first satellite all the time, each later one a step later."""
    rng = np.random.default_rng(seed)
    time = start + np.arange(count) * np.timedelta64(step_s, "s")
    values = np.round(rng.uniform(2.0e7, 2.6e7, (2, count, len(sv))), digits)
    for number in range(len(sv)):
        values[:, :number, number] = np.nan
    return rays(
        time, sv, {"c1c": values[0], "l1c": values[1]}, names=(RANGE, PHASE), flags=flags,
        collection_id="ionosphere.test.gnss_gps.pt30s", platform="test", cadence="PT30S", maturity=maturity,
        latitude=10.0, longitude=100.0,
    )  # fmt: skip


def there_and_back(observation):
    return to_dataset(decode(encode(from_dataset(observation)), "x.parquet"))


def test_what_goes_in_comes_out_bit_by_bit():
    seen = receiver(flags={"l1c": np.where(np.arange(8).reshape(4, 2) == 2, np.uint8(Quality.JUMP), np.uint8(0))})
    assert check(there_and_back(seen)).identical(seen)


@pytest.mark.parametrize("digits", [0, 1, 3, 5, 16])
def test_any_number_of_decimals_comes_back(digits):
    seen = receiver(digits=digits)
    assert there_and_back(seen).identical(seen)


def test_values_that_no_decimal_holds_come_back():
    odd = receiver()
    odd["c1c"].values[1, 0] = 1e300
    odd["l1c"].values[1, 0] = 5e-324
    assert there_and_back(odd).identical(odd)


def test_a_database_reads_the_object_as_a_table(tmp_path):
    seen = receiver()
    (tmp_path / "day.parquet").write_bytes(encode(from_dataset(seen)))
    rows = duckdb.sql(f"SELECT sv, c1c FROM '{tmp_path}/day.parquet' ORDER BY time, sv").fetchall()
    told = seen["c1c"].stack(row=("time", "sv")).dropna("row")
    assert [(sv, float(value)) for sv, value in rows] == list(zip(told["sv"].values, told.values, strict=True))
    column = pq.read_schema(io.BytesIO((tmp_path / "day.parquet").read_bytes())).field("c1c")
    assert (str(column.type), column.metadata[b"units"]) == ("decimal128(15, 3)", b"m")


def test_a_satellite_that_was_not_seen_is_no_row():
    content = encode(from_dataset(receiver(count=4)))
    assert pq.read_metadata(io.BytesIO(content)).num_rows == 4 + 3


def test_some_variables_alone_are_read():
    block = decode(encode(from_dataset(receiver())), "x.parquet", ("l1c",))
    assert list(block.values) == ["l1c"]


def test_files_of_one_day_with_different_satellites_are_one():
    one, two = receiver(("G01", "G05"), seed=1), receiver(("G02", "G09"), seed=2)
    both = to_dataset(unite(from_dataset(one), from_dataset(two)))
    assert list(both["sv"].values) == ["G01", "G02", "G05", "G09"]
    for part in (one, two):
        np.testing.assert_array_equal(both["c1c"].sel(sv=part["sv"]).values, part["c1c"].values)
        np.testing.assert_array_equal(both["c1c_quality"].sel(sv=part["sv"]).values, part["c1c_quality"].values)


def test_the_order_of_files_with_different_satellites_does_not_matter():
    one, two = (from_dataset(receiver((sv,), seed=seed)) for sv, seed in (("G01", 1), ("G02", 2)))
    assert same(unite(one, two), unite(two, one))


def test_what_is_not_seen_takes_nothing_away():
    """The more final file lacks a satellite: the other's stays, and where both see one the final counts."""
    rough = receiver(("G01", "G05"), seed=1, maturity="preliminary")
    final = receiver(("G01",), seed=2, maturity="final")
    for pair in ((rough, final), (final, rough)):
        both = to_dataset(unite(*(from_dataset(one) for one in pair)))
        np.testing.assert_array_equal(both["c1c"].sel(sv="G01").values, final["c1c"].sel(sv="G01").values)
        np.testing.assert_array_equal(both["c1c"].sel(sv="G05").values, rough["c1c"].sel(sv="G05").values)


def test_finality_that_differs_between_satellites_is_kept():
    rough, final = receiver(("G01",), maturity="preliminary"), receiver(("G05",), seed=3, maturity="final")
    united = unite(from_dataset(rough), from_dataset(final))
    assert same(decode(encode(united), "x.parquet"), united)


def test_hours_that_follow_each_other_are_one_day():
    first, second = receiver(("G01",), seed=1), receiver(("G01", "G02"), seed=2, start=DAY + np.timedelta64(1, "h"))
    both = to_dataset(unite(from_dataset(first), from_dataset(second)))
    assert dict(both.sizes) == {"time": 8, "sv": 2}
    assert np.isnan(both["c1c"].sel(sv="G02").values[:4]).all()


@pytest.mark.parametrize("step_s", [1, 30, 300])
def test_a_granule_is_a_day_with_the_satellites_of_that_day(step_s):
    late = receiver(("G01",), seed=1, start=DAY - np.timedelta64(2 * step_s, "s"), step_s=step_s)
    parts = dict(split(from_dataset(late)))
    assert [(day, len(part.time)) for day, part in parts.items()] == [("2024-01-09", 2), ("2024-01-10", 2)]
    two = receiver(("G01", "G05"), count=3, start=DAY - np.timedelta64(1, "s"), step_s=1)
    days = [list(part.axes["sv"]) for _, part in split(from_dataset(two))]
    assert days == [["G01"], ["G01", "G05"]]


def test_days_that_are_whole_take_the_place_of_what_was_held():
    first = receiver(("G01", "G05"), seed=1)
    again = receiver(("G01", "G02"), seed=2, count=3)
    again.attrs["whole_days"] = 1
    assert same(folded(from_dataset(first), from_dataset(again)), from_dataset(again))


def test_days_that_are_whole_leave_other_days_alone():
    time = DAY + np.arange(6) * np.timedelta64(12, "h")
    attrs = {"collection_id": "ionosphere.test.vtec.pt12h", "platform": "test", "cadence": "PT12H"}
    held = series(time, {"c1c": np.arange(6.0)}, names=(RANGE,), **attrs)
    again = series(time[2:3], {"c1c": np.array([9.0])}, names=(RANGE,), whole_days=1, **attrs)
    out = folded(from_dataset(held), from_dataset(again))
    assert out.values["c1c"].tolist() == [0.0, 1.0, 9.0, 4.0, 5.0]


def handed_in(archive, viewer, name, observation):
    arrival = Arrival(name, name.encode(), sha256(name.encode()), "test_reader", Reading((observation,)))
    publish.publish(archive, viewer, [arrival])


def test_what_is_held_is_found_united_and_had_as_of_before(archive, me):
    first, second = receiver(("G01", "G05"), seed=1), receiver(("G02",), seed=2)
    handed_in(archive, me, "one", first)
    (before,) = query.collections(archive, me)
    handed_in(archive, me, "two", second)
    day = Window(DAY, DAY + np.timedelta64(1, "D"))
    collection = first.attrs["collection_id"]
    held = query.whole(archive, me, collection, day)
    assert held["sv"].values.tolist() == ["G01", "G02", "G05"]
    np.testing.assert_array_equal(held["c1c"].sel(sv=["G02"]).values, second["c1c"].values)
    earlier = query.whole(archive, me, collection, day, as_of=before.version)
    assert earlier["sv"].values.tolist() == ["G01", "G05"]
    (granule,) = query.granules(archive, me, Selection(near=(10.0, 100.0, 5.0), window=day))
    assert (granule.shape, granule.version, granule.period, granule.count) == ("rays", 2, "2024-01-10", 4)
    assert query.health(archive, me) == ()


def test_days_with_other_satellites_are_had_together(archive, me):
    later = receiver(("G07",), seed=2, start=DAY + np.timedelta64(1, "D"))
    for name, one in (("one", receiver(("G01",), seed=1)), ("two", later)):
        handed_in(archive, me, name, one)
    window = Window(DAY, DAY + np.timedelta64(2, "D"))
    both = query.whole(archive, me, later.attrs["collection_id"], window, ["c1c"])
    assert dict(both.sizes) == {"time": 8, "sv": 2}
    assert np.isfinite(both["c1c"].values).sum() == 8
