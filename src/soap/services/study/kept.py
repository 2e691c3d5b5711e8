"""Studies kept in the archive: a study's files as one product, listed, fetched, and released to everybody."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from soap.archive import Archive
from soap.archive import products as held
from soap.archive.product_inputs import ListedStation
from soap.archive.products import Product, must_keep
from soap.core.errors import BadFile, NotFound
from soap.core.who import Viewer
from soap.services.study import result
from soap.services.study.provenance import check_provenance

__all__ = ["Product", "fetch", "keep", "kept", "must_keep", "one", "owners", "packed", "release", "text"]

KIND = "study"
_FILES = (result.RESULT, result.PROVENANCE, result.REPORT)
MEDIA = "application/zip"
_TITLE_LENGTH = 200
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class Packed:
    """A study's files as one, what they are called, and what they were made of."""

    title: str
    content: bytes
    inputs: tuple[str, ...]
    stations: tuple[ListedStation, ...]


def keep(viewer: Viewer, archive: Archive, directory: str | Path) -> str:
    """Keep the study in `directory` (numbers, provenance and, where it is there, the report); its identifier.

    Who may see all its input granules, and the stations that placed them, may see it. What these are is believed of
    its provenance, as the numbers are of its result: who could read an input, and leaves it out, publishes what they
    could as well have handed in as their own. Who keeps it is recorded; `rerun` tells what else it was made of. Raises
    `BadFile` when the folder holds no study, `NotFound` when an input is not in this archive, or the viewer may not
    see it.
    """
    study = packed(directory)
    return held.keep(archive, viewer, KIND, study.title, study.content, MEDIA, study.inputs, study.stations)


def packed(directory: str | Path) -> Packed:
    """The study in `directory`, ready to be kept; `BadFile` when the folder holds none."""
    folder = Path(directory)
    result.read(folder, result.RESULT)
    origin = result.read(folder, result.PROVENANCE)
    check_provenance(origin, f"{folder}/{result.PROVENANCE}")
    inputs = tuple(f"{one['granule_id']}@{one['version']}" for one in origin["inputs"])
    title = str(origin["study"].get("title") or "study")[:_TITLE_LENGTH]
    stations = tuple(
        ListedStation(one["code_scheme"], one["code"], one["provider"], one["original"])
        for one in origin.get("stations", ())
    )
    return Packed(title, _packed(folder), inputs, stations)


def kept(viewer: Viewer, archive: Archive) -> tuple[Product, ...]:
    """Kept studies that the viewer may see, first made first."""
    return held.products(archive, viewer, kind=KIND)


def fetch(viewer: Viewer, archive: Archive, product_id: str, out_dir: str | Path) -> tuple[Path, ...]:
    """Write the files of a kept study to `out_dir`; their paths. `NotFound` when the viewer sees no such study."""
    one(viewer, archive, product_id)
    content = held.product_content(archive, viewer, product_id)
    folder = Path(out_dir)
    result.check_folder(folder)
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        texts = {name: files.read(name).decode() for name in _FILES if name in files.namelist()}
    result.clear(folder)
    return tuple(result.write_text(folder, name, text) for name, text in texts.items())


def one(viewer: Viewer, archive: Archive, product_id: str) -> Product:
    """One kept study; `NotFound` when the viewer sees no such study."""
    found = held.product(archive, viewer, product_id)
    if found.kind != KIND:
        raise NotFound(f"{product_id} is no study.", command="`soap study list` lists those there are.")
    return found


def owners(viewer: Viewer, archive: Archive, product_id: str) -> frozenset[str]:
    """Whose data a kept study was made of: members' codes, empty the archive's own; errors as `one`."""
    one(viewer, archive, product_id)
    return held.owners(archive, viewer, product_id)


def text(viewer: Viewer, archive: Archive, product_id: str, name: str) -> bytes:
    """One of the files of a kept study; errors as `one`, `BadFile` when it is not there or too large to be shown."""
    one(viewer, archive, product_id)
    with zipfile.ZipFile(io.BytesIO(held.product_content(archive, viewer, product_id))) as files:
        if name not in files.namelist() or files.getinfo(name).file_size > _MOST_BYTES:
            raise BadFile(f"It holds no {name} of at most {_MOST_BYTES:,} bytes", file=product_id,
                          next_step="Fetch the study's files.")  # fmt: skip
        with files.open(name) as file:
            content = file.read(_MOST_BYTES + 1)
    return content


def release(
    viewer: Viewer, archive: Archive, product_id: str, *, owner: str | None = None, withdraw: bool = False
) -> bool:
    """Release a study to everybody for an owner of its inputs, or take that back; True when everybody sees it now."""
    if withdraw:
        held.withdraw(archive, viewer, product_id, owner)
        return False
    return held.release(archive, viewer, product_id, owner)


def _packed(folder: Path) -> bytes:
    """The study's files in one zip; the same files give the same bytes."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as files:
        for name in _FILES:
            path = folder / name
            if not path.is_file():
                continue
            entry = zipfile.ZipInfo(name)  # dated 1980, whenever it is packed
            entry.compress_type = zipfile.ZIP_DEFLATED
            try:
                files.writestr(entry, path.read_bytes())
            except OSError as error:
                raise BadFile(f"It cannot be read ({error.strerror})", file=str(path)) from error
    return sink.getvalue()
