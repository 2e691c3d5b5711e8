"""Values that come from outside, checked by the model of what they are to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from soap.core.errors import BadParameter

Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], values: Mapping[str, Any], of: str) -> Model:
    """The values as the model holds them; `BadParameter` says of what they are, and what is wrong with which."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        wrong = [_told(one) for one in error.errors(include_url=False)]
        raise BadParameter(f"{of}: " + " ".join(wrong)) from error


def _told(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    said = problem["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{where}: {said}." if where else f"{said}."
