"""Print the five largest modules, as a gentle reminder; fail when one has grown past any excuse."""

from __future__ import annotations

import sys
from pathlib import Path

LIMIT = 600

sizes = sorted(((len(path.read_text().splitlines()), path) for path in Path("src/soap").rglob("*.py")), reverse=True)
for lines, path in sizes[:5]:
    print(f"{lines:5d} {path}")
if sizes[0][0] > LIMIT:
    sys.exit(f"{sizes[0][1]} has {sizes[0][0]} lines, more than {LIMIT}: it holds two subjects; split it.")
