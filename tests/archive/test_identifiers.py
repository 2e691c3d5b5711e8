"""Identifiers that no catalogue can hold: the file is refused with the reason, on every back end, and no other is.

The limits are those of the columns of docs/reference/archive-layout.md, which PostgreSQL enforces and SQLite does not.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from soap.archive import Selection, publish, query
from soap.archive.identifiers import LONGEST_PART
from soap.core.names import Variable
from soap.observations import Earthquake, Station, series, track

HOURS = np.arange("2016-04-13", "2016-04-14", dtype="datetime64[h]").astype("datetime64[ns]")
FIELD = (Variable("b_north", "X", "nT", "field towards north", (-80_000.0, 80_000.0)),)
DENSITY = (Variable("electron_density", "Ne", "m-3", "electron density", (0.0, 1e14)),)


def hours(**told):
    attrs = {"collection_id": "geomagnetism.kak.pt1h", "platform": "kak", "cadence": "PT1H"} | told
    return {"observations": (series(HOURS, {"b_north": np.arange(24.0)}, names=FIELD, **attrs),)}


def half_orbit(name):
    place = np.linspace(0.0, 10.0, 24)
    content = track(
        HOURS,
        place,
        place,
        np.full(24, 507.0),
        {"electron_density": np.full(24, 1e10)},
        names=DENSITY,
        collection_id="topside.cses_01.lap_1.l2",
        platform="cses_01",
        half_orbit_id=name,
    )
    return {"observations": (content,)}


def quake(name, collection_id="seismology.usgs.events"):
    event = Earthquake(name, np.datetime64("2016-04-13T13:55:17"), 23.0, 94.9, 136.0, 6.9, "mww")
    return {"events": (event,), "events_collection_id": collection_id}


def listed(**told):
    return {"stations": (Station(**{"code": "KAK", "latitude": 36.2, "longitude": 140.2} | told),)}


def named(length):
    """A collection_id of so many characters."""
    return f"geomagnetism.{'k' * (length - len('geomagnetism..pt1h'))}.pt1h"


LONG = {
    "collection_id": (hours(collection_id=named(201)), "collection_id", 200),
    "domain": (hours(collection_id=f"{'g' * 61}.kak.pt1h"), "domain", 60),
    "platform": (hours(platform="k" * 81), "platform", 80),
    "platform as part of a key": (hours(platform="磁" * 23), "platform", LONGEST_PART),
    "code in capitals": (hours(platform="ß" * 20 + "k" * 41), "code", 80),
    "code_scheme": (hours(code_scheme="s" * 41), "code_scheme", 40),
    "cadence": (hours(cadence="P" * 41), "cadence", 40),
    "period": (half_orbit("1" * 41), "period", 40),
    "granule_id": (hours(collection_id=named(200), platform=":" * 60), "granule_id", 300),
    "events' collection_id": (quake("us1", f"seismology.{'u' * 190}"), "collection_id", 200),
    "event_id": (quake("u" * 201), "event_id", 200),
    "station's code": (listed(code="K" * 81), "code", 80),
    "station's code_scheme": (listed(code_scheme="s" * 41), "code_scheme", 40),
}
NO_TEXT = {
    "platform": hours(platform="k\0k"),
    "maturity": hours(maturity="final\udc80"),
    "code_scheme": hours(code_scheme="a\0b"),
    "period": half_orbit("1\0"),
    "event_id": quake("us\0"),
    "code": listed(code="K\udc80"),
}
LONGEST = {
    "collection_id": hours(collection_id=named(200)),
    "platform": hours(platform="k" * 80),
    "platform of other letters": hours(platform="磁" * 22),
    "code_scheme": hours(code_scheme="s" * 40),
    "cadence": hours(cadence="P" * 40),
    "collection_id and platform": hours(collection_id=named(200), platform="k" * 80),
    "period": half_orbit("1" * 40),
    "event_id": quake("u" * 200),
    "station": listed(code="K" * 80, code_scheme="s" * 40),
}


def refusal(archive, me, make, reading):
    """Why the middle one of three files is refused; the others are published with it."""
    good = hours(), hours(collection_id="geomagnetism.mmb.pt1h", platform="mmb")
    before, bad, after = (make.arrival(**some) for some in (good[0], reading, good[1]))
    receipt = publish.publish(archive, me, [before, bad, after])
    assert set(receipt.published) == {before.sha256, after.sha256}
    ((refused, reason),) = receipt.refused
    assert refused is bad
    assert len(query.granules(archive, me, Selection())) == 2
    return reason


@pytest.mark.parametrize("what", LONG)
def test_a_file_with_a_name_that_is_too_long_is_refused_alone(archive, me, make, what):
    reading, column, limit = LONG[what]
    reason = refusal(archive, me, make, reading)
    assert f"The {column} " in reason
    assert f"at most {limit} " in reason
    assert len(reason) < 250


@pytest.mark.parametrize("what", NO_TEXT)
def test_a_file_with_a_name_that_is_no_text_is_refused_alone(archive, me, make, what):
    assert "no character" in refusal(archive, me, make, NO_TEXT[what])


@pytest.mark.parametrize("platform", ["", ".", ".."])
def test_a_platform_that_is_a_folder_of_its_own_is_refused(archive, me, make, platform):
    assert "cannot be part of a file's name" in refusal(archive, me, make, hours(platform=platform))


@pytest.mark.parametrize("what", LONGEST)
def test_the_longest_names_are_held(archive, me, make, what):
    receipt = publish.publish(archive, me, [make.arrival(**LONGEST[what])])
    assert len(receipt.published) == 1
    assert not receipt.refused


@pytest.mark.parametrize("reading", [quake(5), listed(code=5)])
def test_a_name_that_is_a_number_is_refused_alone(archive, me, make, reading):
    assert "'5' is no text" in refusal(archive, me, make, reading)


def test_words_that_are_no_text_are_held_as_their_escapes(archive, me, make):
    (event,) = quake("us1")["events"]
    odd = dataclasses.replace(event, place="near \udc80", status="a\0b")
    reading = {"events": (odd,), "events_collection_id": "seismology.usgs.events"}
    publish.publish(archive, me, [make.arrival(**reading)])
    held = query.event(archive, me, "us1")
    assert (held.place, held.status) == (r"near \udc80", r"a\x00b")
    assert publish.publish(archive, me, [make.arrival(**reading)]).granules == frozenset()  # it is the same still
