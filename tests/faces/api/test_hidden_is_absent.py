"""What somebody may not see answers as what does not exist: every GET route, asked in two worlds.

One world holds a member's data that are hidden from who asks; in the other they never existed. Whatever a route is
asked, of what is hidden too, both answer alike: status, headers and body.
"""

from __future__ import annotations

import itertools
import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from soap.archive import Archive, Selection, query
from soap.archive.policy import Terms
from soap.archive.schema import archive_fact
from soap.archive.terms import Subject
from soap.core.settings import Settings
from soap.core.time import iso
from soap.science import anomaly
from soap.services.composition import Composition
from soap.testing import policy_worlds as made
from soap.testing import restrictions
from soap.testing.policy_worlds import File, Naming, Setting
from soap.testing.web import application, signed

COMPOSITION = Composition(name="made", names=made.NAMES, methods=anomaly.METHODS)

SHOWN = (File("CHN", "kak", count=10), File("CHN", "031190"), File("CHN", "map"), File("", "kp"),
         File("CHN", "quakes", names=("ev1", "ev3")), File("CHN", "stations"), Naming("CHN"))  # fmt: skip
HIDDEN = (File("PAK", "kak", start=2, count=12, maturity="quick-look"), File("PAK", "abg", count=5),
          File("PAK", "031191", start=5),
          File("PAK", "map", start=1), File("PAK", "quakes", names=("ev2",)),
          File("PAK", "stations", start=1), Naming("PAK"))  # fmt: skip
_PLACED = ("station", "iaga_code:KAK")
SUBJECTS = [*(("collection", name) for name in (*made.COLLECTIONS, made.KP)), _PLACED]
SUBJECTS_OF = {"CHN": SUBJECTS, "": [("collection", made.KP)], "PAK": SUBJECTS}

HIDING = {
    "private": Terms("PAK", "private"),
    "embargoed": Terms("PAK", "open", (), made.FUTURE),
    "named": Terms("PAK", "named", ("IRN",)),
    "members": Terms("PAK", "members"),
}
"""Ways to hide; what is for members is hidden from the public alone."""


def settings_of(provider: str, terms: Terms) -> list[Setting]:
    return [Setting(Subject(kind, name, provider), terms) for kind, name in SUBJECTS_OF[provider]]


def steps_of(how: str, *, there: bool) -> tuple:
    """The world's steps; the hidden files are taken where they are `there`, the terms always."""
    hidden = HIDDEN if there else (None,) * len(HIDDEN)
    told = [*settings_of("CHN", Terms("CHN", "open", licence="CC-BY-4.0")), *settings_of("", Terms("", "open"))]
    return (*SHOWN, *told, *hidden, *settings_of("PAK", HIDING[how]))


def world(folder, how: str, *, there: bool) -> Archive:
    archive = Archive.open(Settings(archive=folder, catalogue="", objects=""))
    made.build(archive, steps_of(how, there=there))
    with archive.catalogue.publishing() as connection:  # what differs between any two archives
        for name, value in (("identity", 1), ("clock", made.recorded(1000).astype(int).item())):
            connection.execute(update(archive_fact).where(archive_fact.c.name == name).values(value=value))
    return archive


