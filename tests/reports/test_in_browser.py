"""Reports in a real browser: nothing is fetched, nothing fails, and a phone needs no sideways scrolling."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess

import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services.ingest import ingest
from soap.services.study import case, run
from soap.systems.seismo_ionospheric import composition
from soap.testing.data import real

pytestmark = pytest.mark.slow

TOHOKU = "official20110311054624120_30"
FRAME = """<!doctype html><iframe id="frame" src="report.html" style="width:{width}px;height:800px;border:0"></iframe>
<script>
const wrong = [];
frame.contentWindow.addEventListener("error", event => wrong.push(event.message), true);
window.onload = () => {{
  const page = frame.contentDocument.documentElement;
  const fetched = frame.contentWindow.performance.getEntriesByType("resource").map(entry => entry.name);
  document.title = JSON.stringify({{
    scroll: page.scrollWidth, seen: page.clientWidth, fetched, wrong,
    figures: frame.contentDocument.querySelectorAll("svg, img").length,
  }});
}};
</script>"""


@pytest.fixture(scope="module")
def browser():
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    archive, me = Archive.open(Settings(archive=folder / "archive")), folder_owner("tester")
    files = [
        real("ground/geomag/2011-03-tohoku"),
        real("ground/geomag/wdc-hourly/MMB_1996-2013.wdc.gz"),
        real("ground/geomag/observatories.csv"),
        real("ground/earthquakes/usgs_M5.5plus_1965-2016_kaggle.csv.gz"),
        real("ground/indices/SW-All_celestrak.txt.gz"),
    ]
    ingest(me, archive, composition(), files)
    run(me, archive, composition(), "studies/tohoku-2011.toml", folder / "blocks")
    case(me, archive, composition(), TOHOKU, folder / "superposed_epoch")
    return folder


@pytest.mark.parametrize("kind", ["blocks", "superposed_epoch"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_report_fits_and_fetches_nothing(browser, reports, kind, width):
    from soap.reports import write_report

    write_report(reports / kind)
    (reports / kind / "frame.html").write_text(FRAME.format(width=width), encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command += ["--disable-component-update", "--disable-sync", "--no-first-run", "--allow-file-access-from-files"]
    command += [f"--user-data-dir={reports / 'profile'}", "--window-size=1400,900", "--dump-dom"]
    command += [(reports / kind / "frame.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    title = re.search(r"<title>(.*?)</title>", done.stdout)
    assert title, done.stdout[:500]
    seen = json.loads(html.unescape(title[1]))
    assert seen["scroll"] <= seen["seen"]
    assert (seen["fetched"], seen["wrong"]) == ([], [])
    assert seen["figures"] >= 3
