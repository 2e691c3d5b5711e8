"""Reading a study file: TOML text to a checked declaration, errors that name the key and the nearest word."""

from __future__ import annotations

import difflib
import tomllib
import types
import typing
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from soap.core.errors import BadFile, BadParameter
from soap.services.study.spec import Blocks, Study, SuperposedEpoch

KINDS: dict[str, type[SuperposedEpoch] | type[Blocks]] = {"superposed_epoch": SuperposedEpoch, "blocks": Blocks}
"""Every kind of study, by the word that `kind` holds in its file."""

_LIMIT_BYTES = 1 << 20


def read_study(path: str | Path) -> SuperposedEpoch | Blocks:
    """The study declared in the TOML file at `path`.

    Raises `BadFile` when it is no TOML text, `BadParameter` naming every wrong key, what it holds, what is accepted
    and, for a misspelt key, the nearest one.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            raise BadFile(f"The study has {path.stat().st_size:,} bytes, more than {_LIMIT_BYTES:,}", file=str(path))
        return parse_study(tomllib.loads(path.read_text("utf-8")), path.name)
    except OSError as error:
        raise BadFile(f"The study cannot be opened ({error.strerror})", file=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(
            f"The study is no TOML text ({error})", file=str(path), next_step="See studies/ for examples."
        ) from error


def parse_study(table: Any, name: str = "study") -> SuperposedEpoch | Blocks:
    """The study declared by a table of plain values; raises `BadParameter`, see `read_study`."""
    if not isinstance(table, dict):
        raise BadParameter(f"{name}: a study is a table of keys, not {table!r}; see studies/ for examples.")
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadParameter(f"{name}: kind is {kind!r}; a study's kind is {' or '.join(map(repr, KINDS))}.")
    try:
        return TypeAdapter(Study).validate_python(table)
    except ValidationError as error:
        problems = [_explain(problem, KINDS[kind]) for problem in error.errors(include_url=False)]
        raise BadParameter(f"{name}: " + " ".join(problems)) from error


def _explain(problem: Any, model: type[BaseModel]) -> str:
    """One problem that pydantic found, in the user's words."""
    place = [part for part in problem["loc"] if part not in KINDS]
    key, held = ".".join(str(part) for part in place if not _is_tag(part)), problem.get("input")
    if problem["type"] == "extra_forbidden":
        known = sorted(_fields_at(model, place[:-1]))
        near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
        return f"{key} is not known here{f'; did you mean {near[0]!r}?' if near else ''}" + (
            "" if near else f"; known are {', '.join(known)}."
        )
    if problem["type"] == "missing":
        return f"{key} is missing."
    if problem["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return f"{key}.kind must be one of {problem['ctx'].get('expected_tags', 'past_regression, running')}."
    message = problem["msg"].removeprefix("Value error, ").rstrip(".")
    shown = f" (it is {held!r})" if not isinstance(held, dict) else ""
    return f"{key or 'The study'}: {message}{shown}."


def _is_tag(part: Any) -> bool:
    """True for the discriminator's value that pydantic puts into a location."""
    return part in ("past_regression", "running")


def _fields_at(model: type[BaseModel], place: list[Any]) -> set[str]:
    """Keys that are accepted in the table at `place` below `model`."""
    models: list[Any] = [model]
    for part in place:
        if isinstance(part, int) or _is_tag(part):
            continue
        fields = [m.model_fields[part].annotation for m in models if part in m.model_fields]
        models = [inner for annotation in fields for inner in models_in(annotation)]
    return {name for m in models for name in m.model_fields}


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The tables that the annotation of a key may hold; empty for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated, tuple):
        return [inner for part in typing.get_args(annotation) for inner in models_in(part)]
    return []
