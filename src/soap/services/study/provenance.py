"""How a result came about, written so that anybody with access to the archive can come to it again."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from typing import Any

from soap.archive import GranuleRecord
from soap.core.errors import BadFile
from soap.science.method import Method

_PACKAGES = ("numpy", "scipy", "numba", "xarray", "pyarrow")


def provenance(study: Mapping[str, Any], used: Iterable[GranuleRecord], methods: Iterable[Method]) -> dict[str, Any]:
    """The content of `provenance.json`: the declaration, each input granule by checksum, methods, software."""
    return {
        "study": study,
        "inputs": [granule(record) for record in sorted(used, key=lambda record: record.granule_id)],
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
    versions = {name: metadata.version(name) for name in ("soap", *_PACKAGES)}
    return versions | {"python": platform.python_version(), "machine": platform.machine()}


def check_provenance(content: Mapping[str, Any], file: str) -> None:
    """Raise `BadFile` unless `content` has the parts that `provenance` writes."""
    parts = {"study": dict, "inputs": list, "methods": list, "software": dict}
    wrong = [name for name, kind in parts.items() if not isinstance(content.get(name), kind)]
    if wrong:
        raise BadFile(f"The provenance lacks {', '.join(wrong)}", file=file, next_step="Run the study again.")


def changed_inputs(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Inputs that differ between two provenances, in words; empty when all are the same."""
    old, new = ({one["granule_id"]: one for one in part["inputs"]} for part in (before, after))
    lines = [f"{name}: used before, no longer there" for name in sorted(old.keys() - new.keys())]
    lines += [f"{name}: not there before" for name in sorted(new.keys() - old.keys())]
    for name in sorted(old.keys() & new.keys()):
        if old[name]["sha256"] != new[name]["sha256"]:
            lines.append(
                f"{name}: version {old[name]['version']} ({old[name]['sha256'][:16]}) before,"
                f" {new[name]['version']} ({new[name]['sha256'][:16]}) now"
            )
    return lines


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
