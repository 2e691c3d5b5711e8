"""Rebuild: objects that were lost, made anew from the originals that went into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby, islice, permutations
from math import factorial
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

_ORDERS = 24
"""Most orders that are tried of files of one name that were handed in together."""

_MOST_ADDED = (0, 2**31)
"""A lost object held a granule whole, or was added to others: each comes out where that is always done."""


def rebuild(
    viewer: Viewer, archive: Archive, composition: Composition, losses: Iterable[Loss]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put lost objects back; keys of those that are there again, and why the others are not.

    The originals behind them are published once more, in the order of their first publication, in an archive of its
    own that is thrown away. What comes out is taken only where its SHA-256 is the recorded one, so that nothing can
    be put in place of the lost object but the lost object. That fails when an original is lost too, or when a reader
    has since learnt to read it differently. What does not come out is tried without quality control, as before there
    was any, and, where files of one name were handed in together, in their other orders.
    """
    lost = {loss.sha256: loss.key for loss in losses if loss.key.startswith("objects/")}
    rebuilt: set[str] = set()
    remarks: dict[str, None] = {}
    batches = lineage(archive, lost.values()) if lost else ()
    for one in (composition, replace(composition, quality_controls=())):
        for order in range(_orders(batches)):
            arranged = [_arranged(batch, order) for batch in batches]
            for most_added in _MOST_ADDED:
                left = {checksum: key for checksum, key in lost.items() if key not in rebuilt}
                if left:
                    rebuilt |= _attempt(viewer, archive, one, arranged, left, remarks, most_added)
    return tuple(sorted(rebuilt)), tuple(remarks)


def _attempt(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    batches: Iterable[tuple[Filed, ...]],
    lost: Mapping[str, str],
    remarks: dict[str, None],
    most_added: int,
) -> set[str]:
    """Publish originals anew, elsewhere, and take what was lost from what comes out; its keys."""
    rebuilt: set[str] = set()
    with TemporaryDirectory(prefix="soap-rebuild-") as folder:
        bench = Archive.open(Settings(archive=Path(folder), catalogue="", objects=""))
        for batch in batches:
            arrivals = [one for filed in batch if (one := _arrival(archive, composition, filed, remarks)) is not None]
            publish.publish(bench, viewer, arrivals, provider=batch[0].provider, most_added=most_added)
        with archive.while_publishing():
            for key in bench.objects.keys("objects"):
                content = bench.objects.get(key)
                if (wanted := lost.get(sha256(content))) is not None:
                    archive.objects.put(wanted, content)
                    rebuilt.add(wanted)
        bench.catalogue.engine.dispose()
    return rebuilt


def _orders(batches: Iterable[tuple[Filed, ...]]) -> int:
    """In how many orders files of one name may have come."""
    alike = [count for batch in batches for count in Counter(filed.name for filed in batch).values()]
    return min(_ORDERS, factorial(min(max(alike, default=1), 10)))


def _arranged(batch: tuple[Filed, ...], order: int) -> tuple[Filed, ...]:
    """The batch by name, files of one name in one of their orders."""
    out: list[Filed] = []
    for _, alike in groupby(batch, key=lambda filed: filed.name):
        some = tuple(alike)
        number = order % factorial(min(len(some), 10))
        out.extend(next(islice(permutations(some), number, None)))
    return tuple(out)


def _arrival(archive: Archive, composition: Composition, filed: Filed, remarks: dict[str, None]) -> Arrival | None:
    """A kept original, read again; None with a remark when that cannot be."""
    try:
        content = archive.objects.get(filed.key)
        if sha256(content) != filed.sha256:
            raise NotFound("its bytes are damaged.")
        reader, reading = read_bytes(composition, filed.name, content)
    except SoapError as error:
        remarks[f"The original {filed.sha256} ({filed.name}) is of no use for rebuilding: {error}"] = None
        return None
    return Arrival(filed.name, content, filed.sha256, reader, reading)
