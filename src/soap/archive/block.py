"""A block: one granule's values as plain arrays with time first, and the union of two blocks.

All shapes with values (series, track, profile, field) are blocks, so that splitting by period, uniting and comparing
are written once. Xarray is met at the door: `from_dataset`, `to_dataset`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np
import xarray as xr

from soap.archive.finality import finality
from soap.core.errors import BadObservation
from soap.observations import quality
from soap.observations.check import DIMENSIONS
from soap.observations.fitting import dataset

ABSENT = np.int8(-1)
"""Finality of a variable at a time for which no file gave it."""

_MISSING = np.uint8(quality.Quality.MISSING)


@dataclass(frozen=True)
class Block:
    """Values over time (first axis) of one collection and platform.

    `along` are coordinates that change with time (a track's latitude), `axes` fixed ones (a field's grid). `flags`
    and `finality` are keyed as `values`; `finality` has one number a time and variable, of rays one a time, satellite
    and variable: which satellites two files saw tells nothing of which is right.
    """

    time: np.ndarray
    values: Mapping[str, np.ndarray]
    flags: Mapping[str, np.ndarray]
    finality: Mapping[str, np.ndarray]
    along: Mapping[str, np.ndarray] = field(default_factory=dict)
    axes: Mapping[str, np.ndarray] = field(default_factory=dict)
    attrs: Mapping[str, Any] = field(default_factory=dict)
    described: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Attributes of variables and coordinates, by name."""

    def __getitem__(self, part: slice) -> Block:
        """The times of `part`."""
        return replace(
            self,
            time=self.time[part],
            values={name: array[part] for name, array in self.values.items()},
            flags={name: array[part] for name, array in self.flags.items()},
            finality={name: array[part] for name, array in self.finality.items()},
            along={name: array[part] for name, array in self.along.items()},
        )

    def select(self, variables: tuple[str, ...]) -> Block:
        """Only these variables, as far as the block holds them."""
        kept = [name for name in self.values if name in variables]
        return replace(
            self,
            values={name: self.values[name] for name in kept},
            flags={name: self.flags[name] for name in kept},
            finality={name: self.finality[name] for name in kept},
        )


def of_same_satellites(blocks: Sequence[Block]) -> Sequence[Block]:
    """Rays on the satellites that any of them has, sorted; others as they are."""
    if any("sv" not in block.axes for block in blocks):
        return blocks
    every = np.unique(np.concatenate([block.axes["sv"] for block in blocks]))
    return [block if np.array_equal(block.axes["sv"], every) else _on_satellites(block, every) for block in blocks]


def _on_satellites(block: Block, every: np.ndarray) -> Block:
    columns = np.searchsorted(every, block.axes["sv"])

    def spread(arrays: Mapping[str, np.ndarray], nothing: Any) -> dict[str, np.ndarray]:
        out = {name: np.full((len(block.time), len(every)), nothing, dtype=one.dtype) for name, one in arrays.items()}
        for name, one in arrays.items():
            out[name][:, columns] = one
        return out

    values, flags = spread(block.values, np.nan), spread(block.flags, _MISSING)
    finality = spread(block.finality, ABSENT)
    return replace(block, values=values, flags=flags, finality=finality, axes={**block.axes, "sv": every})


def observed(block: Block) -> np.ndarray:
    """Where any variable has a value, or a flag beside that of a missing one; of the shape of the values."""
    return np.logical_or.reduce([flags != _MISSING for flags in block.flags.values()])


_OVER_TIME = ("values", "flags", "finality", "along")


def from_dataset(observation: xr.Dataset) -> Block:
    """A checked observation as a block; every value has the finality of the observation's `maturity`."""
    variables = observation.variables  # without the arrays round them, which take longer to make than to read
    names = [str(name) for name in observation.data_vars if not str(name).endswith(quality.SUFFIX)]
    rank, count = finality(str(observation.attrs["maturity"])), observation.sizes["time"]
    along, axes, attrs = {}, {}, dict(observation.attrs)
    for name in observation.coords:
        coordinate = variables[name]
        if name == "time":
            continue
        if coordinate.dims == ("time",):
            along[str(name)] = coordinate.values
        elif coordinate.dims == (name,):
            axes[str(name)] = coordinate.values
        elif coordinate.dims == ():
            attrs.setdefault(str(name), coordinate.values.item())
        else:
            raise BadObservation(
                f"The coordinate {name!r} of {attrs['collection_id']} has dimensions {coordinate.dims};"
                " the archive keeps coordinates along time or along one fixed axis."
            )
    return Block(
        time=variables["time"].values,
        values={name: np.asarray(variables[name].values, dtype=float) for name in names},
        flags={name: np.asarray(variables[name + quality.SUFFIX].values, dtype=np.uint8) for name in names},
        finality={name: _ranks(observation, name, rank, count) for name in names},
        along=along,
        axes=axes,
        attrs=attrs,
        described={str(name): dict(variable.attrs) for name, variable in variables.items()},
    )


