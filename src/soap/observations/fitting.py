"""Datasets put together of arrays that are known to fit.

What xarray's constructor does to be sure of it (merging, aligning) takes longer than to read a pass, or a file of one
minute.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import xarray as xr
from xarray.indexes import PandasIndex


def dataset(
    variables: Mapping[str, xr.Variable], fixed: Iterable[str], along: Iterable[str], attrs: Mapping[str, Any]
) -> xr.Dataset:
    """The variables as a dataset: `fixed` are coordinates that are dimensions, `along` the others.

    Equal to what the constructor gives of variables that fit; `ValueError` where one is not as long as its dimensions.
    """
    whole: dict[Any, xr.Variable] = dict(variables)
    indexes: dict[Hashable, PandasIndex] = {}
    for name in fixed:
        index = indexes[name] = PandasIndex.from_variables({name: whole[name]}, options={})
        whole |= index.create_variables({name: whole[name]})
    sizes = {name: len(index.index) for name, index in indexes.items()}
    for name, variable in whole.items():
        if variable.shape != tuple(sizes[dim] for dim in variable.dims):
            raise ValueError(f"{name} has the shape {variable.shape}, and its dimensions are {sizes}.")
    return xr.Dataset._construct_direct(
        whole, coord_names={*along, *indexes}, dims=sizes, attrs=dict(attrs), indexes=dict(indexes)
    )
