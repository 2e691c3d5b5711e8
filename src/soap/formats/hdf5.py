"""HDF5 as a container: recognised, opened from memory, its numbers taken out with every damage told as `BadFile`.

Only what lies inside the file itself is followed: soft and external links, virtual datasets and external storage are
refused, so that a hostile file can neither reach other files nor ask for more memory than `LIMIT_VALUES`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from soap.core.errors import BadFile
from soap.formats.source import Source

if TYPE_CHECKING:
    import h5py

SIGNATURE = b"\x89HDF\r\n\x1a\n"

LIMIT_VALUES = 20_000_000
"""Most numbers that are taken from one dataset unless the caller knows it to be larger (160 MB)."""

_FAILURES = (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError, MemoryError, NotImplementedError)
"""What h5py and libhdf5 raise on damaged content, found by fuzzing."""


def is_hdf5(head: bytes) -> bool:
    """True when the bytes begin an HDF5 file: the signature and a superblock whose address size is possible."""
    if not head.startswith(SIGNATURE) or len(head) < 16:
        return False
    version = head[8]
    size_of_addresses = head[13] if version < 2 else head[9]
    return version <= 3 and size_of_addresses in (2, 4, 8, 16)


@contextmanager
def opened(source: Source) -> Iterator[h5py.File]:
    """The content opened for reading; `BadFile` when it is no HDF5, damaged or cut short."""
    import h5py

    if not is_hdf5(source.head):
        raise BadFile("The content is not HDF5", file=source.name, next_step="Check that it is the file you meant.")
    try:
        file = h5py.File(io.BytesIO(source.data), "r")
    except _FAILURES as error:
        raise BadFile(
            f"The HDF5 content is damaged or cut short ({_brief(error)})",
            file=source.name,
            next_step="Fetch the file again.",
        ) from error
    try:
        yield file
    finally:
        file.close()


def names(file: h5py.File, source: Source) -> frozenset[str]:
    """Names at the root; `BadFile` when the directory is damaged."""
    with _told(source, "The directory"):
        return frozenset(file.keys())


def numbers(
    file: h5py.File, name: str, source: Source, limit_values: int = LIMIT_VALUES, kinds: str = "iuf"
) -> np.ndarray:
    """Values of the dataset `name`, integers or floats, in the file's own shape; `BadFile` when they cannot be had.

    `kinds` are the numpy kinds of type that are accepted; "S" takes fixed-width letters such as flags.
    """
    import h5py

    with _told(source, f"Dataset {name}"):
        if not isinstance(file.get(name, getlink=True), h5py.HardLink):
            raise BadFile(
                f"{name} is a link that leads out of its place",
                file=source.name,
                next_step="Only datasets that lie in the file itself are read.",
            )
        dataset = file[name]
        if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in kinds:
            raise BadFile(f"{name} is no dataset of {'numbers' if kinds == 'iuf' else 'letters'}", file=source.name)
        if dataset.is_virtual or dataset.external:
            raise BadFile(
                f"The values of {name} lie in other files", file=source.name, next_step="Pack them into one file."
            )
        if dataset.shape is None:
            raise BadFile(f"{name} is declared without any values", file=source.name)
        if dataset.size > limit_values:
            raise BadFile(
                f"{name} declares {dataset.shape} values, more than the {limit_values:,} that are accepted",
                file=source.name,
            )
        return np.asarray(dataset[()])


def attribute(holder: Any, name: str, source: Source) -> Any:
    """An attribute as a plain number or text, stored as a scalar or as an array of length one; None where absent."""
    with _told(source, f"Attribute {name}"):
        if name not in holder.attrs:
            return None
        value = np.asarray(holder.attrs[name])
        if value.size != 1:
            return None
        plain = value.reshape(-1)[0]
        plain = plain.item() if isinstance(plain, np.generic) else plain
        return plain.decode("utf-8", "replace").strip() if isinstance(plain, bytes) else plain


@contextmanager
def _told(source: Source, what: str) -> Iterator[None]:
    try:
        yield
    except BadFile:
        raise
    except _FAILURES as error:
        raise BadFile(
            f"{what} is damaged ({_brief(error)})", file=source.name, next_step="Fetch the file again."
        ) from error


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
