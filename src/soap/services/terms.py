"""Terms: whose a collection, granule or station is, who may see it and from when; shown, set, and their history."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from soap.archive import Archive
from soap.archive import terms as held
from soap.archive.policy import ACCESS, Terms
from soap.archive.terms import LONGEST, Change, Held, Subject
from soap.core.time import NS, iso, utc
from soap.core.who import Viewer

__all__ = [
    "ACCESS",
    "LONGEST",
    "Change",
    "Held",
    "Subject",
    "as_json",
    "embargo",
    "history",
    "notes",
    "reset",
    "set_terms",
    "show",
]


def show(viewer: Viewer, archive: Archive, subject: Subject) -> tuple[Held, ...]:
    """Terms in force on what the viewer may see of the subject."""
    return held.terms_held(archive, viewer, subject)


def set_terms(viewer: Viewer, archive: Archive, subject: Subject, change: Mapping[str, Any]) -> tuple[Change, ...]:
    """Set those parts of the subject's terms that `change` names, see `soap.archive.terms.set_terms`."""
    return held.set_terms(archive, viewer, subject, change)


def reset(viewer: Viewer, archive: Archive, granule_id: str) -> Change:
    """Put a granule back under its collection's terms."""
    return held.reset(archive, viewer, granule_id)


def history(viewer: Viewer, archive: Archive, subject: Subject | None = None) -> tuple[Change, ...]:
    """Terms that were set, first to last; without a subject, on all that the viewer may be told of."""
    return held.terms_history(archive, viewer, subject)


def embargo(until: str) -> int | None:
    """An ISO date or time in UTC as terms hold it [µs since 1970]; `none` is no embargo."""
    return None if until == "none" else int(utc(until).astype("datetime64[us]").astype(np.int64))


def notes(changes: tuple[Change, ...]) -> tuple[str, ...]:
    """What whoever set these terms should know."""
    out = []
    for one in changes:
        until = one.terms.embargo_until
        if until is not None and until <= time.time_ns() // 1000:
            out.append(f"The embargo of {one.subject} until {_instant(until)} is over already: it hides nothing.")
        if one.apart:
            out.append(f"{one.apart} granules of {one.subject} have terms of their own, and keep them.")
    return tuple(out)


def as_json(terms: Terms) -> dict[str, Any]:
    """Terms as faces print them: the embargo in ISO 8601."""
    return {
        "owner": terms.owner,
        "access": terms.access,
        "named": list(terms.named),
        "embargo_until": None if terms.embargo_until is None else _instant(terms.embargo_until),
        "licence": terms.licence,
        "citation": terms.citation,
    }


def _instant(microseconds: int) -> str:
    return iso(np.datetime64(microseconds, "us").astype(NS))
