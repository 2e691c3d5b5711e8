"""Conducting a study: read the declaration, gather the observations, compute, leave numbers and provenance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from soap.archive import Archive
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.study import result
from soap.services.study.gathered import Asking, gather, silent
from soap.services.study.observed import Progress
from soap.services.study.spec import ArchiveState, Blocks, SuperposedEpoch
from soap.services.study.spec_file import read_study
from soap.services.work import HERE, Workers


def run(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    study_path: str | Path,
    out_dir: str | Path,
    progress: Progress = silent,
    *,
    as_of: np.datetime64 | None = None,
    workers: Workers = HERE,
) -> dict[str, Any]:
    """Run the study declared in `study_path`; writes `result.json` and `provenance.json` to `out_dir`.

    All of it is read in one state of the archive: as of the time of recording `as_of`, of the declaration's own, or as
    it is now. Returns the content of `result.json`. Raises `BadFile` and `BadParameter` for a faulty declaration,
    `NotFound` for what the archive does not hold (or the viewer may not know of). The same inputs, study and lock give
    the same bytes, whoever does the work.
    """
    study = read_study(study_path)
    if as_of is not None:
        study = study.model_copy(update={"archive": ArchiveState.model_validate({"as_of": str(as_of)})})
    return conduct(Asking(viewer, archive, composition, workers, progress), study, Path(out_dir))


def conduct(asking: Asking, study: SuperposedEpoch | Blocks, out_dir: Path) -> dict[str, Any]:
    """Compute a checked study and write its two files; see `run`."""
    result.check_folder(out_dir)
    found = gather(asking, study)
    numbers = found.numbers()
    result.clear(out_dir)
    result.write(out_dir, result.PROVENANCE, found.provenance)
    result.write(out_dir, result.RESULT, numbers)
    return result.read(out_dir, result.RESULT)
