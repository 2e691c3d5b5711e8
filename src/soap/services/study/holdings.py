"""What a study asks for, checked against what the archive and the system have; errors name the nearest there is."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable

import numpy as np

from soap.archive import Archive, CollectionRecord, query
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer
from soap.science.method import Method

_MOST_NAMED = 12


def require(archive: Archive, viewer: Viewer, collection_id: str, shape: str) -> None:
    """Raise `NotFound` unless the archive holds the collection in that shape; says what it holds that is near."""
    held = {one.collection_id: one.shape for one in query.collections(archive, viewer)}
    found = held.get(collection_id)
    if found == shape:
        return
    if found is not None:
        raise NotFound(
            f"{collection_id} is of shape {found}, not {shape}; {alike('', _of(held, shape), 'the archive holds')}"
        )
    names = _of(held, shape)
    raise NotFound(f"The archive holds no {collection_id}; {alike(collection_id, names, 'of that shape it holds')}")


def alike(name: str, known: Iterable[str], otherwise: str) -> str:
    """A next step: the nearest of the `known` names, or what there is."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6) if name else []
    if near:
        return f"did you mean {near[0]!r}?"
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{otherwise} {', '.join(names[:_MOST_NAMED]) or 'nothing'}{more}."


def _of(held: dict[str, str], shape: str) -> list[str]:
    return [name for name, its in held.items() if its == shape]


def index_collection(
    archive: Archive,
    viewer: Viewer,
    variable: str,
    cadence: str,
    window: Window,
    as_of: np.datetime64 | None = None,
) -> str | None:
    """The collection of an index, of that cadence, that covers most of the window; None when none covers any."""
    holding = [
        one
        for one in query.collections(archive, viewer, shape="series", cadence=cadence, as_of=as_of)
        if variable in one.variables and one.first < window.stop and one.last >= window.start
    ]

    def covered(one: CollectionRecord) -> tuple[np.timedelta64, str]:
        return (min(one.last, window.stop) - max(one.first, window.start), one.collection_id)

    return max(holding, key=covered).collection_id if holding else None


def gives_daily_values(method: Method) -> bool:
    """True for a method that makes one value a local day from values, times and a longitude."""
    return [*inspect.signature(method.run).parameters][:3] == ["values", "times", "longitude_deg"]


def daily_method(methods: Iterable[Method], name: str) -> Method:
    """The method of that name; `NotFound` when there is none, `BadParameter` when it makes no daily values."""
    by_name = {one.name: one for one in methods}
    fit = [one.name for one in by_name.values() if gives_daily_values(one)]
    if name not in by_name:
        raise NotFound(f"quantity.method: there is no method {name!r}; {alike(name, fit, 'there are:')}")
    if name not in fit:
        raise BadParameter(
            f"quantity.method: {name} does not make one value a local day of a series; those that do are:"
            f" {', '.join(sorted(fit))}."
        )
    return by_name[name]
