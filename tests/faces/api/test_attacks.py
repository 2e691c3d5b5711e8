"""What a hostile visitor sends: the answer is a clear refusal, soon, and the archive stays as it was."""

from __future__ import annotations

import re
import time
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from soap.archive import Archive
from soap.archive.schema import metadata
from soap.core.settings import Settings
from soap.faces.api.app import build
from soap.services.composition import Composition
from soap.testing import policy_worlds as made
from soap.testing.policy_worlds import File
from soap.testing.web import signed

COMPOSITION = Composition(name="made", names=made.NAMES)
HELD = (File("", "kak", count=6), File("", "031190"), File("", "map"), File("", "kp"),
        File("", "quakes", names=("ev1", "ev3")), File("", "stations"))  # fmt: skip
UNLIMITED = {"requests_per_minute": 0, "member_requests_per_minute": 0}
SOON_S = 2.0
JSON = {"content-type": "application/json"}


def opened(folder, **settings):
    archive = Archive.open(Settings(archive=folder, catalogue="", objects="", **UNLIMITED, **settings))
    made.build(archive, HELD)
    return archive


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SOAP_CATALOGUE", raising=False)
        yield opened(tmp_path_factory.mktemp("attacked") / "archive")


@pytest.fixture(scope="module")
def root(held):
    return signed(held, "root", roles=("project_admin",))


@pytest.fixture(scope="module")
def client(held):
    with TestClient(build(lambda: COMPOSITION, held.settings), raise_server_exceptions=False) as client:
        yield client


INJECTED = (
    "' OR '1'='1", "'; DROP TABLE granule; --", '" OR ""="', "1) UNION SELECT * FROM token --", "%' OR 1=1 --",
    "collection = 'x' OR 1=1", "\x00", "a\x00b", "\r\nX-Evil: 1", "../../../../etc/passwd", "..\\..\\windows",
    "/etc/passwd", "%2e%2e%2f", "\u202e\ufeff\u2025/", "<script>alert(1)</script>", "NaN", "-inf", "1e999",
    "9" * 300, "99999-01-01T00:00:00Z", "2016-01-01T00:00:00+99:99", "," * 900, "[" * 900, "(" * 900, "*?" * 450 + "!",
    "%_" * 450, "1" * 900, "{}", "null",
)  # fmt: skip
FAST = ("'; DROP TABLE granule; --", "a\x00b", "\r\nX-Evil: 1", "../../../../etc/passwd", "*?" * 450 + "!", "9" * 300)
OTHERS = {"dataset": "geomagnetism.kak.pt1h", "collection": "geomagnetism.kak.pt1h",
          "start": "2016-12-31T21:00Z", "stop": "2017-01-01T00:00Z"}  # fmt: skip


def attacks(document, words):
    """Addresses that put each of the words into each parameter of each GET route, in the path or behind it."""
    for path, operations in document["paths"].items():
        declared = operations.get("get", {}).get("parameters", ())
        required = {one["name"]: OTHERS.get(one["name"], "x") for one in declared if one["in"] == "query" and
                    (one.get("required") or (path == "/hapi/data" and one["name"] in OTHERS))}  # fmt: skip
        for one in declared:
            for word in words:
                if one["in"] == "path":
                    filled = re.sub(rf"\{{{one['name']}(:path)?\}}", lambda _, word=word: quote(word, safe=""), path)
                    yield f"{re.sub(r'{[^}]*}', 'x', filled)}?{urlencode(required)}"
                elif one["in"] == "query":
                    filled = re.sub(r"\{[^}]*\}", "x", path)
                    yield f"{filled}?{urlencode(required | {one['name']: word})}"


def rows(archive):
    """How many rows each table has, and what is held; but for what is noted of requests."""
    noted = {"audit", "usage", "token", "session"}
    with archive.catalogue.reading() as connection:
        counts = {table.name: connection.execute(select(func.count()).select_from(table)).scalar()
                  for table in metadata.sorted_tables if table.name not in noted}  # fmt: skip
        return counts, connection.execute(select(metadata.tables["granule"])).all()


