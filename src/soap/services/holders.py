"""Who holds a token or a session, kept for a few seconds in this process, so that not every request asks the catalogue.

What this process itself changes (a token revoked, a password set, an account removed) is forgotten at once; what
another process changes reaches this one within `KEPT_S`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from soap.archive import Archive

KEPT_S = 5.0
"""Seconds for which an answer is kept."""

MOST = 10_000
"""Answers that are kept at a time, of one archive."""

Held = TypeVar("Held")

_kept: WeakKeyDictionary[Engine, dict[tuple[str, str], tuple[float, object]]] = WeakKeyDictionary()
_lock = threading.Lock()
_forgotten = 0


def kept(archive: Archive, kind: str, digest: str) -> object | None:
    """What is still kept under a digest; None: ask the catalogue."""
    with _lock:
        until, held = _kept.get(archive.catalogue.engine, {}).get((kind, digest), (0.0, None))
    return held if time.monotonic() < until else None


def keeping(archive: Archive, kind: str, digest: str, ask: Callable[[], Held]) -> Held:
    """The catalogue's answer, kept unless it is None, or something was forgotten while the catalogue answered."""
    begun = _forgotten
    held = ask()
    with _lock:
        mine = _kept.setdefault(archive.catalogue.engine, {})
        if held is not None and begun == _forgotten:
            if len(mine) >= MOST:
                mine.clear()
            mine[kind, digest] = (time.monotonic() + KEPT_S, held)
    return held


def forget() -> None:
    """Ask the catalogues again: who may ask, or as whom, has changed. An archive may be open here more than once."""
    global _forgotten
    with _lock:
        _forgotten += 1
        _kept.clear()
