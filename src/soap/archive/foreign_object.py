"""Objects that another archive wrote, judged before they are taken: whole, of what they claim, and of no evil size.

Their bytes are kept as they came, so that they have the same SHA-256 everywhere; what the catalogue tells of them is
worked out here from what they hold, and never believed.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from zipfile import ZipFile

import numpy as np

from soap.archive.block import Block, to_dataset
from soap.archive.encoding import decode, suffix_of
from soap.archive.events_object import decode_events
from soap.archive.identifiers import check_code, check_collection, check_earthquakes, check_granule, check_words
from soap.archive.periods import granule_id
from soap.core.errors import BadFile, SoapError
from soap.core.time import period_starts
from soap.observations import Earthquake, check
from soap.observations.check import COLLECTION_ID, DIMENSIONS

MOST_BYTES = 1 << 29
"""Most bytes of an object that is taken."""

MOST_DECODED = 1 << 31
"""Most bytes that an object's values may take in memory."""

_MOST_SATELLITES = 1000


@dataclass(frozen=True)
class Claim:
    """What an object is said to be part of."""

    granule_id: str
    collection_id: str
    provider: str
    platform: str
    period: str
    shape: str
    simulated: bool
    cadence: str
    level: str


def check_claim(claim: Claim) -> None:
    """`BadObservation` or `BadFile` for a granule that no archive can hold, or whose name is not that of its parts."""
    if not COLLECTION_ID.fullmatch(claim.collection_id) or claim.shape not in (*DIMENSIONS, "events"):
        raise BadFile(f"{claim.collection_id[:80]!r} of {claim.shape[:20]!r} is no collection", next_step=_ASK)
    check_collection(claim.collection_id, claim.cadence, claim.level)
    check_granule(claim.granule_id, claim.platform, claim.period)
    if claim.granule_id != granule_id(claim.collection_id, claim.platform, claim.period, claim.provider):
        raise BadFile(f"{claim.granule_id[:80]!r} is not the name of what it is said to be", next_step=_ASK)


def values_in(content: bytes, claim: Claim) -> Block:
    """The values in an object; `BadFile` unless they are whole, and all of what is claimed."""
    with_ending = f"{claim.granule_id}.{suffix_of(claim.shape)}"
    try:
        _check_size(content, claim)
        block = decode(content, with_ending)
        _check_block(block, claim)
    except SoapError as error:
        raise BadFile(_fact(claim, error), next_step=_ASK) from error
    except Exception as error:  # what libraries raise on bytes made up to harm is not told by them
        raise BadFile(_fact(claim, error), next_step=_ASK) from error
    return block


def earthquakes_in(content: bytes, claim: Claim) -> dict[str, Earthquake]:
    """The earthquakes in an object, by identifier; `BadFile` unless they are whole, and all of the claimed year."""
    try:
        _check_parquet(content)
        found = decode_events(content, claim.granule_id)
        check_earthquakes(found)
        years = {str(one)[:4] for one in period_starts(np.array([event.time for event in found], "M8[ns]"), "year")}
        if years - {claim.period}:
            raise BadFile(f"it holds earthquakes of {', '.join(sorted(years))}")
    except SoapError as error:
        raise BadFile(_fact(claim, error), next_step=_ASK) from error
    except Exception as error:  # as in `values_in`
        raise BadFile(_fact(claim, error), next_step=_ASK) from error
    return {event.event_id: event for event in found}


_ASK = "It was not taken; ask who runs the node."


def _fact(claim: Claim, error: Exception) -> str:
    said = error.fact if isinstance(error, BadFile) else f"{type(error).__name__}: {error}"
    return f"An object of {claim.granule_id} cannot be taken ({said[:500]})"


def _check_size(content: bytes, claim: Claim) -> None:
    if suffix_of(claim.shape) == "zarr.zip":
        _check_zarr(content)
    else:
        _check_parquet(content, rays=claim.shape == "rays")


def _check_parquet(content: bytes, *, rays: bool = False) -> None:
    """`BadFile` where what the bytes unpack to would fill the memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(pa.BufferReader(content))
    told = file.metadata
    rows = told.num_rows
    _check_bytes(max(rows * told.num_columns * 8, sum(told.row_group(one).total_byte_size
                                                      for one in range(told.num_row_groups))))  # fmt: skip
    manifest = json.loads((told.metadata or {}).get(b"soap", b"{}"))
    even = manifest.get("even_time")
    if even is not None and even[2] != rows:
        raise BadFile(f"it holds {rows} rows and claims {even[2]} times")
    if rays:
        satellites = file.read(["sv"], use_threads=False)["sv"].combine_chunks().dictionary
        if len(satellites) > _MOST_SATELLITES:
            raise BadFile(f"it holds {len(satellites)} satellites")
        _check_bytes(rows * len(satellites) * told.num_columns)


def _check_zarr(content: bytes) -> None:
    with ZipFile(io.BytesIO(content)) as pack:
        _check_bytes(sum(one.file_size for one in pack.infolist()))
        size = 0
        for name in pack.namelist():
            if name.endswith("zarr.json"):
                told = json.loads(pack.read(name))
                if told.get("node_type") == "array":
                    size += 8 * int(np.prod([int(one) for one in told["shape"]], dtype=object))
        _check_bytes(size)


def _check_bytes(size: int) -> None:
    if size > MOST_DECODED:
        raise BadFile(f"it would take {size} bytes in memory, and at most {MOST_DECODED} are taken")


def _check_block(block: Block, claim: Claim) -> None:
    attrs = block.attrs
    for name in ("collection_id", "platform", "shape", "simulated", "level"):
        if attrs.get(name) != getattr(claim, name):
            raise BadFile(f"it says {name} {str(attrs.get(name))[:80]!r}, and is said to be {getattr(claim, name)!r}")
    check(to_dataset(block))
    check_words(str(attrs["maturity"]), block.values)
    check_code(str(attrs.get("code_scheme", "")), claim.platform.upper())
    for ranks in block.finality.values():
        if ranks.dtype != np.int8 or ranks.min() < -1 or ranks.max() > 4:
            raise BadFile("its finality is none")
    if claim.shape == "track" and attrs.get("half_orbit_id"):
        if str(attrs["half_orbit_id"]) != claim.period:
            raise BadFile(f"it is of the half-orbit {attrs['half_orbit_id']!r}")
        return
    ends = [str(time)[: len(claim.period)] for time in block.time[[0, -1]]]
    if len(claim.period) not in (4, 7, 10) or set(ends) != {claim.period}:
        raise BadFile(f"its times are of {ends[0]} to {ends[1]}")
