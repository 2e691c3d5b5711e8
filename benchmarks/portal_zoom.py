"""Zooming in the portal: from letting go of the mouse until the finer values stand on the canvas, of a million points.

An archive is made with 12 days of one-second values (1,036,800), served, and opened in a headless browser, all of it in
the window. A stretch is drawn with the mouse; timed is from the mouse's button going up to the first frame after the
canvas was painted with the answer for the new window, and to the first frame at all with the new window (of the values
that were there). Each zoom is of another stretch, so that nothing is answered from a cache.

    python benchmarks/portal_zoom.py [--json] [--repeat 15] [--url http://…]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page
from rows import command_line

from soap.archive import Archive, publish
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.names import Variable
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.formats import Reading
from soap.observations import series
from soap.testing.browser import chromium
from soap.testing.web import serving

ME = folder_owner("benchmark")
NORTH = Variable("b_north", "X", "nT", "field component towards geographic north", (-80_000.0, 80_000.0))
COLLECTION = "geomagnetism.kak.pt1s"
FIRST, LAST = "2016-04-01", "2016-04-13"
GOAL_MS = 150.0

_WATCH = """() => {
  const panels = document.querySelector('.panels');
  window.zoomed = new Promise((done) => {
    let up = 0, first = 0;
    const before = panels.dataset.start;
    addEventListener('mouseup', () => { up = performance.now(); }, { capture: true, once: true });
    const frame = () => {
      const painted = performance.getEntriesByName('plot:painted').filter((one) => up > 0 && one.startTime > up);
      if (panels.dataset.start !== before) {
        const start = Date.parse(panels.dataset.start) / 1000;
        if (first === 0 && painted.length > 0) first = performance.now();
        if (painted.some((one) => one.detail.first >= start - 1)) {
          done([first - up, performance.now() - up]);
          return;
        }
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}"""
"""Frames are looked at from the zoom on; a plot tells with each painting which values it painted."""


def fill(folder: Path) -> None:
    """An archive with the million values, open to all."""
    archive = Archive.open(Settings(archive=folder, catalogue="", objects=""))
    times = np.arange(FIRST, LAST, dtype="datetime64[s]").astype("datetime64[ns]")
    values = (30_000 + np.random.default_rng(0).normal(0, 0.4, len(times)).cumsum()).round(2)
    made = series(times, {"b_north": values}, names=(NORTH,), collection_id=COLLECTION, platform="kak", cadence="PT1S")
    content = b"a million"
    arrival = Arrival("million", content, sha256(content), "made", Reading(observations=(made,)))
    publish.publish(archive, ME, [arrival])
    set_terms(archive, ME, Subject("collection", COLLECTION, ""), Terms("", "open"))


def zoom(page: Page, address: str, left: float, right: float) -> tuple[float, float]:
    """Open the whole window, draw the stretch between two shares of the plot: first frame and finer frame [ms]."""
    page.goto(address)
    page.wait_for_selector(".panels[data-refined=true] canvas")
    page.wait_for_timeout(300)
    box = page.locator(".u-over").first.bounding_box()
    if box is None:
        raise RuntimeError("The plot is not on the page.")
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + left * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + right * box["width"], y, steps=4)
    page.evaluate(_WATCH)
    page.mouse.up()
    first, refined = page.evaluate("window.zoomed")
    return first, refined


def measured(url: str, repeat: int) -> list[tuple[float, float]]:
    """So many zooms on a served archive, the first of which is not counted."""
    address = f"{url}/series?s={COLLECTION}%2Fb_north&start={FIRST}&stop={LAST}&indices=0"
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        # each cuts another stretch of some eight days: nearly a million points are read for it
        return [zoom(page, address, 0.02 + 0.01 * at, 0.75 + 0.01 * at) for at in range(repeat + 1)][1:]


def main() -> int:
    """Measure, print, and tell whether the goal is met."""
    parser = command_line(__doc__, repeat=15)
    parser.add_argument("--url", default="", help="of a server that holds the million already")
    options = parser.parse_args()
    if options.url:
        found = measured(options.url, options.repeat)
    else:
        with tempfile.TemporaryDirectory() as place:
            fill(Path(place) / "archive")
            with serving(Path(place) / "archive") as (url, _):
                found = measured(url, options.repeat)
    first, refined = (statistics.median(column) for column in zip(*found, strict=True))
    worst = max(one[1] for one in found)
    told = {"first_frame_ms": first, "zoom_to_repaint_ms": refined, "worst_ms": worst, "goal_ms": GOAL_MS}
    if options.json:
        print(json.dumps({name: round(value, 1) for name, value in told.items()}))
    else:
        print(f"first frame {first:.0f} ms, finer values {refined:.0f} ms (median of {len(found)}; worst {worst:.0f});"
              f" goal {GOAL_MS:.0f} ms")  # fmt: skip
    return int(refined > GOAL_MS)


if __name__ == "__main__":
    sys.exit(main())
