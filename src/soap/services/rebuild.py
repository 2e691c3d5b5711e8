"""Rebuild: objects that were lost, made anew from the originals that went into them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from soap.archive import Archive, publish
from soap.archive.draft import Arrival
from soap.archive.lineage import Filed, lineage
from soap.archive.objects import sha256
from soap.archive.verify import Loss
from soap.core.errors import NotFound, SoapError
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.file_reading import read_bytes


def rebuild(
    viewer: Viewer, archive: Archive, composition: Composition, losses: Iterable[Loss]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put lost objects back; keys of those that are there again, and why the others are not.

    The originals behind them are published once more, in the order of their first publication, in an archive of its
    own that is thrown away. What comes out is taken only where its SHA-256 is the recorded one, so that nothing can
    be put in place of the lost object but the lost object. That fails when an original is lost too, or when a reader
    has since learnt to read it differently.
    """
    lost = {loss.sha256: loss.key for loss in losses if loss.key.startswith("objects/")}
    if not lost:
        return (), ()
    remarks: list[str] = []
    rebuilt: list[str] = []
    with TemporaryDirectory(prefix="soap-rebuild-") as folder:
        bench = Archive.open(Settings(archive=Path(folder), catalogue="", objects=""))
        for batch in lineage(archive, lost.values()):
            arrivals = [one for filed in batch if (one := _arrival(archive, composition, filed, remarks)) is not None]
            publish.publish(bench, viewer, arrivals, provider=batch[0].provider)
        with archive.while_publishing():
            for key in bench.objects.keys("objects"):
                content = bench.objects.get(key)
                if (wanted := lost.get(sha256(content))) is not None:
                    archive.objects.put(wanted, content)
                    rebuilt.append(wanted)
    return tuple(sorted(rebuilt)), tuple(remarks)


def _arrival(archive: Archive, composition: Composition, filed: Filed, remarks: list[str]) -> Arrival | None:
    """A kept original, read again; None with a remark when that cannot be."""
    try:
        content = archive.objects.get(filed.key)
        if sha256(content) != filed.sha256:
            raise NotFound("its bytes are damaged.")
        reader, reading = read_bytes(composition, filed.name, content)
    except SoapError as error:
        remarks.append(f"The original {filed.sha256} ({filed.name}) is of no use for rebuilding: {error}")
        return None
    return Arrival(filed.name, content, filed.sha256, reader, reading)
