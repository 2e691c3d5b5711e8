"""Unpacking: three packings by content, damage told, bombs refused at the limit."""

import bz2
import gzip
import resource

import ncompress
import pytest

from soap.core.errors import BadFile
from soap.formats import Source
from soap.testing.data import real

TEXT = b"IAGA-2002 and other things\n" * 1000
PACKED = {"gzip": gzip.compress(TEXT), "compress": ncompress.compress(TEXT), "bzip2": bz2.compress(TEXT), "none": TEXT}


@pytest.mark.parametrize("packing", PACKED)
def test_unpacks_by_content(packing):
    assert Source.from_bytes("no-ending", PACKED[packing]).data == TEXT


@pytest.mark.parametrize("packing", ["gzip", "bzip2"])
def test_a_cut_file_is_told(packing):
    with pytest.raises(BadFile, match=r"cut-file.*cut short"):
        Source.from_bytes("cut-file", PACKED[packing][:-20])


@pytest.mark.parametrize("packing", ["gzip", "compress", "bzip2"])
def test_noise_behind_the_magic_number_is_told(packing):
    with pytest.raises(BadFile, match="noisy-file"):
        Source.from_bytes("noisy-file", PACKED[packing][:3] + bytes(range(255)) * 40)


def test_a_bomb_costs_no_more_than_the_limit():
    bomb = gzip.compress(bytes(200 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadFile, match="more than the 1,048,576 bytes"):
        Source.from_bytes("bomb", bomb, limit_bytes=1 << 20)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 << 10  # kB


def test_a_missing_file_is_told():
    with pytest.raises(BadFile, match=r"nowhere\.min.*cannot be opened"):
        Source.from_path("nowhere.min")


def test_a_real_compressed_map():
    assert b"IONEX VERSION / TYPE" in Source.from_path(real("ground/ionex/codg0010.16i.Z")).head[:80]


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path):
    huge = tmp_path / "huge.min"
    with huge.open("wb") as sparse:
        sparse.truncate(3 << 30)  # takes no room on the disk
    with pytest.raises(BadFile, match=r"huge\.min.*3,221,225,472 bytes, more than the 2,147,483,648"):
        Source.from_path(huge)
