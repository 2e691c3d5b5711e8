"""Every page in Chinese: no English sentence of the server, but where it is marked as English."""

from __future__ import annotations

import httpx2
import pytest

from soap.testing.browser import english
from soap.testing.small_network import EVENT

GUEST = [
    "/",
    "/around",
    f"/around?event={EVENT}&controls=1&detectors=anomaly_quartile_liu_2004",
    "/series?s=geomagnetism.xb1.pt1m%2Fb_horizontal,geomagnetism.xk1.pt1m%2Fb_down&start=2016-04-12&stop=2016-04-14"
    "&spectrum=geomagnetism.xb1.pt1m%2Fb_horizontal",
    "/stations",
    "/stations/iaga_code/XB1",
    "/satellites",
    "/satellites?day=2016-04-30",
    "/studies",
    "/studies/new",
    "/studies/study-00",
    "/data",
    "/data?collection=geomagnetism.xb1.pt1m",
    "/data?part=basket",
    "/sign-in",
]
SIGNED_IN = [
    "/studies",
    f"/studies/new?event={EVENT}",
    "/data?part=usage",
    "/admin",
    "/admin/users",
    "/admin/terms?collection=geomagnetism.xc3.pt1m",
    "/admin/quarantine",
    "/admin/audit",
    "/admin/jobs",
    "/sign-in",
]


@pytest.fixture(scope="module")
def names(world):
    """Names that others give: of places, stations and institutions."""
    events = httpx2.get(f"{world.url}/api/v1/events?limit=1000").json()["earthquakes"]
    stations = httpx2.get(f"{world.url}/api/v1/stations").json()
    series = httpx2.get(f"{world.url}/api/v1/stations/iaga_code/XB1/series").json()
    institutions = {one["told"].get("institution", "") for one in series}
    return (
        institutions
        | {one["place"] for one in events}
        | {text for one in stations for text in (one["name"], one["region"])}
    )


@pytest.fixture
def chinese(open_page):
    """A page in Chinese."""
    return open_page(language="zh-CN")


def visit(page, address):
    """Open a page, wait until it has come to rest, and open all that can be unfolded."""
    page.goto(address)
    page.locator("h1, h2").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@pytest.mark.slow
def test_a_guest_reads_no_english_on_a_chinese_page(world, chinese, names):
    found = {}
    for path in GUEST:
        visit(chinese, world.url + path)
        found[path] = english(chinese, names)
    assert {path: some for path, some in found.items() if some} == {}
    assert chinese.locator("html").get_attribute("lang") == "zh-Hans"


@pytest.mark.slow
def test_who_is_signed_in_reads_no_english_on_a_chinese_page(world, chinese, names):
    signed(chinese, world.url)
    asked = {"kind": "case", "parameters": {"event_id": EVENT}}
    csrf = chinese.request.get(f"{world.url}/api/v1/session").json()["csrf"]
    chinese.request.post(f"{world.url}/api/v1/jobs", data=asked, headers={"X-CSRF-Token": csrf})
    found = {}
    for path in SIGNED_IN:
        visit(chinese, world.url + path)
        found[path] = english(chinese, names)
    assert {path: some for path, some in found.items() if some} == {}


def test_what_went_wrong_is_told_in_chinese_with_the_servers_words_beneath(world, chinese):
    chinese.goto(f"{world.url}/sign-in")
    chinese.locator("input[name=user]").fill("li.wei")
    chinese.locator("input[name=password]").fill("not this one")
    chinese.locator("form button[type=submit]").click()
    told = chinese.get_by_role("alert")
    told.get_by_text("无法确认您的身份").wait_for()
    told.get_by_text("服务器原文").click()
    assert "password" in told.locator("[lang=en]").inner_text()
    assert english(chinese) == []


def test_english_is_found_where_it_is(world, open_page):
    page = open_page()
    page.goto(f"{world.url}/sign-in")
    page.get_by_role("button", name="Colours of the page").wait_for()
    page.evaluate("document.documentElement.lang = 'zh-Hans'")
    assert "Colours of the page: Auto. Change" in english(page)


def signed(page, url):
    """Sign in as who runs the archive, in Chinese."""
    page.goto(f"{url}/sign-in")
    page.locator("input[name=user]").fill("root")
    page.locator("input[name=password]").fill("seven herons over the delta")
    page.locator("form button[type=submit]").click()
    page.get_by_role("button", name="root").wait_for()
