"""Blocks of several granules as one: in succession, and united where members handed in the same times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from soap.archive.block import Block, in_succession, of_same_satellites, unite
from soap.archive.records import GranuleRecord
from soap.core.errors import BadObservation, BadParameter


@dataclass(frozen=True)
class Piece:
    """What one granule holds in a window."""

    record: GranuleRecord
    block: Block


def check_kind(records: Iterable[GranuleRecord]) -> None:
    """`BadParameter` when observed and simulated granules, or granules of several shapes, answer together."""
    found = list(records)
    for name, words in (("simulated", ("real", "simulated")), ("shape", None)):
        kinds: dict = {}
        for record in found:
            kinds.setdefault(getattr(record, name), set()).add(record.provider)
        if len(kinds) > 1:
            told = "; ".join(
                f"{words[kind] if words else kind} observations of {called(providers)}"
                for kind, providers in sorted(kinds.items())
            )
            raise BadParameter(f"{found[0].collection_id} is held as {told}; {_one_of(found)}")


def maturity_of(records: Iterable[GranuleRecord]) -> str:
    """The granules' words for maturity, each once, comma-separated."""
    return ", ".join(dict.fromkeys(word for record in records for word in record.maturity.split(", ") if word))


def called(providers: Iterable[str]) -> str:
    """Providers as a person reads them."""
    return ", ".join(provider or "the archive itself" for provider in sorted(set(providers)))


def joined(pieces: Sequence[Piece]) -> Block:
    """Pieces as one block by time; where a period lacks a variable, it is missing.

    Raises `BadParameter` when units or grid change between them, or `by_time` does.
    """
    blocks = [piece.block for piece in by_time(pieces)]
    last = blocks[-1]
    if len(blocks) == 1:
        return last
    _check_units(pieces)
    blocks = list(of_same_satellites(blocks))
    last = blocks[-1]
    if any(not np.array_equal(block.axes[name], last.axes[name]) for block in blocks for name in last.axes):
        several = len({piece.record.provider for piece in pieces}) > 1
        step = _one_of(piece.record for piece in pieces) if several else "ask for a shorter one."
        raise BadParameter(f"{last.attrs['collection_id']} changes its grid in this window; {step}")
    described: dict = {}
    for block in blocks:
        described |= block.described
    return replace(in_succession(blocks), attrs=last.attrs, described=described)


def by_time(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces by time, those of several members that hold the same times united in the order of their recording.

    Tracks and maps are united by half-orbit and day, series wherever they overlap. Raises `BadParameter` when they do
    not fit together.
    """
    ordered = sorted(pieces, key=lambda piece: (piece.block.time[0], piece.record.platform, piece.record.provider))
    if len({piece.record.provider for piece in ordered}) <= 1:
        return ordered
    groups: dict[tuple[str, str], list[Piece]] = {}
    reach: dict[str, np.datetime64] = {}
    stretch: dict[str, int] = {}
    for piece in ordered:
        platform, time = piece.record.platform, piece.block.time
        part = piece.record.period
        if piece.record.shape == "series":
            if platform not in reach or time[0] > reach[platform]:
                stretch[platform] = stretch.get(platform, 0) + 1
            reach[platform] = max(time[-1], reach.get(platform, time[-1]))
            part = str(stretch[platform])
        groups.setdefault((platform, part), []).append(piece)
    united = sorted((_united(group) for group in groups.values()), key=lambda piece: piece.block.time[0])
    _check_apart(united, ordered)
    return united


def overlapping(records: Iterable[GranuleRecord]) -> list[list[GranuleRecord]]:
    """Granules by time, those of which several members may hold the same times in one group."""
    ordered = sorted(records, key=lambda record: (record.window.start, record.platform, record.provider))
    if len({record.provider for record in ordered}) <= 1:
        return [[record] for record in ordered]
    groups: list[list[GranuleRecord]] = []
    reach = None
    for record in ordered:
        if reach is None or record.window.start >= reach:
            groups.append([])
        groups[-1].append(record)
        reach = record.window.stop if reach is None else max(reach, record.window.stop)
    return groups


def _united(group: Sequence[Piece]) -> Piece:
    if len(group) == 1:
        return group[0]
    recorded = sorted(group, key=lambda piece: (piece.record.recorded_from, piece.record.provider))
    try:
        block = reduce(unite, [piece.block for piece in recorded])
    except BadObservation as error:
        reason = str(error).rstrip(".")
        raise BadParameter(f"{reason}; {_one_of(piece.record for piece in group)}") from error
    attrs = {**block.attrs, "maturity": maturity_of(piece.record for piece in recorded)}
    return Piece(recorded[-1].record, replace(block, attrs=attrs))


def _check_apart(united: Sequence[Piece], pieces: Sequence[Piece]) -> None:
    """Members may cut a satellite's half-orbits differently: then the same times would come twice."""
    providers: dict[tuple[str, str], set[str]] = {}
    for piece in pieces:
        providers.setdefault((piece.record.platform, piece.record.period), set()).add(piece.record.provider)
    platforms: dict[str, list[Piece]] = {}
    for piece in united:
        platforms.setdefault(piece.record.platform, []).append(piece)
    for some in platforms.values():
        time = np.concatenate([piece.block.time for piece in some])
        owner = np.repeat(np.arange(len(some)), [len(piece.block.time) for piece in some])
        order = np.argsort(time, kind="stable")
        twice = np.flatnonzero(np.diff(time[order]) == np.timedelta64(0))
        pairs = {(int(owner[order[at]]), int(owner[order[at + 1]])) for at in twice}
        for one, two in sorted(pairs):
            first, second = (some[at].record for at in (one, two))
            if len(providers[first.platform, first.period] | providers[second.platform, second.period]) > 1:
                raise BadParameter(
                    f"{first.collection_id}: {first.period} and {second.period} hold the same times;"
                    f" {_one_of(piece.record for piece in pieces)}"
                )


def _check_units(pieces: Sequence[Piece]) -> None:
    known: dict[str, tuple[str, GranuleRecord]] = {}
    for piece in pieces:
        for name in piece.block.values:
            units = str(piece.block.described.get(name, {}).get("units"))
            first, record = known.setdefault(name, (units, piece.record))
            if units != first:
                step = (
                    _one_of((record, piece.record))
                    if record.provider != piece.record.provider
                    else "ask for a shorter window."
                )
                raise BadParameter(f"{name} of {record.collection_id} is held in {first} and in {units}; {step}")


def _one_of(records: Iterable[GranuleRecord]) -> str:
    """The next step where what several members handed in does not go together."""
    providers = sorted({record.provider for record in records})
    return (
        f"it was handed in by {called(providers)}, and does not go together: ask for one with"
        f" provider={' or provider='.join(repr(provider) for provider in providers)}."
    )
