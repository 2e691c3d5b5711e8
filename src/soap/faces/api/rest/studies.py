"""Studies kept in the archive: their numbers, how they came about, and their report, rendered when it is asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from soap.core.errors import BadFile
from soap.core.time import iso
from soap.faces.api.asking import Asking
from soap.faces.api.json_answer import Json
from soap.faces.api.rules import Anybody, Manages
from soap.services.study import kept
from soap.services.study.result import PROVENANCE, RESULT

router = APIRouter(tags=["studies"])

StudyId = Annotated[str, Path(max_length=80, pattern=r"^study-[0-9a-f]+$", description="Identifier of the study.")]
Owner = Annotated[
    str | None,
    Query(max_length=20, description="For this owner of inputs, for who runs the archive; none: your own member."),
]
_JSON: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}
_SANDBOX = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox;"
    " frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""A report is a page of somebody's words: it may run, load and send nothing."""
_DEEPEST = 50
_UNKEPT = {"Cache-Control": "private, no-cache"}
_drawing = Lock()  # the library that draws holds its style for the whole process


class Study(BaseModel):
    """A kept study."""

    study_id: str
    title: str
    made_by: str
    recorded_from: str = Field(description="When it was kept, ISO 8601, UTC.")
    bytes: int
    sha256: str
    inputs: list[str] = Field(description="Versions of granules that it was made of, as far as you may see them.")
    stations: list[str] = Field(description="Stations that placed series of it.")
    released: bool = Field(description="True when every owner of an input lets everybody see it.")


class Marked(BaseModel):
    """Station-days before the earthquakes that the detector marks, and what chance gives."""

    n_station_days: int
    n_marked: int
    share: float | None
    chance_low: float | None
    chance_high: float | None


class DetectorRate(BaseModel):
    """How often the study's detector marks what is only noise."""

    value: float | None
    n: int | None = None
    rule: str
    threshold_sigma: float = Field(description="|z| from which it marks.")
    background_blocks: int | None = Field(None, description="Of a study by blocks: against how many.")


class Answer(BaseModel):
    """What a study's numbers come to, with all that must be told beside that."""

    kind: str
    beyond_chance: bool | None = Field(description="false: nothing beyond chance; null: of this kind none can say so.")
    depends_on_background: bool | None
    variable: str
    statistic: float | None
    statistic_name: str
    days: list[int] | None = Field(description="First and last day from the earthquake that the statistic is of.")
    block_hours: int | None = Field(description="Of a study by blocks: hours that it is of, the last before.")
    background: str | None = Field(description="Of a study by blocks: what they are compared with.")
    n_events: int
    worst_p: float | None = Field(description="Primary test, the largest p of the surrogates.")
    adjusted_p: float | None = Field(description="Smallest p of all tests, adjusted for their number.")
    n_tests: int
    level: float
    null_rate: DetectorRate
    marked: Marked | None
    marked_without_event: float | None = Field(description="Share of days without an earthquake that is marked.")
    smallest_detectable_sigma: float | None = Field(description="Found four times out of five; null: none of those.")
    could_find_little: bool


class Release(BaseModel):
    """Whether everybody sees a study."""

    study_id: str
    released: bool


@router.get("/studies")
def studies(asking: Anybody) -> list[Study]:
    """The kept studies that you may see, first made first."""
    return [_told(one) for one in kept.kept(asking.viewer, asking.archive)]


@router.get("/studies/{study_id}")
def study(asking: Anybody, study_id: StudyId) -> Study:
    """One kept study."""
    return _told(kept.one(asking.viewer, asking.archive, study_id))


@router.get("/studies/{study_id}/result", response_class=Response, responses=_JSON)
def result(asking: Anybody, study_id: StudyId) -> Response:
    """The study's numbers, `result.json` as it was written."""
    return Json(_file(asking, study_id, RESULT), headers=_UNKEPT)


@router.get("/studies/{study_id}/provenance", response_class=Response, responses=_JSON)
def provenance(asking: Anybody, study_id: StudyId) -> Response:
    """How the study came about: declaration, archive, inputs, methods, software."""
    return Json(_file(asking, study_id, PROVENANCE), headers=_UNKEPT)


