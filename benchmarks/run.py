"""Run every benchmark, one after another, and keep their figures in build/bench.json.

    python benchmarks/run.py [NAME…]

Each benchmark is a program of its own that compares with its peers in one run and checks that all values are equal.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.py") if path.stem != "run")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} [default: all]")
    asked = parser.parse_args().names or NAMES
    unknown = sorted(set(asked) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    figures = {"machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.machine()}}
    failed = []
    for name in asked:
        print(f"\n== {name}", flush=True)
        done = subprocess.run([sys.executable, HERE / f"{name}.py", "--json"], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            failed.append(name)
            continue
        figures[name] = json.loads(done.stdout)
        print(json.dumps(figures[name], indent=1), flush=True)
    out = Path("build") / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"\nFigures: {out}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
