"""IMPF, the messages in which observatories send samples in near real time over MQTT, as they were recorded.

Spec    INTERMAGNET Technical Manual, appendix "Intermagnet MQTT format",
        https://tech-man.intermagnet.org/update_s6/appendices/dataformats.html: the topic
        `impf/<iaga-code>/<cadence>/<publication-level>/<elements-recorded>`; JSON with `startDate` and arrays.
File    one message a line, a JSON object with `topic` and `payload` (the document, or its text) and more: what
        `mosquitto_sub -t 'impf/#' -F %J` writes, and what the archive keeps of messages that it was sent itself.
Gives   one series a station, cadence and level, `geomagnetism.<code>.<cadence>`, in nT and degree: the collection that
        the station's IAGA-2002 files are in too.

Elements    X Y Z `b_north` `b_east` `b_down`; H `b_horizontal`; D I `declination` `inclination`; S (scalar) `b_total`,
        else F (of the vector); with both, `b_total_difference` is F - S.
Maturity    level 1, as recorded, is `live`, which has the lowest finality: whatever file comes later replaces it. 2 is
        `adjusted`, 3 `quasi-definitive`, 4 `definitive`.

Beware
- The appendix gives D and I in minutes of arc, its JSON schema in degrees. They are read as minutes, as IAGA-2002 has
  them, and a note says so.
- Elements may come in messages of their own. At one instant the last message with a value counts.
- Minutes and seconds are taken as centred on their time, the rule of INTERMAGNET; a message does not say.
- 99999 and 88888, the missing values of IAGA-2002, are no numbers here either; null is the format's own word.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from soap.core.errors import BadFile, BadParameter
from soap.core.place import check_latlon
from soap.core.time import NS, utc
from soap.domains.geomagnetism.names import NAMES
from soap.formats.reader import Reader, Reading, scan_by_reading
from soap.formats.source import BYTE_ORDER_MARK, Source
from soap.observations import series

MATURITY = {"1": "live", "2": "adjusted", "3": "quasi-definitive", "4": "definitive"}
CADENCES = {"pt1s": ("PT1S", 1), "1hz": ("PT1S", 1), "pt1m": ("PT1M", 60)}
ELEMENTS = {"xyzs": "XYZSF", "hdzs": "HDZSF", "difs": "DIFS"}
"""What may be in messages of a topic; F, of the vector, beside its components says nothing new and is taken too."""

LONGEST = 172_800
"""Samples in one message: two days of seconds."""

_VARIABLES = {"X": "b_north", "Y": "b_east", "Z": "b_down", "H": "b_horizontal", "D": "declination",
              "I": "inclination"}  # fmt: skip
_ARCMIN = ("D", "I")
_FIRST = re.compile(rb'\s*\{.{0,400}?"topic"\s*:\s*"impf/', re.DOTALL)
_TOPIC = re.compile(r"impf/([a-z0-9]{3})/([a-z0-9]{3,4})/([1-4])/([a-z]{4})")
_START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.0+)?)?Z?")
_FIELD = "geomagneticField"
_FILLS = (99999.0, 88888.0)


@dataclass
class _Samples:
    """What messages of one station, cadence and level bring, in their order."""

    messages: list[tuple[np.ndarray, dict[str, np.ndarray]]] = field(default_factory=list)
    place: dict[str, float] = field(default_factory=dict)
    institution: str = ""


def sniff(head: bytes, filename: str) -> bool:
    """True when the first line is a message of an `impf/` topic."""
    return _FIRST.match(head) is not None


def read(source: Source) -> Reading:
    """All series of the messages; `BadFile` names the first line that breaks the format."""
    groups: dict[tuple[str, str, str], _Samples] = {}
    angles = False
    for number, line in enumerate(source.data.removeprefix(BYTE_ORDER_MARK).splitlines(), 1):
        if not line.strip():
            continue
        try:
            code, cadence, level, elements, payload = _message(line)
            samples = groups.setdefault((code, CADENCES[cadence][0], level), _Samples())
            samples.messages.append(_values(payload, elements, CADENCES[cadence][1]))
            samples.place |= _place(payload)
            samples.institution = str(payload.get("institute", samples.institution))
            angles = angles or "D" in elements
        except (ValueError, TypeError, BadParameter) as error:
            raise BadFile(f"Line {number} is no IMPF message ({error})", file=source.name) from error
    if not groups:
        raise BadFile("There is no message in it", file=source.name)
    series_of = tuple(_series(*key, samples) for key, samples in sorted(groups.items()))
    notes = ("D and I are read as minutes of arc, as the format's text has them; its schema says degrees.",)
    return Reading(observations=series_of, notes=notes if angles else ())


def _message(line: bytes) -> tuple[str, str, str, str, dict[str, Any]]:
    """Station, cadence, level, elements and document of a line."""
    told = _object(line.decode())
    topic = told.get("topic")
    match = _TOPIC.fullmatch(topic) if isinstance(topic, str) else None
    if match is None or match[2] not in CADENCES or match[4] not in ELEMENTS:
        raise ValueError(
            f"the topic {str(topic)[:80]!r} is not impf/CODE/{'|'.join(CADENCES)}/1-4/{'|'.join(ELEMENTS)}"
        )
    payload = told.get("payload")
    document = _object(payload) if isinstance(payload, str) else payload
    if not isinstance(document, dict):
        raise TypeError("its payload is no JSON object")
    return match[1], match[2], match[3], ELEMENTS[match[4]], document


def _values(payload: dict[str, Any], elements: str, step_s: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Times, and values by variable."""
    start = payload.get("startDate")
    if not isinstance(start, str) or not _START.fullmatch(start):
        raise ValueError(f"startDate is {str(start)[:40]!r}, not YYYY-MM-DDThh:mm[:ss]")
    first = utc(start)
    if first.astype(np.int64) % (step_s * 1_000_000_000):
        raise ValueError(f"startDate {start} is no whole number of its cadence, {step_s} s")
    arrays = {name.removeprefix(_FIELD): value for name, value in payload.items() if name.startswith(_FIELD)}
    foreign = sorted(set(arrays) - set(elements))
    if foreign or not arrays:
        raise ValueError(f"it has the elements {', '.join(foreign) or 'none'} and its topic says {elements}")
    columns = {letter: _column(letter, value) for letter, value in arrays.items()}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"its arrays have {', '.join(map(str, sorted(lengths)))} samples; all must have the same")
    time = first + np.arange(lengths.pop()) * np.timedelta64(step_s, "s").astype("timedelta64[ns]")
    return time.astype(NS), _variables(columns)


