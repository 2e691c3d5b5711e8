"""Durations as figures, the time this disk takes to make bytes durable, and the memory a piece of work needs."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

RUNS = 9


def seconds(work: Callable[[], object], runs: int = RUNS, warm: int = 2) -> list[float]:
    """Durations of `runs` runs, rising, after `warm` that are not counted."""
    out = []
    for _ in range(warm + runs):
        began = time.perf_counter()
        work()
        out.append(time.perf_counter() - began)
    return sorted(out[warm:])


def in_ms(durations: list[float]) -> dict[str, float]:
    """Median and fastest [ms]."""
    return {"median_ms": 1e3 * statistics.median(durations), "fastest_ms": 1e3 * min(durations)}


def percentiles_ms(durations: list[float]) -> dict[str, float]:
    """Median, 99th percentile and slowest [ms] of rising durations."""
    rising = sorted(durations)
    return {
        "median_ms": 1e3 * statistics.median(rising),
        "p99_ms": 1e3 * rising[min(len(rising) - 1, int(0.99 * len(rising)))],
        "slowest_ms": 1e3 * rising[-1],
    }


def fsync_ms(folder: Path, size: int = 128 << 10) -> dict[str, float]:
    """What durability costs here: fsync of a file just written, and of its folder after a rename."""
    file_s, folder_s = [], []
    for number in range(20):
        aside, kept = folder / "aside", folder / f"kept{number}"
        with aside.open("wb") as stream:
            stream.write(os.urandom(size))
            stream.flush()
            file_s += seconds(lambda stream=stream: os.fsync(stream.fileno()), runs=1, warm=0)
        aside.replace(kept)
        handle = os.open(folder, os.O_RDONLY)
        folder_s += seconds(lambda handle=handle: os.fsync(handle), runs=1, warm=0)
        os.close(handle)
        kept.unlink()
    return {"file_ms": 1e3 * statistics.median(file_s), "folder_ms": 1e3 * statistics.median(folder_s)}


def bytes_below(folder: Path, pattern: str = "**/*") -> int:
    """Size of the files below a folder."""
    return sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file())


def _with_peak(work: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    answer = work(*arguments)
    return answer, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_own_process(work: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """What `work` gives, run in a process of its own, and that process's peak memory [MB]."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_with_peak, work, *arguments).result()
