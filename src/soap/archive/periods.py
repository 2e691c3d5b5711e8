"""Granules' periods: which calendar day, month, year, half-orbit or map day a time belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from soap.archive.block import Block, observed
from soap.core.time import period_starts

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_SECONDS = (365.25 * 86400, 30.4375 * 86400, 86400, 3600, 60, 1)

_LABEL_LENGTH = {"day": 10, "month": 7, "year": 4}


def granule_id(collection_id: str, platform: str, period: str, provider: str = "") -> str:
    """The granule's public name; with the code of the member that handed it in, if one did."""
    parts = (collection_id, platform, period, *((provider,) if provider else ()))
    return ":".join(part.replace(":", "%3A") for part in parts)


def split(block: Block) -> Iterator[tuple[str, Block]]:
    """The block cut into granules, as (period, part); periods are `2016-04-13`, `2016-04`, `2016` or a half-orbit."""
    half_orbit = str(block.attrs.get("half_orbit_id", ""))
    if block.attrs["shape"] == "track" and half_orbit:
        yield half_orbit, block
        return
    period = calendar_period(block)
    block = _seen(block)
    first, last = period_starts(block.time[[0, -1]], period)
    if first == last:
        yield str(first)[: _LABEL_LENGTH[period]], block
        return
    starts = period_starts(block.time, period)
    edges = [0, *(np.flatnonzero(starts[1:] != starts[:-1]) + 1).tolist(), len(starts)]
    for begin, end in pairwise(edges):
        yield str(starts[begin])[: _LABEL_LENGTH[period]], _seen(block[begin:end])


def _seen(block: Block) -> Block:
    """Rays at the times and of the satellites that have any value or flag; others as they are."""
    if block.attrs["shape"] != "rays":
        return block
    there = observed(block)
    part = np.ix_(there.any(axis=1), there.any(axis=0))
    return replace(
        block,
        time=block.time[part[0].ravel()],
        values={name: array[part] for name, array in block.values.items()},
        flags={name: array[part] for name, array in block.flags.items()},
        finality={name: array[part] for name, array in block.finality.items()},
        axes={"sv": block.axes["sv"][part[1].ravel()]},
    )


def calendar_period(block: Block) -> str:
    """day (cadence <= 1 s, and all maps, rays, tracks and profiles), month (<= 1 min) or year of a block."""
    if block.attrs["shape"] != "series":
        return "day"
    seconds = cadence_seconds(str(block.attrs.get("cadence", "")))
    if seconds is None and len(block.time) > 1:
        seconds = float(np.median(np.diff(block.time)) / np.timedelta64(1, "s"))
    if seconds is None or seconds > 60:
        return "year"
    return "day" if seconds <= 1 else "month"


@lru_cache(maxsize=1024)
def cadence_seconds(duration: str) -> float | None:
    """Seconds of an ISO 8601 duration (`PT1M`, `P1D`); None when it is none."""
    match = _DURATION.fullmatch(duration.upper())
    if not match or not any(match.groups()):
        return None
    return sum(float(part or 0) * seconds for part, seconds in zip(match.groups(), _SECONDS, strict=True))