def _ranks(observation: xr.Dataset, name: str, rank: int, count: int) -> np.ndarray:
    if observation.attrs["shape"] == "rays":
        return np.where(np.isnan(observation[name].values), ABSENT, np.int8(rank))
    return np.full(count, rank, dtype=np.int8)


def to_dataset(block: Block) -> xr.Dataset:
    """The block as an observation of its shape, whose arrays may be written."""
    dims = DIMENSIONS[block.attrs["shape"]]
    variables: dict[Any, xr.Variable] = {}
    for name, values in block.values.items():
        suffixed = name + quality.SUFFIX
        flag_attrs = block.described.get(suffixed) or quality.attributes(name)
        variables[name] = _variable(dims, values, block.described.get(name, {}))
        variables[suffixed] = _variable(dims, block.flags[name], flag_attrs)
    for name, values in block.along.items():
        variables[name] = _variable(("time",), values, block.described.get(name, {}))
    fixed = {"time": block.time, **block.axes}
    for name, values in fixed.items():
        variables[name] = xr.Variable((name,), values, dict(block.described.get(name, {})), fastpath=True)
    return dataset(variables, fixed, block.along, block.attrs)


def _variable(dims: tuple[str, ...], values: np.ndarray, attrs: Mapping[str, Any]) -> xr.Variable:
    return xr.Variable(dims, values if values.flags.writeable else values.copy(), dict(attrs), fastpath=True)


def unite(held: Block, later: Block) -> Block:
    """The union of what is held and what was recorded later, each time once.

    For each variable at a time given by both: the higher finality wins, missing or not; at equal finality a value
    wins over a missing one, and the later recorded over the earlier. The result does not depend on how the files were
    grouped, only on their order. Raises `BadObservation` when the two cannot be one granule.
    """
    held, later = of_same_satellites((held, later))
    _check_same_kind(held, later)
    if held.time[-1] < later.time[0]:
        return in_succession((held, later))
    time, from_held, from_later, added = _merged(held.time, later.time)
    values, flags, ranks = {}, {}, {}
    later_taken = np.zeros(len(later.time), dtype=bool)
    for name in (*held.values, *(name for name in later.values if name not in held.values)):
        out = _spread(held, name, from_held, len(time), like=later)
        if name in later.values:
            taken = _takes(out, later, name, from_later)
            where = np.nonzero(taken)
            for array, source in zip(out, (later.values, later.flags, later.finality), strict=True):
                array[(from_later[where[0]], *where[1:])] = source[name][where]
            later_taken[where[0]] = True
        values[name], flags[name], ranks[name] = out
    _, attrs, described = _attributes(_described(held), _described(later))
    along = _along(held, later, from_held, from_later, added | later_taken, len(time))
    return Block(time, values, flags, ranks, along, later.axes, attrs, described)


def in_succession(blocks: Sequence[Block]) -> Block:
    """Blocks of one kind, each after the one before, as one: what a station sends day by day.

    A variable is missing where a block lacks it. Attributes are those of `unite`; the axes those of the last.
    """
    if len(blocks) == 1:
        return blocks[0]
    blocks = of_same_satellites(blocks)
    names = dict.fromkeys(name for block in blocks for name in block.values)
    absent = {"values": np.nan, "flags": _MISSING, "finality": ABSENT}
    joined = {
        part: {name: np.concatenate([_or_absent(block, part, name, nothing, blocks) for block in blocks])
               for name in names}
        for part, nothing in absent.items()
    }  # fmt: skip
    last = blocks[-1]
    along = {name: np.concatenate([block.along[name] for block in blocks]) for name in last.along}
    _, attrs, described = reduce(_attributes, map(_described, blocks))
    time = np.concatenate([block.time for block in blocks])
    return Block(time, joined["values"], joined["flags"], joined["finality"], along, last.axes, attrs, described)


def _or_absent(block: Block, part: str, name: str, nothing: Any, blocks: Sequence[Block]) -> np.ndarray:
    """A variable's values, flags or finality, or as many of `nothing` where the block lacks the variable."""
    own = getattr(block, part)
    if name in own:
        return own[name]
    like = next(getattr(one, part)[name] for one in blocks if name in one.values)
    return np.full((len(block.time), *like.shape[1:]), nothing, dtype=like.dtype)


