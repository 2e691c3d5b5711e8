"""From damaged files to calibrated TEC: refused, or what is given is right but for what its error allows."""

import random
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from soap.core.errors import BadFile, BadParameter
from soap.domains.ionosphere.products.tec import DERIVATION
from soap.domains.ionosphere.products.tec.parameters import TecParameters
from soap.formats import Source
from soap.testing.gnss_receiver import MadeUpReceiver
from tests.domains.ionosphere.formats.rinex_text import compress

INPUTS = ("observations", "packed", "orbits", "bias")
OFF_TECU = 12.0
"""What a line of a packed file can bend away unseen in its first minutes, see docs/explanation/slant-tec.md."""


@cache
def whole():
    """Four hours of a receiver of which all is known: its observations, plain and packed, orbits and biases."""
    with TemporaryDirectory() as folder:
        observed, orbits, biases = (
            path.read_bytes() for path in MadeUpReceiver(hours=4.0, step_s=60.0).write(Path(folder))
        )
    return dict(zip(INPUTS, (observed, compress(observed), orbits, biases), strict=True))


def vtec(damaged="observations", data=None):
    files = whole() if data is None else whole() | {damaged: data}
    aids = {name: [Source(name, files[name])] for name in ("orbits", "bias")}
    opened = DERIVATION.open_aids(aids)
    observed = "packed" if damaged == "packed" else "observations"
    return DERIVATION.of_file(Source(observed, files[observed]), opened.content, TecParameters()).observations["tec"]


def one_line_changed(data, rng):
    """One line lost, doubled, cut, moved, or with some characters of another kind; half of the time near the top."""
    lines = data.split(b"\n")
    at, other, kind = rng.randrange(rng.choice([25, len(lines)])), rng.randrange(len(lines)), rng.randrange(7)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, lines[other])
    elif kind == 2:
        lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
    elif kind == 3:
        lines[at], lines[other] = lines[other], lines[at]
    elif lines[at]:
        line = bytearray(lines[at])
        for _ in range(rng.randrange(1, 4)):
            line[rng.randrange(len(line))] = rng.choice(b" 0123456789.-GRECJSD+eEnaif\xff*")
        lines[at] = bytes(line)
    return b"\n".join(lines)


def tried(name, seeds):
    """How far vertical TEC is off at most [TECU], over all seeds, and how many files were refused."""
    true, worst, refused = vtec(), 0.0, 0
    for seed in seeds:
        data = one_line_changed(whole()[name], random.Random(f"{name} {seed}"))
        try:
            made = vtec(name, data)
        except (BadFile, BadParameter):
            refused += 1
            continue
        _, here, there = np.intersect1d(true["time"], made["time"], return_indices=True)
        _, mine, yours = np.intersect1d(true["sv"], made["sv"], return_indices=True)
        off = true["vtec"].values[np.ix_(here, mine)] - made["vtec"].values[np.ix_(there, yours)]
        if np.isfinite(off).any():
            worst = max(worst, float(np.nanmax(np.abs(off))))
    return worst, refused


@pytest.mark.parametrize("name", INPUTS)
def test_a_damaged_line_is_told_or_costs_little(name):
    worst, refused = tried(name, range(25))
    assert worst < OFF_TECU
    assert refused < 25


@pytest.mark.slow
@pytest.mark.parametrize("name", INPUTS)
def test_a_damaged_line_is_told_or_costs_little_at_length(name):
    worst, refused = tried(name, range(25, 600 if name == "packed" else 200))
    assert worst < OFF_TECU
    assert refused < 400
