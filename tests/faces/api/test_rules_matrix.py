"""Who may call what: routes x roles x scopes, against a table that is written here by hand.

A route that is not in the table fails this test: whoever adds one says here who may call it.
"""

from __future__ import annotations

import re

import pytest

from soap.faces.api.app import faces
from soap.testing.tiny import COMPOSITION
from soap.testing.web import application, signed, token_of

ROUTES = """
anybody     GET    /
anybody     GET    /assets/{name}
anybody     GET    /around
anybody     GET    /series
anybody     GET    /stations
anybody     GET    /stations/{code_scheme}/{code}
anybody     GET    /satellites
anybody     GET    /studies
anybody     GET    /studies/{study_id}
anybody     GET    /data
anybody     GET    /admin
anybody     GET    /admin/{part}
anybody     GET    /sign-in
runs        GET    /metrics
anybody     GET    /api/v1/members
anybody     GET    /api/v1/session
anybody     POST   /api/v1/session
anybody     DELETE /api/v1/session
in_person   POST   /api/v1/password
in_person   PUT    /api/v1/accounts/{user}/password
anybody     GET    /api/v1/oidc/login
anybody     GET    /api/v1/oidc/callback
in_person   GET    /api/v1/tokens
in_person   POST   /api/v1/tokens
in_person   DELETE /api/v1/tokens/{number}
runs        GET    /api/v1/accounts
runs        POST   /api/v1/accounts
runs        PATCH  /api/v1/accounts/{user}
runs        DELETE /api/v1/accounts/{user}
runs        POST   /api/v1/members
runs        GET    /api/v1/quarantine
signed_in   GET    /api/v1/terms
manages     PUT    /api/v1/terms
manages     DELETE /api/v1/terms
signed_in   GET    /api/v1/terms/history
manages     GET    /api/v1/audit
signed_in   GET    /api/v1/usage
anybody     GET    /api/v1/collections
anybody     GET    /api/v1/collections/{collection_id}
anybody     GET    /api/v1/stations
anybody     GET    /api/v1/stations/{code_scheme}/{code}
manages     PUT    /api/v1/stations/{code_scheme}/{code}/contacts
manages     DELETE /api/v1/stations/{code_scheme}/{code}/contacts
anybody     GET    /api/v1/stations/{code_scheme}/{code}/series
anybody     GET    /api/v1/health
anybody     GET    /api/v1/health/days
anybody     GET    /api/v1/statistics
works       GET    /api/v1/subscriptions
works       POST   /api/v1/subscriptions
works       PATCH  /api/v1/subscriptions/{number}
works       DELETE /api/v1/subscriptions/{number}
works       GET    /api/v1/subscriptions/{number}/notices
anybody     GET    /api/v1/feed/{secret}
anybody     GET    /api/v1/events
anybody     GET    /api/v1/events/{event_id}
anybody     GET    /api/v1/around
anybody     GET    /api/v1/around/values
anybody     GET    /api/v1/around/overhead
anybody     GET    /api/v1/activity
anybody     GET    /api/v1/anomalies
anybody     GET    /api/v1/events/{event_id}/control-windows
anybody     GET    /api/v1/granules
anybody     GET    /api/v1/granules/{granule_id}
anybody     GET    /api/v1/granules/{granule_id}/file
anybody     GET    /api/v1/originals/{sha256}
anybody     GET    /api/v1/methods
anybody     GET    /api/v1/studies
anybody     GET    /api/v1/studies/{study_id}
anybody     GET    /api/v1/studies/{study_id}/result
anybody     GET    /api/v1/studies/{study_id}/answer
anybody     GET    /api/v1/studies/{study_id}/provenance
anybody     GET    /api/v1/studies/{study_id}/report
anybody     GET    /api/v1/studies/{study_id}/numbers
manages     POST   /api/v1/studies/{study_id}/release
manages     DELETE /api/v1/studies/{study_id}/release
anybody     GET    /api/v1/job-kinds
works       POST   /api/v1/jobs
signed_in   GET    /api/v1/jobs
signed_in   GET    /api/v1/jobs/{job_id}
signed_in   GET    /api/v1/jobs/{job_id}/events
signed_in   GET    /api/v1/jobs/{job_id}/result
works       POST   /api/v1/jobs/{job_id}/cancel
works       DELETE /api/v1/jobs/{job_id}
hands_in    OPTIONS /api/v1/uploads
hands_in    GET    /api/v1/uploads
hands_in    POST   /api/v1/uploads
hands_in    GET    /api/v1/uploads/senders
hands_in    GET    /api/v1/uploads/{upload_id:upload}
hands_in    HEAD   /api/v1/uploads/{upload_id:upload}
hands_in    PATCH  /api/v1/uploads/{upload_id:upload}
hands_in    DELETE /api/v1/uploads/{upload_id:upload}
hands_in    POST   /api/v1/uploads/{upload_id:upload}
anybody     GET    /api/v1/changes
anybody     GET    /api/v1/changes/granules
anybody     GET    /api/v1/changes/stations
anybody     GET    /api/v1/changes/contacts
anybody     GET    /api/v1/changes/object
anybody     GET    /stac
anybody     GET    /stac/conformance
anybody     GET    /stac/queryables
anybody     GET    /stac/collections
anybody     GET    /stac/collections/{collection_id}
anybody     GET    /stac/collections/{collection_id}/queryables
anybody     GET    /stac/collections/{collection_id}/items
anybody     GET    /stac/collections/{collection_id}/items/{item_id:path}
anybody     GET    /stac/search
anybody     POST   /stac/search
anybody     GET    /api/v1/series
anybody     GET    /api/v1/tracks
anybody     GET    /api/v1/maps
anybody     GET    /api/v1/maps/grids
anybody     GET    /api/v1/dip-equator
anybody     GET    /api/v1/satellites
anybody     GET    /api/v1/satellites/{platform}/half-orbits
anybody     GET    /api/v1/satellites/{platform}/prediction
anybody     GET    /api/v1/spectrogram
anybody     GET    /api/v1/variables
anybody     GET    /hapi
anybody     HEAD   /hapi
anybody     GET    /hapi/about
anybody     HEAD   /hapi/about
anybody     GET    /hapi/capabilities
anybody     HEAD   /hapi/capabilities
anybody     GET    /hapi/catalog
anybody     HEAD   /hapi/catalog
anybody     GET    /hapi/info
anybody     HEAD   /hapi/info
anybody     GET    /hapi/data
anybody     HEAD   /hapi/data
anybody     GET    /hapi/{path:path}
anybody     HEAD   /hapi/{path:path}
anybody     GET    /fdsnws/event/1/query
anybody     GET    /fdsnws/event/1/version
anybody     GET    /fdsnws/event/1/catalogs
anybody     GET    /fdsnws/event/1/contributors
anybody     GET    /fdsnws/event/1/application.wadl
anybody     GET    /fdsnws/station/1/query
anybody     GET    /fdsnws/station/1/version
anybody     GET    /fdsnws/station/1/application.wadl
"""