def _merged(held: np.ndarray, later: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two rising times as one, where each of the two goes in it, and which of `later` were not in `held`.

    Without sorting: what is held is long and what is added short, and most often comes after it.
    """
    place = np.searchsorted(held, later)
    added = (place == len(held)) | (held[np.minimum(place, len(held) - 1)] != later)
    time = np.insert(held, place[added], later[added])
    from_held = np.arange(len(held)) + np.searchsorted(later[added], held)
    return time, from_held, np.searchsorted(time, later), added


def same(one: Block, two: Block) -> bool:
    """True when the two hold the same values, flags, finality and place (NaN equals NaN)."""
    if one.values.keys() != two.values.keys() or one.along.keys() != two.along.keys():
        return False
    if one.axes.keys() != two.axes.keys() or not all(_equal(one.axes[name], two.axes[name]) for name in one.axes):
        return False
    if any(one.attrs.get(name) != two.attrs.get(name) for name in ("latitude", "longitude", "simulated")):
        return False
    return np.array_equal(one.time, two.time) and all(
        _equal(getattr(one, part)[key], getattr(two, part)[key]) for part in _OVER_TIME for key in getattr(one, part)
    )


def _equal(one: np.ndarray, two: np.ndarray) -> bool:
    return np.array_equal(one, two, equal_nan=one.dtype.kind in "fM" and two.dtype.kind in "fM")


def _check_same_kind(held: Block, later: Block) -> None:
    for name in ("shape", "collection_id", "platform", "simulated"):
        if held.attrs[name] != later.attrs[name]:
            raise BadObservation(
                f"{held.attrs['collection_id']} is held with {name} {held.attrs[name]!r};"
                f" the file gives {later.attrs[name]!r}."
            )
    if held.axes.keys() != later.axes.keys() or not all(
        _equal(held.axes[name], later.axes[name]) for name in held.axes
    ):
        raise BadObservation(f"{held.attrs['collection_id']} is held on another grid for the same period.")
    if held.along.keys() != later.along.keys():
        raise BadObservation(
            f"{held.attrs['collection_id']} is held with the coordinates {', '.join(held.along)};"
            f" the file gives {', '.join(later.along)}."
        )
    for name in held.values.keys() & later.values.keys():
        units = [block.described.get(name, {}).get("units") for block in (held, later)]
        if units[0] != units[1]:
            raise BadObservation(
                f"{name} of {held.attrs['collection_id']} is held in {units[0]}; the file gives {units[1]}."
            )


def _spread(
    held: Block, name: str, places: np.ndarray, count: int, like: Block
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, flags and finality of a variable over the united time, absent where `held` has none."""
    source = held if name in held.values else like
    shape = (count, *source.values[name].shape[1:])
    values, flags = np.full(shape, np.nan), np.full(shape, _MISSING)
    ranks = np.full((count, *source.finality[name].shape[1:]), ABSENT)
    if name in held.values:
        values[places], flags[places], ranks[places] = held.values[name], held.flags[name], held.finality[name]
    return values, flags, ranks


def _takes(out: tuple[np.ndarray, np.ndarray, np.ndarray], later: Block, name: str, places: np.ndarray) -> np.ndarray:
    """Which times of `later` win over what is there."""
    there, ranks = out[0][places], out[2][places]
    rest = tuple(range(ranks.ndim, there.ndim))
    gives = ~np.isnan(later.values[name]).all(axis=rest)
    has = ~np.isnan(there).all(axis=rest)
    offered = later.finality[name]
    return (offered > ranks) | ((offered == ranks) & (gives | ~has))


def _along(
    held: Block, later: Block, from_held: np.ndarray, from_later: np.ndarray, taken: np.ndarray, count: int
) -> dict[str, np.ndarray]:
    """Coordinates along the united time; at the `taken` times those of `later`."""
    out = {}
    for name, values in held.along.items():
        array = np.empty(count, dtype=np.result_type(values, later.along[name]))
        array[from_held] = values
        array[from_later[taken]] = later.along[name][taken]
        out[name] = array
    return out


_Described = tuple[int, Mapping[str, Any], Mapping[str, Mapping[str, Any]]]
"""Highest finality, attributes, and attributes of variables and coordinates."""


def _described(block: Block) -> _Described:
    highest = max((int(ranks.max()) for ranks in block.finality.values() if len(ranks)), default=-1)
    return highest, block.attrs, block.described


def _attributes(held: _Described, later: _Described) -> _Described:
    """Attributes of the union: those of the more final side lead, at equal finality those of the later recorded."""
    first, second = (held, later) if later[0] >= held[0] else (later, held)
    described = {name: dict(attrs) for name, attrs in first[2].items()}
    for name, attrs in second[2].items():
        described[name] = {**described.get(name, {}), **attrs}
    return second[0], dict(first[1]) | dict(second[1]), described
