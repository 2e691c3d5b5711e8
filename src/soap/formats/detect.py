"""Which reader a file belongs to: asked of the content, ties reported, a reader that breaks while guessing named."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from soap.core.errors import BadFile
from soap.formats.reader import Reader
from soap.formats.source import Source
from soap.formats.unread import looks_like


class SniffWarning(UserWarning):
    """A reader's `sniff` raised; the reader has a bug and was left out of the detection."""


def detect(source: Source, readers: Iterable[Reader]) -> Reader:
    """The one reader that recognises the content.

    Raises `BadFile` when none does (saying what the content looks like), when several do, or when the container
    (HDF5) is too damaged to tell.
    """
    if not source.data:
        raise BadFile("The file is empty (0 bytes)", file=source.name, next_step="Fetch it again.")
    takers = [reader for reader in readers if _recognises(reader, source)]
    if len(takers) == 1:
        return takers[0]
    if takers:
        raise BadFile(
            f"The content fits {len(takers)} formats ({', '.join(reader.name for reader in takers)})",
            file=source.name,
            next_step="Report the file to the developers: detection must be unique.",
        )
    raise BadFile(
        f"The content is of no format read here; {looks_like(source.head, source.name)}",
        file=source.name,
        next_step="Give a file of a format that is read here.",
        command="`soap formats` lists them.",
    )


def _recognises(reader: Reader, source: Source) -> bool:
    try:
        return reader.recognises(source)
    except BadFile:
        raise
    except Exception as error:  # a plugin's bug must not hide other readers; it is named, not swallowed
        warnings.warn(
            f"Reader {reader.name} failed while looking at {source.name}: {error!r}", SniffWarning, stacklevel=3
        )
        return False
