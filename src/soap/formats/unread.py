"""Formats known by sight, so that a refusal can say what the file is: no reader takes it, or it is in a wrong place."""

from __future__ import annotations

import re

_SIGNATURES: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), description)
    for pattern, description in (
        (rb"[ \d]{5}\d\.\d\d.{11}O.{20,}?RINEX VERSION / TYPE", "it is a RINEX observation file"),
        (
            rb"[ \d]{5}\d(\.\d\d?)? .{10,12}[NGHLE].{20,}?RINEX VERSION / TYPE",
            "it is a RINEX navigation file, orbits for computing TEC",
        ),
        (rb".{0,80}CRINEX VERS", "it is a RINEX observation file in Hatanaka compression"),
        (rb"\s{0,80}#[a-d][PV ]\d{4}", "it is an SP3 file, orbits for computing TEC"),
        (rb"%=BIA", "it is a SINEX-BIAS file, biases for computing TEC"),
        (rb"%=SNX", "it is a SINEX file"),
        (
            rb".{0,200}DIFFERENTIAL \(P[12]-[PC][12]\) CODE BIASES|.{0,80}CODE'S MONTHLY GNSS",
            "it is a CODE DCB file, biases for computing TEC",
        ),
        (rb"\x89HDF\r\n\x1a\n", "it is an HDF5 file, but of none of the layouts known here"),
        (rb"CDF[\x01\x02\x05]", "it is a netCDF classic file"),
        (rb"\xcd\xf3\x00\x01|\xcd\xf2\x60\x02", "it is a NASA CDF file"),
        (rb"MATLAB 5\.0", "it is a MATLAB file"),
        (rb"<\?xml", "it is an XML file of a kind not known here"),
        (rb"\s*[{\[]\s*[\"{\[\]}]", "it is a JSON file of a kind not known here"),
        (rb"II\*\x00|MM\x00\*", "it is a TIFF image"),
        (rb"\x89PNG", "it is a PNG image"),
        (rb"%PDF", "it is a PDF document"),
        (
            rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|_rels/|docProps/|xl/|mimetypeapplication/vnd\.oasis)",
            "it is an office document; save its table as CSV",
        ),
        (rb"PK(?:\x03\x04|\x05\x06)", "it is a ZIP archive; unpack it and ingest its folder"),
        (rb".{257}ustar", "it is a tar archive; unpack it and ingest its folder"),
        (rb"7z\xbc\xaf\x27\x1c", "it is a 7-Zip archive; unpack it and ingest its folder"),
        (rb"Rar!\x1a\x07", "it is a RAR archive; unpack it and ingest its folder"),
        (rb"\xfd7zXZ\x00", "it is compressed with xz; unpack it and ingest what comes out"),
        (rb"\x28\xb5\x2f\xfd", "it is compressed with Zstandard; unpack it and ingest what comes out"),
        (rb"SIMPLE  =", "it is a FITS file"),
        (rb"\xff\xfe|\xfe\xff", "it is text in UTF-16; save it as UTF-8"),
    )
)


def looks_like(head: bytes, name: str) -> str:
    """A clause that says what the content seems to be, from its first bytes."""
    for pattern, description in _SIGNATURES:
        if pattern.match(head):
            return description
    if not head:
        return "it is empty"
    if head.strip(b"\x00 \r\n\t") == b"":
        return "it holds only blanks or zero bytes"
    printable = sum(32 <= byte < 127 or byte in b"\r\n\t" for byte in head) / len(head)
    kind = "text" if printable > 0.95 else "binary data"
    if kind == "text" and b"\r" in head and b"\n" not in head:
        return "it is text whose lines end in CR alone; convert the line ends to LF"
    first = head.splitlines()[0][:60].decode("ascii", "replace") if kind == "text" else ""
    return f"it is {kind}" + (f" beginning {first!r}" if first else "")