def survive(archive, client, root, words):
    before, wrong, asked, slowest = rows(archive), [], 0, (0.0, "")
    for address in attacks(client.get("/api/v1/openapi.json").json(), words):
        began = time.thread_time()
        answer = client.get(address, headers=root, follow_redirects=False)
        slowest, asked = max(slowest, (time.thread_time() - began, address)), asked + 1
        evil = "x-evil" in answer.headers or "root:" in answer.text or "traceback" in answer.text.lower()
        if answer.status_code >= 500 or evil:
            wrong.append((answer.status_code, address, answer.text[:200]))
    assert not wrong
    assert asked > 100 * len(words)
    assert slowest[0] < SOON_S, slowest
    assert rows(archive) == before


def test_no_parameter_takes_more_than_it_should(held, client, root):
    survive(held, client, root, FAST)


@pytest.mark.slow
def test_no_parameter_takes_any_of_these(held, client, root):
    survive(held, client, root, INJECTED)


@pytest.mark.slow
def test_a_catalogue_in_postgresql_takes_no_more(tmp_path, postgresql_server):
    url = postgresql_server.new_database()
    archive = Archive.open(Settings(archive=tmp_path / "archive", catalogue=url, objects="", **UNLIMITED))
    made.build(archive, HELD)
    root = signed(archive, "root", roles=("project_admin",))
    with TestClient(build(lambda: COMPOSITION, archive.settings), raise_server_exceptions=False) as client:
        survive(archive, client, root, FAST)


def test_the_catalogue_is_not_told_of(held, monkeypatch):
    """What is wrong with it is for who runs the archive: an outsider learns of no folder, host or database."""
    from soap.core.errors import ArchiveError
    from soap.services import earthquakes

    def fails(*_):
        raise ArchiveError("The archive's catalogue in the PostgreSQL database soap at db.internal cannot be used.")

    monkeypatch.setattr(earthquakes, "earthquake", fails)
    with TestClient(build(lambda: COMPOSITION, held.settings), raise_server_exceptions=False) as client:
        answer = client.get("/api/v1/events/ev1")
    assert answer.status_code == 503
    assert "db.internal" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/api/v1/..%2f..%2fcatalogue.sqlite", "/api/v1/%00",
     "//etc/passwd", "/..%5c..%5cetc", "/api/v1/originals/" + "a" * 63 + "/", "/api/v1/originals/%2e%2e%2f" + "a" * 58,
     "/stac/collections/x/items/../../../../etc/passwd", "/hapi/../../etc/passwd", "/hapi//evil.example/",
     "/api/v1/studies/study-..%2f/result", "/fdsnws/event/1/../../x"],
)  # fmt: skip
def test_no_path_leads_out(client, path):
    answer = client.get(path, follow_redirects=False)
    if answer.status_code in (301, 307):  # to a path of this server, never `//host`
        assert re.match(r"(http://testserver)?/(?!/)", answer.headers["location"])
        return
    assert answer.status_code in (400, 404)
    assert "root:" not in answer.text


