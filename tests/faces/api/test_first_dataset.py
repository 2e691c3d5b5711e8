"""The server listens before the first dataset is made; who may read values waits for it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from soap.faces.api import first_dataset
from soap.faces.api.app import build
from soap.testing.tiny import COMPOSITION


def test_searches_are_answered_before_the_first_dataset_and_values_after_it(archive, monkeypatch):
    go_on, begun = threading.Event(), []
    monkeypatch.setattr(first_dataset, "_made", lambda: go_on.wait(20))
    app = build(lambda: COMPOSITION, archive.settings, begun=lambda: begun.append("begun"))
    with TestClient(app) as client, ThreadPoolExecutor(1) as pool:
        assert client.get("/stac/search").status_code == 200
        waits = pool.submit(client.get, "/api/v1/members")
        with pytest.raises(TimeoutError):
            waits.result(timeout=0.2)
        assert begun == []
        go_on.set()
        assert waits.result(timeout=20).status_code == 200
        assert begun == ["begun"]
        assert client.get("/api/v1/members").status_code == 200
