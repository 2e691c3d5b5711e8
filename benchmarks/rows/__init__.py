"""A benchmark whose figures are rows, told to people or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable


def tell(benchmark: str, purpose: str, measure: Callable[[], list[dict]]) -> None:
    """Take the command line, measure, and print the rows; each says under `what` what was measured."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    as_json = parser.parse_args().json
    rows = measure()
    if as_json:
        print(json.dumps({"benchmark": benchmark, "rows": rows}, indent=1))
        return
    for row in rows:
        print(row["what"])
        for name, value in row.items():
            if name != "what":
                print(f"    {name:<28}{value:>12.4g}" if isinstance(value, float) else f"    {name:<28}{value:>12}")
