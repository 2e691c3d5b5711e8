"""How a result came about, written so that anybody with access to the archive can come to it again."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from soap.archive import GranuleRecord
from soap.archive.citation import State
from soap.archive.station_sources import StationSource
from soap.core.errors import BadFile
from soap.core.time import iso
from soap.science.method import Method
from soap.services.work.installed import versions


@dataclass(frozen=True)
class Read:
    """What was read of the archive: granules by name, and the stations that placed some, by code and whose list."""

    granules: dict[str, GranuleRecord] = field(default_factory=dict)
    stations: dict[tuple[str, str, str], StationSource] = field(default_factory=dict)

    def add(self, other: Read) -> None:
        """What was read elsewhere."""
        self.granules.update(other.granules)
        self.stations.update(other.stations)


def provenance(study: Mapping[str, Any], state: State, read: Read, methods: Iterable[Method]) -> dict[str, Any]:
    """The content of `provenance.json`: the declaration, which archive as of when, inputs, methods, software."""
    return {
        "study": study,
        "archive": {"identity": state.identity, "as_of": iso(state.as_of)},
        "inputs": [granule(read.granules[name]) for name in sorted(read.granules)],
        "stations": [asdict(read.stations[key]) for key in sorted(read.stations)],
        "methods": [
            {"name": one.name, "version": one.version, "reference": one.reference, "title": one.title}
            for one in methods
        ],
        "software": software(),
    }


def granule(record: GranuleRecord) -> dict[str, Any]:
    """One input: its identifier, version and collection, the checksums of its object and of the original files."""
    return {
        "granule_id": record.granule_id,
        "version": record.version,
        "collection_id": record.collection_id,
        "sha256": record.sha256,
        "originals": sorted(record.originals),
        "maturity": record.maturity,
        "simulated": record.simulated,
    }


def software() -> dict[str, str]:
    """Versions of what computed the numbers."""
    return versions() | {"machine": platform.machine()}


_NUMBER = (int, float)
_PARTS: Mapping[str, Mapping[str, Any]] = {
    "inputs": {"granule_id": str, "version": int, "sha256": str},
    "stations": {
        "code_scheme": str,
        "code": str,
        "provider": str,
        "original": str,
        "latitude": _NUMBER,
        "longitude": _NUMBER,
        "height_m": (*_NUMBER, type(None)),
    },
    "methods": {"name": str, "version": str},
}
"""Lists of a provenance, and of what kind the facts are that are read of each entry again."""


def check_provenance(content: Mapping[str, Any], file: str) -> None:
    """Raise `BadFile` unless `content` has the parts that `provenance` writes, of the kinds that it writes."""
    parts = {"study": dict, "inputs": list, "methods": list, "software": dict}
    wrong = [name for name, kind in parts.items() if not isinstance(content.get(name), kind)]
    if wrong:
        raise BadFile(f"The provenance lacks {', '.join(wrong)}", file=file, next_step="Run the study again.")
    known = {"stations": [], "archive": {}} | dict(content)  # of the first studies, which had neither
    wrong = [name for name, facts in _PARTS.items() if not _all_of(known[name], facts)]
    wrong += [] if isinstance(known["archive"], dict) else ["archive"]
    if wrong:
        raise BadFile(
            f"The provenance's {', '.join(wrong)} are not what a study writes", file=file,
            next_step="Run the study again.",
        )  # fmt: skip


def _all_of(part: Any, facts: Mapping[str, Any]) -> bool:
    """True for a list of objects that have these facts."""
    return isinstance(part, list) and all(
        isinstance(one, dict) and all(isinstance(one.get(name, _ABSENT), kind) for name, kind in facts.items())
        for one in part
    )


_ABSENT = object()


def changed_inputs(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Granules and stations that differ between two provenances, in words; empty when all are the same."""
    old, new = ({one["granule_id"]: one for one in part["inputs"]} for part in (before, after))
    lines = [f"{name}: used before, no longer there" for name in sorted(old.keys() - new.keys())]
    lines += [f"{name}: not there before" for name in sorted(new.keys() - old.keys())]
    for name in sorted(old.keys() & new.keys()):
        if old[name]["sha256"] != new[name]["sha256"]:
            lines.append(f"{name}: {_version(old[name])} before, {_version(new[name])} now")
    return lines + _moved(before.get("stations", []), after.get("stations", []))


def _version(granule: Mapping[str, Any]) -> str:
    word = f", {granule['maturity']}" if granule.get("maturity") else ""
    return f"version {granule['version']} ({granule['sha256'][:16]}{word})"


def _moved(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> list[str]:
    """Stations whose place differs, of those that both provenances name."""
    old, new = (_places(part) for part in (before, after))
    return [
        f"station {key[1]} ({key[0]}): {'; '.join(old[key])} before, {'; '.join(new[key])} now"
        for key in sorted(old.keys() & new.keys())
        if old[key] != new[key]
    ]


def _places(stations: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[str]]:
    """Places by station: several where members list it differently."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in stations:
        found.setdefault((one["code_scheme"], one["code"]), set()).add(_place(one))
    return {key: sorted(places) for key, places in found.items()}


def _place(station: Mapping[str, Any]) -> str:
    height = "" if station["height_m"] is None else f", {station['height_m']:g} m"
    return f"{station['latitude']:g}, {station['longitude']:g}{height}"


def changed_methods(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Methods and packages whose version differs, in words."""
    old, new = (
        {one["name"]: one["version"] for one in part["methods"]} | dict(part["software"]) for part in (before, after)
    )
    return [
        f"{name}: {old.get(name, 'none')} before, {new.get(name, 'none')} now"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