TABLE = {(method, path): rule for rule, method, path in (line.split() for line in ROUTES.split("\n") if line)}

ROLES = ("guest", "user", "station", "member_admin", "project_admin")
MAY = {
    "anybody": set(ROLES),
    "signed_in": {"user", "station", "member_admin", "project_admin"},
    "works": {"user", "station", "member_admin", "project_admin"},
    "hands_in": {"station", "member_admin", "project_admin"},
    "manages": {"member_admin", "project_admin"},
    "runs": {"project_admin"},
    "in_person": set(),  # a token does not do; a browser's session is tried by the tests of sessions
}
SCOPE = {"anybody": "read", "signed_in": "read", "works": "work", "hands_in": "hand_in", "manages": "manage",
         "runs": "manage", "in_person": None}  # fmt: skip


def declared():
    return {
        (method, f"{face.prefix}{route.path}")
        for face in faces()
        for router in face.routers
        for route in router.routes
        for method in route.methods
    }


NUMBERED = ("{upload_id:upload}", "0" * 32)
"""What alone is taken for an upload's number."""


def test_every_route_is_in_the_table_and_the_table_has_no_other():
    assert declared() == set(TABLE)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The status of every route, by role, and by a token of the project's administrator with one scope."""
    from soap.archive import Archive
    from soap.core.settings import Settings

    archive = Archive.open(Settings(archive=tmp_path_factory.mktemp("matrix"), catalogue="", objects=""))
    everybody = {"guest": {}}
    for role in ROLES[1:]:
        everybody[role] = signed(archive, role.replace("_", "-"), "" if role == "project_admin" else "BGD", (role,))
    for scope in ("read", "hand_in", "work", "manage"):
        everybody[f"scope {scope}"] = token_of(archive, "project-admin", (scope,))
    with application(archive, COMPOSITION) as client:
        return {
            (who, method, path): client.request(
                method, re.sub(r"\{[^}]*\}", "x", path.replace(*NUMBERED)), headers=headers
            )
            for who, headers in everybody.items()
            for method, path in TABLE
        }


def let_in(answer) -> bool:
    """True unless a rule refused: what is refused further in is refused by the archive, in other words."""
    wordless = answer.request.method == "HEAD"  # and has no further in
    return answer.status_code != 401 and not (answer.status_code == 403 and (wordless or BY_RULE.search(answer.text)))


BY_RULE = re.compile(r"this is for |This token may |X-CSRF-Token")


@pytest.mark.parametrize(("method", "path"), TABLE)
def test_a_route_lets_in_whom_the_table_says(asked, method, path):
    rule = TABLE[method, path]
    assert {role for role in ROLES if let_in(asked[role, method, path])} == MAY[rule]
    if "guest" not in MAY[rule]:
        assert asked["guest", method, path].status_code == 401
    if SCOPE[rule] is not None:
        scopes = {
            scope for scope in ("read", "hand_in", "work", "manage") if let_in(asked[f"scope {scope}", method, path])
        }
        assert scopes == {SCOPE[rule]}