def values_of(archive: Archive) -> list[dict[str, list[str]]]:
    """What parameters are asked with, by name: of what is shown, and of what is hidden."""
    records = query.granules(archive, made.ME, Selection())
    out = []
    for record in records:
        platform = record.platform.upper() if record.shape == "series" else record.platform
        out.append({
            "collection": [record.collection_id], "collections": [record.collection_id],
            "collection_id": [record.collection_id], "granule_id": [record.granule_id], "item_id": [record.granule_id],
            "ids": [record.granule_id], "granule": [record.granule_id], "sha256": [*record.originals, record.sha256],
            "format": ["json", "csv"], "method": ["anomaly_sigma_kon_2011"],
            "variable": [record.variables[0]] if record.variables else [""],
            "platform": [record.platform], "at": ["2016-12-31"],
            "station": [platform], "code": [platform], "code_scheme": ["iaga_code"], "scheme": ["iaga_code"],
            "start": ["2016-12-31T00:00:00Z"], "stop": ["2017-01-01T12:00:00Z"],
        })  # fmt: skip
        held = {"start": [iso(record.window.start)], "stop": [iso(record.window.stop)], "format": ["json", "csv"]}
        out.append({"dataset": _datasets(record), **held})  # HAPI gives nothing beyond what is held
    for event in ("ev1", "ev2"):
        out.append({"event": [event], "event_id": [event], "eventid": [event]})
    places = ({"box": ["-180,-90,180,90"], "bbox": ["-180,-90,180,90"]}, {"near": ["36,140"], "radius_km": ["2000"]})
    for place in places:
        out.append(place | {"start": ["2016-01-01T00:00:00Z"], "stop": ["2018-01-01T00:00:00Z"]})
    out.append(
        {
            "starttime": ["2016-01-01"],
            "endtime": ["2018-01-01"],
            "level": ["station"],
            "nodata": ["404"],
            "format": ["text"],
        }
    )
    return [{}, *out]


def _datasets(record) -> list[str]:
    """What a HAPI dataset of it may be called."""
    return [record.collection_id, *(f"{record.collection_id}{sign}{record.platform}" for sign in "/:.@~")]


def addresses(paths: dict, values: list[dict[str, list[str]]]) -> dict[str, list[str]]:
    """Of every GET route the addresses that it is asked by."""
    found: dict[str, list[str]] = {}
    for path, operations in paths.items():
        if "get" not in operations:
            continue
        declared = operations["get"].get("parameters", ())
        in_path = [one["name"] for one in declared if one["in"] == "path"]
        in_query = [one["name"] for one in declared if one["in"] == "query"]
        asked = dict.fromkeys(
            _address(path, dict(zip(names, chosen, strict=True)), in_path)
            for some in values
            if all(name in some for name in in_path)
            for names in [[*in_path, *(name for name in in_query if name in some)]]
            for chosen in itertools.product(*(some[name] for name in names))
        )
        found[path] = list(asked) or [re.sub(r"\{[^}]*\}", "x", path)]
    return found


def _address(path: str, chosen: dict[str, str], in_path: list[str]) -> str:
    from urllib.parse import quote, urlencode

    for name in in_path:
        path = re.sub(rf"\{{{name}(:path)?\}}", quote(chosen[name], safe=""), path)
    asked = urlencode({name: value for name, value in chosen.items() if name not in in_path})
    return f"{path}?{asked}" if asked else path


def seen(client, address: str, headers: dict[str, str]) -> tuple[int, str, str]:
    """Status, headers and body, without what tells only when it was asked."""
    answer = client.get(address, headers=headers)
    kept = {name: value for name, value in sorted(answer.headers.items()) if name not in VOLATILE}
    return answer.status_code, _timeless(json.dumps(kept)), _timeless(answer.text)


VOLATILE = {"x-request-id", "soap-time", "retry-after"}
"""Headers that tell only when, or which request."""


def _timeless(text: str) -> str:
    today = datetime.now(UTC)
    return re.sub(rf"{today:%Y-%m-%d}T[0-9:.]+(Z|\+00:00)?", "NOW", text)


