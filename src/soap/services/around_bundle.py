"""What is around, as one file: a zip of the folder that `soap.services.around.write_folder` writes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from soap.core.errors import TooLarge
from soap.services.around import Surroundings, write_folder

MOST_BYTES = 100_000_000
"""Size of the archive's objects [byte] that are given at once."""


_NO_DATE = (1980, 1, 1, 0, 0, 0)  # equal content gives equal bytes
_PIECE = 1 << 20


def write_bundle(surroundings: Surroundings, file: IO[bytes], format_name: str) -> None:
    """Write the zip to a file; `TooLarge` where it would be of more than `MOST_BYTES` of the archive's objects.

    Its files are compressed in themselves, or are put in as they are.
    """
    check_size(surroundings)
    with tempfile.TemporaryDirectory(prefix="soap-around-") as folder, ZipFile(file, "w", ZIP_STORED) as bundle:
        write_folder(surroundings, folder, format_name=format_name)
        for one in sorted(Path(folder).iterdir()):
            with one.open("rb") as source, bundle.open(ZipInfo(one.name, _NO_DATE), "w") as target:
                while piece := source.read(_PIECE):
                    target.write(piece)


def check_size(surroundings: Surroundings, shapes: tuple[str, ...] | None = None) -> None:
    """`TooLarge` where what is around, or that of these shapes, is of more than `MOST_BYTES` of objects."""
    size = sum(one.bytes for one in surroundings.found.counts if shapes is None or one.shape in shapes)
    if size > MOST_BYTES:
        raise TooLarge(
            f"What is there is of {size / 1e6:,.0f} MB in the archive, and at most {MOST_BYTES / 1e6:,.0f} MB are given"
            " at once. Narrow the window, the radius or the variables, or ask for the collections one by one."
        )
