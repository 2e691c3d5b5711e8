"""Entries of the audit log that come in floods: of one asker one a minute, and one that counts the others."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

from soap.archive.audit import Entry

EVERY_S = 60.0
MOST = 10_000
"""Askers that are known at a time; an entry of any other is taken as it is."""


@dataclass
class _Flood:
    begun: float
    last: Entry
    more: int = 0


class Repeats:
    """What the same user was refused from the same address, again and again."""

    def __init__(self) -> None:
        self._floods: dict[tuple[str, str], _Flood] = {}
        self._lock = threading.Lock()

    def take(self, entry: Entry) -> bool:
        """True when the entry was counted, and is told of later; False when it is to be written as it is."""
        key = (entry.user, entry.address)
        with self._lock:
            flood = self._floods.get(key)
            if flood is None:
                if len(self._floods) < MOST:
                    self._floods[key] = _Flood(time.monotonic(), entry)
                return False
            flood.last, flood.more = entry, flood.more + 1
            return True

    def due(self, *, all_of_them: bool = False) -> list[Entry]:
        """Entries that count what came since the first of each flood, where that is a minute ago."""
        over = time.monotonic() - EVERY_S
        with self._lock:
            ended = {key: one for key, one in self._floods.items() if all_of_them or one.begun <= over}
            for key in ended:
                del self._floods[key]
        return [
            replace(one.last, subject=f"{one.more} like this since the entry before: {one.last.subject}")
            for one in ended.values()
            if one.more
        ]
