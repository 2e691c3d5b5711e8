"""The frame around every page: signing in and out, language, colours, keyboard, and how it is served."""

from __future__ import annotations

import gzip

import httpx2
import pytest

from soap.faces.portal.built import STATIC
from soap.faces.portal.routes import PAGES
from soap.testing.browser import PHONE


def test_a_program_is_told_the_ways_in_and_a_browser_the_portal(world):
    assert httpx2.get(f"{world.url}/").json()["title"] == "SOAP"
    assert httpx2.get(f"{world.url}/", headers={"Accept": "application/json, text/html"}).json()["title"] == "SOAP"
    page = httpx2.get(f"{world.url}/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert '<div id="portal">' in page.text
    assert page.headers["vary"] == "Accept"


def test_every_page_answers_under_a_strict_policy(world):
    for path in PAGES:
        page = httpx2.get(world.url + path.format(code_scheme="iaga_code", code="KAK", study_id="x", part="users"))
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_assets_are_kept_for_ever_and_come_packed(world):
    name = next(path.name for path in (STATIC / "assets").glob("index-*.js"))
    plain = httpx2.get(f"{world.url}/assets/{name}", headers={"Accept-Encoding": "identity"})
    assert "immutable" in plain.headers["cache-control"]
    assert "content-encoding" not in plain.headers
    packed = httpx2.get(f"{world.url}/assets/{name}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert len((STATIC / "assets" / f"{name}.gz").read_bytes()) == int(packed.headers["content-length"])
    assert gzip.decompress((STATIC / "assets" / f"{name}.gz").read_bytes()) == plain.content
    again = httpx2.get(f"{world.url}/assets/{name}", headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert httpx2.get(f"{world.url}/assets/nothing.js").status_code == 404


def test_one_signs_in_and_out(page, world, sign_in):
    sign_in(page, "li.wei")
    page.get_by_role("button", name="li.wei").click()
    page.get_by_text("member's data officer").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").wait_for()


def test_a_wrong_password_is_told_in_words(page, world):
    page.goto(f"{world.url}/sign-in")
    page.get_by_label("User").fill("li.wei")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    assert "password" in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org"])
def test_signing_in_leads_to_no_other_site(page, world, elsewhere):
    page.goto(f"{world.url}/sign-in?to={elsewhere}")
    page.get_by_label("User").fill("ali.khan")
    page.get_by_label("Password").fill("seven herons over the delta")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="ali.khan").wait_for()
    assert page.url.startswith(world.url)


def test_the_language_is_the_readers_and_is_kept(open_page, world):
    page = open_page(language="zh-CN")
    page.goto(f"{world.url}/sign-in")
    page.get_by_role("heading", name="登录").wait_for()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    page.reload()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_colours_are_the_systems_until_one_chooses(open_page, world):
    page = open_page(dark=True)
    page.goto(f"{world.url}/sign-in")
    theme = page.locator("html")
    page.locator("h1").wait_for()
    assert theme.get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="Colours of the page").click()
    assert theme.get_attribute("data-theme") == "light"
    page.reload()
    page.locator("h1").wait_for()
    assert theme.get_attribute("data-theme") == "light"


def test_the_keyboard_alone_reaches_content_and_form(page, world):
    page.goto(f"{world.url}/sign-in")
    page.locator("h1").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "user"


def test_a_path_of_no_page_has_a_screen(page, world):
    page.goto(f"{world.url}/sign-in")
    page.evaluate("history.pushState({}, '', '/nowhere')")
    page.get_by_text("There is no such thing here").wait_for()


def test_nothing_is_wider_than_a_phone(open_page, world):
    page = open_page(size=PHONE)
    page.goto(f"{world.url}/sign-in")
    page.locator("h1").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.slow
def test_accessible(assert_accessible, world):
    assert_accessible(f"{world.url}/sign-in")
