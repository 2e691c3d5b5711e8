"""A format small enough to be written by hand, for tests of archives and services that need no real one.

A file is `TINY` and a JSON object: `code`, `start`, `values` (null is missing) and optionally `step` (seconds),
`cadence`, `maturity`, `simulated`, `latitude`, `longitude`, `notes` make a series; `events` and `stations` are lists of
the fields of `Earthquake` and `Station`, and `contacts` has lists of the fields of `Contact` by IAGA code.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from soap.core.errors import BadFile
from soap.core.names import Variable
from soap.core.time import utc
from soap.formats import Reader, Reading, Source
from soap.formats.reader import scan_by_reading
from soap.observations import Contact, Earthquake, Station, StationContacts, series
from soap.services.composition import Composition

NAMES = (Variable("b_north", "X", "nT", "field component towards geographic north", (-80_000.0, 80_000.0)),)
_MARK = b"TINY "
_OPTIONS = ("maturity", "simulated", "latitude", "longitude")


def tiny(**content: Any) -> bytes:
    """The bytes of a file of the format."""
    return _MARK + json.dumps(content).encode()


def read(source: Source) -> Reading:
    """All that the file holds."""
    try:
        content = json.loads(source.data.removeprefix(_MARK))
        return Reading(
            observations=(_series(content),) if "code" in content else (),
            events=tuple(Earthquake(**{**event, "time": utc(event["time"])}) for event in content.get("events", ())),
            events_collection_id="seismology.tiny.events" if "events" in content else "",
            stations=tuple(Station(**station) for station in content.get("stations", ())),
            contacts=tuple(
                StationContacts("iaga_code", code, tuple(Contact(**one) for one in some))
                for code, some in content.get("contacts", {}).items()
            ),
            notes=tuple(content.get("notes", ())),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile(f"The tiny file is damaged ({error})", file=source.name) from error


def _series(content: dict[str, Any]):
    values = np.array([np.nan if value is None else value for value in content["values"]], dtype=float)
    time = utc(content["start"]) + np.arange(len(values)) * np.timedelta64(content.get("step", 3600), "s")
    cadence = content.get("cadence", "PT1H")
    attrs = {name: content[name] for name in _OPTIONS if name in content}
    return series(
        time,
        {"b_north": values},
        names=NAMES,
        collection_id=f"geomagnetism.{content['code']}.{cadence.lower()}",
        platform=content["code"],
        cadence=cadence,
        **attrs,
    )


READER = Reader(
    name="tiny_json",
    title="Tiny test format",
    shape="series",
    level="L1",
    status="nominal",
    spec="the text of soap.testing.tiny",
    sniff=lambda head, name: head.startswith(_MARK),
    read=read,
    scan=scan_by_reading(read),
)

COMPOSITION = Composition(name="tiny", names=NAMES, readers=(READER,), reference="soap.testing.tiny:COMPOSITION")
"""A system that reads nothing else."""
