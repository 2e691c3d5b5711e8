"""RINEX observation files of GNSS receivers, versions 2, 3 and 4, plain or in Hatanaka compression.

Spec    RINEX 2.11 (W. Gurtner, L. Estey, 2007), 3.05 and 4.01 (IGS/RTCM-SC104, 2020 and 2023); Hatanaka compression:
        Y. Hatanaka, "A compression format and tools for GNSS observation data", Bulletin of the Geographical Survey
        Institute 55, 21-30, 2008
Beware  0.000 means no observation; years of version 2 have two digits; LEAP SECONDS is often wrong and never used;
        BeiDou's B1 was band 1 in version 3.02; a file may change its list of types on the way (event 4); each value
        in Hatanaka compression rests on those before it.
"""

from __future__ import annotations

from soap.domains.ionosphere.formats.gnss_rinex_observation.datasets import read
from soap.domains.ionosphere.formats.gnss_rinex_observation.header import is_observation_file
from soap.domains.ionosphere.formats.gnss_rinex_observation.observations import parse
from soap.formats.reader import Reader, scan_by_reading


def sniff(head: bytes, name: str) -> bool:
    """True when the first lines are those of a RINEX observation file, packed by Hatanaka's programs or not."""
    return is_observation_file(head)


READER = Reader(
    name="gnss_rinex_observation",
    title="RINEX 2, 3 and 4 observations of GNSS receivers, plain or in Hatanaka compression",
    shape="rays",
    level="L1",
    status="beta",
    spec="RINEX 2.11 (2007), 3.05 (2020), 4.01 (2023), IGS/RTCM; Y. Hatanaka, Bull. Geogr. Surv. Inst. 55, 21-30, 2008",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="GPS, GLONASS, Galileo, BeiDou and QZSS; other systems are left out with a note; no signal strength digit",
)

__all__ = ["READER", "parse", "read", "sniff"]
