"""Derive: a derivation (TEC, say) run over stations' files, without an archive, over several processes.

A file that cannot be used is told with the reason, and the others go on.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import xarray as xr
from pydantic import BaseModel, ValidationError

import soap
from soap.archive.objects import sha256
from soap.core.errors import BadFile, BadParameter, SoapError
from soap.formats import Reading, Source
from soap.formats.derivation import Agreement, Derivation, Derived, OpenedAids, Told
from soap.formats.source import packed_bytes
from soap.services.composition import Composition
from soap.services.file_walk import Found, shown, walk
from soap.services.get import formats
from soap.services.tables import WRITERS, write_whole
from soap.services.work import HERE, Workers

Progress = Callable[[int, int, str], None]
"""Told of files done, files in all, and the file in hand."""


@dataclass(frozen=True)
class PackedFile:
    """A file's name and its bytes as they lie on disk."""

    name: str
    content: bytes = field(repr=False)
    checksum: str

    @classmethod
    def at(cls, path: Path) -> PackedFile:
        """The file at `path`; `BadFile` when it cannot be had."""
        if path.is_dir():
            raise BadFile("It is a folder", file=shown(path), next_step="Name the file in it.")
        content = packed_bytes(path, shown(path))
        return cls(shown(path.name), content, sha256(content))

    @property
    def source(self) -> Source:
        """Unpacked; `BadFile` when the packing is damaged."""
        return Source.from_bytes(self.name, self.content)


AidFiles = tuple[tuple[str, tuple[PackedFile, ...]], ...]
"""Files by aid's name."""