FILTERS = {
    "signs": "-" * 3900 + "1=1",
    "signs apart": "- " * 1900 + "1=1",
    "signs of a value": "id=" + "-" * 3900 + "1",
    "brackets": "(" * 1990 + "id='x'" + ")" * 1990,
    "not": "not " * 990 + "id='x'",
    "functions": "casei(" * 600 + "id" + ")" * 600 + "='x'",
    "sums": "id=1" + "+1" * 1900,
    "powers": "1" + "^-1" * 1300 + "=1",
    "a statement": "id='x'; DROP TABLE granule",
    "always true": "id='x' OR 1=1",
    "quotes": "'" * 3999,
    "a union": "1=1 UNION SELECT * FROM token",
    "year 9999": "datetime > TIMESTAMP('9999-99-99T00:00:00Z')",
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_that_would_take_all_is_refused(client, name):
    """A run of signs took the parser's stack, and with it the server."""
    began = time.thread_time()
    answer = client.get("/stac/search", params={"filter": FILTERS[name]})
    assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")
    assert time.thread_time() - began < SOON_S


def nested(depth, inner):
    return b'{"op":"not","args":[' * depth + inner + b"]}" * depth


BODIES = {
    "deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep list": b"[" * 500_000,
    "deep filter": b'{"filter":' + nested(900, b'{"op":"=","args":[{"property":"id"},"x"]}') + b"}",
    "NaN": b'{"bbox":[NaN,0,1,1]}',
    "Infinity": b'{"bbox":[-Infinity,0,Infinity,1]}',
    "1e400": b'{"limit":1e400}',
    "digits": b'{"limit":' + b"9" * 100_000 + b"}",
    "half a character": b'{"ids":["\\ud800"]}',
    "half a character in a filter": b'{"filter":{"op":"=","args":[{"property":"id"},"\\udfff"]}}',
    "no UTF-8": b"\xff\xfe{}",
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "many": b'{"ids":[' + b",".join([b'"x"'] * 100_000) + b"]}",
    "many positions": b'{"intersects":{"type":"Polygon","coordinates":[[' + b",".join([b"[0,0]"] * 9000) + b"]]}}",
    "many parts": b'{"filter":{"op":"or","args":[' + b",".join([b'{"op":"isNull","args":[{"property":"id"}]}'] * 9000)
    + b"]}}",
    "a long time": b'{"datetime":"' + b"1" * 900_000 + b'"}',
    "wrong kinds": b'{"sortby":[{"field":{}}],"token":{},"fields":7}',
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_none_is_refused(client, name):
    began = time.thread_time()
    answer = client.post("/stac/search", content=BODIES[name], headers=JSON)
    assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")
    assert time.thread_time() - began < SOON_S


def test_of_two_members_of_one_name_one_counts(client):
    """RFC 8259 leaves it open; no part of the server takes one and another part the other."""
    told = client.post("/stac/search", content=b'{"ids":["none"],"ids":["neither"],"limit":0,"limit":1}', headers=JSON)
    assert (told.status_code, told.json()["features"]) == (200, [])


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x",
                                  "application/x-www-form-urlencoded", ""])  # fmt: skip
def test_a_body_of_another_kind_is_refused(client, kind):
    assert client.post("/stac/search", content=b'{"limit":1}', headers={"content-type": kind}).status_code == 400


def test_no_body_of_any_route_makes_the_server_fail(held, client, root):
    document, before, wrong = client.get("/api/v1/openapi.json").json(), rows(held), []
    for path, operations in document["paths"].items():
        for method in {"post", "put", "patch"} & set(operations):
            for name in ("deep", "NaN", "no UTF-8", "half a character", "null", "a list", "nothing"):
                address = re.sub(r"\{[^}]*\}", "1", path)
                answer = client.request(method, address, content=BODIES[name], headers=root | JSON)
                if answer.status_code >= 500 or (
                    answer.status_code < 300 and name not in ("nothing", "half a character")
                ):
                    wrong.append((answer.status_code, method, path, name))
    assert not [one for one in wrong if "/uploads" not in one[2]]
    assert rows(held)[1] == before[1]


def test_headers_are_not_split(client):
    word = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>"
    for path in ("/hapi/" + quote(word, safe="") + "/", f"/api/v1/events?after={quote(word)}&limit=1",
                 f"/api/v1/granules/{quote(word, safe='')}/file"):  # fmt: skip
        answer = client.get(path, follow_redirects=False)
        assert "evil" not in str(answer.headers.get("set-cookie"))
        assert all("\r" not in value and "\n" not in value for value in answer.headers.values())


@pytest.mark.parametrize(
    "name", ['a"b.txt', "a\r\nX-Evil: 1.txt", "../../up.txt", "é\u202e.txt", "a;b=c.txt", "\x00.txt"]
)
def test_a_file_name_in_a_header_is_but_a_name(name):
    from soap.faces.api.ranges import attached

    told = attached(name)["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9._-]+\"; filename\*=UTF-8''[A-Za-z0-9._~%/-]+", told)


@pytest.mark.parametrize("host", ["evil example", 'x"><script>', "[", "a/b", "a@b", "", "x:123456", "a,b", "x?y"])
def test_a_host_that_is_none_is_refused(client, host):
    assert client.get("/stac", headers={"host": host}).status_code == 400


