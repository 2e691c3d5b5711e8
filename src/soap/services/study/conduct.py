"""Conducting a study: read the declaration, gather the observations, compute, leave numbers and provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from soap.archive import Archive
from soap.core.errors import NotFound
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake
from soap.science import background, clusters, decluster, power, preparation, superpose
from soap.science.method import Method
from soap.science.preparation import preparation_radius_km
from soap.services.composition import Composition
from soap.services.study import blocks, holdings, observed, result
from soap.services.study.blocks import Series, analyse_blocks
from soap.services.study.provenance import changed_inputs, changed_methods, check_provenance, provenance
from soap.services.study.spec import Blocks, RegressionBackground, SuperposedEpoch
from soap.services.study.spec_file import parse_study, read_study
from soap.services.study.superposed import analyse


@dataclass(frozen=True)
class Comparison:
    """A study computed again: what differs in its numbers, its inputs, its methods and software; all in words."""

    numbers: tuple[str, ...]
    inputs: tuple[str, ...]
    methods: tuple[str, ...]
    result: Mapping[str, Any]

    @property
    def same(self) -> bool:
        """True when all numbers agree to 1e-9."""
        return not self.numbers


def silent(done: int, total: int, text: str) -> None:
    """No progress is shown."""


def run(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    study_path: str | Path,
    out_dir: str | Path,
    progress: observed.Progress = silent,
) -> dict[str, Any]:
    """Run the study declared in `study_path`; writes `result.json` and `provenance.json` to `out_dir`.

    Returns the content of `result.json`. Raises `BadFile` and `BadParameter` for a faulty declaration, `NotFound` for
    what the archive does not hold (or the viewer may not know of). The same inputs, study and lock give the same bytes.
    """
    return conduct(viewer, archive, composition, read_study(study_path), Path(out_dir), progress)


def conduct(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    study: SuperposedEpoch | Blocks,
    out_dir: Path,
    progress: observed.Progress = silent,
) -> dict[str, Any]:
    """Compute a checked study and write its two files; see `run`."""
    result.check_folder(out_dir)
    numbers, origin = compute(viewer, archive, composition, study, progress)
    result.clear(out_dir)
    result.write(out_dir, result.PROVENANCE, origin)
    result.write(out_dir, result.RESULT, numbers)
    return result.read(out_dir, result.RESULT)


def rerun(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    directory: str | Path,
    progress: observed.Progress = silent,
) -> Comparison:
    """Compute the study in `directory` again from its provenance and compare; nothing is written."""
    directory = Path(directory)
    before, origin = result.read(directory, result.RESULT), result.read(directory, result.PROVENANCE)
    check_provenance(origin, f"{directory}/{result.PROVENANCE}")
    study = parse_study(origin.get("study", {}), f"{directory}/{result.PROVENANCE}")
    numbers, now = compute(viewer, archive, composition, study, progress)
    again = result.plain(numbers)
    return Comparison(
        tuple(result.differences(before, again)),
        tuple(changed_inputs(origin, now)),
        tuple(changed_methods(origin, now)),
        again,
    )


def compute(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    study: SuperposedEpoch | Blocks,
    progress: observed.Progress = silent,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The numbers of a study, and their provenance."""
    reading = observed.Reading(viewer, archive, {})
    methods: list[Method] = []
    if isinstance(study, Blocks):
        numbers, methods = _blocks(reading, study), [blocks.METHOD]
    else:
        numbers, methods = _superposed(reading, composition, study, progress)
    declared = study.model_dump(mode="json")
    return numbers | {"kind": study.kind, "study": declared}, provenance(declared, reading.used.values(), methods)


def _superposed(
    reading: observed.Reading, composition: Composition, study: SuperposedEpoch, progress: observed.Progress
) -> tuple[dict[str, Any], list[Method]]:
    quantity, asked = holdings.daily_method(composition.methods, study.quantity.method), study.earthquakes
    earthquakes = reading.earthquakes(asked.collection, study.window.window, asked.min_magnitude, asked.max_depth_km)
    daily = observed.daily_values(reading, study, quantity, _epicentre(study, earthquakes), progress)
    numbers = analyse(study, earthquakes, daily, observed.indices(reading, study))
    methods = [quantity, preparation.METHOD, clusters.METHOD, decluster.METHOD, superpose.METHOD, power.METHOD]
    if isinstance(study.background, RegressionBackground):
        methods.append(background.METHOD)
    return numbers, methods


def _epicentre(study: SuperposedEpoch, earthquakes: tuple[Earthquake, ...]) -> observed.Epicentre | None:
    wanted = study.earthquakes.event_id
    if wanted is None:
        return None
    for one in earthquakes:
        if one.event_id == wanted:
            return observed.Epicentre(one.latitude, one.longitude, float(preparation_radius_km(one.magnitude)))
    raise NotFound(
        f"{study.earthquakes.collection} lists no earthquake {wanted!r} of M ≥"
        f" {study.earthquakes.min_magnitude:g} in the study's window."
    )


def _blocks(reading: observed.Reading, study: Blocks) -> dict[str, Any]:
    window = study.window.window
    holdings.require(reading.archive, reading.viewer, study.collection, "series")
    dataset = reading.series(study.collection, window)
    series = {}
    for name in study.variables:
        part = observed.variable_of(dataset, name)
        if part is None:
            raise NotFound(
                f"variables: {study.collection} holds no {name};"
                f" {holdings.alike(name, observed.variables_of(dataset), 'it holds')}"
            )
        series[name] = part
    wide = Window(window.start - np.timedelta64(1, "D"), window.stop + np.timedelta64(1, "D"))
    index = reading.index(study.kp, "kp", wide, 3)
    return analyse_blocks(study, series, Series(index.time, index.values, "1")) | {
        "simulated": bool(dataset.attrs.get("simulated", 0))
    }