@dataclass(frozen=True)
class Work:
    """A derivation as it is to be run: its aids' files and its parameters."""

    composition: Composition
    name: str
    aids: AidFiles
    parameters: BaseModel

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out of the aids' files."""
        return opened(self).notes

    @property
    def derivation(self) -> Derivation:
        """What is run."""
        return self.composition.derivation(self.name)

    def told(self, inputs: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """Attributes that say how something was made: method, parameters, and every file by its checksum."""
        beside = [{"kind": kind, "file": one.name, "sha256": one.checksum} for kind, some in self.aids for one in some]
        return {
            "method": f"{self.name} {self.derivation.version}",
            "method_reference": self.derivation.reference,
            "parameters": json.dumps(self.parameters.model_dump(mode="json"), sort_keys=True),
            "inputs": json.dumps([*inputs, *beside]),
            "software": f"soap {soap.__version__}",
        }


@dataclass(frozen=True)
class Made:
    """What became of one file: what was derived, or why nothing was; neither of a file that is no station's."""

    file: str
    derived: Derived | None
    error: SoapError | None = None


def prepare(
    composition: Composition, name: str, aids: Mapping[str, Iterable[Path]], parameters: Mapping[str, Any]
) -> Work:
    """A derivation ready to be run.

    Raises `NotFound` for an unknown name, `BadParameter` for a parameter that is none or an aid that is missing,
    `BadFile` for an aid's file that cannot be used.
    """
    derivation = composition.derivation(name)
    chosen = _chosen(derivation.parameters, parameters, name)
    given = {kind: [Path(one) for one in paths] for kind, paths in aids.items()}
    lacking = [one for one in derivation.aids if one.required and not given.get(one.name)]
    if lacking:
        raise BadParameter(f"{name} needs {lacking[0].meaning}; give --{lacking[0].name} FILE.")
    files = tuple((kind, tuple(PackedFile.at(path) for path in paths)) for kind, paths in sorted(given.items()))
    work = Work(composition, name, files, chosen)
    opened(work)
    return work


def _chosen(model: type[BaseModel], parameters: Mapping[str, Any], name: str) -> BaseModel:
    try:
        return model(**parameters)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "parameters"
        raise BadParameter(f"{name}: {where} is {first.get('input')!r}; {first['msg'].lower()}.") from error


def write_map(work: Work, results: Sequence[Derived], parameters: Mapping[str, Any], out: Path) -> Derived:
    """Maps of what was derived of several stations, written to `out`: netCDF by its ending `.nc`, else IONEX.

    Raises `BadParameter` where the derivation makes no maps, or there is nothing to make them of.
    """
    derivation = work.derivation
    if derivation.map_together is None or derivation.map_parameters is None:
        raise BadParameter(f"{work.name} makes no maps.")
    made = derivation.map_together(results, _chosen(derivation.map_parameters, parameters, work.name))
    inputs = [one for result in results for one in _observation_files(result)]
    told = work.told(list({one["sha256"]: one for one in inputs}.values()))
    (dataset,) = with_attributes(made, told).observations.values()
    if out.suffix.lower() == ".nc":
        write_whole(out, WRITERS["netcdf"](dataset))
    else:
        reading = Reading((dataset,), simulated=bool(dataset.attrs["simulated"]))
        write_whole(out, formats(work.composition)["ionex"](reading))
    return made


def _observation_files(result: Derived) -> list[dict[str, str]]:
    first = next(iter(result.observations.values()))
    return [one for one in json.loads(first.attrs["inputs"]) if one["kind"] == "observations"]


def derive(work: Work, paths: Iterable[str | Path], *, progress: Progress | None = None, workers: Workers = HERE
           ) -> Iterator[Made]:  # fmt: skip
    """What the derivation makes of each file, in order; folders are walked, and what is no such file in them left out.

    Where the aids leave open what several stations can agree on, all files are first gone through for that. One that
    cannot be used is told as such, and the others go on.
    """
    wanted = [Path(path) for path in paths]
    found, _ = walk(wanted)
    named = {one.resolve() for one in wanted}
    tasks = [_Task(work, one, one.path.resolve() in named) for one in found]
    run = workers if work.composition.portable else HERE
    done, agreement = 0, work.derivation.agreement
    steps = len(tasks)
    if agreement is not None and len(tasks) > 1 and agreement.wanted(opened(work).content):
        done, steps = len(tasks), 2 * len(tasks)
        tasks = _agreed(agreement, tasks, run, lambda number, file: progress and progress(number, steps, file))
    for number, made in enumerate(run.each(_made, tasks, len(tasks)), done + 1):
        if progress is not None:
            progress(number, steps, made.file)
        if made.derived is not None or made.error is not None:
            yield made


@dataclass(frozen=True)
class _Task:
    """A file to be gone through; `named` by the person, not found in a folder."""

    work: Work
    found: Found
    named: bool
    agreed: Any = None
    """What the file's group agreed on; None where nothing was."""
    beside: tuple[Mapping[str, str], ...] = ()
    """The other files of the group."""

    @property
    def aids(self) -> Any:
        """The aids' content, with what was agreed on."""
        content, agreement = opened(self.work).content, self.work.derivation.agreement
        return content if agreement is None or self.agreed is None else agreement.added(content, self.agreed)

    def opened(self) -> tuple[PackedFile, Source] | None:
        """The file's bytes; None of one that was not named and is no station's file."""
        if self.found.refusal:
            fact, _, next_step = self.found.refusal.partition(". ")
            raise BadFile(fact, file=shown(self.found.path), next_step=next_step)
        packed = PackedFile.at(self.found.path)
        source = packed.source
        return (packed, source) if self.named or self.work.derivation.sniff(source.head, source.name) else None


def _made(task: _Task) -> Made:
    """What becomes of a file; nothing of one that was not named and is no station's file."""
    work, file = task.work, shown(task.found.path)
    try:
        there = task.opened()
        if there is None:
            return Made(file, None)
        packed, source = there
        derived = work.derivation.of_file(source, task.aids, work.parameters)
    except SoapError as error:
        return Made(file, None, error)
    told = work.told([_input("observations", packed), *task.beside])
    return Made(file, with_attributes(derived, told))


def _input(kind: str, packed: PackedFile) -> dict[str, str]:
    return {"kind": kind, "file": packed.name, "sha256": packed.checksum}


def _agreed(
    agreement: Agreement, tasks: Sequence[_Task], run: Workers, progress: Callable[[int, str], object]
) -> list[_Task]:
    """The tasks with what the stations of each group agree on; groups of one station have nothing to agree on."""
    groups: dict[str, list[tuple[int, Told, dict[str, str]]]] = defaultdict(list)
    for number, heard in enumerate(run.each(_heard, tasks, len(tasks))):
        progress(number + 1, shown(tasks[number].found.path))
        if heard is not None:
            groups[heard[0].group].append((number, *heard))
    out = list(tasks)
    for group in groups.values():
        if len({told.station for _, told, _ in group}) < 2:
            continue
        agreed = agreement.agreed([told for _, told, _ in group], tasks[0].work.parameters)
        for number, _, own in group:
            beside = tuple(one for _, _, one in group if one != own)
            out[number] = replace(out[number], agreed=agreed, beside=beside)
    return out


def _heard(task: _Task) -> tuple[Told, dict[str, str]] | None:
    """What a file tells the others, and what it is called among their inputs; None where it tells nothing."""
    agreement = task.work.derivation.agreement
    try:
        there = task.opened()
        if there is None or agreement is None:
            return None
        packed, source = there
        told = agreement.told(source, opened(task.work).content, task.work.parameters)
    except SoapError:  # it is told when the file itself is gone through
        return None
    return told, _input("observations of the network", packed)


def with_attributes(derived: Derived, told: Mapping[str, Any]) -> Derived:
    """The same, its observations told how they were made."""
    described = {kind: _described(one, told) for kind, one in derived.observations.items()}
    return replace(derived, observations=described)


def _described(observation: xr.Dataset, told: Mapping[str, Any]) -> xr.Dataset:
    out = observation.copy(deep=False)
    out.attrs = {**observation.attrs, **told}
    return out


def opened(work: Work) -> OpenedAids:
    """The aids of some work, opened once a process."""
    return _open(_ByChecksum(work))


class _ByChecksum:
    """Work that equals other work with the same aids."""

    def __init__(self, work: Work):
        self.work = work
        self.key = work.name, tuple((kind, tuple(one.checksum for one in some)) for kind, some in work.aids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByChecksum) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=2)
def _open(wanted: _ByChecksum) -> OpenedAids:
    work = wanted.work
    return work.derivation.open_aids({kind: [one.source for one in some] for kind, some in work.aids})
