"""The whole main job in a browser: find the earthquake of 13 April 2016 in Myanmar, look around, study it, export; and
what is under embargo is nowhere to be seen for another member."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest

from soap.core.time import Window
from soap.systems.seismo_ionospheric import composition
from soap.testing import small_network
from soap.testing.browser import english
from soap.testing.small_network import EMBARGOED, EVENT
from soap.testing.web import serving

pytestmark = pytest.mark.slow

TWO_MONTHS = Window(np.datetime64("2016-03-01", "ns"), np.datetime64("2016-05-01", "ns"))
HIDDEN = re.compile(r"xc3", re.IGNORECASE)
"""The station under embargo, which is China's, by code."""
JOB_MS = 240_000


@pytest.fixture(scope="module")
def two_months(tmp_path_factory):
    """The small network over two months, served: a study's background is fifteen days."""
    folder = tmp_path_factory.mktemp("two-months")
    archive = small_network.build(folder, composition(), TWO_MONTHS)
    with serving(archive) as (url, _):
        yield url


def found_by_hand(page, url):
    """From the list of earthquakes to the view around the one that is meant."""
    page.goto(f"{url}/around")
    page.get_by_label("From", exact=True).first.fill("2016-04-13")
    page.get_by_label("To", exact=True).fill("2016-04-13")
    page.get_by_label("Place contains").fill("myanmar")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="76 km SE of Mawlaik, Myanmar").click()
    page.wait_for_url(f"**/around?event={EVENT}")
    page.locator("path.values").first.wait_for()


def said(page) -> str:
    """All that a page says once it has come to rest, its links among it."""
    page.wait_for_load_state("networkidle")
    return page.content()


def downloaded(page, act) -> bytes:
    with page.expect_download() as found:
        act()
    return found.value.path().read_bytes()


def test_the_whole_main_job(two_months, open_page, sign_in):
    page = open_page()
    sign_in(page, "li.wei", two_months)
    found_by_hand(page, two_months)
    assert page.locator("[data-row=XC3] path.values").count() == 1  # China's own station
    assert "927 km" in page.inner_text("dl.facts")

    page.get_by_label(re.compile("quartile band")).check()
    marks = page.locator("[data-row=XC3] .rates")
    marks.wait_for()
    anomaly, false_alarms = marks.locator(".anomaly"), marks.locator(".false-alarms")
    assert re.search(r"\d+ % marked", anomaly.inner_text())
    rate = float(re.search(r"of noise: (\d+) %", false_alarms.inner_text())[1])
    assert rate == pytest.approx(39.3, abs=2)  # docs/explanation/null-rates.md
    sizes = [one.evaluate("one => getComputedStyle(one).fontSize") for one in (anomaly, false_alarms)]
    assert sizes[0] == sizes[1]
    assert "detectors=anomaly_quartile_liu_2004" in page.url  # the URL holds the whole view

    page.get_by_role("button", name="What can it find?").click()
    page.locator("[data-figure=prospect-null-rate]").wait_for(timeout=JOB_MS)
    page.get_by_role("button", name="Run the case study").click()
    page.get_by_role("link", name="Open the result").wait_for(timeout=JOB_MS)
    page.get_by_role("link", name="Open the result").click()
    page.wait_for_url("**/studies/study-*")
    null_rate = page.locator("[data-figure=null-rate]")
    null_rate.wait_for()

    study = page.url.rsplit("/", 1)[1]
    result = json.loads(downloaded(page, page.get_by_role("link", name="result.json").click))
    assert f"{100 * result['null_rate']['value']:.1f} %" in null_rate.inner_text()
    beyond = min(test["adjusted_p"] for test in result["trials"]["tests"]) <= 0.05
    assert not beyond
    assert page.get_by_role("heading", name=re.compile("^Nothing beyond chance")).count() == 1
    numbers = downloaded(page, page.get_by_role("link", name="Numbers as CSV").click).decode()
    told = dict(list(csv.reader(io.StringIO(numbers)))[1:])
    assert float(told["p_value.worst"]) == pytest.approx(result["p_value"]["worst"])
    assert [one["code"] for one in result["stations"]].count("XC3") == 1

    page.get_by_role("button", name="Compute it again").click()
    page.locator(".note.good").wait_for(timeout=JOB_MS)
    in_chinese(page, two_months, study)
    as_another_member(two_months, open_page, sign_in, study)


def in_chinese(page, url, study):
    """What the study asks, comes to and was made of is told in Chinese, and so are the jobs."""
    page.get_by_role("button", name="切换到中文").click()
    page.get_by_role("heading", name=re.compile("^未超出偶然")).wait_for()
    page.get_by_text("震前第 5 天至第 1 天，距该地震 927 km 以内是否有异常").wait_for()
    assert "虚警率" in page.locator("[data-figure=null-rate]").inner_text()
    place = "76 km SE of Mawlaik, Myanmar"
    assert page.locator("h1").inner_text() == f"一次地震：M 6.9，{place}，2016-04-13"
    for path in (f"/studies/{study}", "/studies", f"/studies/new?from={study}", "/data?part=basket"):
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert english(page, [place]) == [], path


def as_another_member(url, open_page, sign_in, study):
    """Pakistan's researcher sees neither the station's values, nor that there are any, nor what was made of them."""
    page = open_page()
    sign_in(page, "ali.khan", url)
    found_by_hand(page, url)
    page.goto(f"{url}/around?event={EVENT}&controls=1&detectors=anomaly_sigma_kon_2011")
    page.locator("[data-row=XB1] .rates").wait_for()
    assert not HIDDEN.search(said(page))
    page.goto(f"{url}/studies")
    page.get_by_role("heading", name="Studies").wait_for()
    assert study not in said(page)
    page.goto(f"{url}/studies/{study}")
    page.get_by_role("alert").wait_for()
    assert not HIDDEN.search(said(page))
    assert "Myanmar" not in page.inner_text("main")
    page.goto(f"{url}/studies/new")
    page.locator("fieldset").first.wait_for()
    assert not HIDDEN.search(said(page))
    page.goto(f"{url}/data")
    page.get_by_role("heading").first.wait_for()
    assert not HIDDEN.search(said(page))
    asked = "start=2016-04-01&stop=2016-04-02"
    for address in (
        f"/api/v1/series?collection={EMBARGOED}&{asked}",
        f"/api/v1/anomalies?collection={EMBARGOED}&variable=b_horizontal&method=anomaly_sigma_kon_2011&{asked}",
        f"/api/v1/studies/{study}/answer",
        f"/api/v1/studies/{study}/numbers",
    ):
        assert page.request.get(f"{url}{address}").status == 404, address
    around = page.request.get(f"{url}/api/v1/around?event={EVENT}").text()
    windows = page.request.get(f"{url}/api/v1/events/{EVENT}/control-windows").text()
    bundle = page.request.get(f"{url}/api/v1/around/values?event={EVENT}&variable=b_horizontal").body()
    assert not HIDDEN.search(around + windows)
    assert b"xc3" not in bundle
