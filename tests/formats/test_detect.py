"""Detection: none, one, several; a reader that breaks is named; what an unread file is."""

import io
import lzma
import tarfile
import zipfile
from dataclasses import replace

import pytest

from soap.core.errors import BadFile
from soap.formats import Reader, Reading, Source, detect
from soap.formats.detect import SniffWarning
from soap.formats.reader import scan_by_reading
from soap.formats.unread import looks_like
from soap.testing.data import real


def read(source):
    return Reading()


ONE = Reader(
    "one",
    "Format one",
    "series",
    "L1",
    "alpha",
    "none",
    lambda head, name: head.startswith(b"ONE"),
    read,
    scan_by_reading(read),
)


def test_the_one_that_takes_it():
    assert detect(Source("a", b"ONE 1"), (ONE, replace(ONE, name="two", sniff=lambda *_: False))) is ONE


def test_none():
    with pytest.raises(BadFile, match=r"(?s)a\.txt: .*it is text beginning 'TWO'.*soap formats"):
        detect(Source("a.txt", b"TWO"), (ONE,))


def test_several_are_reported_not_guessed():
    with pytest.raises(BadFile, match=r"fits 2 formats \(one, two\)"):
        detect(Source("a", b"ONE"), (ONE, replace(ONE, name="two")))


def test_a_reader_that_breaks_is_named_and_the_others_still_asked():
    broken = replace(ONE, name="broken", sniff=lambda *_: 1 / 0)
    with pytest.warns(SniffWarning, match="broken failed"):
        assert detect(Source("a", b"ONE"), (broken, ONE)) is ONE


def test_empty():
    with pytest.raises(BadFile, match="empty"):
        detect(Source("a", b""), (ONE,))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("ground/gnss/2005-092/07590920.05o", "RINEX observation"),
        ("ground/gnss/2005-092/07590920.05n", "RINEX navigation"),
        ("ground/gnss/2015-139/ankr1390.15d.Z", "Hatanaka"),
        ("ground/gnss/2009-091/esa15253.sp3.gz", "SP3"),
        ("ground/gnss/2021-078/COD0MGXFIN_20210780000_01D_01D_OSB.BIA.gz", "SINEX-BIAS"),
        ("ground/gnss/2020-001/P1P22001_ALL.DCB.Z", "DCB"),
        ("ground/geomag/magpy/CNB_20120802_imagcdf10.cdf", "CDF"),
        ("ground/geomag/2022-015-tonga/api_2022-01-15_zh.mat", "MATLAB"),
    ],
)
def test_real_files_that_nobody_reads_yet_are_known_by_sight(file, said):
    source = Source.from_path(real(file))
    assert said in looks_like(source.head, source.name)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("time,latitude\n".encode("utf-16"), "UTF-16; save it as UTF-8"),
        (b"time,latitude\r2016,23\r", "lines end in CR alone"),
    ],
)
def test_how_text_must_be_changed_is_said(data, said):
    with pytest.raises(BadFile, match=said):
        detect(Source("a.csv", data), (ONE,))


def zipped(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"ONE 1\n")
    return packed.getvalue()


def tarred(mode, kind):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode, format=kind) as archive:
        one = tarfile.TarInfo("station/one.txt")
        one.size = 6
        archive.addfile(one, io.BytesIO(b"ONE 1\n"))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped("station/one.txt"), "a ZIP archive; unpack it and ingest its folder"),
        (zipped(), "a ZIP archive; unpack it and ingest its folder"),
        (tarred("w", tarfile.USTAR_FORMAT), "a tar archive; unpack it and ingest its folder"),
        (tarred("w", tarfile.PAX_FORMAT), "a tar archive; unpack it and ingest its folder"),
        (tarred("w:gz", tarfile.GNU_FORMAT), "a tar archive; unpack it and ingest its folder"),
        # the first bytes as 7zFormat.txt of the LZMA SDK and RARLAB's technical note give them
        (b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24), "a 7-Zip archive; unpack it and ingest its folder"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(24), "a RAR archive; unpack it and ingest its folder"),
        (b"Rar!\x1a\x07\x00" + bytes(24), "a RAR archive; unpack it and ingest its folder"),
        (lzma.compress(b"ONE 1\n"), "compressed with xz; unpack it"),
        (b"\x28\xb5\x2f\xfd" + bytes(24), "compressed with Zstandard; unpack it"),  # RFC 8878, 3.1.1
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "an office document; save its table as CSV"),
    ],
)
def test_what_must_be_unpacked_is_said(data, said):
    with pytest.raises(BadFile, match=f"of no format read here; it is {said}"):
        detect(Source.from_bytes("handed-in", data), (ONE,))


def test_a_byte_order_mark_hides_no_format():
    assert detect(Source("a", b"\xef\xbb\xbfONE 1"), (ONE,)) is ONE
