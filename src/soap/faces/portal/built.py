"""The built portal, in memory: `index.html`, and assets whose names change with their content."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).with_name("static")
"""Where the build writes; not there in a checkout in which nobody has built the portal."""

_PACKED = ".gz"


@dataclass(frozen=True)
class Asset:
    """A built file: its media type, its bytes, and these as gzip where the build has packed them."""

    media: str
    plain: bytes
    packed: bytes | None


@dataclass(frozen=True)
class Built:
    """The built portal: the page that every path answers with, and its assets by name."""

    index: bytes
    assets: Mapping[str, Asset]


@cache
def built(folder: Path = STATIC) -> Built | None:
    """The built portal as it was when it was first asked for; None where it is not built."""
    index = folder / "index.html"
    if not index.is_file():
        return None
    files = (path for path in sorted((folder / "assets").iterdir()) if path.suffix != _PACKED)
    return Built(index.read_bytes(), {path.name: _asset(path) for path in files})


def _asset(path: Path) -> Asset:
    packed = path.with_name(path.name + _PACKED)
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(media, path.read_bytes(), packed.read_bytes() if packed.is_file() else None)