def _column(letter: str, told: Any) -> np.ndarray:
    if not isinstance(told, list) or not 0 < len(told) <= LONGEST:
        raise ValueError(f"{_FIELD}{letter} is no array of 1 to {LONGEST:,} samples")
    if any(isinstance(one, bool) or not isinstance(one, int | float | None) for one in told):
        raise ValueError(f"{_FIELD}{letter} holds what is neither a number nor null")
    values = np.array([np.nan if one is None else one for one in told], dtype=float)
    values[np.isin(values, _FILLS)] = np.nan
    if (np.abs(values) > 99_999).any():
        raise ValueError(f"{_FIELD}{letter} holds values beyond 99999")
    return values / 60 if letter in _ARCMIN else values


def _variables(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    out = {_VARIABLES[letter]: values for letter, values in columns.items() if letter in _VARIABLES}
    if "S" in columns or "F" in columns:
        out["b_total"] = columns.get("S", columns.get("F", np.empty(0)))
    if "S" in columns and "F" in columns:
        out["b_total_difference"] = columns["F"] - columns["S"]
    return out


def _place(payload: dict[str, Any]) -> dict[str, float]:
    told = [payload.get(name) for name in ("latitude", "longitude")]
    if any(not isinstance(one, int | float) or isinstance(one, bool) for one in told):
        return {}
    latitude, longitude = check_latlon(float(told[0] or 0), float(told[1] or 0))
    height = payload.get("elevation")
    known = {"height_m": float(height)} if isinstance(height, int | float) else {}
    return {"latitude": latitude, "longitude": longitude} | known


def _series(code: str, cadence: str, level: str, samples: _Samples):
    time = np.unique(np.concatenate([times for times, _ in samples.messages]))
    names = {name: None for _, columns in samples.messages for name in columns}
    columns = {name: np.full(len(time), np.nan) for name in names}
    for times, some in samples.messages:
        at = np.searchsorted(time, times)
        for name, values in some.items():
            there = ~np.isnan(values)
            columns[name][at[there]] = values[there]
    attrs: dict[str, Any] = dict(samples.place)
    if samples.institution:
        attrs["institution"] = samples.institution
    return series(
        time,
        columns,
        names=NAMES,
        collection_id=f"geomagnetism.{code}.{cadence.lower()}",
        platform=code,
        cadence=cadence,
        time_stamp="centre",
        maturity=MATURITY[level],
        iaga_code=code.upper(),
        **attrs,
    )


def _object(text: str) -> dict[str, Any]:
    def refused(word: str) -> float:
        raise ValueError(f"{word} is no number")

    told = json.loads(text, parse_constant=refused)
    if not isinstance(told, dict):
        raise TypeError("it is no JSON object")
    return told


READER = Reader(
    name="magnetometer_impf",
    title="Geomagnetic observatories in near real time, INTERMAGNET's MQTT messages (IMPF)",
    shape="series",
    level="L1",
    status="beta",
    spec="INTERMAGNET Technical Manual, appendix Intermagnet MQTT format",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Of the optional words of a message only the place and the institute are kept.",
)
