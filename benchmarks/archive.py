"""What the archive does a second, beside its peers on the same values, all answers checked equal.

    python benchmarks/archive.py [--json] [--quick] [PART…]

The observations are made up here, the same each run: 50 stations x 1 year x 1 minute x 4 components (105 million
values at 0.1 nT), 2,000 half-orbits x 20,000 samples x 10 variables, and a catalogue of a million granules. Parts:
*minutes* (write, disk, read), *station_day* (durable publication), *half_orbits* (write, box by night), *granules*
(search). Wall-clock medians with the file cache warm; nothing decoded is kept between runs. The whole takes some ten
minutes, 10 GB of disk and 3 GB of memory; `--quick` a minute, whose figures say nothing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive_work import half_orbits, million_granules, minutes, station_day
from archive_work.made_up import QUICK, Size
from archive_work.table_formats import PACKAGES
from peers import python_of_peers
from rows import command_line


def measure(parts: list[str], size: Size, work: Path) -> dict[str, Any]:
    """Figures of the parts."""
    figures: dict[str, Any] = {}
    for part in (name for name in PARTS if name in parts):
        with tempfile.TemporaryDirectory(dir=work) as folder:  # of each part what it needs, and no longer
            figures[part] = _MEASURES[part](Path(folder), size)
        print(f"{part}: done", file=sys.stderr, flush=True)
    return figures


def _minutes(work: Path, size: Size) -> dict[str, Any]:
    with python_of_peers(*PACKAGES) as python:
        return minutes.measure(work, size, python)


_MEASURES: dict[str, Callable[[Path, Size], dict[str, Any]]] = {
    "minutes": _minutes,
    "station_day": station_day.measure,
    "half_orbits": half_orbits.measure,
    "granules": million_granules.measure,
}
PARTS = tuple(_MEASURES)


def shown(figures: dict[str, Any], depth: int = 0) -> None:
    """Print nested figures."""
    for name, value in figures.items():
        if isinstance(value, dict) and any(isinstance(one, dict) for one in value.values()):
            print(f"{'  ' * depth}{name}")
            shown(value, depth + 1)
        elif isinstance(value, dict):
            told = "  ".join(
                f"{key} {one:,.2f}" if isinstance(one, float) else f"{key} {one}" for key, one in value.items()
            )
            print(f"{'  ' * depth}{name:44} {told}")
        else:
            print(f"{'  ' * depth}{name:44} {value if value is None else f'{value:,}'}")


def main() -> None:
    parser = command_line(__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} [default: all]")
    parser.add_argument("--quick", action="store_true", help="a small size, to see that it runs")
    asked = parser.parse_args()
    unknown = sorted(set(asked.parts) - set(PARTS))
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as work:
        figures = measure(asked.parts or list(PARTS), QUICK if asked.quick else Size(), Path(work))
    if asked.json:
        print(json.dumps(figures, indent=2))
    else:
        shown(figures)


if __name__ == "__main__":
    main()
