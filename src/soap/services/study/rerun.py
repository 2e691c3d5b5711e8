"""Computing a study again from its provenance: as of then, where the archive is the same, and as of now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from soap.archive import Archive, citation
from soap.core.errors import NotFound
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.study import result
from soap.services.study.gathered import Asking, Gathered, gather, silent
from soap.services.study.observed import Progress
from soap.services.study.provenance import changed_inputs, changed_methods, check_provenance
from soap.services.study.result import Difference
from soap.services.study.spec import Blocks, SuperposedEpoch
from soap.services.study.spec_file import parse_study
from soap.services.work import HERE, Workers


@dataclass(frozen=True)
class Change:
    """What differs between two computations of a study: inputs in words, and numbers."""

    inputs: tuple[str, ...] = ()
    numbers: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """A study computed again.

    In the archive that it was computed in, `again` compares what is recorded with the same state of the archive,
    `as_of`, and `since` that state with what is held now. In another one `as_of` is empty, and `again` compares what is
    recorded with what is held there now. `methods`: methods and software whose version differs, in words; `result`: the
    numbers that were computed to compare with those recorded; `origins`: the provenance of all that was computed.
    """

    again: Change
    since: Change
    methods: tuple[str, ...]
    as_of: str
    result: Mapping[str, Any]
    origins: tuple[Mapping[str, Any], ...] = ()

    @property
    def same(self) -> bool:
        """True when all recorded numbers were come to again, to 1e-9."""
        return not self.again.numbers

    def told(self, most: int | None = None) -> dict[str, Any]:
        """The comparison as plain values; with `most` only so many of the numbers that differ, the largest first."""
        return {
            "same": self.same,
            "as_of": self.as_of or None,
            "again": _told(self.again, most),
            "methods": self.methods,
            "since": _told(self.since, most),
        }


def _told(change: Change, most: int | None) -> dict[str, Any]:
    shown = change.numbers if most is None else tuple(result.largest(change.numbers, most))
    return {"inputs": change.inputs, "numbers": [asdict(one) for one in shown], "n_numbers": len(change.numbers)}


def rerun(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    directory: str | Path,
    progress: Progress = silent,
    *,
    workers: Workers = HERE,
) -> Comparison:
    """Compute the study in `directory` again from its provenance and compare; nothing is written.

    Raises `BadFile` when the folder holds no study, `NotFound` when inputs of it are not held in the archive that it
    was computed in, or are not for the viewer to see.
    """
    directory = Path(directory)
    asking = Asking(viewer, archive, composition, workers, progress)
    before, origin = result.read(directory, result.RESULT), result.read(directory, result.PROVENANCE)
    check_provenance(origin, f"{directory}/{result.PROVENANCE}")
    study = parse_study(origin["study"], f"{directory}/{result.PROVENANCE}")
    as_of = _recorded_here(archive, origin)
    found = gather(asking, _pinned(study, as_of) if as_of else _unpinned(study))
    if as_of:
        _must_hold(origin, found.provenance)
    again = _numbers(found)
    now = gather(asking, _unpinned(study)) if as_of else found
    return Comparison(
        Change(tuple(changed_inputs(origin, found.provenance)), _differences(before, again)),
        _since(now, found, again) if as_of else Change(),
        tuple(changed_methods(origin, found.provenance)),
        as_of,
        again,
        (found.provenance, now.provenance),
    )


def _recorded_here(archive: Archive, origin: Mapping[str, Any]) -> str:
    """The state of this archive in which the study was computed; empty when it was in another."""
    held = origin.get("archive") or {}
    return str(held["as_of"]) if held.get("identity") == citation.state(archive).identity else ""


def _since(now: Gathered, then: Gathered, numbers: Mapping[str, Any]) -> Change:
    """What has changed since: nothing is computed unless some input has."""
    inputs = tuple(changed_inputs(then.provenance, now.provenance))
    return Change(inputs, _differences(numbers, _numbers(now))) if inputs else Change()


def _must_hold(origin: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """`NotFound` when inputs are missing; they are not named, since that would tell which of them are held."""
    recorded, there = ({one["granule_id"] for one in part["inputs"]} for part in (origin, found))
    missing = len(recorded - there)
    if missing:
        raise NotFound(
            f"{missing} of the {len(recorded)} granules that this study was made of are not held here, or not for you"
            " to see, so it cannot be computed again. Ask who keeps the archive."
        )


def _numbers(found: Gathered) -> dict[str, Any]:
    plain = result.plain(found.numbers())
    return {key: value for key, value in plain.items() if key != "study"}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Between the numbers of two results; the declaration, which both repeat, is left out."""
    old, new = ({key: value for key, value in one.items() if key != "study"} for one in (before, after))
    return tuple(result.differences(old, new))


def _pinned(study: SuperposedEpoch | Blocks, as_of: str) -> SuperposedEpoch | Blocks:
    return parse_study(study.model_dump() | {"archive": {"as_of": as_of}})


def _unpinned(study: SuperposedEpoch | Blocks) -> SuperposedEpoch | Blocks:
    """The study asked of what is held now: collections by their bare names."""
    return parse_study(_bare(study.model_dump() | {"archive": {}}))


def _bare(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _bare(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_bare(one, key) for one in value)
    return citation.parse(value)[0] if isinstance(value, str) and key in _CITING else value


_CITING = frozenset({"collection", "collections", "tracks", "fields", "kp", "rc", "indices", "solar_flux"})
"""Keys of a study under which collections are cited."""
