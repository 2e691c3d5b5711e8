"""Every kind of subscription there is, and the check of its conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from soap.core.errors import BadParameter
from soap.services.watch.earthquake_notices import EARTHQUAKE
from soap.services.watch.kind import Kind
from soap.services.watch.novelty_notices import NOVELTY
from soap.services.watch.silence_notices import SILENCE
from soap.services.watch.threshold_notices import THRESHOLD

KINDS: tuple[Kind, ...] = (EARTHQUAKE, THRESHOLD, SILENCE, NOVELTY)


def kind_of(name: str) -> Kind:
    """The kind of that name; `BadParameter` lists those there are."""
    for one in KINDS:
        if one.name == name:
            return one
    raise BadParameter(f"{name[:40]!r} is nothing to be told of; there are {', '.join(one.name for one in KINDS)}.")


def checked(kind: Kind, conditions: Mapping[str, Any]) -> Any:
    """The conditions as the kind's model; `BadParameter` says which is wrong."""
    try:
        return kind.conditions.model_validate(dict(conditions))
    except ValidationError as error:
        told = [f"{'.'.join(str(part) for part in one['loc']) or kind.name}: {_words(one['msg'])}."
                for one in error.errors(include_url=False)]  # fmt: skip
        raise BadParameter(" ".join(told)) from error


def _words(told: str) -> str:
    return told.removeprefix("Value error, ").rstrip(".")
