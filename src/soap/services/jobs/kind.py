"""What a kind of job is: its parameters, what is checked before it waits, and the service that carries it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from soap.archive import Archive
from soap.archive.product_inputs import ListedStation
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.work import Workers

KindName = Literal["study", "case", "prospect", "rerun", "export", "compute"]

Progress = Callable[[int, int, str], None]
"""Told of steps done, steps in all, and what is being done."""


@dataclass(frozen=True)
class Carrying:
    """What a job is carried out with: as whom, in which archive, by whose hands, and a folder for its files."""

    viewer: Viewer
    archive: Archive
    composition: Composition
    workers: Workers
    progress: Progress
    folder: Path


@dataclass(frozen=True)
class Made:
    """What came out of a job: a product to be kept, under a kind and title, and what it was made of."""

    kind: str
    title: str
    content: bytes
    media: str
    file_name: str
    inputs: Iterable[str]
    stations: Iterable[ListedStation] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of job.

    `check` refuses in words what cannot be done, before it waits, and gives the line that people know the job by;
    `carry_out` does it. `kept`: what it makes stays when the job is forgotten.
    """

    name: KindName
    meaning: str
    parameters: type[BaseModel]
    check: Callable[[Viewer, Archive, Composition, Any], str]
    carry_out: Callable[[Carrying, Any], Made]
    kept: bool = False
