"""The public client, `hapiclient`, against a running server; and what a client sees when a stream breaks off."""

from __future__ import annotations

import http.client
import subprocess
import sys
from urllib.parse import urlsplit

import numpy as np
import pytest

from soap.archive import Archive, Selection, publish, query
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.settings import Settings
from soap.observations import series
from soap.testing import policy_worlds as worlds
from soap.testing.policy_worlds import File
from soap.testing.web import serving

MINUTES = np.datetime64("2016-01-01T00:00", "m") + np.arange(100_000)
KAK, ABG = "geomagnetism.kak.pt1m", "geomagnetism.abg.pt1m"


def minutes(code: str) -> dict[str, np.ndarray]:
    """Two variables with gaps, of more rows than a batch has."""
    random = np.random.default_rng(len(code))
    values = {name: random.normal(30_000, 50, len(MINUTES)).round(3) for name in ("b_north", "b_east")}
    values["b_east"][1000:1100] = np.nan
    return values


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server, by its URL, with an archive of two series, one of which is damaged in its second month, and a track."""
    folder = tmp_path_factory.mktemp("served") / "archive"
    archive = Archive.open(Settings(archive=folder, catalogue="", objects=""))
    worlds.build(archive, (File("", "031190", count=4),))
    for name in (KAK, ABG):
        code = name.split(".")[1]
        made = series(MINUTES, minutes(code), names=worlds.NAMES, collection_id=name, platform=code, cadence="PT1M")
        read = worlds.arrival(0, File("", "kp"))
        one = type(read)(f"{code}.txt", code.encode(), f"{code:0>64}", "made", type(read.reading)(observations=(made,)))
        publish.publish(archive, worlds.ME, [one])
    for name in (KAK, ABG, worlds.TRACK):
        set_terms(archive, worlds.ME, Subject("collection", name, ""), Terms("", "open"))
    february = sorted(query.granules(archive, worlds.ME, Selection(ABG)), key=lambda one: one.period)[1]
    archive.objects.delete(february.object_key)
    archive.objects.put(february.object_key, b"PAR1 no more")
    with serving(folder) as (url, _):
        yield url


READ = """
import sys
import numpy
from hapiclient import hapi
url, out, kak, track = sys.argv[1:]
print(*(one["id"] for one in hapi(url)["catalog"]))
print(*(one["name"] for one in hapi(url, kak)["parameters"]))
found = {}
for form in ("csv", "binary"):
    options = {"format": form, "cache": False, "cachedir": out + ".cache"}
    series, meta = hapi(url, kak, "b_east,b_north", "2016-01-01", "2016-03-10T10:40", **options)
    path, _ = hapi(url, track, "", "2016-12-31T21:00", "2016-12-31T21:00:03", **options)
    found |= {form + name: series[name] for name in series.dtype.names}
    found |= {form + "track" + name: path[name] for name in path.dtype.names}
    print(meta["x_version"])
numpy.savez(out, **found)
"""


def test_hapiclient_reads_equal_values(server, tmp_path):
    """In a process of its own, for it leaves its connections open."""
    out = tmp_path / "found.npz"
    done = subprocess.run([sys.executable, "-c", READ, f"{server}/hapi", str(out), KAK, worlds.TRACK],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    names, parameters, *versions = done.stdout.splitlines()
    assert names.split() == sorted([KAK, ABG, worlds.TRACK])
    assert parameters.split() == ["Time", "b_east", "b_east_quality", "b_north", "b_north_quality"]
    assert [version.partition("@")[0] for version in versions] == [KAK, KAK]
    with np.load(out, allow_pickle=True) as found:
        for form in ("csv", "binary"):
            assert found[f"{form}Time"].tolist() == [f"{one}:00Z".encode() for one in MINUTES.astype(str)]
            for name, values in minutes("kak").items():
                np.testing.assert_array_equal(found[form + name], values)
            assert found[f"{form}tracklatitude"].tolist() == [0.0, 2.0, 4.0]
        # Of CSV this client takes a text of digits for a number; the records of its usual format tell their kinds.
        halves = found["binarytrackhalf_orbit_id"].tolist()
        assert [one.decode() if isinstance(one, bytes) else one for one in halves] == ["031190"] * 3


@pytest.mark.parametrize(
    "path",
    [
        f"/hapi/data?dataset={ABG}&start=2016-01-01&stop=2016-03-10T10:40&format={form}"
        for form in ("csv", "binary", "json")
    ]
    + [f"/api/v1/series?collection={ABG}&start=2016&stop=2017&format={form}" for form in ("csv", "json")],
)
def test_a_stream_that_breaks_is_seen_to(server, path):
    """Its first rows are there before its last are read; then the connection ends, and not the answer."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200
    assert len(answer.read(1000)) == 1000
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        answer.read()
    answer.close()
    connection.close()
