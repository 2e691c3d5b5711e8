"""Reading files: their bytes and checksums a batch at a time, then by whoever works what a reader makes of each."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from soap.core.errors import BadFile, SoapError
from soap.formats import Reading, Source, detect
from soap.formats.source import LIMIT_BYTES, packed_bytes
from soap.services.composition import Composition
from soap.services.file_walk import Found, shown
from soap.services.quality_control import judged

BATCH_FILES = 64
BATCH_BYTES = 64 << 20
"""Files are looked up, and published, so many at a time, or so many bytes."""


@dataclass(frozen=True)
class Brought:
    """A file and its bytes; `refusal` says why there are none, `fresh` is False when the archive holds them already."""

    found: Found
    content: bytes | None = None
    checksum: str = ""
    refusal: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class Unread:
    """A file to be read; no content: nothing to do."""

    composition: Composition
    name: str
    content: bytes | None = field(repr=False)  # a worker writes what a failed task was given into its log


@dataclass(frozen=True)
class Read:
    """What the reader of that name made of a file."""

    reader: str
    reading: Reading


Outcome = Read | SoapError


def bring(found: Iterable[Found], known: Callable[[list[str]], set[str]]) -> Iterator[Brought]:
    """The files with their bytes, in order; `known` gives those of some checksums that are held, once a batch."""
    batch: list[Brought] = []
    size = 0
    for one in found:
        batch.append(_brought(one))
        size += one.size
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield from _looked_up(batch, known)
            batch, size = [], 0
    yield from _looked_up(batch, known)


def _brought(found: Found) -> Brought:
    if found.refusal:
        return Brought(found, refusal=found.refusal)
    try:
        content = packed_bytes(found.path, shown(found.path))
    except BadFile as error:
        return Brought(found, refusal=reason_of(error))
    return Brought(found, content, hashlib.sha256(content).hexdigest(), fresh=True)


def _looked_up(batch: list[Brought], known: Callable[[list[str]], set[str]]) -> Iterator[Brought]:
    asked = [one.checksum for one in batch if one.checksum]
    held = known(asked) if asked else set()
    while batch:
        one = batch.pop(0)  # let go of, so that its bytes are held no longer than they are needed
        yield Brought(one.found, one.content, one.checksum) if one.checksum in held else one


def read_one(task: Unread) -> Outcome | None:
    """What a reader makes of a file, or why none can; None when there is nothing to do."""
    if task.content is None:
        return None
    try:
        return Read(*read_bytes(task.composition, task.name, task.content))
    except SoapError as error:
        return error


def read_bytes(
    composition: Composition, name: str, content: bytes, limit_bytes: int = LIMIT_BYTES
) -> tuple[str, Reading]:
    """Name of the reader that recognises a file, and what it reads, judged; any failure is a `BadFile`.

    So is content that unpacks to more than `limit_bytes`.
    A failure that no reader should have is one too, naming the reader, so that one bad file never stops the others.
    """
    source = Source.from_bytes(name, content, limit_bytes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of arithmetic on the way to a verdict on the file
        reader = detect(source, composition.readers)
        try:
            return reader.name, judged(name, reader.read(source), composition.quality_controls)
        except SoapError:
            raise
        except Exception as error:
            raise BadFile(
                f"The reader {reader.name} failed on it ({type(error).__name__}: {error})",
                file=name,
                next_step="Report this with the file: a reader must say what is wrong.",
            ) from error


def reason_of(error: SoapError) -> str:
    """The reason without the file's name, which stands beside it."""
    return f"{error.fact}. {error.next_step}" if isinstance(error, BadFile) else str(error)
