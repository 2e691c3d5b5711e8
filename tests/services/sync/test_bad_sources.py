"""What a node that lies, or a link that corrupts, gives is refused in clear words, and nothing of it is shown."""

import json
import re

import httpx2
import pytest

from soap.archive import Archive, nodes
from soap.archive.encoding import encode
from soap.archive.foreign_object import MOST_BYTES
from soap.archive.objects import sha256
from soap.archive.policy import Terms
from soap.archive.terms import digest_of
from soap.core.errors import BadFile, BadParameter, Refused, WorkFailed
from soap.core.settings import Settings
from soap.services.sync.link import MOST_ANSWER, checked_url
from soap.testing.nodes import Node, held, mirrors, run_sync, serving_each_other
from soap.testing.web import OWNER

KAK = "geomagnetism.kak.pt1h"
GRANULE = f"{KAK}:kak:2016:CHN"


def answer(status=200, content=b"", headers=None):
    """An answer whose body is yet to come."""
    return httpx2.Response(status, headers=dict(headers or {}), stream=httpx2.ByteStream(content))


class Liar(httpx2.Client):
    """Asks a true node, and changes its answers: `lies` by the end of the path, from JSON (or bytes) to another."""

    def __init__(self, true: httpx2.Client, **lies):
        self.true, self.lies, self.asked = true, lies, []
        super().__init__(transport=httpx2.MockTransport(self.answer))

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        told = self.true.get(request.url.raw_path.decode(), headers=request.headers)
        kind = request.url.path.rpartition("/")[2]
        self.asked.append(kind)
        if kind not in self.lies or (told.status_code >= 300 and kind != "object"):
            return answer(told.status_code, told.content, told.headers)
        lie = self.lies[kind]
        if callable(lie):
            lie = lie(told.content if kind == "object" else told.json())
        if isinstance(lie, httpx2.Response):
            return lie
        if kind == "object":
            return answer(200, lie, {"SOAP-Terms": digest_of(Terms("CHN", "open"))})
        return answer(200, json.dumps(lie).encode())


@pytest.fixture(scope="module")
def chn(tmp_path_factory):
    """A true node, the same for all: nothing is ever written to it."""
    folder = tmp_path_factory.mktemp("chn")
    archive = Archive.open(Settings(archive=folder / "chn", catalogue="", objects=""))
    with serving_each_other({"chn": archive}) as nodes:
        nodes["chn"].hand_in("CHN", code="kak", start="2016-01-01", values=[1, 2])
        nodes["chn"].open_all(KAK, "CHN")
        yield nodes["chn"]


@pytest.fixture
def source(chn, tmp_path):
    pak = Node("pak", Archive.open(Settings(archive=tmp_path / "pak", catalogue="", objects="")), chn.client)
    mirrors(pak, chn, "CHN")
    return chn, pak


def lied_to(source, **lies):
    chn, pak = source
    report = run_sync(pak, chn, client=Liar(chn.client, **lies), tries=2)
    assert not report.converged
    assert held(pak.archive) == set()
    return report


def first(**changes):
    """Changes the first granule that is told."""

    def lie(page):
        page["granules"][0] |= changes
        return page

    return lie


def part(**changes):
    def lie(page):
        page["granules"][0]["parts"][0] |= changes
        return page

    return lie


def corrupted(content):
    return content[:100] + bytes([content[100] ^ 1]) + content[101:]


def test_corrupted_bytes_are_refused_and_told(source):
    report = lied_to(source, object=corrupted)
    ((name, reason),) = report.refused
    assert name == GRANULE
    assert "SHA-256" in reason
    (notice,) = nodes.notices(source[1].archive, OWNER, "chn")
    assert (notice.kind, notice.subject) == ("refused", GRANULE)
    lied_to(source, object=corrupted)
    assert len(nodes.notices(source[1].archive, OWNER, "chn")) == 1  # the same again is not told again
    assert run_sync(source[1], source[0]).converged


