"""The view around an earthquake in the portal: from asking for the page until the first series stands there, and all.

A simulated network of eight members' stations over two months is made and served (or an archive that is there, with
`--archive`), and the Myanmar earthquake of 13 April 2016 is opened with a radius that holds all of them, 60 days wide,
in a headless browser with an empty cache each time. The first visit, in which the server reads for the first time, is
told apart.

    python benchmarks/portal_around.py [--json] [--repeat 7] [--archive DIR]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rows import command_line

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.time import Window, utc
from soap.services import find, ingest, simulate, terms
from soap.systems.seismo_ionospheric import composition
from soap.testing.browser import chromium
from soap.testing.web import OWNER, serving

VIEW = "/around?event=us20005hqz&radius_km=5000&start=2016-03-01&stop=2016-04-30"
GOAL_S = 2.0
_ROW = ".trow[data-row] path.values"


def fill(folder: Path) -> Path:
    """An archive of the simulated network, open to all; its folder."""
    window = Window(utc("2016-03-01"), utc("2016-05-01"))
    made = simulate.simulate(OWNER, composition(), folder / "simulated", window=window)
    archive = Archive.open(Settings(archive=folder / "archive", catalogue="", objects="", scheduler=""))
    ingest.ingest(OWNER, archive, composition(), [made.observations])
    for one in find.collections(OWNER, archive):
        terms.set_terms(OWNER, archive, terms.Subject("collection", one.collection_id), {"access": "open"})
    return folder / "archive"


def measured(url: str, repeat: int) -> list[tuple[float, float, int]]:
    """Of each visit: seconds until the first series is drawn, until nothing more is asked for, and rows drawn."""
    found = []
    with chromium() as browser:
        for _ in range(repeat + 1):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            begun = time.perf_counter()
            page.goto(f"{url}{VIEW}")
            page.locator(_ROW).first.wait_for()
            first = time.perf_counter() - begun
            page.wait_for_load_state("networkidle")
            found.append(
                (first, time.perf_counter() - begun - 0.5, page.locator(_ROW).count())
            )  # idle is 0.5 s of rest
            page.close()
    return found


def main() -> int:
    """Measure, print, and tell whether the goal is met."""
    parser = command_line(__doc__, repeat=7)
    parser.add_argument("--archive", type=Path, help="an archive that holds the network already, open to all")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = options.archive or fill(Path(place))
        with serving(folder) as (url, _):
            cold, *warm = measured(url, options.repeat)
    first, whole = (statistics.median(column) for column in zip(*((one[0], one[1]) for one in warm), strict=True))
    told = {"first_visit_s": cold[0], "first_plot_s": first, "all_s": whole, "rows": cold[2], "goal_s": GOAL_S}
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in told.items()}))
    else:
        print(f"first series after {first:.2f} s, all {cold[2]} rows after {whole:.2f} s (median of {len(warm)}; first"
              f" visit {cold[0]:.2f} s); goal {GOAL_S:.0f} s")  # fmt: skip
    return int(first > GOAL_S)


if __name__ == "__main__":
    sys.exit(main())
