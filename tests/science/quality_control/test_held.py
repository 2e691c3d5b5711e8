"""Held values at known places; rounding alone is none."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soap.science.quality_control.held import METHOD, Held, persistence_shafer_2000


def by_definition(values, shortest, factor, others):
    runs = [(value, len(list(group))) for value, group in itertools.groupby(values)]
    usual = [length for _, length in runs if length < shortest]
    marked = []
    for _, length in runs:
        held = length >= shortest and len(usual) >= others and length >= factor * np.mean(usual)
        marked += [False] + [held] * (length - 1)
    return marked


@given(st.integers(0, 2**32), st.integers(3, 12), st.sampled_from([2.0, 4.0]))
def test_is_what_the_definition_says(seed, shortest, factor):
    rng = np.random.default_rng(seed)
    values = np.repeat(np.arange(120.0), rng.choice([1, 1, 1, 2, 5, 20], 120))
    chosen = {"shortest": shortest, "factor": factor, "others": 30}
    assert persistence_shafer_2000(values, None, **chosen).tolist() == by_definition(values.tolist(), **chosen)


def test_a_recorder_that_holds_is_marked_behind_its_last_good_value():
    values = np.round(np.cumsum(np.random.default_rng(0).normal(0, 0.3, 3000)), 1)
    values[1000:1200] = values[1000]
    marked = persistence_shafer_2000(values, None)
    assert marked[1001:1200].all()
    assert not marked[:1000].any()
    assert not marked[1201:].any()


@pytest.mark.parametrize("values", [np.zeros(0), np.zeros(1), np.full(500, 7.0), np.full(500, np.nan)])
def test_a_series_of_one_value_or_none_is_not_judged(values):
    assert not persistence_shafer_2000(values, None).any()


def test_a_walk_written_with_few_digits_is_hardly_ever_marked():
    assert METHOD.null_rate(Held(), 300_000, 3).value < 1e-4
