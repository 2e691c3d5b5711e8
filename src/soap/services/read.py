"""Read: what one file holds, without an archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from soap.core.errors import BadFile
from soap.formats import Summary
from soap.formats.source import packed_bytes
from soap.services.composition import Composition
from soap.services.file_reading import read_bytes
from soap.services.file_walk import shown


@dataclass(frozen=True)
class FileSummary:
    """The reader that takes the file, and what it finds in it."""

    file: str
    reader: str
    title: str
    summary: Summary


def read_file(composition: Composition, path: str | Path) -> FileSummary:
    """What the file at `path` holds; `BadFile` when it cannot be read, exactly as an ingest would say it."""
    path = Path(path)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise BadFile("It is no ordinary file", file=shown(path), next_step="Name a file.")
    content = packed_bytes(path, shown(path))
    name, reading = read_bytes(composition, shown(path), content)
    return FileSummary(shown(path), name, composition.reader(name).title, Summary.of(reading))
