"""A small simulated network in an archive, with members, terms and people: what the portal is tried on.

Four stations of four members around the Myanmar earthquake of 13 April 2016 (`us20005hqz`), half-orbits, maps and
indices over a few days. XC3 (China) is under embargo, XT1 (Thailand) is for members; all else is open.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import MEMBER_ADMIN, PROJECT_ADMIN, USER
from soap.services import accounts, find, ingest, passwords, simulate, terms
from soap.services.composition import Composition
from soap.testing.web import OWNER

EVENT = "us20005hqz"
WINDOW = Window(np.datetime64("2016-04-11", "ns"), np.datetime64("2016-04-16", "ns"))
STATIONS = {"XB1": "BGD", "XC3": "CHN", "XT1": "THA", "XK1": "PAK"}
"""Codes of the stations, and whose they are."""
EMBARGOED, MEMBERS_ONLY = "geomagnetism.xc3.pt1m", "geomagnetism.xt1.pt1m"
PASSWORD = "seven herons over the delta"
PEOPLE = {
    "root": (PROJECT_ADMIN, ""),
    "li.wei": (MEMBER_ADMIN, "CHN"),
    "wang.fang": (USER, "CHN"),
    "ali.khan": (USER, "PAK"),
}
"""Who has an account, all with the password `PASSWORD`: role, and member."""


def settings_of(folder: Path) -> Settings:
    """Settings of an archive in a folder, whatever the environment says."""
    return Settings(archive=folder, catalogue="", objects="", scheduler="")


def build(folder: Path, composition: Composition, window: Window = WINDOW) -> Path:
    """Make the archive, in a folder that is new; its folder.

    A study needs a `window` of more days: its background is fifteen of them.
    """
    made = simulate.simulate(
        OWNER, composition, folder / "simulated", window=window, stations=tuple(STATIONS), inject_sigma=2.0, near_km=250
    )
    archive = Archive.open(settings_of(folder / "archive"))
    whose = {path: _member(path) for path in sorted(made.observations.rglob("*")) if path.is_file()}
    for provider in dict.fromkeys(whose.values()):
        report = ingest.ingest(OWNER, archive, composition, [p for p, one in whose.items() if one == provider],
                               provider=provider)  # fmt: skip
        if report.quarantined:
            raise AssertionError(report.quarantined)
    _open(archive)
    for user, (role, member) in PEOPLE.items():
        accounts.add_account(OWNER, archive, user, (role,), member)
        passwords.set_password(OWNER, archive, user, PASSWORD)
    return folder / "archive"


def _member(path: Path) -> str:
    """Whose a simulated file is: a station's member's, or the archive's own."""
    code = path.name[:3].upper()
    return STATIONS[code] if path.parent.name == "observatory" else ""


def _open(archive: Archive) -> None:
    """Set the terms: everything open but two stations' values."""
    for one in find.collections(OWNER, archive):
        access = "members" if one.collection_id == MEMBERS_ONLY else "open"
        until = terms.embargo("2090-01-01") if one.collection_id == EMBARGOED else None
        change = {"access": access, "embargo_until": until, "licence": "CC-BY-4.0"}
        terms.set_terms(OWNER, archive, terms.Subject("collection", one.collection_id), change)
    for code in STATIONS:
        terms.set_terms(OWNER, archive, terms.Subject("station", f"iaga_code:{code}"), {"access": "open"})
