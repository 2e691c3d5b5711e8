"""Every kind of subscription there is, and the check of its conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from soap.core.checked import checked as as_model
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
    return as_model(kind.conditions, conditions, kind.name)