@pytest.mark.parametrize("content", [b"no object", b"PAR1" * 30, b""])
def test_bytes_of_the_right_sum_that_are_no_object_are_refused(source, content):
    told = {"sha256": sha256(content), "bytes": max(len(content), 1)}
    if content:
        report = lied_to(source, granules=part(**told), object=lambda _: content)
        assert GRANULE in report.refused[0][1]
    else:
        with pytest.raises(WorkFailed, match="only 0 of 1 bytes"):
            lied_to(source, granules=part(**told), object=lambda _: content)


def other(attrs=None, **changes):
    """A true object of other content."""
    from soap.archive.block import from_dataset
    from soap.formats import Source
    from soap.testing.tiny import read, tiny

    content = {"code": "kak", "start": "2016-01-01", "values": [1.0]} | changes
    (observation,) = read(Source.from_bytes("x", tiny(**content))).observations
    return encode(from_dataset(observation.assign_attrs(attrs or {})))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lambda: other(code="mmb"), "collection_id"),
        (lambda: other(start="2017-01-01"), "its times are of 2017"),
        (lambda: other(start="2016-12-31T20:00", values=[1] * 9), "its times are of 2016 to 2017"),
        (lambda: other(simulated=True), "simulated"),
        (lambda: other(attrs={"platform": "../../etc"}), "platform"),
    ],
)
def test_an_object_of_something_else_is_refused(source, content, says):
    made = content()
    report = lied_to(source, granules=part(sha256=sha256(made), bytes=len(made)), object=lambda _: made)
    assert says in report.refused[0][1]


def test_an_object_that_would_fill_the_memory_is_refused(source):
    """Few bytes that claim ten thousand million times, as an even step lets them."""
    made = other()
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(made))
    manifest = json.loads(pq.read_metadata(pa.BufferReader(made)).metadata[b"soap"])
    manifest["even_time"] = [0, 1, 10**10]
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({b"soap": json.dumps(manifest).encode()}), sink)
    made = sink.getvalue().to_pybytes()
    report = lied_to(source, granules=part(sha256=sha256(made), bytes=len(made)), object=lambda _: made)
    assert "claims 10000000000 times" in report.refused[0][1]


@pytest.mark.parametrize(
    "changes",
    [
        {"granule_id": "../../../etc/passwd"},
        {"granule_id": f"{KAK}:kak:2016:PAK"},
        {"granule_id": f"{KAK}:kak:2016"},
        {"platform": ".."},
        {"period": "2017"},
        {"platform": "x" * 200, "granule_id": f"{KAK}:{'x' * 200}:2016:CHN"},
        {"maturity": "variation", "terms": {"owner": "CHN", "access": "open", "named": ["PAK"], "embargo_until": None,
                                            "licence": "", "citation": ""}},
    ],
)  # fmt: skip
def test_names_and_terms_that_are_none_are_refused(source, changes):
    report = lied_to(source, granules=first(**changes))
    assert report.refused


def test_an_object_that_is_too_large_is_not_even_asked_for(source):
    chn, pak = source
    liar = Liar(chn.client, granules=part(bytes=MOST_BYTES + 1))
    report = run_sync(pak, chn, client=liar, tries=1)
    assert f"at most {MOST_BYTES}" in report.refused[0][1]
    assert "object" not in liar.asked


def test_more_bytes_than_told_are_not_read(source):
    report = lied_to(source, object=lambda content: content + b"x" * 10_000_000)
    assert "sends more than" in report.refused[0][1]


def endless(page):
    page["next"] = page["granules"][-1]["granule_id"] if page["granules"] else "more"
    return page


def growing():
    number = iter(range(10**9))

    def lie(page):
        one = page["granules"][0] if page["granules"] else lie.one
        lie.one = one
        names = [f"geomagnetism.kak.pt1h:kak:{next(number)}:CHN" for _ in range(1000)]
        page["granules"] = [one | {"granule_id": name, "period": name.split(":")[2]} for name in names]
        page["next"] = names[-1]
        return page

    return lie


