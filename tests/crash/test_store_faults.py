"""A store on the network that fails in the middle of an ingest: it is said, and the next run does the rest."""

from __future__ import annotations

import pytest

from soap.archive import Archive, Selection, query
from soap.archive.store_objects import StoreObjects
from soap.archive.verify import verify
from soap.core.errors import ArchiveError
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services.ingest import ingest
from soap.testing import servers
from soap.testing.failing_server import proxy_of
from soap.testing.tiny import COMPOSITION, tiny

ME = folder_owner("tester")


@pytest.fixture
def proxy(monkeypatch):
    """A server that speaks S3, behind a proxy that fails as it is told."""
    with servers.s3() as server, proxy_of(server.endpoint) as proxy:
        for name, value in {**server.surroundings, "AWS_ENDPOINT_URL": proxy.endpoint}.items():
            monkeypatch.setenv(name, value)
        proxy.bucket = server.new_bucket()
        yield proxy


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["503", "silence"])
def test_whichever_request_of_an_ingest_fails_the_next_run_completes_it(proxy, tmp_path, fault):
    files = tmp_path / "files"
    files.mkdir()
    for number in range(4):
        (files / f"{number}.tiny").write_bytes(tiny(code=f"x{number}", start="2016-01-01", values=[number, 2, 3]))
    (files / "rubbish").write_bytes(b"what is this")
    archive = Archive.open(Settings(archive=tmp_path / "archive", catalogue="", objects=proxy.bucket))
    patient, hasty = archive.objects.store, StoreObjects(proxy.bucket, retries=0, silence_s=0.3).store
    failed = spared = 0
    while True:
        proxy.fails(fault, on="GET HEAD PUT", spared=spared)
        archive.objects.store = hasty
        try:
            ingest(ME, archive, COMPOSITION, [files])
        except ArchiveError:
            failed += 1
        else:
            break
        finally:
            proxy.fails("")
            archive.objects.store = patient
        shown = len(query.granules(archive, ME, Selection()))
        assert shown in (0, 4)  # a batch is there whole, or not at all
        assert verify(archive, ME).clean
        spared += 1
    proxy.fails("")
    assert failed > 8  # at least one request for each of the objects and originals
    assert len(query.granules(archive, ME, Selection())) == 4
    assert ingest(ME, archive, COMPOSITION, [files]).new == 0
    found = verify(archive, ME)
    assert (found.clean, found.orphans, found.originals, found.quarantined) == (True, (), 4, 1)
