"""Observations made up for the archive's tests, and ways to put them in."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from soap.archive import Archive, publish
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.core.names import Variable
from soap.core.who import folder_owner
from soap.formats import Reading
from soap.observations import field, series, track
from soap.testing.backends import vary_backends

NAMES = (
    Variable("b_north", "X", "nT", "field towards north", (-80_000.0, 80_000.0)),
    Variable("b_east", "Y", "nT", "field towards east", (-80_000.0, 80_000.0)),
    Variable("vtec", "VTEC", "TECU", "vertical electron content", (0.0, 500.0)),
    Variable("electron_density", "Ne", "m-3", "electron density", (0.0, 1e14)),
)
_serial = itertools.count()


def make_series(times, b_north, *, code="kak", cadence="PT1H", **attrs):
    columns = b_north if isinstance(b_north, dict) else {"b_north": b_north}
    columns = {name: np.asarray(values, dtype=float) for name, values in columns.items()}
    collection_id = f"geomagnetism.{code}.{cadence.lower()}"
    return series(
        np.asarray(times, dtype="datetime64[ns]"),
        columns,
        names=NAMES,
        collection_id=collection_id,
        platform=code,
        cadence=cadence,
        **attrs,
    )


def make_track(latitude, longitude, *, start="2016-04-13T00:00", half_orbit_id="031190", **attrs):
    time = np.datetime64(start, "ns") + np.arange(len(latitude)) * np.timedelta64(1, "s")
    columns = {"electron_density": np.linspace(1e10, 2e10, len(latitude))}
    return track(
        time,
        np.asarray(latitude),
        np.asarray(longitude),
        np.full(len(latitude), 507.0),
        columns,
        names=NAMES,
        collection_id="topside.cses_01.lap_1.l2",
        platform="cses_01",
        half_orbit_id=half_orbit_id,
        **attrs,
    )


def make_field(times, latitude, longitude, seed=0, **attrs):
    shape = (len(times), len(latitude), len(longitude))
    columns = {"vtec": np.random.default_rng(seed).uniform(1, 50, shape).round(1)}
    return field(
        np.asarray(times, dtype="datetime64[ns]"),
        np.asarray(latitude),
        np.asarray(longitude),
        columns,
        names=NAMES,
        collection_id="ionosphere.codg.gim",
        platform="codg",
        cadence="PT2H",
        **attrs,
    )


def arrival(content: bytes | None = None, **reading) -> Arrival:
    """A file that was read; without `content`, bytes that no other arrival has."""
    content = f"file {next(_serial)}".encode() if content is None else content
    return Arrival(f"{sha256(content)[:8]}.txt", content, sha256(content), "test", Reading(**reading))


@pytest.fixture
def make():
    """Builders of observations, as attributes."""

    class Make:
        series = staticmethod(make_series)
        track = staticmethod(make_track)
        field = staticmethod(make_field)
        arrival = staticmethod(arrival)
        names = NAMES

    return Make


@pytest.fixture
def me():
    return folder_owner("tester")


def pytest_generate_tests(metafunc):
    vary_backends(metafunc, fast=("sqlite+files", "postgresql+files"))


@pytest.fixture
def archive(settings):
    return Archive.open(settings)


@pytest.fixture
def damage(archive):
    """Put other bytes under a key, as a fault of the store would."""

    def _damage(key: str, content: bytes) -> None:
        archive.objects.delete(key)
        assert archive.objects.put(key, content)

    return _damage


@pytest.fixture
def put(archive, me):
    """Publish observations (or `Reading` fields), each call one file; gives the receipt."""

    def _put(*observations, **reading):
        receipt = publish.publish(archive, me, [arrival(observations=observations, **reading)])
        assert not receipt.refused, receipt.refused
        return receipt

    return _put
