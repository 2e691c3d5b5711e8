"""Which half-orbit of which satellite a file is: its attributes first, its name as cross-check and second source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadFile
from soap.domains.topside.formats.cses_l2_h5.layout import Layout
from soap.domains.topside.formats.cses_l2_h5.samples import Samples
from soap.formats import hdf5
from soap.formats.source import Source

if TYPE_CHECKING:
    import h5py

SIMULATED_PLATFORM = "simulated_leo"
SIMULATED_MARK = "SIMULATED"
"""Root attribute (1) of a simulated file; also the beginning of its name."""

_NAME = re.compile(
    r"(?P<platform>CSES_\d{2}|SIMULATED_LEO)_(?P<payload>[A-Z]{3})_(?P<number>\d)_(?P<level>L\w{2})_A\d"
    r"_(?P<orbit>\d{5})(?P<digit>[01])_\d{8}_\d{6}_\d{8}_\d{6}_\d{3}\."
)
_STATES = ("descending", "ascending")


@dataclass(frozen=True)
class Identity:
    """Platform, half-orbit and direction; `described` are further attributes of the track."""

    platform: str
    half_orbit_id: str
    orbit_number: int
    orbit_state: str
    simulated: bool
    described: dict[str, str]
    notes: list[str] = field(default_factory=list)


def identify(file: h5py.File, source: Source, layout: Layout, rows: Samples) -> Identity:
    """Identity of the half-orbit; `BadFile` when the file's name says that it is of another instrument."""
    notes: list[str] = []
    name = _NAME.match(source.name.replace("\\", "/").rsplit("/", 1)[-1])
    if name and (name["payload"], name["number"]) != (layout.payload, str(layout.number)):
        said = f"{name['payload']}_{name['number']}"
        raise BadFile(f"The name says {said}, the datasets are those of {layout.sensor.upper()}", file=source.name)
    simulated = bool(hdf5.attribute(file, SIMULATED_MARK, source)) or bool(name and name["platform"] == "SIMULATED_LEO")
    orbit, digit = _number(file, source, name, notes)
    state = _direction(rows.latitude, digit, notes)
    if digit is None:
        digit = _STATES.index(state)
    if orbit is None:
        half_orbit = "t" + str(rows.time[0].astype("datetime64[s]")).replace("-", "").replace(":", "").lower()
        notes.append(f"Neither attributes nor name tell the number of the half-orbit; it is called {half_orbit}.")
    else:
        half_orbit = f"{orbit:05d}{digit}"
    platform = SIMULATED_PLATFORM if simulated else name["platform"].lower() if name else "cses_01"
    described = {"source_level": name["level"] if name else "L02"}
    version = hdf5.attribute(file, "SOFTVERSION", source)
    if isinstance(version, str) and version:
        described["source_software"] = version
    return Identity(platform, half_orbit, -1 if orbit is None else orbit, state, simulated, described, notes)


def _number(file: h5py.File, source: Source, name: re.Match[str] | None, notes: list[str]):
    """Revolution number and direction digit, None where unknown."""
    orbit = _whole(hdf5.attribute(file, "ORBITNUM", source), 99_999)
    digit = _whole(hdf5.attribute(file, "ORBITTYPE", source), 1)
    if name is None:
        return orbit, digit
    said = f"{orbit if orbit is not None else int(name['orbit']):05d}{digit if digit is not None else name['digit']}"
    if said != name["orbit"] + name["digit"]:
        notes.append(f"The attributes say half-orbit {said}, the name {name['orbit']}{name['digit']}; {said} is taken.")
    return int(said[:5]), int(said[5])


def _whole(value, largest: int) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number <= largest else None


def _direction(latitude: np.ndarray, digit: int | None, notes: list[str]) -> str:
    """Ascending or descending by the latitudes; the digit decides only where they do not tell."""
    steps = np.diff(latitude[~np.isnan(latitude)])
    northward = float(np.median(steps)) if len(steps) else 0.0
    if northward == 0.0:
        notes.append("The latitudes do not tell the direction of flight.")
        return _STATES[digit or 0]
    state = _STATES[int(northward > 0)]
    if digit is not None and _STATES[digit] != state:
        notes.append(f"The half-orbit's digit {digit} means {_STATES[digit]}, but the latitudes are {state}.")
    return state
