"""How fast a receiver's day becomes calibrated TEC, beside pygnss-tec on the same files; and a folder of days.

    python benchmarks/tec.py [--json]

One day: observations, orbits and biases are read from their packed files and made into datasets, all constellations,
receiver biases estimated, ROTI and flags included; pygnss-tec's `calc_tec_from_rinex` makes vertical TEC of GPS and
BeiDou codes with the receiver's bias from the file. Both are timed in processes of their own, medians of 5 after one
run that is not counted, and give the same satellites at the same times slant TEC that goes together. The folder is
`soap tec FOLDER -o FOLDER` from start to end, its files several times each. The peer's environment is the one that
SOAP_BENCH_PEERS names, else a throw-away one made for the run, else it is left out. Without the real files a made-up
receiver is taken.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from peers import python_of_peers
from rows import tell

from soap.testing.gnss_receiver import MadeUpReceiver

DATA = Path(os.environ.get("SOAP_TEST_DATA") or Path.cwd().resolve().parent / "shared" / "data") / "ground" / "gnss"
PEER = "pygnss-tec==0.4.2"
RUNS = 5
FOLDER_DAYS = 30
LEAST_CORRELATION = 0.95

OURS_PROGRAM = """
import json, resource, sys, time
from soap.formats import Source
from soap.systems.seismo_ionospheric import composition
obs, orbits, bias, out, runs = *sys.argv[1:5], int(sys.argv[5])
tec = composition().derivation("tec")
def run():
    aids = tec.open_aids({"orbits": [Source.from_path(orbits)], "bias": [Source.from_path(bias)]})
    return tec.of_file(Source.from_path(obs), aids.content, tec.parameters())
made, seconds = run(), []
for _ in range(runs):
    start = time.perf_counter()
    made = run()
    seconds.append(time.perf_counter() - start)
table = made.observations["tec"]["rtec"].to_dataframe().dropna().reset_index()
table.to_parquet(out)
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""

PEER_PROGRAM = """
import json, resource, sys, time
from gnss_tec import calc_tec_from_rinex
obs, orbits, bias, out, runs = *sys.argv[1:5], int(sys.argv[5])
run = lambda: calc_tec_from_rinex(obs, orbits, bias).collect()
made, seconds = run(), []
for _ in range(runs):
    start = time.perf_counter()
    made = run()
    seconds.append(time.perf_counter() - start)
made.select("time", made["prn"].cast(str).alias("sv"), "stec").write_parquet(out)
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def timed(python: str, program: str, files: tuple[Path, Path, Path], out: Path) -> dict:
    """Median time [s] and peak memory [MB] of a program on the files, and the table that it wrote."""
    done = subprocess.run(
        [python, "-c", program, *map(str, files), str(out), str(RUNS)], capture_output=True, text=True, check=True
    )
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    table = pd.read_parquet(out)
    table["time"] = pd.to_datetime(table["time"], utc=True).astype("datetime64[ns, UTC]")
    return {"seconds": statistics.median(seconds), "peak_mb": peak, "table": table}


def correlation(ours: pd.DataFrame, theirs: pd.DataFrame) -> float:
    """Median over satellites of the correlation of both slant TECs over time."""
    both = ours.merge(theirs, on=["time", "sv"])
    each = [one["rtec"].corr(one["stec"]) for _, one in both.groupby("sv") if len(one) > 100]
    return float(np.median(each))


def day_rows(folder: Path) -> list[dict]:
    files, name = day_files(folder)
    ours = timed(sys.executable, OURS_PROGRAM, files, folder / "ours.parquet")
    row = {"what": f"calibrated TEC of {name}", "soap_s": ours["seconds"], "soap_peak_mb": ours["peak_mb"],
           "rays": len(ours["table"])}  # fmt: skip
    with python_of_peers(PEER) as python:
        if python is not None and name != "a made-up receiver":
            theirs = timed(python, PEER_PROGRAM, files, folder / "theirs.parquet")
            agreed = correlation(ours["table"], theirs["table"])
            assert agreed > LEAST_CORRELATION, f"slant TEC correlates by {agreed:.3f} only with the peer's"
            row |= {"pygnss_tec_s": theirs["seconds"], "pygnss_tec_peak_mb": theirs["peak_mb"],
                    "pygnss_tec_rays": len(theirs["table"]), "correlation": agreed,
                    "times_faster": theirs["seconds"] / ours["seconds"]}  # fmt: skip
    return [row]


def day_files(folder: Path) -> tuple[tuple[Path, Path, Path], str]:
    """Observations, orbits and biases of one day."""
    day = DATA / "2024-010"
    if not day.exists():
        return MadeUpReceiver(step_s=30.0).write(folder), "a made-up receiver"
    names = ("CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz", "BRDC00IGS_R_20240100000_01D_MN.rnx.gz",
             "CAS0OPSRAP_20240100000_01D_01D_DCB.BIA.gz")  # fmt: skip
    return (day / names[0], day / names[1], day / names[2]), "CIBG 2024-010"


def folder_rows(folder: Path) -> list[dict]:
    """A folder of station-days by the command line, from its start to its end."""
    inside, day = folder / "days", DATA / "2020-001"
    inside.mkdir()
    if day.exists():
        found, orbits = sorted(day.glob("*.crx.gz")), day / "COD20863.EPH.Z"
        biases = sorted(day.glob("*.DCB.Z"))
    else:
        made, orbits, bias = MadeUpReceiver(step_s=30.0).write(folder)
        found, biases = [made], [bias]
    for number in range(FOLDER_DAYS):
        source = found[number % len(found)]
        shutil.copy(source, inside / f"{number:03d}-{source.name}")
    command = [str(Path(sys.executable).with_name("soap")), "tec", str(inside), "--orbits", str(orbits)]
    command += [part for bias in biases for part in ("--bias", str(bias))]
    command += ["-o", str(folder / "tables"), "--json"]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)["files"]
    return [
        {"what": f"soap tec of a folder, {len(found)} different files", "station_days": len(answers),
         "seconds": seconds, "station_days_per_min": 60 * len(answers) / seconds}
    ]  # fmt: skip


def rows() -> list[dict]:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        return day_rows(Path(one)) + folder_rows(Path(two))


if __name__ == "__main__":
    tell("tec", __doc__.splitlines()[0], rows)
