"""What was decoded lately: the same columns, no more bytes of them than were said, and never written to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from soap.archive import query
from soap.archive.kept_columns import KeptColumns
from soap.core.errors import NotFound
from soap.core.time import Window
from soap.core.who import Viewer

KAK = "geomagnetism.kak.pt1h"
ALL = Window("2016-01-01", "2018-01-01")


class Decoding:
    """Decodes a column of so many bytes, and counts how often."""

    def __init__(self, size: int):
        self.size, self.times = size, 0

    def __call__(self):
        self.times += 1
        return [({"time": np.zeros(self.size // 8, "int64")}, {})]


def test_what_was_used_last_is_kept_as_far_as_the_bytes_go():
    kept, each = KeptColumns(100), {name: Decoding(40) for name in "abc"}
    for name in "abaca":  # c comes while a was used after b
        kept.of(name, each[name])
    assert [each[name].times for name in "abc"] == [1, 1, 1]
    kept.of("b", each["b"])
    assert each["b"].times == 2


def test_nothing_is_kept_of_what_is_too_large_nor_without_room():
    for most, size in ((100, 104), (0, 8)):
        kept, one = KeptColumns(most), Decoding(size)
        for _ in range(2):
            assert len(kept.of("a", one)[0][0]["time"]) == size // 8
        assert one.times == 2


def test_what_is_forgotten_is_decoded_again():
    kept, one = KeptColumns(100), Decoding(40)
    kept.of("a", one)
    assert kept.holds("a")
    kept.forget()
    assert not kept.holds("a")
    kept.of("a", one)
    assert one.times == 2
    for name in "bc":  # room was given back: two of 40 bytes fit beside none
        kept.of(name, Decoding(40))
    kept.of("a", one)
    assert one.times == 3


def test_what_is_kept_cannot_be_written_to():
    rows, _ = KeptColumns(100).of("a", Decoding(40))[0]
    with pytest.raises(ValueError, match="read-only"):
        rows["time"][0] = 1


def test_threads_that_ask_at_once():
    kept = KeptColumns(10 * 8)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: kept.of(number % 20, Decoding(8 * (1 + number % 3))), range(2000)))
    assert all(len(one[0][0]["time"]) in (1, 2, 3) for one in found)
    assert kept._bytes == sum(size for size, _ in kept._held.values()) <= 10 * 8


def test_an_object_is_read_once_and_only_for_who_may_see_it(archive, me, make, put, monkeypatch):
    put(make.series([np.datetime64("2016-06-01T00", "ns")], {"b_north": [1.0]}))
    archive.kept.most = 1 << 20
    times = [list(query.stream(archive, me, KAK, ALL)) for _ in range(2)]
    assert [len(one) for one in times] == [1, 1]
    monkeypatch.setattr(type(archive.objects), "get", None)  # nothing is read any more
    assert len(list(query.stream(archive, me, KAK, ALL))) == 1
    with pytest.raises(NotFound):
        query.stream(archive, Viewer("stranger", "PAK", frozenset({"user"})), KAK, ALL)
