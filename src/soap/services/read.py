"""Read: what one file holds, without an archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from soap.core.errors import BadFile
from soap.formats import Summary
from soap.services.composition import Composition
from soap.services.ingest import read_bytes


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
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(
            f"The file cannot be opened ({error.strerror})",
            file=str(path),
            next_step="Check that it exists and that you may read it.",
        ) from error
    name, reading = read_bytes(composition, str(path), content)
    return FileSummary(str(path), name, composition.reader(name).title, Summary.of(reading))
