"""From the types a file lists to RINEX 3 observation codes.

RINEX 2 gives two letters for what RINEX 3 says in three. Codes are those of RINEX 2.11 and 2.12 in their usual reading:
P is code that came through anti-spoofing (W) on GPS and the open P of GLONASS; C2 of GPS is L2C of unknown kind (X).
The phase, Doppler and strength of a band go with the code of that band that the file lists: L2 is L2W where there is
P2, else L2X where there is C2.
"""

from __future__ import annotations

import re
from collections.abc import Collection

READ = {"G": "GPS", "R": "GLONASS", "E": "Galileo", "C": "BeiDou", "J": "QZSS"}
"""Systems that are read, by letter."""

LEFT_OUT = {"S": "SBAS", "I": "NavIC"}
"""Systems that are known and left out."""

_CODE = re.compile(r"[CLDS][1-9][A-Z]")
_SECOND: dict[str, dict[str, str]] = {
    "G": {"C1": "C1C", "P1": "C1W", "C2": "C2X", "P2": "C2W", "C5": "C5X", "CA": "C1C", "CB": "C1X", "CC": "C2X"},
    "R": {"C1": "C1C", "P1": "C1P", "C2": "C2C", "P2": "C2P", "CA": "C1C", "CD": "C2C"},
    "E": {band: f"{band}X" for band in ("C1", "C5", "C6", "C7", "C8")},
    "C": {"C1": "C2I", "C2": "C2I", "C5": "C5X", "C6": "C6I", "C7": "C7I"},
    "J": {"C1": "C1C", "C2": "C2X", "C5": "C5X", "C6": "C6X", "CA": "C1C", "CB": "C1X", "CC": "C2X"},
}


def translated(system: str, listed: Collection[str], edition: str) -> list[str]:
    """RINEX 3 code of each type that a file of `edition` (`2.11`, `3.04`) lists for a system; "" for one not read."""
    if edition.startswith("2"):
        codes = [_from_second(system, kind, listed) for kind in listed]
    else:
        codes = [_from_third(system, code, edition) for code in listed]
    return [code if code not in codes[:k] else "" for k, code in enumerate(codes)]


def _from_third(system: str, code: str, edition: str) -> str:
    if not _CODE.fullmatch(code):
        return ""
    early = edition.startswith("3.02")
    if system == "C" and code[1] == "1" and (code[2] in "IQ" or early):
        return f"{code[0]}2{code[2]}"  # B1 was band 1 in RINEX 3.02, and some programs went on with it
    return code


def _from_second(system: str, kind: str, listed: Collection[str]) -> str:
    table = _SECOND.get(system, {})
    if system == "C" and kind[1:] == "1" and f"{kind[0]}2" in listed:
        return ""  # B1 is band 2; a file that lists both bands means another system by the first
    if kind in table:
        return table[kind]
    if kind[0] not in "LDS" or len(kind) != 2:
        return ""
    band = kind[1]
    if band not in "12":
        return kind[0] + table[f"C{band}"][1:] if f"C{band}" in table else ""
    first, second = ("C", "P") if band == "1" else ("P", "C")
    for letter in (first, second, "C"):
        if f"{letter}{band}" in listed and f"{letter}{band}" in table:
            return kind[0] + table[f"{letter}{band}"][1:]
    return kind[0] + table[f"{first}{band}"][1:] if f"{first}{band}" in table else _only(table, kind, band)


def _only(table: dict[str, str], kind: str, band: str) -> str:
    return kind[0] + table[f"C{band}"][1:] if f"C{band}" in table else ""
