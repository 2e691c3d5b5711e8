"""How fast a day of GNSS observations is read, beside others in the same run, all values checked equal.

    python benchmarks/read_gnss.py [--json]

File: CIBG00IDN 2024-010 (RINEX 3.04, Hatanaka compression, gzip; 2,848 epochs), or what SOAP_BENCH_RINEX names.
Peers: PyTECGg 1.4 (GPL, Rust), pygnss-tec 0.4.2 (MIT, Rust), georinex 1.16 (MIT, Python; on the file's first hour,
which takes it longer than the others the day). They live in the environment that SOAP_BENCH_PEERS names, else in a
throw-away one made for the run, else they are left out. Every program runs in a process of its own: wall time of the
first reading (what a command line pays, without imports), median of 5 later ones, and the peak of resident memory of
the process after the first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from peers import python_of_peers
from rows import command_line

DATA = Path(os.environ.get("SOAP_TEST_DATA") or Path.cwd().resolve().parent / "shared" / "data") / "ground" / "gnss"
FILE = Path(os.environ.get("SOAP_BENCH_RINEX") or DATA / "2024-010" / "CIBG00IDN_R_20240100000_01D_30S_MO.crx.gz")
PEERS = ("pytecgg==1.4.0", "pygnss-tec==0.4.2", "georinex==1.16.2", "hatanaka==2.8.1")
REPEAT = 5
FIRST_HOUR_S = 3600

TIMED = r"""
import json, re, statistics, sys, time
from pathlib import Path
def peak_mib():
    status = Path("/proc/self/status")  # that of getrusage begins with the parent's
    return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1024 if status.exists() else None
def timed(work, repeat):
    seconds, peak = [], None
    for _ in range(repeat + 1):
        made = None
        start = time.perf_counter()
        made = work()
        seconds.append(time.perf_counter() - start)
        peak = peak or peak_mib()
    return made, {"first_s": seconds[0], "later_s": statistics.median(seconds[1:] or seconds), "peak_mib": peak}
def told(figures, sums):
    print(json.dumps({"figures": figures, "sums": sums}))
path, repeat = sys.argv[1], int(sys.argv[2])
"""

OURS = """
import numpy as np
from soap.domains.ionosphere.formats.gnss_rinex_observation import parse
from soap.formats.source import Source
made, figures = timed(lambda: parse(Source.from_path(path)), repeat)
sums = {}
for letter, system in made.systems.items():
    for code, plane in zip(system.codes, system.values):
        known = plane[~np.isnan(plane)]
        sums[f"{letter} {code}"] = [len(known), int(np.rint(known * 1000).astype(np.int64).sum())]
told(figures, sums)
"""

PYGNSS_TEC = """
import numpy as np, gnss_tec
made, figures = timed(lambda: gnss_tec.read_rinex_obs(path)[1].collect(), repeat)
systems, sums = made["prn"].to_numpy().astype("U1"), {}
for code in made.columns[3:]:
    values = made[code].to_numpy().astype(float)
    for letter in "GRECJ":
        known = values[(systems == letter) & np.isfinite(values) & (values != 0)]
        if len(known):
            sums[f"{letter} {code}"] = [len(known), int(np.rint(known * 1000).astype(np.int64).sum())]
told(figures, sums)
"""

PYTECGG = """
import numpy as np
from pytecgg.parsing import read_rinex_obs
made, figures = timed(lambda: read_rinex_obs(path)[0], repeat)
systems, codes = made["sv"].to_numpy().astype("U1"), made["observable"].to_numpy().astype("U3")
values = made["value"].to_numpy()
sums = {}
for letter in "GRECJ":
    for code in np.unique(codes):
        known = values[(systems == letter) & (codes == code) & (values != 0)]
        if len(known):
            sums[f"{letter} {code}"] = [len(known), int(np.rint(known * 1000).astype(np.int64).sum())]
