"""Peers: Delta Lake and Iceberg tables of minute values, in an environment of their own.

The environment is the one that SOAP_BENCH_PEERS names, else a throw-away one made for the run, else they are left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = ("deltalake", "numpy", "pyiceberg[sql-sqlite,pyarrow]")
PROGRAM = """
import json, statistics, sys, time
from pathlib import Path
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
kind, folder, runs = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
question = json.loads(sys.argv[4])
years, days = sorted((folder / "years").glob("*.parquet")), sorted((folder / "days").glob("*.parquet"))
first, last = (pa.scalar(question[end], pa.timestamp("us", "UTC")) for end in ("start", "stop"))
place = folder / kind
if kind == "deltalake":
    from deltalake import DeltaTable, write_deltalake
    for path in years:
        write_deltalake(str(place), pq.read_table(path), mode="append", partition_by=["station", "month"])
    append = lambda table: write_deltalake(str(place), table, mode="append")
    def ask():
        dataset = DeltaTable(str(place)).to_pyarrow_dataset()
        import pyarrow.dataset as ds
        chosen = (ds.field("station") == question["station"]) & (ds.field("time") >= first) & (ds.field("time") < last)
        return dataset.to_table(filter=chosen)
else:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual, LessThan
    from pyiceberg.transforms import IdentityTransform
    place.mkdir()
    catalogue = SqlCatalog("here", uri=f"sqlite:///{place}/catalogue.sqlite", warehouse=f"file://{place}")
    catalogue.create_namespace("bench")
    table = catalogue.create_table("bench.minute", schema=pq.read_schema(years[0]))
    with table.update_spec() as spec:
        spec.add_field("station", IdentityTransform(), "by_station")
        spec.add_field("month", IdentityTransform(), "by_month")
    for path in years:
        table.append(pq.read_table(path))
    def append(rows):
        catalogue.load_table("bench.minute").append(rows)
    def ask():
        begin, end = question["start_text"], question["stop_text"]
        chosen = And(EqualTo("station", question["station"]), GreaterThanOrEqual("time", begin), LessThan("time", end))
        return catalogue.load_table("bench.minute").scan(row_filter=chosen).to_arrow()
def timed(work, *arguments):
    start = time.perf_counter()
    answer = work(*arguments)
    return time.perf_counter() - start, answer
asked = [timed(ask) for _ in range(runs + 2)]
found = asked[-1][1].sort_by("time")
columns = {name: found[name].to_numpy() for name in question["components"]}
np.savez(folder / f"{kind}.npz", time=found["time"].to_numpy().astype("datetime64[ns]"), **columns)
appended = [timed(append, pq.read_table(path))[0] for path in days]
print(json.dumps({"read_s": sorted(second for second, _ in asked[2:]), "append_s": appended}))
"""


def run_peer(
    python: str, kind: str, folder: Path, runs: int, question: dict[str, Any]
) -> tuple[dict[str, list[float]], dict[str, np.ndarray]] | None:
    """Durations of `kind`'s reads and appends, and the columns it read; None where it is not installed."""
    command = [python, "-c", PROGRAM, kind, str(folder), str(runs), json.dumps(question)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", None) or error).strip()
        print(f"{kind} is left out: {said.splitlines()[-1]}", file=sys.stderr)
        return None
    with np.load(folder / f"{kind}.npz") as columns:
        return json.loads(done.stdout.splitlines()[-1]), dict(columns)