def links_of(client, **headers):
    parts = [client.get("/stac", headers=headers), client.get("/stac/search?limit=1", headers=headers),
             client.get("/fdsnws/event/1/application.wadl", headers=headers),
             client.get("/api/v1/events?limit=1", headers=headers)]  # fmt: skip
    return "".join(one.text + str(dict(one.headers)) for one in parts)


def test_links_are_of_the_public_name_whatever_host_is_asked_by(tmp_path):
    archive = opened(tmp_path / "archive", public_url="https://soap.example.org")
    with TestClient(build(lambda: COMPOSITION, archive.settings)) as client:
        told = links_of(client, host="evil.example")
    assert "https://soap.example.org/stac" in told
    assert "evil.example" not in told
    assert "http://soap.example.org" not in told


def test_what_proxies_say_is_not_believed_of_everybody(client):
    told = links_of(client, host="here", **{
        "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-prefix": "/evil",
        "forwarded": "host=evil.example;proto=https", "x-original-url": "/evil", "x-forwarded-for": "6.6.6.6",
    })  # fmt: skip
    assert "evil" not in told
    assert "https://here" not in told


RANGES = {
    "many": "bytes=" + ",".join(f"{at}-{at}" for at in range(1000)),
    "overlapping": "bytes=0-,0-,0-,0-",
    "huge": "bytes=0-" + "9" * 15,
    "more digits than numbers have": "bytes=0-" + "9" * 3000,
    "backwards": "bytes=5-2",
    "beyond": "bytes=" + "9" * 15 + "-",
    "of none": "lines=1-2",
    "no number": "bytes=a-b",
    "none of it": "bytes=-0",
}


@pytest.mark.parametrize("name", RANGES)
def test_no_range_gives_more_than_the_file(client, root, name):
    address = "/api/v1/granules/geomagnetism.kak.pt1h:kak:2016/file"
    whole = client.get(address, headers=root)
    assert whole.status_code == 200
    answer = client.get(address, headers=root | {"range": RANGES[name]})
    assert answer.status_code in (200, 206, 416)
    assert len(answer.content) <= len(whole.content)
    if answer.status_code == 200:
        assert answer.content == whole.content


PUBLIC_TO_PAGES = ("/hapi",)


def test_pages_of_other_sites_read_only_what_is_public_and_never_as_a_user(client, root):
    document = client.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        for method in operations:
            answer = client.request(
                method, re.sub(r"\{[^}]*\}", "x", path), headers=root | {"origin": "https://evil.example"}
            )
            assert "access-control-allow-credentials" not in answer.headers
            allowed = answer.headers.get("access-control-allow-origin")
            assert allowed in ((None, "*") if path.startswith(PUBLIC_TO_PAGES) else (None,)), path
    asked = {"origin": "https://evil.example", "access-control-request-method": "DELETE"}
    answer = client.options("/api/v1/session", headers=asked)
    assert "access-control-allow-methods" not in answer.headers


def test_every_answer_is_taken_for_what_it_says_and_no_page_is_framed(client):
    for path in ("/", "/hapi", "/stac", "/api/v1/members", "/nothing", "/fdsnws/event/1/query?x=<script>",
                 "/api/v1/events/<script>", "/metrics"):  # fmt: skip
        answer = client.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        if answer.headers["content-type"].startswith("text/html"):
            policy = answer.headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy
            assert "default-src 'none'" in policy
            assert "script-src" not in policy
        else:
            assert "html" not in answer.headers["content-type"]


@pytest.mark.parametrize("word", ["a\nERROR forged line", "a\r\nforged", "\x1b[2J\x1b]0;owned\x07", "\u2028forged"])
def test_nobody_writes_lines_of_the_servers_log(held, monkeypatch, caplog, word):
    from soap.core.errors import ArchiveError
    from soap.services import earthquakes

    def fails(*_):
        raise ArchiveError("The disk is full.")

    monkeypatch.setattr(earthquakes, "earthquake", fails)
    with TestClient(build(lambda: COMPOSITION, held.settings), raise_server_exceptions=False) as client:
        client.get(f"/api/v1/events/{quote(word, safe='')}")
    assert any("The disk is full" in line for line in caplog.messages)
    for line in caplog.messages:
        assert not re.search("[\n\r\x1b\u2028]", line)