@pytest.fixture(
    scope="module",
    params=["embargoed", *(pytest.param(how, marks=pytest.mark.slow) for how in HIDING if how != "embargoed")],
)
def worlds(request, tmp_path_factory):
    """The two worlds, served, and who asks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SOAP_CATALOGUE", raising=False)
        patch.setattr("soap.services.search._MOST_SUMS", 0)  # sums are kept by what both worlds have in common
        both = [world(tmp_path_factory.mktemp(word), request.param, there=word == "there") for word in ("there", "not")]
        with application(both[0], COMPOSITION) as there, application(both[1], COMPOSITION) as absent:
            outsiders = [{}]
            if request.param != "members":
                outsiders.append("tur.user")
            yield there, absent, both, outsiders


def as_somebody(who, member, archive):
    return who if isinstance(who, dict) else signed(archive, who, member)


def test_what_is_hidden_answers_as_what_does_not_exist(worlds):
    there, absent, both, outsiders = worlds
    asked = addresses(there.get("/api/v1/openapi.json").json()["paths"], values_of(both[0]))
    answered, differ = set(), {}
    for who in outsiders:
        headers = [as_somebody(who, "TUR", archive) for archive in both]
        for path, some in asked.items():
            for address in some:
                one, other = seen(there, address, headers[0]), seen(absent, address, headers[1])
                if one != other:
                    differ[address] = (one, other)
                if one[0] == 200:
                    answered.add(path)
    assert not differ
    silent = {path for path in asked if path not in answered}
    assert silent <= SILENT, f"no answer of these is compared: {sorted(silent - SILENT)}"


SILENT = {
    "/api/v1/accounts",
    "/api/v1/audit",
    "/api/v1/events/{event_id}/control-windows",
    "/api/v1/feed/{secret}",
    "/api/v1/jobs",
    "/api/v1/jobs/{job_id}",
    "/api/v1/jobs/{job_id}/events",
    "/api/v1/jobs/{job_id}/result",
    "/api/v1/oidc/callback",
    "/api/v1/oidc/login",
    "/api/v1/quarantine",
    "/api/v1/studies/{study_id}",
    "/api/v1/studies/{study_id}/answer",
    "/api/v1/studies/{study_id}/numbers",
    "/api/v1/studies/{study_id}/provenance",
    "/api/v1/studies/{study_id}/report",
    "/api/v1/studies/{study_id}/result",
    "/api/v1/subscriptions",
    "/api/v1/subscriptions/{number}/notices",
    "/api/v1/terms",
    "/api/v1/terms/history",
    "/api/v1/tokens",
    "/api/v1/uploads",
    "/api/v1/uploads/senders",
    "/api/v1/uploads/{upload_id}",
    "/api/v1/usage",
    "/metrics",
}
"""Routes that give outsiders nothing here; jobs, studies and notices of hidden data have tests of their own."""


def test_its_owner_sees_the_difference(worlds):
    """Else the worlds would be alike for everybody, and the test above could not fail."""
    there, absent, both, _ = worlds
    headers = [as_somebody("pak.user", "PAK", archive) for archive in both]
    asked = addresses(there.get("/api/v1/openapi.json").json()["paths"], values_of(both[0]))
    differ = {
        path
        for path, some in asked.items()
        if any(seen(there, one, headers[0]) != seen(absent, one, headers[1]) for one in some)
    }
    assert differ >= {"/api/v1/collections", "/api/v1/collections/{collection_id}", "/api/v1/health"}


@pytest.mark.slow
@pytest.mark.parametrize("module", restrictions.found_by(restrictions.OVER_HTTP))
def test_a_lifted_restriction_is_found(worlds, module, monkeypatch):
    """Were the module not to ask what its viewer sees, the first test would fail."""
    there, absent, both, _ = worlds
    restrictions.lift(monkeypatch, module)
    asked = addresses(there.get("/api/v1/openapi.json").json()["paths"], values_of(both[0]))
    assert any(
        seen(there, one, {}) != seen(absent, one, {})
        for path, some in asked.items()
        for one in some
        if path in ASKED[module]
    )


ASKED = {
    "changes": ("/api/v1/changes", "/api/v1/changes/granules", "/api/v1/changes/stations", "/api/v1/changes/object"),
    "described": ("/hapi/info",),
    "event_listings": ("/api/v1/events", "/api/v1/events/{event_id}", "/fdsnws/event/1/query"),
    "extents": ("/stac/collections", "/stac/collections/{collection_id}"),
    "originals": ("/api/v1/originals/{sha256}", "/stac/search"),
    "page": ("/stac/search", "/api/v1/granules", "/api/v1/granules/{granule_id}"),
    "station_holdings": ("/fdsnws/station/1/query",),
}
"""Where each module's answers are told."""
