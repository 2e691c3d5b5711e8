"""What goes wrong has a screen: no server, a server that comes back, a slow link, a session that ended, too much."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import time

import pytest

from soap.faces.portal.built import STATIC
from soap.testing import small_network
from soap.testing.web import free_port, serving

KIB = 1024
HOME_KIB = 600
UNANSWERED = ("Failed to load resource: net::ERR_",)
"""What Chromium writes on its console where a test takes the server away."""
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50 * KIB, "uploadThroughput": 50 * KIB}
"""A link as 3G: 400 ms, 400 kbit/s."""


def test_a_server_that_restarts_is_waited_for(network, tmp_path, open_page):
    open_page.watched.allowed = UNANSWERED
    shutil.copytree(network, tmp_path / "archive")
    port, page = free_port(), open_page()
    with serving(tmp_path / "archive", port=port) as (url, _):
        page.goto(f"{url}/data")
        page.get_by_role("link", name="My usage").wait_for()
    page.get_by_role("button", name="geomagnetism.xb1.pt1m", exact=True).click()
    page.get_by_text("The server does not answer").wait_for(timeout=20_000)
    assert page.locator("h1").inner_text() == "Data"
    with serving(tmp_path / "archive", port=port):
        page.get_by_text("geomagnetism.xb1.pt1m:xb1:2016-04:BGD").wait_for(timeout=30_000)  # it asks by itself


def test_a_session_that_ended_is_told_and_taken_up_again(page, world, sign_in):
    sign_in(page, "wang.fang")
    page.goto(f"{world.url}/data")
    page.get_by_role("button", name=small_network.EMBARGOED, exact=True).wait_for()
    page.context.clear_cookies()
    page.get_by_role("link", name="My usage").click()
    page.get_by_text("The session of wang.fang has ended").wait_for()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("User").fill("wang.fang")
    page.get_by_label("Password").fill(small_network.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("All people of").or_(page.get_by_role("heading", name="You", exact=True)).wait_for()
    assert "part=usage" in page.url


def test_a_slow_link_is_told_and_waited_for(open_page, world):
    page = open_page()
    page.goto(f"{world.url}/sign-in")
    page.locator("h1").wait_for()
    link = page.context.new_cdp_session(page)
    link.send("Network.enable")
    link.send("Network.emulateNetworkConditions", SLOW)
    page.route("**/api/v1/collections", lambda route: (time.sleep(5), route.continue_()))
    page.get_by_role("link", name="Data").click()
    page.get_by_text("Still waiting for the server").wait_for(timeout=20_000)
    page.get_by_role("button", name="geomagnetism.xb1.pt1m", exact=True).wait_for(timeout=20_000)


def test_a_huge_result_shows_a_part_and_says_so(page, world):
    (one,) = [one for one in page.request.get(f"{world.url}/api/v1/collections").json()
              if one["collection_id"] == "geomagnetism.xb1.pt1m"]  # fmt: skip
    many = json.dumps([{**one, "collection_id": f"geomagnetism.s{n:05d}.pt1m"} for n in range(5_000)])
    page.route("**/api/v1/collections", lambda route: route.fulfill(body=many, content_type="application/json"))
    page.goto(f"{world.url}/data")
    page.get_by_text("More than one page can show").wait_for(timeout=20_000)
    assert page.locator("button.name").count() == 200
    page.get_by_label("Find").fill("s04999")
    page.get_by_role("button", name="geomagnetism.s04999.pt1m", exact=True).wait_for()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, "This did not work"),
        (404, "There is no such thing here"),
        (403, "This is not for your account"),
        (413, "There is no room for this now"),
    ],
)
def test_what_the_server_refuses_has_a_screen(open_page, world, status, words):
    open_page.watched.allowed = ("Failed to load resource: the server responded with a status of 500",)
    page = open_page()
    told = json.dumps({"type": "about:blank", "title": "No", "status": status, "detail": "As the server says."})
    answer = {"status": status, "body": told, "content_type": "application/problem+json"}
    page.route("**/api/v1/collections", lambda route: route.fulfill(**answer))
    page.goto(f"{world.url}/data")
    page.get_by_text(words).wait_for()
    page.get_by_text("As the server says.").wait_for()


def test_a_part_that_does_not_come_leaves_no_blank_page(open_page, world):
    open_page.watched.allowed = ("Failed to load", "%o", "TypeError")
    page = open_page()
    page.goto(f"{world.url}/sign-in")
    page.locator("h1").wait_for()
    page.route("**/assets/DataPage*", lambda route: route.abort())
    page.get_by_role("link", name="Data").click()
    page.get_by_text("The page failed").wait_for()


def test_the_home_takes_few_bytes(page, world):
    """All scripts that the home loads, as gzip: those the browser asks for, wherever they were imported."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(f"{world.url}/")
    page.locator("h1, canvas").first.wait_for()
    page.wait_for_load_state("networkidle")
    scripts = {url.rpartition("/")[2] for url in asked if re.search(r"/assets/[^/]+\.js$", url)}
    assert len(scripts) >= 3
    size = sum(len(gzip.compress((STATIC / "assets" / name).read_bytes(), 9)) for name in scripts)
    assert size <= HOME_KIB * KIB, f"{size / KIB:.0f} KiB: {sorted(scripts)}"


@pytest.mark.slow  # each page's own tests find a request elsewhere, too
def test_every_page_opens_with_no_other_host_and_no_finding(open_page, world):
    """Offline proof: the browser resolves no name but this machine's, and a request elsewhere is a finding."""
    page = open_page()
    page.goto(f"{world.url}/")
    links = page.get_by_role("navigation", name="Pages").get_by_role("link")
    links.first.wait_for()
    for path in [one.get_attribute("href") for one in links.all()] + ["/around?event=us20005hqz", "/sign-in"]:
        page.goto(world.url + path)
        page.locator("h1").first.wait_for()
        page.wait_for_load_state("networkidle")
