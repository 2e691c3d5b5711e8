"""The union of two blocks, against a rule written out time by time."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from soap.archive.block import from_dataset, same, to_dataset, unite
from soap.core.errors import BadObservation
from soap.core.names import Variable
from soap.observations import series

WORDS = ("", "variation", "provisional", "quasi-definitive", "definitive")
HOURS = np.datetime64("2016-04-13T00", "ns") + np.arange(8) * np.timedelta64(1, "h")

values = st.one_of(st.just(np.nan), st.integers(-3, 3).map(float))
files = st.lists(
    st.tuples(st.integers(0, 4), st.dictionaries(st.integers(0, 7), values, min_size=1)), min_size=1, max_size=6
)


def oracle(parts):
    """At each hour: the highest finality; there a value before none; there the last."""
    best = {}
    for order, (finality, content) in enumerate(parts):
        for hour, value in content.items():
            rank = (finality, not np.isnan(value), order)
            if hour not in best or rank > best[hour][0]:
                best[hour] = (rank, value)
    return {hour: value for hour, (_, value) in best.items()}


def blocks(parts):
    out = []
    for finality, content in parts:
        hours = sorted(content)
        dataset = _series(HOURS[hours], [content[hour] for hour in hours], maturity=WORDS[finality])
        out.append(from_dataset(dataset))
    return out


def _series(times, b_north, **attrs):
    names = (Variable("b_north", "X", "nT", "field towards north"),)
    return series(
        times,
        {"b_north": np.array(b_north)},
        names=names,
        collection_id="geomagnetism.kak.pt1h",
        platform="kak",
        cadence="PT1H",
        **attrs,
    )


@settings(max_examples=100, deadline=None)
@given(parts=files, cut=st.integers(0, 5))
def test_union_follows_the_rule_however_files_are_grouped(parts, cut):
    one_by_one = blocks(parts)
    united = one_by_one[0]
    for later in one_by_one[1:]:
        united = unite(united, later)
    expected = oracle(parts)
    assert united.time.tolist() == HOURS[sorted(expected)].tolist()
    np.testing.assert_array_equal(united.values["b_north"], [expected[hour] for hour in sorted(expected)])
    np.testing.assert_array_equal(united.flags["b_north"] & 1, np.isnan(united.values["b_north"]))
    if 0 < cut < len(one_by_one):
        left, right = one_by_one[0], one_by_one[cut]
        for later in one_by_one[1:cut]:
            left = unite(left, later)
        for later in one_by_one[cut + 1 :]:
            right = unite(right, later)
        assert same(unite(left, right), united)


def test_a_definitive_gap_replaces_a_provisional_value_but_a_gap_of_equal_finality_does_not(make):
    provisional = from_dataset(make.series(HOURS[:2], [1.0, 2.0], maturity="provisional"))
    definitive = from_dataset(make.series(HOURS[:2], [np.nan, 5.0], maturity="definitive"))
    again = from_dataset(make.series(HOURS[:2], [np.nan, 5.0], maturity="provisional"))
    np.testing.assert_array_equal(unite(provisional, definitive).values["b_north"], [np.nan, 5.0])
    np.testing.assert_array_equal(unite(provisional, again).values["b_north"], [1.0, 5.0])
    np.testing.assert_array_equal(unite(definitive, provisional).values["b_north"], [np.nan, 5.0])


def test_variables_of_two_files_stand_side_by_side(make):
    north = from_dataset(make.series(HOURS[:3], {"b_north": [1.0, 2.0, 3.0]}))
    east = from_dataset(make.series(HOURS[2:5], {"b_east": [7.0, 8.0, 9.0]}))
    united = to_dataset(unite(north, east))
    np.testing.assert_array_equal(united["b_north"], [1, 2, 3, np.nan, np.nan])
    np.testing.assert_array_equal(united["b_east"], [np.nan, np.nan, 7, 8, 9])
    np.testing.assert_array_equal(united["b_north_quality"], [0, 0, 0, 1, 1])
    np.testing.assert_array_equal(united["b_east_quality"], [1, 1, 0, 0, 0])


def test_flags_travel_with_their_values(make):
    spike = make.series(HOURS[:2], [1.0, 2.0])
    spike["b_north_quality"].values[1] = 4
    united = unite(from_dataset(spike), from_dataset(make.series(HOURS[2:3], [3.0])))
    assert united.flags["b_north"].tolist() == [0, 4, 0]


def test_a_track_keeps_the_places_of_the_values_it_takes(make):
    held = from_dataset(make.track([10.0, 11.0, 12.0], [100.0, 100.1, 100.2]))
    later = from_dataset(make.track([20.0, 21.0], [110.0, 110.1], start="2016-04-13T00:00:02"))
    united = unite(held, later)
    assert united.along["latitude"].tolist() == [10.0, 11.0, 20.0, 21.0]


def test_what_cannot_be_one_granule_is_refused(make):
    times, grid = ["2016-04-13T00"], ([-10.0, 0.0], [0.0, 5.0])
    one = from_dataset(make.field(times, *grid))
    with pytest.raises(BadObservation, match="another grid"):
        unite(one, from_dataset(make.field(times, [-10.0, 0.0, 10.0], grid[1])))
    real, made_up = make.series(HOURS[:1], [1.0]), make.series(HOURS[:1], [1.0], simulated=1)
    with pytest.raises(BadObservation, match="simulated"):
        unite(from_dataset(real), from_dataset(made_up))
    metres = make.series(HOURS[:1], [1.0])
    metres["b_north"].attrs["units"] = "T"
    with pytest.raises(BadObservation, match="held in nT"):
        unite(from_dataset(real), from_dataset(metres))


def test_to_dataset_undoes_from_dataset(make):
    for dataset in (
        make.series(HOURS, np.arange(8)),
        make.track([1.0, 2.0], [179.9, -179.9]),
        make.field(["2016-04-13T00", "2016-04-13T02"], [-10.0, 0.0, 10.0], [0.0, 5.0]),
    ):
        assert to_dataset(from_dataset(dataset)).identical(dataset)


def test_a_dataset_is_as_the_constructor_makes_it(make):
    grid = np.linspace(-10, 10, 5), np.linspace(0, 30, 7)
    for made in (
        make.series(HOURS, {"b_north": np.arange(8), "b_east": np.full(8, np.nan)}, latitude=1.0, longitude=2.0),
        make.track(np.linspace(0, 9, 8), np.linspace(0, 9, 8)),
        make.field(HOURS[:3], *grid),
    ):
        got = to_dataset(from_dataset(made))
        variables = {name: (one.dims, one.values, one.attrs) for name, one in made.data_vars.items()}
        coords = {name: (one.dims, one.values, one.attrs) for name, one in made.coords.items()}
        wanted = xr.Dataset(variables, coords, made.attrs)
        xr.testing.assert_identical(got, wanted)
        assert dict(got.sizes) == dict(wanted.sizes)
        assert list(got.indexes) == list(wanted.indexes)
        middle = {"time": got["time"].values[1]}
        xr.testing.assert_identical(got.sel(middle), wanted.sel(middle))
        xr.testing.assert_identical(got.isel(time=slice(1, 3)).mean("time"), wanted.isel(time=slice(1, 3)).mean("time"))
        xr.testing.assert_identical(pickle.loads(pickle.dumps(got)), wanted)
        name = next(iter(variables))
        got[name][:1] = 7.0
        assert float(got[name].values.flat[0]) == 7.0
        xr.testing.assert_identical(to_dataset(from_dataset(made)).assign_attrs(a=1), wanted.assign_attrs(a=1))
