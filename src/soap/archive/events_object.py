"""Earthquakes of a collection and year as an object's bytes and back; plain Parquet, one row an earthquake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from soap.archive.encoding import parquet_bytes
from soap.archive.objects import damaged
from soap.archive.schema import storable
from soap.core.time import NS
from soap.observations import Earthquake

_NUMBERS = {"latitude": "degree", "longitude": "degree", "depth_km": "km", "magnitude": "1"}
_WORDS = ("event_id", "magnitude_type", "place", "status")
_PROSE = ("magnitude_type", "place", "status")


def as_held(event: Earthquake) -> Earthquake:
    """The earthquake with its words as they can be kept; its identifier is not changed."""
    told: dict[str, Any] = {name: getattr(event, name) for name in _PROSE}
    kept: dict[str, Any] = {name: storable(word) for name, word in told.items()}
    return event if kept == told else replace(event, **kept)


def encode_events(events: Iterable[Earthquake]) -> bytes:
    """Parquet of the earthquakes, by time and identifier."""
    ordered = sorted(events, key=lambda event: (event.time, event.event_id))
    columns = {"time": np.array([event.time for event in ordered], dtype=NS)}
    columns |= {name: np.array([getattr(event, name) for event in ordered], dtype=float) for name in _NUMBERS}
    columns |= {name: np.array([getattr(event, name) for event in ordered], dtype=object) for name in _WORDS}
    return parquet_bytes(columns, {name: {"units": units} for name, units in _NUMBERS.items()}, {})


def decode_events(content: bytes, key: str) -> tuple[Earthquake, ...]:
    """The earthquakes in an object's bytes, by time."""
    return earthquakes_of(event_columns(content, key))


def earthquakes_of(columns: Mapping[str, np.ndarray]) -> tuple[Earthquake, ...]:
    """The earthquakes of some rows of the columns."""
    return tuple(
        Earthquake(
            event_id=identifier,
            time=time,
            latitude=latitude,
            longitude=longitude,
            depth_km=depth_km,
            magnitude=magnitude,
            magnitude_type=magnitude_type,
            place=place,
            status=status,
        )
        for time, latitude, longitude, depth_km, magnitude, identifier, magnitude_type, place, status in zip(
            columns["time"], *(columns[name].tolist() for name in (*_NUMBERS, *_WORDS)), strict=True
        )
    )


def event_columns(content: bytes, key: str) -> Mapping[str, np.ndarray]:
    """The columns alone, for tests on place, time and size before earthquakes are made."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content), use_threads=False)
        columns = {name: table[name].to_numpy() for name in ("time", *_NUMBERS, *_WORDS)}
    except (OSError, ValueError, KeyError) as error:
        raise damaged(f"object {key}", error) from error
    return {name: values.astype(NS) if name == "time" else values for name, values in columns.items()}


def same_events(one: Mapping[str, Earthquake], two: Mapping[str, Earthquake]) -> bool:
    """True when both hold the same earthquakes; an unknown depth equals an unknown depth."""
    return one.keys() == two.keys() and all(repr(one[name]) == repr(two[name]) for name in one)
