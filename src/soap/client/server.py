"""A SOAP server as Python sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import numpy as np

from soap.client.datasets import bundle, from_parquet
from soap.client.derived import SOURCES, horizontal
from soap.client.records import Around, Collection, Count, Granule, Job, contact, earthquake, record, station
from soap.client.transport import Broken, Transport
from soap.core.errors import BadParameter, WorkFailed
from soap.core.time import iso, utc
from soap.observations import Contact, Earthquake, Station

if TYPE_CHECKING:
    import httpx2
    import xarray as xr

Instant = str | np.datetime64
_PAGE = 1000


class Soap:
    """A server, asked as the public or, with a token, as whose it is; nothing is asked until a method is called.

    Every method raises the server's errors as those of `soap.core.errors`: `NotFound`, `Unknown`, `Refused`,
    `BadParameter`, `TooLarge`, `TooMany`, and `ArchiveError` when it cannot be reached. What is read is asked for again
    where the server was busy or the connection broke; an answer is whole or an error. Times are UTC, ISO 8601 or
    `datetime64`; windows hold their start and not their stop.
    """

    def __init__(self, url: str, token: str | None = None, timeout_s: float = 60.0):
        self._transport = Transport(url, token, timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *told: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Soap({self._transport.url!r})"

    def close(self) -> None:
        """End the connections to the server."""
        self._transport.close()

    def collections(self) -> tuple[Collection, ...]:
        """All collections that the asker may know, by identifier."""
        return tuple(record(Collection, one) for one in self._json("/collections"))

    def stations(self) -> tuple[Station, ...]:
        """All stations of known place, by code scheme and code."""
        return tuple(station(one) for one in self._json("/stations"))

    def contacts(self, code: str, code_scheme: str = "iaga_code") -> tuple[Contact, ...]:
        """Whom to ask about a station; persons' names and addresses are told to the people of members alone."""
        told = self._json(f"/stations/{quote(code_scheme, safe='')}/{quote(code, safe='')}")
        return tuple(contact(one) for one in told["contacts"])

    def events(
        self,
        start: Instant | None = None,
        stop: Instant | None = None,
        *,
        min_magnitude: float | None = None,
        near: tuple[float, float] | None = None,
        radius_km: float | None = None,
        box: tuple[float, float, float, float] | None = None,
        collection: str | None = None,
        as_of: Instant | None = None,
    ) -> tuple[Earthquake, ...]:
        """Earthquakes by time, each once; `near` is latitude, longitude, `box` west, south, east, north [degree]."""
        asked = {
            "start": _instant(start), "stop": _instant(stop), "min_magnitude": min_magnitude, "near": _numbers(near),
            "radius_km": radius_km, "box": _numbers(box), "collection": collection, "as_of": _instant(as_of),
            "order": "time-asc", "limit": _PAGE,
        }  # fmt: skip
        return tuple(earthquake(one) for page in self._pages("/events", asked, "after") for one in page["earthquakes"])

    def series(
        self,
        collection: str,
        variables: str | Sequence[str] | None,
        start: Instant,
        stop: Instant,
        *,
        station: str | None = None,
        provider: str | None = None,
        as_of: Instant | None = None,
    ) -> xr.Dataset:
        """A series, all variables where None: values along `time`, each with its flags `<variable>_quality`.

        Variables have `units`; the dataset's attributes say what it is and what to cite (`version`, `licence`,
        `citation`). `b_horizontal` is worked out of `b_north` and `b_east` where only these are held, and says so.
        `BadParameter` for a variable that there is not (saying which there are).
        """
        asked = (start, stop, station, provider, as_of)
        try:
            return self._values("/series", collection, variables, *asked)
        except BadParameter:
            names = [variables] if isinstance(variables, str) else list(variables or ())
            missing = next((name for name in names if name in SOURCES), None)
            if missing is None or not self._holds(collection, SOURCES[missing]):
                raise
        sources = [*(name for name in names if name != missing), *SOURCES[missing]]
        return horizontal(self._values("/series", collection, list(dict.fromkeys(sources)), *asked), missing)

    def _holds(self, collection: str, names: Sequence[str]) -> bool:
        """True where a collection holds all these variables."""
        found = self._json(f"/collections/{quote(collection.partition('@')[0], safe='')}")
        return any(set(names) <= set(one["variables"]) for one in found)

    def tracks(
        self,
        collection: str,
        variables: str | Sequence[str] | None,
        start: Instant,
        stop: Instant,
        *,
        provider: str | None = None,
        as_of: Instant | None = None,
    ) -> xr.Dataset:
        """A satellite's track: as `series`, with `latitude`, `longitude` and `height_km` along time."""
        return self._values("/tracks", collection, variables, start, stop, None, provider, as_of)

    def around(
        self,
        event_id: str,
        radius_km: float | None = None,
        *,
        start: Instant | None = None,
        stop: Instant | None = None,
        variables: Sequence[str] | None = None,
        context: Sequence[str] = (),
        as_of: Instant | None = None,
    ) -> Around:
        """Everything around an earthquake: in its preparation zone (Dobrovolsky et al. 1979), or within `radius_km`.

        From 30 days before to 15 after unless `start` or `stop` say otherwise; `context` names global indices to add.
        `TooLarge` says what to narrow.
        """
        asked = {
            "event": event_id, "radius_km": radius_km, "start": _instant(start), "stop": _instant(stop),
            "variable": None if variables is None else list(variables), "context": list(context) or None,
            "as_of": _instant(as_of),
        }  # fmt: skip
        told = self._json("/around", **asked)
        values = self._transport.get(
            "/around/values", asked | {"format": "netcdf"}, lambda answer: bundle(_whole(answer))
        )
        return Around(
            earthquake(told["event"]), told["radius_km"], utc(told["start"]), utc(told["stop"]),
            tuple(record(Count, one) for one in told["counts"]),
            tuple(earthquake(one) for one in told["earthquakes"]), values,
        )  # fmt: skip

    def granules(
        self,
        collection: str | None = None,
        start: Instant | None = None,
        stop: Instant | None = None,
        *,
        variable: str | None = None,
        near: tuple[float, float] | None = None,
        radius_km: float | None = None,
        box: tuple[float, float, float, float] | None = None,
    ) -> Iterator[Granule]:
        """Granules, one after the other, as pages are fetched."""
        asked = {
            "collection": collection, "start": _instant(start), "stop": _instant(stop), "variable": variable,
            "near": _numbers(near), "radius_km": radius_km, "box": _numbers(box), "limit": _PAGE,
        }  # fmt: skip
        for page in self._pages("/granules", asked, "token"):
            yield from (record(Granule, one) for one in page["granules"])

    def ask(self, kind: str, parameters: Mapping[str, Any]) -> Job:
        """Have long work done (`study`, `case`, `compute`, `export`); needs a token with the scope `work`."""
        return record(Job, self._transport.send("POST", "/jobs", {"kind": kind, "parameters": dict(parameters)}))

    def job(self, job_id: str) -> Job:
        """How far a job is."""
        return record(Job, self._json(f"/jobs/{quote(job_id, safe='')}"))

    def wait(self, job_id: str, timeout_s: float = 3600.0) -> Job:
        """A job once it has ended; `WorkFailed` when it failed, was cancelled, or takes longer."""
        until = time.monotonic() + timeout_s
        while True:
            left = max(until - time.monotonic(), 0.0)
            found = record(Job, self._json(f"/jobs/{quote(job_id, safe='')}", wait=min(left, 20.0)))
            if not found.active:
                break
            if not left:
                raise WorkFailed(f"The job {job_id} goes on after {timeout_s:g} s ({found.message}); wait on.")
        if found.state != "done":
            raise WorkFailed(f"The job {job_id} is {found.state}: {found.message}")
        return found

    def result(self, job_id: str) -> bytes:
        """What a job made."""
        return self._transport.get(f"/jobs/{quote(job_id, safe='')}/result", {}, _whole)

    def _values(
        self,
        path: str,
        collection: str,
        variables: str | Sequence[str] | None,
        start: Instant,
        stop: Instant,
        station: str | None,
        provider: str | None,
        as_of: Instant | None,
    ) -> xr.Dataset:
        wanted = [variables] if isinstance(variables, str) else variables
        if wanted is not None and not wanted:
            raise BadParameter("Name a variable, or None for all.")
        asked = {
            "collection": collection, "variable": None if wanted is None else list(wanted), "start": _instant(start),
            "stop": _instant(stop), "station": station, "provider": provider, "as_of": _instant(as_of),
            "format": "parquet",
        }  # fmt: skip
        return self._transport.get(path, asked, lambda answer: from_parquet(_whole(answer)))

    def _json(self, path: str, **asked: Any) -> Any:
        return self._transport.get(path, asked, lambda answer: answer.json())

    def _pages(self, path: str, asked: Mapping[str, Any], onward: str) -> Iterator[Any]:
        token = None
        while True:
            page = self._json(path, **asked, **{onward: token})
            yield page
            token = page["next"]
            if token is None:
                return


def _whole(answer: httpx2.Response) -> bytes:
    """The answer's bytes; `Broken` where they are not as many as it said."""
    told = answer.headers.get("content-length")
    if told is not None and int(told) != len(answer.content):
        raise Broken(f"{len(answer.content):,} of {int(told):,} bytes came")
    return answer.content


def _instant(told: Instant | None) -> str | None:
    return None if told is None else iso(utc(told))


def _numbers(told: Sequence[float] | None) -> str | None:
    return None if told is None else ",".join(repr(float(one)) for one in told)
