"""An archive that can tell people things, a receiver of webhooks, and a mail server, all on this machine."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from soap.archive import Archive
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.who import Viewer
from soap.services import accounts
from soap.services.ingest import ingest
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.web import OWNER, free_port

OPEN = Terms("", "open")


@pytest.fixture
def archive(settings):
    settings.watch_private_targets = True
    return Archive.open(settings)


@pytest.fixture
def take(archive, tmp_path):
    """Take a file of the tiny format, and open what it holds to everybody unless told otherwise."""
    number = iter(range(1000))

    def take(terms=OPEN, provider="", **content):
        path = tmp_path / f"{next(number)}.tiny"
        path.write_bytes(tiny(**content))
        assert ingest(OWNER, archive, COMPOSITION, [path], provider=provider).new == 1
        name = "seismology.tiny.events" if "events" in content else f"geomagnetism.{content['code']}.pt1h"
        set_terms(archive, OWNER, Subject("collection", name, provider), terms)

    return take


@pytest.fixture
def reader(archive):
    """A user of Turkey's."""
    accounts.add_account(OWNER, archive, "t@tur", ("user",), "TUR")
    return Viewer("t@tur", "TUR", frozenset({"user"}))


class Receiver(ThreadingHTTPServer):
    """Takes webhooks; answers with `statuses` one after the other, then with 204."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Taking)
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?of=mine"

    @property
    def told(self) -> list[dict]:
        return [json.loads(body) for _, body in self.taken]


class _Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers), body))
        status = self.server.statuses.pop(0) if self.server.statuses else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *told):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class _Box:
    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox(archive):
    """Messages that the mail server of the archive's settings took."""
    box = _Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    archive.settings.smtp_host, archive.settings.smtp_port = "127.0.0.1", controller.port
    archive.settings.smtp_from, archive.settings.smtp_starttls = "soap@example.org", False
    yield box.messages
    controller.stop()
