"""What a kind of subscription is: its conditions, how it is looked for, and what is told of what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from soap.archive import Archive
from soap.core.who import Viewer


class Conditions(BaseModel):
    """What somebody wants to be told of."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True)
class Look:
    """One look as the subscriber: at what was recorded after `since`; `now` is the time."""

    viewer: Viewer
    archive: Archive
    conditions: Any
    since: np.datetime64
    now: np.datetime64


@dataclass(frozen=True)
class Found:
    """Something that is to be told once: its subject, and what it is about."""

    subject: str
    about: Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """What is told: a line, some sentences, and the same as facts; `path` leads to more on the server."""

    title: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of subscription.

    `look` gives what is found as the viewer of the look sees it; `tell` what is told of it to a viewer now, None where
    they may not see it (any more), or it does not hold any more.
    """

    name: str
    title: str
    conditions: type[Conditions]
    look: Callable[[Look], Iterable[Found]]
    tell: Callable[[Viewer, Archive, Any, Mapping[str, Any]], Message | None]
    by_time: bool = False
    """There may be something to tell though nothing was recorded."""
