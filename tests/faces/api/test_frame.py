"""The application's frame: errors are problem documents, every route has a rule, tokens are judged."""

import base64
import re
from typing import Annotated

import pytest
from fastapi import APIRouter, Body, Query
from starlette.testclient import TestClient

from soap.core.errors import TooMany
from soap.core.who import Viewer
from soap.faces.api.app import build
from soap.faces.api.face import Face
from soap.faces.api.rules import Anybody, HandsIn, InPerson
from soap.services import tokens
from soap.testing.tiny import COMPOSITION
from soap.testing.web import OWNER, signed, token_of


def of(router: APIRouter, archive) -> TestClient:
    return TestClient(build(lambda: COMPOSITION, archive.settings, [Face("/x", (router,))]))


def test_a_route_without_a_rule_is_refused():
    router = APIRouter()
    router.add_api_route("/free", lambda: 1)
    with pytest.raises(RuntimeError, match="/free has 0 rules"):
        build(lambda: COMPOSITION, told=[Face("/x", (router,))])


def test_operations_are_named_by_the_method_under_which_they_stand(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    named = [(method, one["operationId"]) for methods in paths.values() for method, one in methods.items()]
    assert "hapi_data_get" in {name.removeprefix("data_") for _, name in named}  # a route of GET and HEAD
    assert [name for method, name in named if not name.endswith(f"_{method}")] == []


def test_members_are_told_to_anybody(client):
    answer = client.get("/api/v1/members")
    assert answer.status_code == 200
    assert {"code": "BGD", "name": "Bangladesh"} in answer.json()


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/nothing"])
def test_what_is_not_there_is_a_problem_document(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["title"] == "Not Found"


def test_errors_become_status_headers_and_words(archive):
    router = APIRouter()

    @router.get("/busy")
    def busy(asking: Anybody) -> None:
        raise TooMany("Asked for too often.", retry_after_s=7)

    @router.get("/number")
    def number(asking: Anybody, n: Annotated[int, Query(ge=1)]) -> int:
        return n

    with of(router, archive) as client:
        answer = client.get("/x/busy")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
        assert answer.json()["detail"] == "Asked for too often."
        answer = client.get("/x/number?n=0")
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith("n: ")


def test_a_token_is_judged_by_its_scopes_and_its_account_by_its_roles(archive):
    router = APIRouter()

    @router.post("/in")
    def hand_in(asking: HandsIn) -> str:
        return asking.viewer.member

    @router.post("/person")
    def person(asking: InPerson) -> str:
        return asking.viewer.user

    user = signed(archive, "u@bgd", "BGD")
    station = signed(archive, "s@bgd", "BGD", ("station",))
    narrow = token_of(archive, "s@bgd", ("read",))
    with of(router, archive) as client:
        assert client.post("/x/in").status_code == 401
        assert client.post("/x/in", headers=user).status_code == 403
        assert client.post("/x/in", headers=narrow).status_code == 403
        assert client.post("/x/in", headers=station).json() == "BGD"
        assert client.post("/x/person", headers=station).status_code == 403  # a token makes no tokens
        secret = station["Authorization"].split()[1]
        basic = base64.b64encode(f"any:{secret}".encode()).decode()
        assert client.post("/x/in", headers={"Authorization": f"Basic {basic}"}).json() == "BGD"
        assert client.post("/x/in", headers={"Authorization": "Bearer wrong"}).status_code == 401
        (held, _) = tokens.tokens(OWNER, archive, "s@bgd")
        tokens.revoke(Viewer("s@bgd"), archive, held.number)
        assert client.post("/x/in", headers=narrow).status_code == 401


def test_what_nobody_foresaw_is_a_500_that_tells_nothing(archive):
    router = APIRouter()

    @router.get("/fails")
    def fails(asking: Anybody) -> None:
        raise ZeroDivisionError("a secret of the server")

    application = build(lambda: COMPOSITION, archive.settings, [Face("/x", (router,))])
    with TestClient(application, raise_server_exceptions=False) as client:
        answer = client.get("/x/fails")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


def test_measures_are_for_who_runs_the_archive(client, archive):
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=signed(archive, "m@bgd", "BGD", ("member_admin",))).status_code == 403
    client.get("/api/v1/collections/geomagnetism.secret.pt1h")
    told = client.get("/metrics", headers=signed(archive, "root", roles=("project_admin",)))
    assert 'soap_requests_total{method="GET",route="/api/v1/collections/{collection_id}",status="404"}' in told.text
    assert "geomagnetism.secret" not in told.text


def test_the_description_says_who_may_call(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {} in paths["/api/v1/members"]["get"]["security"]
    assert {} not in paths["/metrics"]["get"]["security"]
    assert "422" not in paths["/api/v1/collections"]["get"]["responses"]


def test_the_description_has_what_the_server_says_before_a_face_is_asked(client):
    """A URL that is too long is refused as a problem, whatever errors are in the protocol that was asked."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    answers = [one["responses"][status]["content"] for some in paths.values() for one in some.values()
               for status in ("4XX", "5XX")]  # fmt: skip
    assert all("application/problem+json" in content for content in answers)
    assert "application/json" in paths["/hapi/data"]["get"]["responses"]["4XX"]["content"]
    assert "application/json" not in paths["/api/v1/members"]["get"]["responses"]["4XX"]["content"]


def test_a_method_that_a_path_does_not_take_is_told_which_it_takes(client):
    """All that the description has of the path, over all its routes; for `GET` also `HEAD` where it is taken."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert len(paths) > 70
    for path, operations in paths.items():
        described = {name.upper() for name in operations} - {"PARAMETERS"}
        there = re.sub(r"\{[^}]*\}", "0" * 32, path)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - described:
            answer = client.request(method, there)
            assert answer.status_code == 405, (method, path)
            assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == described - {"HEAD"}, path


def test_a_body_that_is_too_large_is_refused_before_it_is_read(archive):
    router = APIRouter()
    read = []

    @router.post("/in")
    def put_in(asking: Anybody, body: Annotated[list[int], Body()]) -> int:
        read.append(body)
        return 1

    with of(router, archive) as client:
        assert client.post("/x/in", json=[1]).json() == 1
        answer = client.post(
            "/x/in", content=b"[" + b"1," * (1 << 20) + b"1]", headers={"content-type": "application/json"}
        )
        assert (answer.status_code, len(read)) == (413, 1)
