"""Products whose days are whole: what is computed anew of a day takes the place of all that was held of it.

A file of observations adds to a day what others lack. A product does not: of what one computation left out, for it
had slipped or had no orbit, nothing of an earlier one may stay.
"""

from __future__ import annotations

import numpy as np

from soap.archive.block import Block, unite

ATTRIBUTE = "whole_days"
"""Of an observation: 1 where its days are whole."""


def folded(held: Block, later: Block) -> Block:
    """What is held with what was recorded later: united, but for days that are whole in `later`."""
    if not later.attrs.get(ATTRIBUTE):
        return unite(held, later)
    days = np.unique(later.time.astype("datetime64[D]"))
    first, last = np.searchsorted(held.time, np.array([days[0], days[-1] + 1]).astype("datetime64[ns]"))
    before, after = held[:first], held[last:]
    out = later
    for part in (before, after):
        if len(part.time):
            out = unite(part, out)
    return out
