"""Observations in two releases, the second of which changes some of the first, and a study of them.

In files of the tiny format: three stations' hours over two months, a list of the stations, three earthquakes, and the
indices that are shipped with the simulator.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np

from soap.testing.tiny import tiny

STUDY = """
kind = "superposed_epoch"
title = "A small study"
question = "Is it?"
seed = 7
[window]
start = 2016-03-01
stop = 2016-05-01
[earthquakes]
collection = "seismology.tiny.events"
min_magnitude = 5.0
[stations]
[quantity]
method = "daily_range_chapman_1940"
variables = ["b_north"]
[background]
kind = "running"
window_days = 10
[controls]
kp = "space_weather.celestrak.pt3h"
max_kp = 9.0
[test]
lags = [-10, 5]
n_surrogates = 99
surrogates = ["circular_shift", "random_times"]
[power]
sizes_sigma = [0.0, 2.0]
shares = [1.0]
n_catalogues = 20
n_references = 99
"""
CODES = ("xaa", "xab", "xac")
STATIONS = [
    {"code": "XAA", "latitude": 20.0, "longitude": 95.0, "name": "A", "region": "", "code_scheme": "iaga_code"},
    {"code": "XAB", "latitude": 22.0, "longitude": 97.0, "name": "B", "region": "", "code_scheme": "iaga_code"},
    {"code": "XAC", "latitude": 40.0, "longitude": 140.0, "name": "C", "region": "", "code_scheme": "iaga_code"},
]
EVENTS = [
    {"event_id": f"e{number}", "time": time, "latitude": latitude, "longitude": longitude, "depth_km": 10.0,
     "magnitude": 6.5, "place": f"place {number}"}
    for number, (time, latitude, longitude) in enumerate([
        ("2016-03-25T01:00", 21.0, 96.0), ("2016-04-08T15:00", 40.5, 141.0), ("2016-04-13T13:55", 21.5, 95.5)])
]  # fmt: skip


def hourly(seed: int) -> list[float]:
    """A station's hours: each day a wave of another amplitude."""
    rng = np.random.default_rng(seed)
    hours = np.arange(61 * 24)
    amplitude = np.repeat(np.exp(rng.normal(3.0, 0.3, 61)), 24)
    return (30_000 + amplitude * np.cos(2 * np.pi * hours / 24)).round(2).tolist()


def first_release(folder: Path) -> None:
    """Write the first release."""
    for seed, code in enumerate(CODES):
        (folder / code).write_bytes(
            tiny(code=code, start="2016-03-01", values=hourly(seed), simulated=1, maturity="variation")
        )
    (folder / "stations").write_bytes(tiny(stations=STATIONS))
    (folder / "events").write_bytes(tiny(events=EVENTS))
    (folder / "indices.txt").write_text(
        (resources.files("soap.services.simulate") / "space_weather_2016.txt").read_text()
    )


def second_release(folder: Path) -> None:
    """A corrected day and a definitive station, another place of one, an earthquake relocated and one made smaller."""
    day = slice(33 * 24, 34 * 24)
    corrected = hourly(0)[day]
    (folder / "xaa").write_bytes(
        tiny(code="xaa", start="2016-04-03", values=[2 * one for one in corrected], simulated=1, maturity="variation")
    )
    (folder / "xab").write_bytes(
        tiny(code="xab", start="2016-03-01", values=hourly(11), simulated=1, maturity="definitive")
    )
    (folder / "stations").write_bytes(tiny(stations=[STATIONS[0] | {"longitude": 96.5}]))
    (folder / "events").write_bytes(tiny(events=[EVENTS[0] | {"latitude": 23.0}, EVENTS[1] | {"magnitude": 4.9}]))
