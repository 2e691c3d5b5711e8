"""Text files: bytes to text and lines, with every wrong byte told as `BadFile`."""

from __future__ import annotations

import re

from soap.core.errors import BadFile
from soap.formats.source import BYTE_ORDER_MARK, Source

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffd]")


def decoded(source: Source, encoding: str = "utf-8") -> str:
    """The content as text, without a byte order mark or a closing CTRL-Z (end of file in DOS), all line ends as `\\n`.

    Raises `BadFile` for an empty file, and for bytes that are not text in `encoding` (`ascii` or `utf-8`).
    """
    if not source.data.strip(b" \r\n\t\x1a"):
        raise BadFile("The file is empty or blank", file=source.name, next_step="Fetch it again.")
    try:
        text = source.data.removeprefix(BYTE_ORDER_MARK).rstrip(b"\x1a").decode(encoding)
    except UnicodeDecodeError as error:
        raise BadFile(
            f"Byte {error.start:,} is no {encoding.upper()} text ({error.object[error.start : error.start + 1]!r})",
            file=source.name,
            next_step="The file is damaged or in another encoding; fetch it again.",
        ) from error
    if found := _UNPRINTABLE.search(text):
        raise BadFile(
            f"Line {text.count(chr(10), 0, found.start()) + 1} holds the control character {found.group()!r}",
            file=source.name,
            next_step="The file is damaged; fetch it again.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def ends_mid_line(text: str) -> bool:
    """True when the last line has no line end: the file may have been cut short there."""
    return not text.endswith("\n")
