"""A derivation makes observations of others: of what one station observed in a file, TEC for example.

It is a frozen record of plain functions, and names the further files that it takes (orbits, biases), its aids. Aids
are opened once, and serve many stations and days.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from soap.formats.source import Source

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Aid:
    """A kind of file that a derivation takes beside the observations."""

    name: str
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class OpenedAids:
    """A derivation's aids, opened; `notes` say what was left out of them. `content` is for the derivation alone."""

    content: Any
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Derived:
    """What was made of one station's observations.

    `observations`: checked datasets by a word for the kind of result, the main one first; `figures`: what a person is
    told of it, plain numbers and texts whose names carry their units; `notes`: facts that a person should hear about,
    such as what could not be computed, and why.
    """

    observations: Mapping[str, xr.Dataset]
    figures: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What one station's file tells the others of its `group`; `content` is small, and for the derivation alone."""

    group: str
    station: str
    content: Any


@dataclass(frozen=True)
class Agreement:
    """What the stations of a group agree on where no aid says it, such as biases of the satellites that all see.

    `wanted(aids' content)` is true where the aids leave it open. `told(file, aids' content, parameters)` is what one
    station tells, `agreed(what several told, parameters)` what they agree on, and `added(aids' content, agreed)` the
    content with it. What is told and agreed on is handed from process to process.
    """

    wanted: Callable[[Any], bool]
    told: Callable[[Source, Any, Any], Told]
    agreed: Callable[[Sequence[Told], Any], Any]
    added: Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Derivation:
    """How observations are made of others; see the module's text.

    `name` is the word that people call it by, `version` changes whenever results do, `reference` cites the method.
    `sniff` tells a station's file by its first bytes and name. `open_aids(files by aid's name)` opens what the other
    two are handed the content of, `BadFile` where a file is not what it is given for. `of_file` takes a station's file,
    `of_observations` what an archive holds of one station and day: the datasets of the collections that
    `takes(shape, variables)`, as far as it `uses` these variables, and with at least `least_hours` from first to last.
    `agreement`, where there is one, is what several stations' files tell each other before anything is derived of them.
    `map_together`, where there is one, makes maps of what was derived of several stations. All raise `BadFile` or
    `BadParameter` where nothing can be made; what can be made in part is made, with a note.
    """

    name: str
    title: str
    version: str
    reference: str
    aids: tuple[Aid, ...]
    parameters: type[BaseModel]
    sniff: Callable[[bytes, str], bool]
    open_aids: Callable[[Mapping[str, Sequence[Source]]], OpenedAids]
    of_file: Callable[[Source, Any, Any], Derived]
    of_observations: Callable[[Sequence[xr.Dataset], Any, Any], Derived]
    takes: Callable[[str, Collection[str]], bool]
    uses: Callable[[str], bool]
    least_hours: float = 0.0
    agreement: Agreement | None = None
    map_parameters: type[BaseModel] | None = None
    map_together: Callable[[Sequence[Derived], Any], Derived] | None = None
