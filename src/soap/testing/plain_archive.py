"""What made-up files and terms come to without an archive: the plain side of tests of policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from soap.archive.policy import Terms
from soap.core.time import Window
from soap.testing import policy_worlds as worlds
from soap.testing.policy_worlds import File, Naming, Setting, Step


@dataclass
class Granule:
    """What one granule holds: of values {time: {variable: value}}, of earthquakes {identifier: step}."""

    key: tuple[str, str, str]
    provider: str
    terms: Terms
    own: bool = False
    step: int = -1
    version: int = 0
    content: dict = field(default_factory=dict)

    @property
    def name(self) -> str:
        return worlds.granule_id(self.key, self.provider)

    @property
    def times(self) -> list[np.datetime64]:
        if self.key[0] == worlds.EVENTS:
            return sorted(np.datetime64(worlds.QUAKES[name], "ns") for name in self.content)
        return sorted(self.content)

    @property
    def variables(self) -> set[str]:
        if self.key[0] == worlds.EVENTS:
            return {"magnitude"}
        return {name for sample in self.content.values() for name in sample}


@dataclass
class Listed:
    """A station as one member lists it."""

    provider: str
    step: int
    latitude: float
    terms: Terms
    original: str


@dataclass
class Plain:
    """What the steps come to, without an archive."""

    granules: dict[str, Granule] = field(default_factory=dict)
    collections: dict[tuple[str, str], Terms] = field(default_factory=dict)
    stations: dict[str, Listed] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    """Providers for which contacts of KAK were set, and the last step that did."""

    def take(self, number: int, step: Step) -> None:
        if isinstance(step, Naming):
            if self.knows_kak(step.provider):
                self.named[step.provider] = number
        elif not isinstance(step, File):
            self._set(step)
        elif step.what == "stations":
            before = self.stations.get(step.provider)
            terms = before.terms if before else Terms(step.provider)
            latitude, original = worlds.STATION_LATITUDES[step.start % 2], worlds.arrival(number, step).sha256
            self.stations[step.provider] = Listed(step.provider, number, latitude, terms, original)
        else:
            for key, samples in worlds.granules_of(step).items():
                default = self.collections.setdefault((key[0], step.provider), Terms(step.provider))
                name = worlds.granule_id(key, step.provider)
                held = self.granules.setdefault(name, Granule(key, step.provider, default))
                after = _with(held.content, number, step, key, samples)
                if after != held.content:
                    held.content, held.step, held.version = after, number, held.version + 1

    def _set(self, step: Setting) -> None:
        subject = step.subject
        if subject.kind == "station" and subject.provider in self.stations:
            self.stations[subject.provider].terms = step.terms
        if subject.kind == "granule" and subject.name in self.granules:
            self.granules[subject.name].terms, self.granules[subject.name].own = step.terms, True
        place = (subject.name, subject.provider or "")
        if subject.kind == "collection" and place in self.collections:
            self.collections[place] = step.terms
            for held in self.granules.values():
                if (held.key[0], held.provider) == (subject.name, subject.provider) and not held.own:
                    held.terms = step.terms

    def only(self, seen: Callable[[Terms], bool]) -> Plain:
        """What of it is under terms that are seen."""
        left = Plain(
            {name: one for name, one in self.granules.items() if seen(one.terms)},
            {},
            {name: one for name, one in self.stations.items() if seen(one.terms)},
        )
        left.named = {provider: step for provider, step in self.named.items() if left.knows_kak(provider)}
        return left

    def knows_kak(self, provider: str) -> bool:
        """True where KAK is known through the provider: listed, or observed there."""
        observed = {one.provider for one in self.granules.values() if one.key[1] == "kak"}
        return provider in self.stations or provider in observed

    def of(self, collection_id: str) -> list[Granule]:
        """Granules of a collection, those changed first before those changed last."""
        found = [one for one in self.granules.values() if one.key[0] == collection_id]
        return sorted(found, key=lambda one: (one.step, one.provider))

    def station(self, provider: str) -> Listed | None:
        """The one that counts for a provider: their own, else the archive's, else the last listed."""
        return max(
            self.stations.values(),
            key=lambda one: (one.provider == provider, one.provider == "", one.step),
            default=None,
        )


def _with(content: dict, number: int, step: File, key: tuple[str, str, str], samples: list[int]) -> dict:
    if step.what == "quakes":
        return content | {name: number for name in step.names if worlds.QUAKES[name][:4] == key[2]}
    after = dict(content)
    begin, pace, name, scale = worlds.FIRST_HOUR, worlds.HOUR, step.variable, 1.0
    if step.what in worlds.HALF_ORBITS:
        begin, pace = np.datetime64(worlds.HALF_ORBITS[step.what], "ns"), worlds.SECOND
        name, scale = "electron_density", 1e9
    if step.what == "map":
        name = "vtec"
    for at in samples:
        when = begin + (step.start + at) * pace
        after[when] = after.get(when, {}) | {name: worlds.value(number, at) * scale}
    return after


def united(granules: list[Granule], window: Window) -> dict:
    """{time: {variable: value}} of granules of one collection: the one changed last first."""
    out: dict = {}
    for one in granules:
        for when, sample in one.content.items():
            if window.start <= when < window.stop:
                out[when] = out.get(when, {}) | sample
    return out
