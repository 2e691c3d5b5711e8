"""Datasets put together of arrays that fit are those that xarray's constructor gives, which is the oracle."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from soap.core.names import Variable
from soap.observations import field, profile, rays, series, track

NAMES = (Variable("x", "nT", "X", "a value", (-10.0, 10.0)),)
WHO = {"names": NAMES, "collection_id": "domain.abc.pt1m", "platform": "abc"}
TIME = np.array(["2020-01-01", "2020-01-02", "2020-01-03"], dtype="datetime64[s]")


def made(shape: str) -> xr.Dataset:
    two, values = np.array([-3.0, 4.0]), np.array([1.0, np.nan, 20.0])
    if shape == "series":
        return series(TIME, {"x": values}, latitude=1.0, **WHO)
    if shape == "track":
        return track(TIME, values[[0, 0, 0]], values[[0, 0, 2]], values[[0, 0, 0]], {"x": values}, **WHO)
    if shape == "profile":
        return profile(TIME, two, {"x": np.outer(values, two)}, **WHO)
    if shape == "field":
        return field(TIME, two, two, {"x": values[:, None, None] * two[:, None] * two}, **WHO)
    return rays(TIME, ["G05", "R11"], {"x": np.outer(values, two)}, **WHO)


@pytest.mark.parametrize("shape", ["series", "track", "profile", "field", "rays"])
def test_dataset_is_that_of_the_constructor(shape):
    given = made(shape)
    plain = {name: (one.dims, one.values, one.attrs) for name, one in given.variables.items()}
    data = {name: one for name, one in plain.items() if name not in given.coords}
    whole = xr.Dataset(data, {name: plain[name] for name in given.coords}, given.attrs)
    xr.testing.assert_identical(given, whole)
    assert list(given.variables) == list(whole.variables)
    assert {name: one.dtype for name, one in given.indexes.items()} == {
        name: one.dtype for name, one in whole.indexes.items()
    }
    xr.testing.assert_identical(given.sel(time=slice("2020-01-02", None)), whole.sel(time=slice("2020-01-02", None)))


def test_array_of_another_length_is_refused():
    with pytest.raises(ValueError, match="shape"):
        series(TIME, {"x": np.zeros(4)}, **WHO)
