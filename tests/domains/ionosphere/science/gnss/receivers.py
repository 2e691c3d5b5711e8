"""Real receivers' observations and where their satellites stood, read once for all tests of one run."""

from functools import cache

from soap.domains.ionosphere.formats import open_orbits
from soap.domains.ionosphere.formats.gnss_rinex_observation.observations import parse
from soap.domains.ionosphere.science.gnss.geometry import look_angles, satellite_positions
from soap.formats import Source
from soap.testing.data import real

FILES = {
    "AINP": ("gnss/2012-302-haida-gwaii/ainp3020.12o.gz", "gnss/2012-302-haida-gwaii/ainp3020.12n"),
    "ANKR": ("gnss/2015-139/ankr1390.15d.Z", "gnss/2015-139/COD18452.EPH.Z"),
    "COCO": ("gnss/2016-001/COCO00AUS_R_20160010000_01D_30S_MO.crx.gz", "gnss/2016-001/COD18775.EPH.Z"),
    "AIRA": ("gnss/2020-004/AIRA00JPN_R_20200040000_01D_30S_MO.crx.gz", "gnss/2020-004/COD20866.EPH.Z"),
    "ANMG": ("gnss/2020-001/ANMG00MYS_R_20200010000_01D_30S_MO.crx.gz", "gnss/2020-001/COD20863.EPH.Z"),
    "BIK0": ("gnss/2020-001/BIK000KGZ_R_20200010000_01D_30S_MO.crx.gz", "gnss/2020-001/COD20863.EPH.Z"),
    "ESBC": (
        "gnss/2020-177/ESBC00DNK_R_20201770000_01D_30S_MO.crx.gz",
        "gnss/2020-177/GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz",
    ),
    "SEPT": ("gnss/2021-078/SEPT078M.21O.gz", "gnss/2021-078/COD0MGXFIN_20210780000_01D_05M_ORB.SP3.gz"),
    "CIBG": (
        "gnss/2024-010/CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz",
        "gnss/2024-010/BRDC00IGS_R_20240100000_01D_MN.rnx.gz",
    ),
    "PRU1": ("scintillation/2011-305-PRU1/PRU1305_union_15secondi.11o.gz", ""),
    "BRIG": ("gnss/formats/WithoutCycleSlip.16o", ""),
}


@cache
def observed(receiver):
    return parse(Source.from_path(real(f"ground/{FILES[receiver][0]}")))


@cache
def sky(receiver):
    """Elevation and azimuth by system; none for a receiver without orbits."""
    if not FILES[receiver][1]:
        return {}
    receiver_m, time = observed(receiver).position_m, observed(receiver).time
    orbits = open_orbits([Source.from_path(real(f"ground/{FILES[receiver][1]}"))])
    angles = {}
    for system, seen in observed(receiver).systems.items():
        positions = satellite_positions(orbits, time, seen.sv, receiver_m)
        angles[system] = look_angles(receiver_m, positions)[:2]
    return angles