told(figures, sums)
"""

GEORINEX = """
import georinex, numpy as np, warnings
warnings.simplefilter("ignore")
made, figures = timed(lambda: georinex.load(path), 0)
sums = {}
for code in [str(name) for name in made.data_vars if len(str(name)) == 3]:
    for letter in "GRECJ":
        values = made[code].values[:, [str(sv).startswith(letter) for sv in made.sv.values]]
        known = values[np.isfinite(values) & (values != 0)]
        if len(known):
            sums[f"{letter} {code}"] = [len(known), int(np.rint(known * 1000).astype(np.int64).sum())]
told(figures, sums)
"""


def run(python: str, program: str, path: Path, repeat: int = REPEAT) -> dict:
    """Figures and sums that `program` tells of the file, in a process of its own."""
    command = [python, "-c", TIMED + program, str(path), str(repeat)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    if done.returncode:
        print(f"left out: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return {}
    return json.loads(done.stdout.splitlines()[-1])


def first_hour(path: Path, folder: Path) -> Path:
    """The file's epochs of its first hour as a file: Hatanaka differences stay good up to any cut between epochs."""
    from soap.domains.ionosphere.formats.gnss_rinex_observation.header import read_header
    from soap.domains.ionosphere.formats.gnss_rinex_observation.tables import AT_LINE, TIME
    from soap.domains.ionosphere.formats.gnss_rinex_observation.walk import Walker
    from soap.formats.source import Source

    source = Source.from_path(path)
    epochs = Walker(source, read_header(source)).walk().epochs[:-1]
    later = epochs[epochs[:, TIME] >= epochs[0, TIME] + FIRST_HOUR_S * 10**9]
    lines = source.data.split(b"\n", int(later[0, AT_LINE]) - 1)[:-1] if len(later) else [source.data]
    cut = folder / "first_hour.crx"
    cut.write_bytes(b"\n".join(lines) + b"\n")
    return cut


def compare(ours: dict, theirs: dict) -> dict:
    """Which of their codes are ours to the last digit, by count and sum of all values."""
    both = [code for code in theirs if code in ours]
    return {
        "codes_equal": sum(ours[code] == theirs[code] for code in both),
        "codes_they_have": len(theirs),
        "values_they_have": sum(count for count, _ in theirs.values()),
    }


def figures() -> dict:
    """All figures of the run."""
    run(sys.executable, OURS, FILE, 0)  # compiles once an installation
    ours = run(sys.executable, OURS, FILE)
    made: dict = {"file": FILE.name, "values": int(np.sum([count for count, _ in ours["sums"].values()]))}
    made["soap"] = ours["figures"]
    with tempfile.TemporaryDirectory() as folder, python_of_peers(*PEERS) as python:
        if python is None:
            return made
        for name, program in (("pytecgg", PYTECGG), ("pygnss_tec", PYGNSS_TEC)):
            if peer := run(python, program, FILE):
                made[name] = peer["figures"] | compare(ours["sums"], peer["sums"])
                made[name]["times_our_seconds"] = round(peer["figures"]["later_s"] / ours["figures"]["later_s"], 2)
        hour = first_hour(FILE, Path(folder))
        short, peer = run(sys.executable, OURS, hour), run(python, GEORINEX, hour, 0)
        made["soap_first_hour"] = short["figures"]
        if peer:
            made["georinex_first_hour"] = peer["figures"] | compare(short["sums"], peer["sums"])
            ratio = peer["figures"]["later_s"] / short["figures"]["later_s"]
            made["georinex_first_hour"]["times_our_seconds"] = round(ratio)
    return made


def main() -> None:
    as_json = command_line(__doc__).parse_args().json
    if not FILE.exists():
        sys.exit(f"{FILE} is not here; set SOAP_TEST_DATA or SOAP_BENCH_RINEX")
    made = figures()
    print(json.dumps(made, indent=1) if as_json else "\n".join(f"{name}: {told}" for name, told in made.items()))


if __name__ == "__main__":
    main()
