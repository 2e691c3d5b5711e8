"""A made-up earthquake's zone over two months: two stations by hours, Kp, two passes, maps, and two earthquakes."""

from __future__ import annotations

import numpy as np

from soap.archive import publish
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.core.names import Variable
from soap.formats import Reading
from soap.observations import Earthquake, field, series, track

NAMES = (
    Variable("b_horizontal", "H", "nT", "horizontal field", (0.0, 80_000.0)),
    Variable("kp", "Kp", "1", "planetary index", (0.0, 9.0)),
    Variable("vtec", "VTEC", "TECU", "vertical electron content", (0.0, 500.0)),
    Variable("electron_density", "Ne", "m-3", "electron density", (0.0, 1e14)),
)
HOURS = np.arange("2016-03-01", "2016-05-01", dtype="datetime64[h]").astype("datetime64[ns]")
INTERVALS = HOURS[::3]
STORM = np.datetime64("2016-04-10T12", "ns")
"""The one interval of Kp 6."""
UNKNOWN = np.datetime64("2016-03-20T03", "ns")
"""The one interval of no Kp."""
MYANMAR = Earthquake("us1", np.datetime64("2016-04-13T13:55"), 23.1, 94.9, 136.0, 6.9, "mww", "Myanmar")
OTHER = Earthquake("us2", np.datetime64("2016-03-05T02:00"), 23.0, 97.0, 10.0, 5.5, "mb", "near NEAR alone")
PLACES = {"near": (23.0, 95.0), "west": (24.0, 89.0)}
GRID = (np.arange(-87.5, 90, 2.5), np.arange(-180, 180, 5.0))


def values_of(code: str) -> np.ndarray:
    """A station's hours of H [nT]: a daily wave of changing size, a gap of five hours, and one day amiss."""
    rng = np.random.default_rng(len(code))
    wave = 40 * np.cos(2 * np.pi * np.arange(len(HOURS)) / 24) * np.repeat(rng.uniform(0.5, 1.5, len(HOURS) // 24), 24)
    values = 37_000 + wave + rng.normal(0, 3, len(HOURS))
    values[1000:1005] = np.nan
    return values


def flags_of(code: str) -> np.ndarray:
    """Quality of these: one value is a spike (bit 4)."""
    flags = np.zeros(len(HOURS), np.uint8)
    flags[700] = 4
    return flags


def datasets() -> list:
    """All observations."""
    found = [
        series(HOURS, {"b_horizontal": values_of(code)}, names=NAMES, flags={"b_horizontal": flags_of(code)},
               collection_id=f"geomagnetism.{code}.pt1h", platform=code, latitude=place[0], longitude=place[1],
               cadence="PT1H")
        for code, place in PLACES.items()
    ]  # fmt: skip
    kp = np.where(INTERVALS == STORM, 6.0, 2.0)
    kp[INTERVALS == UNKNOWN] = np.nan
    found.append(series(INTERVALS, {"kp": kp}, names=NAMES, collection_id="space_weather.made.pt3h", platform="made",
                        place="global", cadence="PT3H"))  # fmt: skip
    for number, hour in (("031191", 18), ("031192", 6)):  # local midnight, local noon at 95 E
        time = np.datetime64(f"2016-04-11T{hour:02d}", "ns") + np.arange(2000) * np.timedelta64(1, "s")
        path = np.linspace(0, 40, 2000), np.full(2000, 95.0), np.full(2000, 507.0)
        found.append(track(time, *path, {"electron_density": np.arange(2000.0)}, names=NAMES, platform="cses_01",
                           collection_id="topside.cses_01.lap_1.l2", half_orbit_id=number))  # fmt: skip
    for day in range(61):
        time = HOURS[24 * day : 24 * (day + 1) : 2]
        latitude, longitude = np.meshgrid(*GRID, indexing="ij")
        maps = np.broadcast_to(100 + latitude + longitude / 10, (12, *latitude.shape)) + np.arange(12)[:, None, None]
        found.append(field(time, *GRID, {"vtec": maps}, names=NAMES, collection_id="ionosphere.codg.gim",
                           platform="codg", cadence="PT2H"))  # fmt: skip
    return found


def put(archive, viewer, provider: str | None = None) -> None:
    """Publish all of it."""
    files = [Reading(observations=(one,)) for one in datasets()]
    files.append(Reading(events=(OTHER, MYANMAR), events_collection_id="seismology.comcat.events"))
    arrivals = []
    for number, reading in enumerate(files):
        content = f"file {number}".encode()
        arrivals.append(Arrival(f"{number}", content, sha256(content), "test", reading))
    receipt = publish.publish(archive, viewer, arrivals, provider)
    assert not receipt.refused, receipt