@router.get("/studies/{study_id}/answer")
def answer(asking: Anybody, study_id: StudyId) -> Answer:
    """What the study's numbers come to: whether anything is beyond chance, and how often its detector marks noise."""
    from soap.reports.verdict import verdict

    found = _parsed(_file(asking, study_id, RESULT), study_id)
    try:
        return Answer.model_validate(verdict(found))
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # of a study that was kept by hand
        raise _not_told("answer", study_id, error) from error


@router.get(
    "/studies/{study_id}/report",
    response_class=Response,
    responses={200: {"description": "The report", "content": {"text/html": {"schema": {"type": "string"}}}}},
)
def report(asking: Anybody, study_id: StudyId) -> Response:
    """The study's report, one HTML page, rendered from its numbers; it may run, load and send nothing."""
    page = _rendered(_file(asking, study_id, RESULT), _file(asking, study_id, PROVENANCE), study_id)
    return Response(page, headers=_SANDBOX | _UNKEPT, media_type="text/html")


@router.get(
    "/studies/{study_id}/numbers",
    response_class=Response,
    responses={200: {"description": "The numbers", "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def numbers(asking: Anybody, study_id: StudyId) -> Response:
    """Every number of the result as CSV: its place in `result.json`, and its value; one that is missing is empty."""
    sink = io.StringIO()
    rows = csv.writer(sink)
    rows.writerow(("place", "value"))
    found = _parsed(_file(asking, study_id, RESULT), study_id)
    rows.writerows(_numbers({name: part for name, part in found.items() if name != "study"}, ""))
    headers = _UNKEPT | {"Content-Disposition": f'attachment; filename="{study_id}.csv"'}
    return Response(sink.getvalue(), headers=headers, media_type="text/csv")


@router.post("/studies/{study_id}/release")
def release(asking: Manages, study_id: StudyId, owner: Owner = None) -> Release:
    """Let everybody see a study, for the owner of inputs; they do once every owner has released it."""
    seen = kept.release(asking.viewer, asking.archive, study_id, owner=owner)
    return Release(study_id=study_id, released=seen)


@router.delete("/studies/{study_id}/release")
def withdraw(asking: Manages, study_id: StudyId, owner: Owner = None) -> Release:
    """Take a release back."""
    seen = kept.release(asking.viewer, asking.archive, study_id, owner=owner, withdraw=True)
    return Release(study_id=study_id, released=seen)


def _file(asking: Asking, study_id: str, name: str) -> bytes:
    asking.tells_of(kept.owners(asking.viewer, asking.archive, study_id))
    return kept.text(asking.viewer, asking.archive, study_id, name)


@lru_cache(maxsize=16)
def _rendered(result_text: bytes, provenance_text: bytes, study_id: str) -> str:
    from soap.reports import render

    found, origin = _parsed(result_text, study_id), _parsed(provenance_text, study_id)
    try:
        with _drawing:
            return render(found, origin)
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # of a study that was kept by hand
        raise _not_told("report", study_id, error) from error


def _not_told(what: str, study_id: str, error: Exception) -> BadFile:
    return BadFile(
        f"No {what} can be made of its numbers ({type(error).__name__})", file=study_id,
        next_step="Run the study again, and keep that.",
    )  # fmt: skip


def _parsed(content: bytes, study_id: str) -> dict[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadFile("Its numbers are no JSON", file=study_id, next_step="Run the study again.") from error
    if not isinstance(found, dict):
        raise BadFile("Its numbers are no JSON object", file=study_id, next_step="Run the study again.")
    return found


def _numbers(part: Any, place: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Places and values of the numbers in a part of a result."""
    if depth > _DEEPEST:
        raise BadFile(f"Its numbers are nested more than {_DEEPEST} deep", file=RESULT)
    if isinstance(part, dict):
        for name in sorted(part):
            yield from _numbers(part[name], f"{place}.{name}" if place else name, depth + 1)
    elif isinstance(part, list):
        for number, one in enumerate(part):
            yield from _numbers(one, f"{place}[{number}]", depth + 1)
    elif part is None or (isinstance(part, int | float) and not isinstance(part, bool)):
        yield place, part


def _told(one: kept.Product) -> Study:
    return Study(
        study_id=one.product_id,
        title=one.title,
        made_by=one.made_by,
        recorded_from=iso(one.recorded_from),
        bytes=one.bytes,
        sha256=one.sha256,
        inputs=list(one.inputs),
        stations=list(one.stations),
        released=one.released,
    )
