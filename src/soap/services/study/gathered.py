"""What a study works on: everything it reads of the archive, in one state, before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from soap.archive import Archive
from soap.archive.citation import state_of
from soap.core.errors import NotFound
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake
from soap.science import background, clusters, decluster, power, preparation, superpose
from soap.science.method import Method
from soap.science.preparation import preparation_radius_km
from soap.services.composition import Composition
from soap.services.study import blocks, holdings
from soap.services.study.blocks import Series, analyse_blocks
from soap.services.study.daily import Epicentre, daily_values
from soap.services.study.observed import Progress, Reading, indices, variable_of, variables_of
from soap.services.study.prospect import prospect, prospect_of_blocks
from soap.services.study.provenance import provenance
from soap.services.study.spec import Blocks, RegressionBackground, SuperposedEpoch
from soap.services.study.superposed import analyse
from soap.services.work import HERE, Workers


def silent(done: int, total: int, text: str) -> None:
    """No progress is shown."""


@dataclass(frozen=True)
class Asking:
    """Who asks which archive, and with what: the system's parts, workers, and who is told of the progress."""

    viewer: Viewer
    archive: Archive
    composition: Composition
    workers: Workers = HERE
    progress: Progress = silent


@dataclass(frozen=True)
class Gathered:
    """Where the observations came from, what computes the study's numbers of them, and what it can find at all."""

    provenance: Mapping[str, Any]
    numbers: Callable[[], dict[str, Any]]
    prospect: Callable[[], dict[str, Any]]


def gather(asking: Asking, study: SuperposedEpoch | Blocks) -> Gathered:
    """Read all that the study asks for, in the state of the archive that it names, else in that found now."""
    state = state_of(asking.archive, asking.viewer, study.archive.instant)
    reading = Reading(asking.viewer, asking.archive, state.as_of)
    declared = study.model_dump(mode="json")
    foresee: Callable[[], dict[str, Any]]
    if isinstance(study, Blocks):
        compute, foresee, methods = _blocks(reading, study), partial(prospect_of_blocks, study), [blocks.METHOD]
    else:
        compute, foresee, methods = _superposed(asking, reading, study)
    origin = provenance(declared, state, reading.read, methods)
    return Gathered(origin, lambda: compute() | {"kind": study.kind, "study": declared}, foresee)


def _superposed(
    asking: Asking, reading: Reading, study: SuperposedEpoch
) -> tuple[Callable[[], dict[str, Any]], Callable[[], dict[str, Any]], list[Method]]:
    quantity, asked = holdings.daily_method(asking.composition.methods, study.quantity.method), study.earthquakes
    earthquakes = reading.earthquakes(asked.collection, study.window.window, asked.min_magnitude, asked.max_depth_km)
    epicentre = _epicentre(study, earthquakes)
    workers = asking.workers if asking.composition.portable else HERE
    daily = daily_values(reading, study, asking.composition, epicentre, workers, asking.progress)
    activity = indices(reading, study)
    methods = [quantity, preparation.METHOD, clusters.METHOD, decluster.METHOD, superpose.METHOD, power.METHOD]
    if isinstance(study.background, RegressionBackground):
        methods.append(background.METHOD)
    of = (study, earthquakes, daily, activity, asking.workers)
    return partial(analyse, *of), partial(prospect, *of), methods


def _epicentre(study: SuperposedEpoch, earthquakes: tuple[Earthquake, ...]) -> Epicentre | None:
    wanted = study.earthquakes.event_id
    if wanted is None:
        return None
    for one in earthquakes:
        if one.event_id == wanted:
            return Epicentre(one.latitude, one.longitude, float(preparation_radius_km(one.magnitude)))
    raise NotFound(
        f"{study.earthquakes.collection} lists no earthquake {wanted!r} of M ≥"
        f" {study.earthquakes.min_magnitude:g} in the study's window."
    )


def _blocks(reading: Reading, study: Blocks) -> Callable[[], dict[str, Any]]:
    window = study.window.window
    holdings.require(reading.archive, reading.viewer, reading.pinned(study.collection)[0], "series")
    dataset = reading.series(study.collection, window)
    series = {}
    for name in study.variables:
        part = variable_of(dataset, name)
        if part is None:
            raise NotFound(
                f"variables: {study.collection} holds no {name};"
                f" {holdings.alike(name, variables_of(dataset), 'it holds')}"
            )
        series[name] = part
    wide = Window(window.start - np.timedelta64(1, "D"), window.stop + np.timedelta64(1, "D"))
    index = reading.index(study.kp, "kp", wide, 3)
    simulated = {"simulated": bool(dataset.attrs.get("simulated", 0))}
    return lambda: analyse_blocks(study, series, Series(index.time, index.values, "1")) | simulated
