"""How fast IONEX maps are read and evaluated, beside others on the same files, all values checked equal.

    python benchmarks/read_ionex.py [--json]

Peers: plain Python slicing of each line; spinifex 2.0 (Apache-2.0), installed for this run into a throw-away
environment and left out where that is impossible; SciPy's regular-grid interpolation. Medians of 7 runs (peers 5).
Files: real ones of the test data where present (unpacked first, so that parsing alone is timed), else one made here.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import xarray as xr
from peers import python_of_peers
from rows import tell
from scipy.interpolate import RegularGridInterpolator

from soap.domains.ionosphere.formats.tec_ionex import READER
from soap.domains.ionosphere.names import NAMES
from soap.domains.ionosphere.science.ionex_interpolation import interpolate_schaer_1998
from soap.formats import Reading, Source
from soap.observations import field

DATA = Path(os.environ.get("SOAP_TEST_DATA") or Path.cwd().resolve().parent / "shared" / "data") / "ground" / "ionex"
REAL = ("codg0010.16i.Z", "esag0080.20i.Z", "uqrg1150.19i.Z")
PEER = "spinifex==2.0"
PEER_PROGRAM = """
import json, statistics, sys, time
from pathlib import Path
import numpy as np
from spinifex.ionospheric import ionex_parser
path, out, runs = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
seconds = []
for _ in range(runs):
    ionex_parser._read_ionex_file_cached.cache_clear()
    start = time.perf_counter()
    maps = ionex_parser.read_ionex(path)
    seconds.append(time.perf_counter() - start)
np.savez(out, tec=np.asarray(maps.tec), lats=np.asarray(maps.lats), lons=np.asarray(maps.lons))
print(json.dumps(statistics.median(seconds)))
"""


def median_s(work, runs: int = 7) -> float:
    """Median wall time of `work()` after one warm-up."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def sources(folder: Path) -> list[Source]:
    """Unpacked files, also written to `folder` for peers that read paths."""
    here = DATA.exists()
    found = [Source.from_path(DATA / name) for name in REAL] if here else [Source("made0010.16i", made())]
    for source in found:
        (folder / plain(source)).write_bytes(source.data)
    return found


def plain(source: Source) -> str:
    return source.name.removesuffix(".Z").removesuffix(".gz")


def made() -> bytes:
    """A day of hourly maps with RMS, of the size that the analysis centres publish."""
    grid = np.random.default_rng(1).integers(0, 900, (2, 25, 71, 73)) / 10
    times = np.datetime64("2016-01-01", "ns") + np.arange(25) * np.timedelta64(1, "h")
    columns = {"vtec": grid[0], "vtec_rms": grid[1]}
    maps = field(
        times, np.arange(-87.5, 88, 2.5), np.arange(-180.0, 181, 5), columns, names=NAMES,
        collection_id="ionosphere.made.gim", platform="made", shell_height_km=450.0,
    )  # fmt: skip
    assert READER.write is not None
    return READER.write(Reading((maps,)))


def by_slicing(data: bytes) -> np.ndarray:
    """All values in file order [0.1 TECU], each line cut into fives: what a careful script does."""
    values, inside = [], False
    for text in data.decode("latin-1").splitlines():
        label = text[60:80]
        if label.startswith(("START OF TEC", "START OF RMS")):
            inside = True
        elif label.startswith(("END OF TEC", "END OF RMS")):
            inside = False
        elif inside and not label.startswith(("LAT/", "EPOCH")):
            values += [int(text[at : at + 5]) for at in range(0, len(text.rstrip()), 5)]
    return np.array(values)


def in_file_order(dataset: xr.Dataset) -> np.ndarray:
    columns = [dataset[name].values[:, ::-1] for name in ("vtec", "vtec_rms") if name in dataset]
    tenths = np.rint(np.concatenate(columns) * 10)
    return np.where(np.isnan(tenths), 9999, tenths).ravel().astype(int)


def peer_s(python: str, path: Path, vtec: np.ndarray, runs: int = 5) -> float:
    """The peer's median time for one file, its values checked against ours."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "maps.npz"
        done = subprocess.run(
            [python, "-c", PEER_PROGRAM, path, out, str(runs)], capture_output=True, text=True, check=True
        )
        theirs = np.load(out)
        tec = theirs["tec"].transpose(0, 2, 1)[:, :: -1 if theirs["lats"][0] > 0 else 1]  # theirs is (time, lon, lat)
        known = ~np.isnan(vtec)
        assert np.allclose(tec[known], vtec[known], rtol=0, atol=1e-6), f"{path.name}: values differ from the peer's"
        return float(json.loads(done.stdout.splitlines()[-1]))


def reading_rows() -> list[dict]:
    rows = []
    with tempfile.TemporaryDirectory() as temporary, python_of_peers(PEER) as python:
        folder = Path(temporary)
        found = sources(folder)
        for source in found:
            dataset = READER.read(source).observations[0]
            vtec = dataset["vtec"].values
            ours = median_s(lambda source=source: READER.read(source))
            slicing = median_s(lambda source=source: by_slicing(source.data), 5)
            assert (by_slicing(source.data) == in_file_order(dataset)).all(), (
                f"{source.name}: values differ from slicing"
            )
            values = sum(dataset[name].size for name in ("vtec", "vtec_rms") if name in dataset)
            row = {"what": f"read {source.name}", "maps": dataset.sizes["time"], "values": values, "soap_s": ours,
                   "million_values_per_s": values / ours / 1e6, "slicing_s": slicing}  # fmt: skip
            if python is not None:
                row["spinifex_s"] = peer_s(python, folder / plain(source), vtec)
                row["times_faster_than_spinifex"] = row["spinifex_s"] / ours
            row["times_faster_than_slicing"] = slicing / ours
            rows.append(row)
    return rows


def evaluation_rows(points: int = 1_000_000, maps: int = 1000) -> list[dict]:
    rng = np.random.default_rng(1)
    grid = rng.random((maps, 71, 73)) * 90
    grid[:, :, -1] = grid[:, :, 0]
    times = np.datetime64("2016-01-01", "ns") + np.arange(maps) * np.timedelta64(1, "h")
    latitudes, longitudes = np.arange(-87.5, 88, 2.5), np.arange(-180.0, 181, 5)
    at = times[0] + (rng.random(points) * (maps - 1) * 3600e9).astype("m8[ns]")
    latitude, longitude = rng.uniform(-87.5, 87.5, points), rng.uniform(-180, 180, points)

    def ours(rotated: bool):
        return interpolate_schaer_1998(grid, times, latitudes, longitudes, at, latitude, longitude, rotated=rotated)

    hours = (times - times[0]) / np.timedelta64(1, "h")
    scipy = RegularGridInterpolator((hours, latitudes, longitudes), grid)
    places = np.stack([(at - times[0]) / np.timedelta64(1, "h"), latitude, longitude], axis=1)
    assert np.allclose(ours(False), scipy(places), rtol=1e-9), "values differ from SciPy's"
    plain_s, rotated_s = median_s(lambda: ours(False)), median_s(lambda: ours(True))
    scipy_s = median_s(lambda: scipy(places), 5)
    return [
        {"what": f"evaluate {maps} maps at {points} points", "soap_s": plain_s, "soap_rotated_s": rotated_s,
         "scipy_s": scipy_s, "times_faster_than_scipy": scipy_s / plain_s}
    ]  # fmt: skip


if __name__ == "__main__":
    tell("read_ionex", __doc__.splitlines()[0], lambda: reading_rows() + evaluation_rows())
