"""The conformance suite of readers: inherit `ReaderTests`, name the reader and its samples, and the checks are yours.

    class TestIaga2002(ReaderTests):
        reader = iaga2002.READER
        names = geomagnetism.NAMES
        samples = staticmethod(lambda: {"abg20240510vmin.min": make_sample()})
        own_header_lines = 13

The suite asks: recognises its own samples; refuses, and never raises on, foreign bytes; scan agrees with read; only
registered names, units as registered; every observation passes `check`; reading twice gives the same answer; damaged
files (empty, cut anywhere, wrong encoding, repeated header, binary noise) raise `BadFile` naming the file, or, where
every record stands alone and the cut falls between two, read as the shorter file they then are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import numpy as np
import pytest
import xarray as xr

from soap.core.errors import BadFile
from soap.core.names import Variable, by_name
from soap.formats import Reader, Reading, Source, Summary, detect
from soap.observations import check
from soap.observations.quality import SUFFIX

FOREIGN: dict[str, bytes] = {
    "blank": b" " * 4096,
    "zeros": b"\x00" * 4096,
    "hdf5": b"\x89HDF\r\n\x1a\n" + bytes(4000),
    "cdf": b"\xcd\xf3\x00\x01" + bytes(4000),
    "noise": random.Random(20160413).randbytes(8192),
    "accents": ("Événement géomagnétique à Île-de-France, 30 µT\n" * 80).encode("latin-1"),
    "utf-16": ("time,latitude,longitude\n" * 100).encode("utf-16"),
    "prose": b"The quick brown fox jumps over the lazy dog.\n" * 100,
    "json": b'{"a": [1, 2, 3]}',
    "xml": b"<?xml version='1.0'?><html></html>",
}


FILL_VALUES = (9999, 99999, 88888, 99999.9, 99999.99, 88888.88, 999.99)
"""What formats write for a missing value; none may come out of a reader as a number."""


class ReaderTests:
    """See the module's text."""

    reader: Reader
    names: tuple[Variable, ...] = ()
    samples: Callable[[], Mapping[str, bytes]]
    others: tuple[Reader, ...] = ()
    """All other readers of the composition: none of them may take a sample."""
    records_stand_alone = False
    """True for formats where a file cut between two records is a shorter, valid file."""
    header_bytes: int = 0
    """Length of the header that the repeated-header test writes ten times; 0 where the format has none."""

    def sources(self) -> list[Source]:
        """The samples, unpacked."""
        return [Source.from_bytes(name, data) for name, data in type(self).samples().items()]

    def readings(self) -> list[Reading]:
        """The samples, read."""
        return [self.reader.read(source) for source in self.sources()]

    def test_recognises_its_own(self):
        for source in self.sources():
            assert detect(source, (self.reader, *self.others)).name == self.reader.name

    def test_recognises_by_content_not_by_name(self):
        for source in self.sources():
            assert self.reader.recognises(Source("no-name-at-all", source.data))

    @pytest.mark.parametrize("kind", FOREIGN)
    def test_refuses_foreign_bytes(self, kind):
        assert not self.reader.sniff(FOREIGN[kind], "x")
        with pytest.raises(BadFile) as caught:
            self.reader.read(Source("foreign-file", FOREIGN[kind]))
        assert "foreign-file" in str(caught.value)

    def test_empty_file(self):
        assert not self.reader.sniff(b"", "empty")
        with pytest.raises(BadFile) as caught:
            self.reader.read(Source("empty-file", b""))
        assert "empty-file" in str(caught.value)

    def test_scan_says_what_read_gives(self):
        for source in self.sources():
            assert self.reader.scan(source) == Summary.of(self.reader.read(source))

    def test_only_registered_names_in_registered_units(self):
        known = by_name(self.names)
        for reading in self.readings():
            for dataset in reading.observations:
                check(dataset)
                for name in map(str, dataset.data_vars):
                    if not name.endswith(SUFFIX):
                        assert dataset[name].attrs["units"] == known[name].units

    def test_reading_twice_is_the_same(self):
        for source in self.sources():
            one, two = self.reader.read(source), self.reader.read(source)
            assert _records(one) == _records(two)
            assert all(a.identical(b) for a, b in zip(one.observations, two.observations, strict=True))

    def test_no_fill_value_survives(self):
        for reading in self.readings():
            for dataset in reading.observations:
                for name, values in dataset.data_vars.items():
                    if not str(name).endswith(SUFFIX):
                        assert not np.isin(values.values, FILL_VALUES).any(), name

    def test_cut_anywhere(self):
        rng = random.Random(7)
        for source in self.sources():
            size = len(source.data)
            for place in sorted({1, size // 2, size - 2, *(rng.randrange(1, size) for _ in range(40))}):
                if not source.data[place:].strip():
                    continue  # only the last line end is gone
                reading, complaint = _read_or_complaint(self.reader, Source("cut-file", source.data[:place]))
                told = "cut-file" in complaint or bool(reading and (self.records_stand_alone or reading.notes))
                assert told, f"cut at byte {place} of {size}, read in silence"

    def test_binary_noise_in_the_middle(self):
        for source in self.sources():
            middle = len(source.data) // 2
            broken = source.data[:middle] + FOREIGN["noise"][:512] + source.data[middle + 512 :]
            with pytest.raises(BadFile) as caught:
                self.reader.read(Source("noisy-file", broken))
            assert "noisy-file" in str(caught.value)

    def test_header_ten_times(self):
        if not self.header_bytes:
            return
        for source in self.sources():
            broken = source.data[: self.header_bytes] * 10 + source.data[self.header_bytes :]
            with pytest.raises(BadFile) as caught:
                self.reader.read(Source("repeated-file", broken))
            assert "repeated-file" in str(caught.value)

    def test_write_and_read_back(self):
        if self.reader.write is None:
            return
        for reading in self.readings():
            back = self.reader.read(Source("written", self.reader.write(reading)))
            assert _records(back)[:3] == _records(reading)[:3]
            for ours, theirs in zip(back.observations, reading.observations, strict=True):
                xr.testing.assert_equal(ours, theirs)


def _records(reading: Reading) -> tuple[str, str, str, tuple[str, ...]]:
    """Events, stations and contacts as text (where NaN equals NaN), and the notes."""
    return repr(reading.events), repr(reading.stations), repr(reading.contacts), reading.notes


def _read_or_complaint(reader: Reader, source: Source) -> tuple[Reading | None, str]:
    try:
        return reader.read(source), ""
    except BadFile as error:
        return None, str(error)
