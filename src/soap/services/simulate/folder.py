"""The folder a simulated network is written into: told apart from anything else, and replaced as a whole."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from soap.core.errors import BadParameter

OBSERVATIONS, TRUTH, README = "observations", "truth.json", "README.txt"

_TEXT = """\
SIMULATED NETWORK OF SOAP
=========================
No observation in this folder was ever made. The stations (codes XB1, XC1 …) and the satellite "simulated-leo" do not
exist; their data are computed from models (IGRF, PyIRI), a fitted solar quiet variation and seeded chance.

Real are, in observations/facts:
  earthquakes.xml   U.S. Geological Survey, ANSS Comprehensive Earthquake Catalog (ComCat), doi:10.5066/F7MS3QZH,
                    public domain.
  SW-…_celestrak    Kp and ap of GFZ Helmholtz Centre for Geosciences, CC BY 4.0 (J. Matzka et al., Space Weather 19,
                    2021, doi:10.1029/2020SW002641); F10.7 of Penticton through NOAA; compiled by CelesTrak.
The observatories.csv beside them lists the simulated stations.

observations/   to be ingested:  soap ingest observations
truth.json      what was chosen, which days carry an injected signal and how large, and the checksum of every file
"""


def prepared(out: Path) -> Path:
    """The empty folder of observations in `out`; what an earlier run wrote is taken away, anything else refused."""
    held = {path.name for path in out.iterdir()} if out.is_dir() else set()
    ours = README in held and (out / README).read_text("utf-8", "replace").startswith(_TEXT[:25])
    foreign = held - {OBSERVATIONS, TRUTH, README} if ours else held
    if foreign or (out.exists() and not out.is_dir()):
        raise BadParameter(
            f"{out} holds {', '.join(sorted(foreign)[:3]) or 'a file'}, which no simulation wrote;"
            " give a folder that is new, empty, or holds an earlier simulated network."
        )
    (out / TRUTH).unlink(missing_ok=True)
    if (out / OBSERVATIONS).exists():
        shutil.rmtree(out / OBSERVATIONS)
    (out / OBSERVATIONS).mkdir(parents=True)
    (out / README).write_text(_TEXT, "utf-8")
    return out / OBSERVATIONS


def put(observations: Path, name: str, data: bytes) -> str:
    """Write one file below the folder of observations; its SHA-256."""
    target = observations / name
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(data)
    return hashlib.sha256(data).hexdigest()
