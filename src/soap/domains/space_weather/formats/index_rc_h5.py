"""The RC index (DTU) in the HDF5 file of ChaosMagPy: hourly ring current, external and induced parts, since 1997.

Time is in days since 2000-01-01T00:00 (MJD2000), at the centre of the hour.
"""

from __future__ import annotations

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import NS
from soap.domains.space_weather.names import NAMES
from soap.formats import Reader, Reading, Source, hdf5
from soap.formats.reader import scan_by_reading
from soap.observations import series

_DATASETS = {"rc": "RC", "rc_external": "RC_e", "rc_internal": "RC_i"}
_EPOCH = np.datetime64("2000-01-01", "s")
_CLOSURE_NT = 0.0015
"""RC is the sum of its parts, each rounded to 0.001 nT."""
_LARGEST_NT = 1e5
"""More than the whole field of the Earth: damage, not a storm."""
_MATURITY = {b"D": "definitive", b"P": "provisional"}


def confirm(source: Source) -> bool:
    """True when the file holds the index's datasets."""
    with hdf5.opened(source) as file:
        return hdf5.names(file, source) >= {"time", "flag", *_DATASETS.values()}


def read(source: Source) -> Reading:
    """RC of every hour and its two parts."""
    with hdf5.opened(source) as file:
        if not hdf5.names(file, source) >= {"time", "flag", *_DATASETS.values()}:
            raise BadFile("The HDF5 file lacks the datasets of the RC index", file=source.name)
        days = hdf5.numbers(file, "time", source)
        columns = {name: hdf5.numbers(file, key, source) for name, key in _DATASETS.items()}
        flags = hdf5.numbers(file, "flag", source, kinds="S")
    if any(values.shape != days.shape or days.ndim != 1 for values in (*columns.values(), flags)):
        raise BadFile("The datasets of the RC index differ in length", file=source.name)
    time = _instants(days, source.name)
    if any((np.abs(values) > _LARGEST_NT).any() for values in columns.values()):
        raise BadFile(f"RC or a part of it exceeds {_LARGEST_NT:g} nT", file=source.name, next_step="Fetch it again.")
    with np.errstate(invalid="ignore"):  # a NaN may be a signalling one
        off = np.abs(columns["rc"] - columns["rc_external"] - columns["rc_internal"])
    if (off > _CLOSURE_NT).any():
        raise BadFile(
            f"RC is not the sum of its parts at {time[int(np.nanargmax(off))]}",
            file=source.name,
            next_step="The file is damaged; fetch it again.",
        )
    words = {_MATURITY.get(bytes(flag), bytes(flag).decode("ascii", "replace")) for flag in np.unique(flags)}
    dataset = series(
        time, columns, names=NAMES, collection_id="space_weather.rc.pt1h", cadence="PT1H", platform="rc",
        place="global", time_stamp="centre", maturity=words.pop() if len(words) == 1 else "",
    )  # fmt: skip
    notes = [f"Hours of more than one maturity: {', '.join(sorted(words))}."] if words else []
    return Reading((dataset,), notes=tuple(notes))


def _instants(days: np.ndarray, file: str) -> np.ndarray:
    """Times from days since 2000, to the second; `BadFile` unless they are centres of hours that rise."""
    if not len(days) or not (np.abs(days) < 90_000).all():
        raise BadFile("The times are not days since 2000-01-01", file=file)
    seconds = np.rint(days * 86_400).astype(np.int64)
    if (seconds % 3_600 != 1_800).any() or (np.diff(seconds) <= 0).any():
        raise BadFile("The times are not rising centres of hours", file=file, next_step="Fetch the file again.")
    return (_EPOCH + seconds).astype(NS)


READER = Reader(
    name="index_rc_h5",
    title="RC ring current index (DTU)",
    shape="series",
    level="L2",
    status="beta",
    spec="N. Olsen et al., The CHAOS-4 geomagnetic field model, Geophys. J. Int. 197, 2014; doi:10.1093/gji/ggu033",
    sniff=lambda head, name: hdf5.is_hdf5(head),
    read=read,
    scan=scan_by_reading(read),
    confirm=confirm,
)
