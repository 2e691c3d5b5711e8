"""Every kind of job there is, and the check of what is asked of one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from soap.core.checked import checked as as_model
from soap.core.errors import BadParameter, TooLarge
from soap.services.jobs import computing, exporting, foreseeing, studying
from soap.services.jobs.kind import Kind

KINDS: tuple[Kind, ...] = (
    studying.STUDY,
    studying.CASE,
    foreseeing.PROSPECT,
    foreseeing.RERUN,
    exporting.EXPORT,
    computing.COMPUTE,
)

MOST_BYTES = 256 << 10
"""Size of a job's parameters as JSON."""


def kind_of(name: str) -> Kind:
    """The kind of that name; `BadParameter` lists those there are."""
    for one in KINDS:
        if one.name == name:
            return one
    raise BadParameter(f"{name[:40]!r} is no kind of job; there are {', '.join(one.name for one in KINDS)}.")


def checked(kind: Kind, parameters: Mapping[str, Any]) -> Any:
    """The parameters as the kind's model; `BadParameter` says which is wrong, and `TooLarge` that they are too many."""
    try:
        size = len(json.dumps(parameters, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise BadParameter(f"The parameters of a {kind.name} are not what JSON holds ({error}).") from error
    if size > MOST_BYTES:
        raise TooLarge(f"The parameters have {size:,} bytes; a job takes at most {MOST_BYTES:,}.")
    return as_model(kind.parameters, parameters, kind.name)
