"""Write what the server says in words of its own, in English: `python write_declared.py FILE`.

The portal's translations have the same keys (`src/words/keys.ts` and tests/portal/test_words.py compare them), so that
what is declared here without words in another language fails the build. What packages of members add is left out: the
portal says that as it comes, in English.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args

from soap import domains
from soap.archive.finality import WORDS
from soap.archive.migrations.versions.r0002_terms_health_products import MEMBERS
from soap.core.names import Variable
from soap.core.who import ROLES
from soap.faces.api.problems import STATUS
from soap.faces.api.rest import spectrogram
from soap.formats.reader import Shape
from soap.observations.quality import Quality
from soap.science.method import Method
from soap.services.jobs import computing, exporting, foreseeing, studying
from soap.services.jobs.kinds import KINDS
from soap.services.satellites import REASONS
from soap.services.study import blocks, detectability, superposed
from soap.services.study.case import LIMITS, QUESTION, TITLE
from soap.systems.seismo_ionospheric import composition

_CODE = re.compile(r"[clds]\d[a-z]")
"""Variables of observation codes, of which one kind means one thing: `c1c`, `l2w`."""

SENTENCES = {
    "case_title": TITLE,
    "case_question": QUESTION,
    **{f"case_limit_{name}": text for name, text in LIMITS.items()},
    "spectrogram": spectrogram.METHOD,
    "job_case": studying.CASE_TITLE,
    "job_prospect_of_event": foreseeing.PROSPECT_OF_EVENT,
    "job_prospect": foreseeing.PROSPECT_TITLE,
    "job_rerun": foreseeing.RERUN_TITLE,
    "job_export": exporting.TITLE,
    "job_export_of_several": exporting.TITLE_OF_SEVERAL,
    "job_compute": computing.TITLE,
    "job_compute_all": computing.TITLE_OF_ALL,
}
"""Sentences that are kept as text, with the names of what stands in them."""


def main() -> None:
    """Write it to the file that is named."""
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")


def text() -> str:
    """The file's content."""
    return json.dumps(declared(), ensure_ascii=False, indent=1) + "\n"


def declared() -> dict[str, Any]:
    """All that is said, by the identifiers that the API gives."""
    system = composition()
    foreign = [point.load() for point in entry_points(group="soap.domains")]
    methods = _own([*system.methods, blocks.METHOD], (one for package in foreign for one in package.METHODS))
    variables = _own(system.names, (one for package in foreign for one in package.NAMES))
    schema = studying.StudyParameters.model_json_schema()
    parameters = {one.name: one.parameters.model_json_schema() for one in methods}
    return {
        "methods": {one.name: _method(one, parameters[one.name]) for one in methods},
        "variables": _meanings(variables),
        "declaration": _tables(schema),
        "choices": {word: _label(word) for word in sorted(_choices([schema, *parameters.values()]))},
        "sentences": SENTENCES,
        "because": REASONS,
        "rules": {"superposed_epoch": detectability.RULE, "blocks": blocks.RULE},
        "statistics": {"superposed_epoch": superposed.STATISTIC, "blocks": blocks.STATISTIC},
        "problems": {str(status): HTTPStatus(status).phrase for status in sorted({*STATUS.values(), 500})},
        "jobs": {one.name: one.meaning for one in KINDS},
        "flags": {flag.name.lower(): flag.name.lower() for flag in Quality if flag and flag.name},
        "finality": {word: word for word in WORDS},
        "domains": {one.name: one.name for one in iter_modules(domains.__path__)},
        "shapes": {word: word for word in get_args(Shape)},
        "members": dict(MEMBERS),
        "roles": {word: word for word in ROLES},
    }


def _own(every: Sequence[Any], foreign: Iterable[Any]) -> list[Any]:
    """Of methods or variables those that no package adds, by name."""
    others = {one.name for one in foreign}
    return sorted((one for one in every if one.name not in others), key=lambda one: one.name)


def _method(one: Method, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": one.title, "parameters": _fields(schema, schema)}


def _meanings(variables: Sequence[Variable]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in variables:
        key = f"{one.name[0]}_code" if _CODE.fullmatch(one.name) else one.name
        if found.setdefault(key, one.meaning) != one.meaning:
            raise ValueError(f"{one.name} means {one.meaning!r}, others of its kind {found[key]!r}.")
    return found


def _tables(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Tables of a declaration by their titles: what is said of each, and of its fields."""
    tables = [schema, *(one for one in schema["$defs"].values() if one.get("type") == "object")]
    return {
        one["title"]: ({"help": one["description"]} if "description" in one else {}) | {"fields": _fields(one, schema)}
        for one in tables
    }


def _fields(table: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Fields of a table: label, and help as a form shows it, a table's own where the field has none."""
    found = {}
    for name, field in table.get("properties", {}).items():
        said = field.get("description") or _resolved(field, root).get("description")
        if "const" not in field or said:
            found[name] = {"label": _label(name)} | ({"help": said} if said else {})
    return found


def _resolved(field: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    others = [one for one in field.get("anyOf", ()) if one.get("type") != "null"]
    if len(others) == 1:
        return _resolved(others[0], root)
    return root["$defs"][field["$ref"].removeprefix("#/$defs/")] if "$ref" in field else field


def _choices(part: Any) -> set[str]:
    """Words that fields offer, wherever in schemas they stand."""
    if isinstance(part, list):
        return {word for one in part for word in _choices(one)}
    if not isinstance(part, dict):
        return set()
    own = {one for one in [part.get("const"), *part.get("enum", ())] if isinstance(one, str)}
    return own.union(*(_choices(one) for one in part.values()))


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


if __name__ == "__main__":
    main()
