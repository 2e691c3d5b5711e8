"""A station's day published into its month, day after day, durably: on this disk, and where fsync costs nothing."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from archive_work.made_up import ME, Size, arrival, minute_series
from archive_work.timing import fsync_ms, in_ms
from soap.archive import Archive, publish
from soap.core.settings import Settings

DAYS = 30


def measure(work: Path, size: Size) -> dict[str, Any]:
    """Of the days of a month: median, mean and slowest, a few of which write the month anew with what was added."""
    disk = work / "days-on-disk"
    disk.mkdir()
    figures: dict[str, Any] = {"fsync": fsync_ms(disk), "this disk": published_days(disk / "archive", size)}
    with _memory_folder() as memory:
        if memory is not None:
            figures["in memory, where fsync costs nothing"] = published_days(memory / "archive", size)
    return figures


def published_days(folder: Path, size: Size) -> dict[str, float]:
    """Each day of a month published on its own, after a month that warms up."""
    archive = Archive.open(Settings(archive=folder))
    day = np.timedelta64(1, "D")
    took = []
    for number in range(-5, DAYS):
        start = (size.stop if number >= 0 else np.datetime64("2015-06-15", "ns")) + number * day
        one = arrival(f"day {number}", minute_series(0, start, start + day))
        began = time.perf_counter()
        publish.publish(archive, ME, [one])
        took.append(time.perf_counter() - began)
    counted = took[5:]
    return in_ms(counted) | {"mean_ms": 1e3 * statistics.mean(counted), "slowest_ms": 1e3 * max(counted)}


@contextmanager
def _memory_folder() -> Iterator[Path | None]:
    place = Path("/dev/shm")
    if not place.is_dir():
        yield None
        return
    folder = Path(tempfile.mkdtemp(dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
