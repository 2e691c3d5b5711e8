"""A cluster behind TLS: it works for who has the certificate, and no one else is let in."""

from __future__ import annotations

import os
import shutil
import subprocess
from operator import call
from pathlib import Path

import pytest

from soap.core.errors import WorkFailed
from soap.services.work import workers
from soap.testing import servers

pytestmark = pytest.mark.slow
ROLES = ("client", "scheduler", "worker")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key, in a new folder."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here (Debian: apt install openssl)")
    folder.mkdir()
    public, key = folder / "certificate.pem", folder / "key.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=soap", "-days", "2"]
    subprocess.run([*command, "-keyout", key, "-out", public], check=True, capture_output=True)
    return public, key


def settings(public: Path, key: Path) -> dict[str, str]:
    """Dask's settings for who has them."""
    of_roles = {f"{role}.{part}": str(file) for role in ROLES for part, file in (("cert", public), ("key", key))}
    tls = {f"distributed.comm.tls.{name}": text for name, text in {"ca-file": str(public), **of_roles}.items()}
    return tls | {"distributed.comm.require-encryption": "true"}


def as_variables(found: dict[str, str]) -> dict[str, str]:
    return {f"DASK_{name.replace('.', '__').replace('-', '_').upper()}": text for name, text in found.items()}


def test_a_cluster_behind_tls_works_for_who_has_its_certificate(tmp_path, monkeypatch):
    from dask import config

    ours, others = (settings(*certificate(tmp_path / name)) for name in ("ours", "others"))
    with servers.dask(surroundings=as_variables(ours), protocol="tls") as cluster:
        assert cluster.url.startswith("tls://")
        with config.set(ours), workers(cluster.url) as crew:
            assert set(crew.all([os.getpid] * 3)) - {os.getpid()}
        monkeypatch.setattr("soap.services.work.cluster.ANSWER_S", 2)
        for found, url in ((others, cluster.url), ({}, cluster.url), ({}, cluster.url.replace("tls:", "tcp:"))):
            with config.set(found), pytest.raises(WorkFailed, match="No Dask scheduler answers"), workers(url) as crew:
                crew.all([call])
