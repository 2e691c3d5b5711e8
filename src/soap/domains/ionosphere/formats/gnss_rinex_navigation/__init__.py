"""RINEX navigation files, versions 2, 3 and 4: the messages in which satellites say where they are.

Spec    RINEX 2.11, W. Gurtner, L. Estey, 2007; RINEX 3.05, IGS/RTCM-SC104, 2020; RINEX 4.01, IGS/RTCM-SC104, 2023
Beware  RINEX 2 keeps one system a file and two-digit years; numbers may be written with D, d, E or e; fields may be
        blank or missing at a line's end; GLONASS times are UTC and its lengths km, BeiDou times run 14 s behind GPS;
        the health of GLONASS is 0 or 1 in version 3 and the whole word B_n in some files of version 2; a fit interval
        of 0 is that of the system's standard; merged files repeat messages.
"""

from __future__ import annotations

from soap.domains.ionosphere.formats.gnss_rinex_navigation.content import messages
from soap.domains.ionosphere.formats.gnss_rinex_navigation.records import records, sniff
from soap.domains.ionosphere.science.gnss.broadcast_message import Messages
from soap.formats.source import Source

__all__ = ["parse", "sniff"]


def parse(source: Source) -> tuple[tuple[Messages, ...], tuple[str, ...]]:
    """All messages of GPS, GLONASS, Galileo, BeiDou and QZSS, a table for each system, and notes on what was left out.

    Messages of NavIC and SBAS, and the newer civil messages of RINEX 4 (CNAV and alike), are left out with a note.
    Raises `BadFile` for anything that is not a RINEX navigation file of version 2, 3 or 4.
    """
    found, notes = records(source)
    tables, more = messages(found)
    return tables, (*notes, *more)
