"""From the walk to planes of values: places for every code and satellite, then one reading of the file."""

from __future__ import annotations

import mmap
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadFile
from soap.domains.ionosphere.formats.gnss_rinex_observation import kernels
from soap.domains.ionosphere.formats.gnss_rinex_observation.header import Header
from soap.domains.ionosphere.formats.gnss_rinex_observation.observation_types import READ, translated
from soap.domains.ionosphere.formats.gnss_rinex_observation.tables import MAX_ORDER, SATELLITES, SPOILT, UNSTARTED
from soap.domains.ionosphere.formats.gnss_rinex_observation.walk import Walk, text_end
from soap.domains.ionosphere.science.gnss.observation import SystemObservations
from soap.formats.source import Source

_CELLS_A_BYTE = 16
_CELLS_FREE = 4_000_000
_CELLS_MOST = 500_000_000


@dataclass
class Plan:
    """Which codes and satellites of a system there are, and where their planes begin in the one array of values."""

    system: str
    codes: list[str]
    numbers: np.ndarray
    begin: int = 0

    def size(self, n_times: int) -> int:
        """Cells of one plane."""
        return len(self.numbers) * n_times


@dataclass
class Filled:
    """The arrays that the kernel filled, the plan of their planes, and what was amiss."""

    plans: list[Plan]
    values: np.ndarray
    flags: np.ndarray
    spoilt: int
    unstarted: int


LOCK, LOCK_AND_STRENGTH = 15, 255
"""What is kept of the two flags of a value."""


def fill(
    source: Source, header: Header, walk: Walk, placed: np.ndarray, codes: Collection[str] | None, mask: int = LOCK
) -> Filled:
    """Read all values. `placed` is the time index of each epoch, -1 for one left out; `mask` the flags to keep."""
    n_times = int(placed.max(initial=-1)) + 1
    plans = _plans(header, walk, codes)
    total = sum(len(plan.codes) * plan.size(n_times) for plan in plans)
    _check_size(source, total)
    values, flags = np.zeros(total), _sparse(total)
    base = np.full(SATELLITES, -1, np.int64)
    strides = np.zeros((27, 2), np.int64)
    begin = 0
    for plan in plans:
        plan.begin = begin
        strides[ord(plan.system) - 64] = plan.size(n_times), len(plan.numbers)
        base[plan.numbers] = begin + np.arange(len(plan.numbers))
        begin += len(plan.codes) * plan.size(n_times)
    found = np.zeros(2, np.int64)
    tables = _tables(header, walk, plans)
    data = np.frombuffer(source.data, np.uint8)[: text_end(source.data)]
    arguments: tuple = (data, walk.epochs, 0, len(walk.epochs) - 1, placed, walk.rows, *tables, base, strides, values,
                        flags, found, mask)  # fmt: skip
    if header.compact:
        arguments += (*_state(plans, walk, tables[3]), header.version)
        kernels.read_compact(*arguments)
    elif header.version == 2:
        kernels.read_second(*arguments)
    else:
        kernels.read_third(*arguments)
    return Filled(plans, values, flags, int(found[SPOILT]), int(found[UNSTARTED]))


def systems(filled: Filled, n_times: int) -> dict[str, SystemObservations]:
    """The planes as observations of each system; codes of which the file has no value are left out."""
    made = {}
    for plan in filled.plans:
        size, n_codes = plan.size(n_times), len(plan.codes)
        values = filled.values[plan.begin : plan.begin + n_codes * size]
        flags = filled.flags[plan.begin : plan.begin + n_codes * size]
        kept = np.zeros(n_codes, np.bool_)
        kernels.has_values(values, n_codes, size, kept)
        if not kept.any():
            continue
        kernels.finish(values, flags, n_codes, size, kept)
        shape = (int(kept.sum()), n_times, len(plan.numbers))
        made[plan.system] = SystemObservations(
            system=plan.system,
            codes=tuple(code for code, keep in zip(plan.codes, kept, strict=True) if keep),
            sv=tuple(f"{plan.system}{number % 100:02d}" for number in plan.numbers),
            values=values[: shape[0] * size].reshape(shape),
            lli=flags[: shape[0] * size].reshape(shape),
        )
    return made


def _plans(header: Header, walk: Walk, codes: Collection[str] | None) -> list[Plan]:
    present = np.unique(walk.rows)
    plans = []
    for system in READ:
        first = (ord(system) - 64) * 100
        numbers = present[(present > first) & (present < first + 100)]
        listed = []
        for types in walk.types:
            for code in translated(system, types.of.get("" if header.version == 2 else system, ()), header.edition):
                if code and code not in listed and (codes is None or code in codes):
                    listed.append(code)
        if len(numbers) and listed:
            plans.append(Plan(system, listed, numbers))
    return plans


def _tables(header: Header, walk: Walk, plans: list[Plan]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each segment and system the plane and the scale of each field: two flat lists, where they begin, how many."""
    columns: list[int] = []
    scales: list[float] = []
    columns_at, fields = (np.zeros((len(walk.types), 27), np.int64) for _ in range(2))
    by_system = {plan.system: plan for plan in plans}
    for segment, types in enumerate(walk.types):
        for letter in range(1, 27):
            system = chr(letter + 64)
            listed = types.of.get("" if header.version == 2 else system, [])
            columns_at[segment, letter], fields[segment, letter] = len(columns), len(listed)
            plan = by_system.get(system)
            made = translated(system, listed, header.edition) if plan else [""] * len(listed)
            columns += [plan.codes.index(code) if plan and code in plan.codes else -1 for code in made]
            scales += [types.scale.get((system, kind), types.scale.get((system, "*"), 1)) for kind in listed]
    return np.array(columns, np.int64), np.array(scales, float), columns_at, fields


def _state(plans: list[Plan], walk: Walk, fields: np.ndarray) -> tuple[np.ndarray, ...]:
    """Room for what the differences of each satellite are added to: see `value_kernel.read_compact`."""
    state_at = np.zeros(SATELLITES, np.int64)
    cells = 0
    for plan in plans:
        most = int(fields[:, ord(plan.system) - 64].max())
        state_at[plan.numbers] = cells + most * np.arange(len(plan.numbers))
        cells += most * len(plan.numbers)
    seen = np.full(SATELLITES, -2, np.int64)
    sums, orders = np.zeros((cells, MAX_ORDER + 1), np.int64), np.full((cells, 2), -1, np.int8)
    return state_at, seen, sums, orders, np.full(2 * cells, 32, np.uint8)


def _sparse(size: int) -> np.ndarray:
    """Zeros, most of which will stay: a map of its own costs the pages written, numpy's zeros huge ones whole."""
    return np.frombuffer(mmap.mmap(-1, max(size, 1), access=mmap.ACCESS_COPY), np.uint8)[:size]


def _check_size(source: Source, cells: int) -> None:
    """Refuse a file whose planes would be far larger than itself: none of a receiver is, a made-up one may be."""
    most = min(_CELLS_MOST, _CELLS_FREE + _CELLS_A_BYTE * len(source.data))
    if cells > most:
        raise BadFile(
            f"Its codes, satellites and epochs span {cells:,} values, more than the {most:,} that are accepted of a"
            f" file of {len(source.data):,} bytes",
            file=source.name,
            next_step="Split the file by hours, or thin it out.",
        )
