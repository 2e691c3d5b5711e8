"""Studies as jobs: one that is declared, and that of one earthquake; both are kept in the archive."""

from __future__ import annotations

import tomllib
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, TypeAdapter, field_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from soap.archive import Archive, query
from soap.core.time import iso, utc
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.jobs.kind import Carrying, Kind, Made
from soap.services.study import kept
from soap.services.study.case import case
from soap.services.study.conduct import conduct
from soap.services.study.gathered import Asking
from soap.services.study.spec import ArchiveState, Study
from soap.services.study.spec_file import parse_study

CASE_TITLE = "Study of {event}, M {magnitude}, {day}"


class _AsDeclared:
    """Lets a JSON schema say what a declaration holds, so that forms are made of it."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(TypeAdapter(Study).core_schema)


Declaration = Annotated[dict[str, Any], _AsDeclared()]


class StudyParameters(BaseModel):
    """A study's declaration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: Declaration = Field(
        description="The declaration: the keys of a study file as a JSON object, or the file's TOML text."
    )

    @field_validator("study", mode="before")
    @classmethod
    def _declared(cls, value: Any) -> Any:
        return declared(value)


def declared(value: Any) -> dict[str, Any]:
    """The declaration with all its defaults, so that the same study is the same however it is written.

    `ValueError`, of which `BadParameter` is one, for what is none.
    """
    if isinstance(value, str):
        try:
            value = tomllib.loads(value)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise ValueError(f"it is no TOML text ({error})") from error
    study = parse_study(value)
    if not study.title.isprintable():
        raise ValueError("the title is one line of characters that can be printed")
    return study.model_dump(mode="json")


class CaseParameters(BaseModel):
    """An earthquake that is to be studied."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: str = Field(min_length=1, max_length=200, description="Identifier of the earthquake.")
    as_of: str | None = Field(
        None, max_length=40, description="As the archive was at this time of recording, ISO 8601, UTC; none: now."
    )

    @field_validator("as_of")
    @classmethod
    def _instant(cls, value: str | None) -> str | None:
        return None if value is None else iso(utc(value))


def _study_title(viewer: Viewer, archive: Archive, composition: Composition, asked: StudyParameters) -> str:
    kept.must_keep(viewer)
    return str(asked.study["title"])


def _study(carrying: Carrying, asked: StudyParameters) -> Made:
    study = parse_study(asked.study)
    conduct(asking_of(carrying), study, carrying.folder)
    return _made(carrying)


def _case_title(viewer: Viewer, archive: Archive, composition: Composition, asked: CaseParameters) -> str:
    kept.must_keep(viewer)
    found = query.event(archive, viewer, asked.event_id, as_of=_as_of(asked))
    return CASE_TITLE.format(event=found.event_id, magnitude=f"{found.magnitude:.1f}", day=str(found.time)[:10])


def _case(carrying: Carrying, asked: CaseParameters) -> Made:
    case(
        carrying.viewer,
        carrying.archive,
        carrying.composition,
        asked.event_id,
        carrying.folder,
        carrying.progress,
        as_of=_as_of(asked),
        workers=carrying.workers,
    )
    return _made(carrying)


def _as_of(asked: CaseParameters) -> Any:
    return None if asked.as_of is None else ArchiveState(as_of=asked.as_of).instant


def asking_of(carrying: Carrying) -> Asking:
    """Who asks, as studies take it."""
    return Asking(carrying.viewer, carrying.archive, carrying.composition, carrying.workers, carrying.progress)


def _made(carrying: Carrying) -> Made:
    """The study in the folder, as it is kept."""
    one = kept.packed(carrying.folder)
    title = one.title if one.title.isprintable() else "study"
    return Made(kept.KIND, title, one.content, kept.MEDIA, "study.zip", one.inputs, one.stations)


STUDY = Kind("study", "A declared study, kept in the archive.", StudyParameters, _study_title, _study, kept=True)
CASE = Kind(
    "case",
    "The study of one earthquake with whatever is held in its preparation zone, kept in the archive.",
    CaseParameters,
    _case_title,
    _case,
    kept=True,
)