@pytest.mark.parametrize(
    ("lies", "says"),
    [
        ({"granules": endless}, "does not end"),
        ({"granules": growing()}, "does not end"),
        ({"granules": lambda page: page | {"granules": page["granules"] * 2}}, "twice"),
        ({"granules": []}, "says at /granules what no node says"),
        ({"changes": {}}, "says at / what no node says"),
        ({"changes": lambda told: told | {"collections": told["collections"] * 2}}, "twice"),
        ({"changes": lambda told: told | {"identity": "chn"}}, "identity"),
        ({"granules": first(terms={"access": "everybody"})}, "terms"),
        ({"changes": lambda _: answer(302, headers={"location": "http://169.254.169.254/"})}, "leads elsewhere"),
        ({"changes": lambda _: answer(200, b"\x1f\x8b", {"content-encoding": "gzip"})}, "packs"),
        ({"granules": lambda _: answer(200, b" " * (MOST_ANSWER + 1))}, "sends more than"),
    ],
)
def test_a_node_that_says_what_no_node_says_is_left_with_clear_words(source, lies, says, monkeypatch):
    monkeypatch.setattr("soap.services.sync.link.MOST_MORE", 10)
    chn, pak = source
    with pytest.raises(BadFile, match=re.escape(says)):
        run_sync(pak, chn, client=Liar(chn.client, **lies), tries=2)
    assert held(pak.archive) <= held(chn.archive)


def test_data_of_providers_that_do_not_come_from_a_node_are_not_taken_from_it(source):
    """Neither another member's, nor the mirror's own, however open the source says they are."""
    chn, pak = source
    pak.hand_in("PAK", code="kak", start="2016-01-01", values=[5])
    before = held(pak.archive)

    def lie(told):
        (one,) = told["collections"]
        return told | {"collections": [one, *({**one, "provider": code} for code in ("PAK", "IRN", ""))]}

    report = run_sync(pak, chn, client=Liar(chn.client, changes=lie))
    assert (report.converged, report.left_out) == (True, 3)
    assert held(pak.archive) == before | held(chn.archive)


def test_another_archive_at_the_same_url_is_refused(source):
    chn, pak = source
    run_sync(pak, chn)
    with pytest.raises(Refused, match="another archive now"):
        run_sync(pak, chn, client=Liar(chn.client, changes=lambda told: told | {"identity": "00000000000000ff"}))


def test_a_wrong_token_is_refused_in_words(source):
    with pytest.raises(Refused, match="refuses this token"):
        run_sync(source[1], source[0], "soap_wrong")


@pytest.mark.parametrize("url", ["http://node.example", "ftp://x", "https://u:p@node.example", "https://", "x",
                                 "http://127.0.0.1.example.org", "https://n.example/?q=1", "https://[x"])  # fmt: skip
def test_urls_that_are_no_nodes(url):
    with pytest.raises(BadParameter):
        checked_url(url)


@pytest.mark.parametrize("url", ["https://node.example/soap/", "http://127.0.0.1:8000", "http://[::1]:80"])
def test_urls_of_nodes(url):
    assert checked_url(url) == url.rstrip("/")


def test_a_node_that_is_busy_is_asked_again_when_it_says(source, monkeypatch):
    chn, pak = source
    waited = []
    monkeypatch.setattr("soap.services.sync.link.time.sleep", waited.append)
    answers = iter([answer(429, headers={"retry-after": "7"}), answer(503)])
    assert run_sync(pak, chn, client=Liar(chn.client, changes=lambda told: next(answers, told) or told)).converged
    assert waited == [7.0, 0.4]


def test_the_rate_is_kept(source, monkeypatch):
    """Bytes over the link are paced: the pauses of a run make up the time that its bytes take at the rate."""
    chn, pak = source
    now, waited = [0.0], []

    def sleep(seconds):
        waited.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("soap.services.sync.link.time.sleep", sleep)
    monkeypatch.setattr("soap.services.sync.link.time.monotonic", lambda: now[0])
    report = run_sync(pak, chn, rate=1000)
    assert sum(waited) == pytest.approx(report.bytes / 1000, rel=1e-6)
