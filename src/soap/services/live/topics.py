"""Whose a topic is: a broker hands on what it is given and proves nobody's name, so the archive's settings say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from soap.core.errors import BadParameter
from soap.core.who import STATION, Viewer

_FILTER = re.compile(r"[^\s#+=]+(/#)?")
_MEMBER = re.compile(r"[A-Z][A-Z0-9_-]{1,19}")


@dataclass(frozen=True)
class Topics:
    """Topics that are listened to, and the member whose station publishes there; the longest that fits counts."""

    of: tuple[tuple[str, str], ...]
    """Beginnings of topics (whole ones without `/` at the end), and codes of members; the longest first."""

    @classmethod
    def parse(cls, told: str) -> Topics:
        """From `impf/kak/#=JPN impf/pt1/#=CHN`; `BadParameter` where that is not the form."""
        found: dict[str, str] = {}
        for one in told.split():
            pattern, _, member = one.partition("=")
            if not _FILTER.fullmatch(pattern) or not _MEMBER.fullmatch(member):
                raise BadParameter(
                    f"{one[:80]!r} in SOAP_MQTT_TOPICS is not TOPIC=MEMBER, as in impf/kak/#=JPN; a wildcard stands"
                    " only at the end, after a /."
                )
            if found.setdefault(pattern.removesuffix("#"), member) != member:
                raise BadParameter(
                    f"SOAP_MQTT_TOPICS gives {pattern} to {found[pattern.removesuffix('#')]} and {member}."
                )
        return cls(tuple(sorted(found.items(), key=lambda item: -len(item[0]))))

    @property
    def filters(self) -> tuple[str, ...]:
        """What to subscribe to."""
        return tuple(f"{begin}#" if begin.endswith("/") else begin for begin, _ in self.of)

    def member(self, topic: str) -> str | None:
        """Whose station publishes there; None for nobody's."""
        for begin, member in self.of:
            if topic == begin or (begin.endswith("/") and topic.startswith(begin)):
                return member
        return None


def station_of(member: str) -> Viewer:
    """Who hands in what a member's stations publish: nobody in person."""
    return Viewer("live", member, frozenset({STATION}))
