"""Jobs beside a study: what it can find before it is run, and whether its numbers come out again afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from soap.archive import Archive, query
from soap.archive.product_inputs import ListedStation
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.jobs.kind import Carrying, Kind, Made
from soap.services.jobs.studying import Declaration, asking_of, declared
from soap.services.study import kept, result
from soap.services.study.case import case_table
from soap.services.study.gathered import gather
from soap.services.study.rerun import rerun
from soap.services.study.spec_file import parse_study

_MOST_NUMBERS = 500
"""Numbers that differ of which a comparison tells; how many there are in all it tells too."""
_MEDIA = "application/json"
PROSPECT_OF_EVENT = "What a study of {event} can find"
PROSPECT_TITLE = "What can be found: {title}"
RERUN_TITLE = "Again: {title}"


class ProspectParameters(BaseModel):
    """A study's declaration, or the earthquake of a case study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: Declaration | None = Field(None, description="The declaration, as a job of kind study takes it.")
    event_id: str | None = Field(None, min_length=1, max_length=200, description="Earthquake of a case study.")

    @field_validator("study", mode="before")
    @classmethod
    def _declared(cls, value: Any) -> Any:
        return None if value is None else declared(value)

    @model_validator(mode="after")
    def _one_of_them(self) -> ProspectParameters:
        if (self.study is None) == (self.event_id is None):
            raise ValueError("give a study or an event_id, one of them")
        return self


class RerunParameters(BaseModel):
    """A kept study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study_id: str = Field(max_length=80, pattern=r"^study-[0-9a-f]+$", description="Identifier of the kept study.")


def _prospect_title(viewer: Viewer, archive: Archive, composition: Composition, asked: ProspectParameters) -> str:
    if asked.event_id is not None:
        found = query.event(archive, viewer, asked.event_id)
        return PROSPECT_OF_EVENT.format(event=found.event_id)
    return PROSPECT_TITLE.format(title=asked.study["title"] if asked.study else "")


def _prospect(carrying: Carrying, asked: ProspectParameters) -> Made:
    declaration = asked.study or case_table(carrying.viewer, carrying.archive, str(asked.event_id))
    found = gather(asking_of(carrying), parse_study(declaration))
    told = found.prospect() | {"study": found.provenance["study"]}
    return _made("prospect", "What a study can find", told, [found.provenance])


def _rerun_title(viewer: Viewer, archive: Archive, composition: Composition, asked: RerunParameters) -> str:
    return RERUN_TITLE.format(title=kept.one(viewer, archive, asked.study_id).title)


def _rerun(carrying: Carrying, asked: RerunParameters) -> Made:
    folder = carrying.folder / "study"
    kept.fetch(carrying.viewer, carrying.archive, asked.study_id, folder)
    found = rerun(
        carrying.viewer,
        carrying.archive,
        carrying.composition,
        folder,
        carrying.progress,
        workers=carrying.workers,
    )
    recorded = result.read(folder, result.PROVENANCE)
    return _made("rerun", f"{asked.study_id} again", found.told(_MOST_NUMBERS), [recorded, *found.origins])


def _made(kind: str, title: str, told: Mapping[str, Any], origins: Iterable[Mapping[str, Any]]) -> Made:
    """What is told as JSON; who may see all that it was made of may see it."""
    origins = tuple(origins)
    inputs = {f"{one['granule_id']}@{one['version']}" for origin in origins for one in origin["inputs"]}
    stations = {
        ListedStation(one["code_scheme"], one["code"], one["provider"], one["original"])
        for origin in origins
        for one in origin.get("stations", ())
    }
    return Made(kind, title, result.to_text(told).encode(), _MEDIA, f"{kind}.json", sorted(inputs), sorted(stations))


PROSPECT = Kind(
    "prospect",
    "What a declared study can find, and how often its detector marks noise, told before it is run.",
    ProspectParameters,
    _prospect_title,
    _prospect,
)
RERUN = Kind(
    "rerun",
    "A kept study computed again from its provenance, as of then and as of now, and compared.",
    RerunParameters,
    _rerun_title,
    _rerun,
)
