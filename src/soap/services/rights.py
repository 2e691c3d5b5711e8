"""Rights in exports: whose the values are, under which licence, and how they are to be cited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from soap.archive import CollectionRecord


def rights_of(held: CollectionRecord) -> dict[str, str]:
    """`provider`, `licence` and `citation` of what the viewer sees of a collection, as far as they were said."""
    told = {
        "provider": ", ".join(one for one in held.providers if one),
        "licence": held.licence,
        "citation": held.citation,
    }
    return {name: text for name, text in told.items() if text}


def csv_metadata_path(path: Path) -> Path:
    """Where programs look for what a CSV file cannot say: beside it (W3C, Metadata Vocabulary for Tabular Data)."""
    return path.with_name(f"{path.name}-metadata.json")


def csv_metadata(path: Path, rights: Mapping[str, str]) -> bytes:
    """The content of that file, in the words of Dublin Core."""
    words = {
        "provider": "dc:publisher",
        "licence": "dc:license",
        "citation": "dc:bibliographicCitation",
        "version": "dc:identifier",
        "decimated": "dc:description",
    }
    said = {words[name]: text for name, text in rights.items()}
    return json.dumps({"@context": "http://www.w3.org/ns/csvw", "url": path.name, **said}, indent=2).encode() + b"\n"
