"""Computations as jobs: a derivation over what the archive holds, its results published as a member's own.

The files that a derivation takes beside observations (orbits, biases) are in the folder that the setting `aids` names,
in a folder of each aid's name; a job names them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from soap.archive import Archive
from soap.archive.policy import must_publish
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window, iso, utc
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.compute import Computed, publish_each, station_days
from soap.services.derive import Work, prepare
from soap.services.jobs.kind import Carrying, Kind, Made

TITLE = "{method} from {start} to {stop}, {stations}"
TITLE_OF_ALL = "{method} from {start} to {stop}, all stations"
MOST_DAYS = 3660
"""Stations and days of one computation."""

FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$")]
_Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,80}$")]


class ComputeParameters(BaseModel):
    """What is to be computed, of what."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    method: str = Field(pattern=r"^[a-z0-9_]{1,40}$", description="Word of the derivation, as tec.")
    start: str = Field(max_length=40, description="From this time on, ISO 8601, UTC.")
    stop: str = Field(max_length=40, description="Before this time, ISO 8601, UTC.")
    stations: tuple[_Word, ...] = Field((), max_length=1000, description="Only these stations; none: all.")
    provider: str | None = Field(
        None, max_length=20, description="Only observations of this member, empty: the archive itself; none: of all."
    )
    owner: str | None = Field(
        None, max_length=20, description="Member whose the results are; none: the member of who asks."
    )
    aids: dict[_Word, tuple[FileName, ...]] = Field(
        default_factory=dict, max_length=20, description="Names of further files, by aid: {'orbits': ['igs21000.sp3']}."
    )
    parameters: dict[_Word, float | int | str | bool] = Field(
        default_factory=dict, max_length=100, description="Parameters of the derivation."
    )

    @field_validator("start", "stop")
    @classmethod
    def _instant(cls, value: str) -> str:
        return iso(utc(value))

    @model_validator(mode="after")
    def _not_empty(self) -> ComputeParameters:
        Window(utc(self.start), utc(self.stop))
        return self


def _check(viewer: Viewer, archive: Archive, composition: Composition, asked: ComputeParameters) -> str:
    must_publish(viewer, asked.owner)
    composition.derivation(asked.method)
    _aids(archive, asked)
    title, stations = TITLE if asked.stations else TITLE_OF_ALL, ", ".join(asked.stations[:5])
    return title.format(method=asked.method, start=asked.start, stop=asked.stop, stations=stations)


def _compute(carrying: Carrying, asked: ComputeParameters) -> Made:
    viewer, archive = carrying.viewer, carrying.archive
    work: Work = prepare(carrying.composition, asked.method, _aids(archive, asked), asked.parameters)
    window = Window(utc(asked.start), utc(asked.stop))
    days, notes = station_days(viewer, archive, work, window, stations=asked.stations, provider=asked.provider)
    if len(days) > MOST_DAYS:
        raise BadParameter(f"There are {len(days):,} stations and days; compute at most {MOST_DAYS:,} at a time.")
    each = publish_each(
        viewer, archive, days, work, provider=asked.owner, progress=carrying.progress, workers=carrying.workers
    )
    answers = [_answer(one) for one in each]
    if answers and all("error" in one for one in answers):
        raise NotFound(f"Nothing could be computed. {answers[0]['of']}: {answers[0]['error']}")
    told = {"method": work.name, "notes": [*work.notes, *notes], "station_days": answers}
    content = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    inputs = {one["granule"] for day in days for one in day.inputs}
    return Made("compute", f"What {work.name} computed", content, "application/json", "computed.json", inputs)


def _aids(archive: Archive, asked: ComputeParameters) -> dict[str, list[Path]]:
    """The aids' files; `BadParameter` for one that is not there."""
    if not asked.aids:
        return {}
    folder = archive.settings.aids
    if folder is None:
        raise BadParameter("This server holds no orbits or biases: who runs it sets SOAP_AIDS to their folder.")
    found = {kind: [folder / kind / name for name in names] for kind, names in asked.aids.items()}
    absent = [f"{kind}/{path.name}" for kind, paths in found.items() for path in paths if not path.is_file()]
    if absent:
        raise BadParameter(f"This server holds no {', '.join(absent[:5])} among the files to compute with.")
    return found


def _answer(made: Computed) -> dict[str, Any]:
    if made.error is not None:
        return {"of": made.label, "error": str(made.error)}
    if made.derived is None:
        return {"of": made.label, "held": True}
    return {
        "of": made.label,
        **_plain(made.derived.figures.items()),
        "notes": list(made.derived.notes),
        "granules": sorted(made.granules),
    }


def _plain(figures: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value.item() if hasattr(value, "item") else value for name, value in figures}


COMPUTE = Kind(
    "compute",
    "A derivation over what is held, published as a member's own.",
    ComputeParameters,
    _check,
    _compute,
)
