"""What is cited, and that times of recording do not tell of what is hidden."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from soap.archive import catalogue, citation, publish
from soap.core.errors import BadParameter
from soap.core.who import MEMBER_ADMIN, Viewer

HOURS = np.arange("2017-01-01", "2017-01-02", dtype="datetime64[h]")
CHN, PAK = (Viewer(f"{code}.officer", code, frozenset({MEMBER_ADMIN})) for code in ("CHN", "PAK"))
AHEAD = 4_000_000_000_000_000
"""A clock [µs since 1970] in 2096."""


def test_a_clock_set_back_does_not_tell_when_others_recorded(archive, make, monkeypatch):
    """PAK's file came while the machine's clock was wrong: the archive's runs ahead of it from then on."""
    publish.publish(archive, CHN, [make.arrival(observations=(make.series(HOURS, np.zeros(24)),))])
    monkeypatch.setattr(catalogue, "time", SimpleNamespace(time_ns=lambda: AHEAD * 1000))
    publish.publish(archive, PAK, [make.arrival(observations=(make.series(HOURS, np.ones(24)),))])
    monkeypatch.undo()
    then = np.datetime64(AHEAD, "us")
    with pytest.raises(BadParameter, match=r"2096-10-02T07:06:40Z is yet to come; give one up to 20[0-8]"):
        citation.state_of(archive, CHN, then)
    assert citation.state_of(archive, PAK, then).as_of == then
