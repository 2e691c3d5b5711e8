"""The command line of a benchmark, and of one whose figures are rows, told to people or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable


def command_line(purpose: str, repeat: int = 0) -> argparse.ArgumentParser:
    """What every benchmark is told: --json, and --repeat where it takes a median; add what it alone is told."""
    parser = argparse.ArgumentParser(description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    if repeat:
        parser.add_argument("--repeat", type=int, default=repeat, help=f"runs of which figures are made [{repeat}]")
    return parser


def tell(benchmark: str, purpose: str, measure: Callable[[], list[dict]]) -> None:
    """Take the command line, measure, and print the rows; each says under `what` what was measured."""
    as_json = command_line(purpose).parse_args().json
    rows = measure()
    if as_json:
        print(json.dumps({"benchmark": benchmark, "rows": rows}, indent=1))
        return
    for row in rows:
        print(row["what"])
        for name, value in row.items():
            if name != "what":
                print(f"    {name:<28}{value:>12.4g}" if isinstance(value, float) else f"    {name:<28}{value:>12}")
