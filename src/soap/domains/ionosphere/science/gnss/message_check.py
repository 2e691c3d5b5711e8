"""Broadcast messages against each other: which of a satellite's messages are not its own or hold a wrong digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from soap.domains.ionosphere.science.gnss.broadcast_message import Messages

AGREEMENT_M = 5000.0
"""Two messages of a satellite that differ by more contradict each other; 5 km are 0.015 degrees of elevation."""

ANOTHER_SATELLITE_M = 300_000.0
"""No satellite is moved so far within hours, and none predicted so badly: these are messages of two satellites."""

_MOST_CHAINS = 40
"""A satellite whose messages fall into more sets than this has none that could be trusted."""

_FARTHEST_S = 6 * 3600.0


def trusted(table: Messages) -> np.ndarray:
    """True (n,) where a message may be used; `table` in order of satellite and reference time.

    Messages that follow each other agree half-way between them to metres. One that agrees with neither the one before
    nor the one after, though there are such, is not trusted. Merged files also put runs of one satellite's messages
    under another's name: where a satellite's messages jump by more than 300 km, the largest set that belongs together
    is trusted, and no other.
    """
    pair = _neighbours(table)
    distance = _apart(table, pair, pair + 1)
    good = _agreeing(len(table.sv), pair, distance)
    troubled = np.isin(table.sv, table.sv[pair[distance > AGREEMENT_M]])
    rows = np.flatnonzero(good & troubled)
    if len(rows):
        good[rows] = _of_one_satellite(table.taken(rows))
    return good


def _apart(table: Messages, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Distance [m] of two messages' positions half-way between their reference times, for rows `one` and `two`."""
    if not len(one):
        return np.empty(0)
    half = (table.reference[two] - table.reference[one]) / np.timedelta64(1, "s") / 2
    return np.linalg.norm(table.taken(one).at(half) - table.taken(two).at(-half), axis=1)


def _neighbours(table: Messages) -> np.ndarray:
    """Rows whose next row is of the same satellite and near enough in time to compare."""
    near = np.diff(table.reference) / np.timedelta64(1, "s") <= 2 * table.valid_s[1:]
    return np.flatnonzero((table.sv[1:] == table.sv[:-1]) & near)


def _agreeing(count: int, pair: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """True (count,) where a message agrees with one beside it, or has none to compare."""
    compared, agreed = np.zeros(count, bool), np.zeros(count, bool)
    for rows in (pair, pair + 1):
        compared[rows] = True
        agreed[rows[distance < AGREEMENT_M]] = True
    return agreed | ~compared


def _of_one_satellite(table: Messages) -> np.ndarray:
    pair = _neighbours(table)
    distance = _apart(table, pair, pair + 1)
    follows = np.zeros(len(table.sv), bool)  # True where a message continues the one before
    follows[pair[distance < AGREEMENT_M] + 1] = True
    good = np.ones(len(table.sv), bool)
    for sv in np.unique(table.sv[pair[distance > ANOTHER_SATELLITE_M]]):
        rows = np.flatnonzero(table.sv == sv)
        good[rows] = _largest_set(table, rows, np.cumsum(~follows[rows]) - 1)
    return good


def _largest_set(table: Messages, rows: np.ndarray, chain: np.ndarray) -> np.ndarray:
    """True for the rows of one satellite in the chains that belong together and hold the most messages."""
    firsts = np.flatnonzero(np.diff(chain, prepend=-1))
    if len(firsts) > _MOST_CHAINS:
        return np.zeros(len(rows), bool)
    lasts = np.append(firsts[1:], len(rows)) - 1
    label = np.arange(len(firsts))
    for early in range(len(firsts)):
        for late in range(early + 1, len(firsts)):
            one, two = rows[lasts[early] : lasts[early] + 1], rows[firsts[late] : firsts[late] + 1]
            if (table.reference[two] - table.reference[one])[0] / np.timedelta64(1, "s") > _FARTHEST_S:
                break
            if _apart(table, one, two)[0] < ANOTHER_SATELLITE_M:
                label[label == label[late]] = label[early]
    sizes = np.bincount(label[chain], minlength=len(firsts))
    largest = np.flatnonzero(sizes == sizes.max())
    return label[chain] == largest[0] if len(largest) == 1 else np.zeros(len(rows), bool)
