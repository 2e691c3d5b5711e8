"""The health board and a station's page: the archive's figures, the terms, the last day; and nobody else's."""

from __future__ import annotations

import re

import pytest

from soap.archive import Archive
from soap.core.who import folder_owner
from soap.services.station_health import station_health
from soap.testing import small_network
from soap.testing.browser import PHONE


def rows(page) -> dict[str, list[str]]:
    found = page.locator(".board tbody tr")
    found.first.wait_for()
    return {one.locator("th a").inner_text(): one.locator("td").all_inner_texts() for one in found.all()}


def test_the_board_tells_the_archives_figures(page, world):
    page.goto(f"{world.url}/stations")
    told = rows(page)
    archive = Archive.open(small_network.settings_of(world.folder))
    held = {one.platform.upper(): one for one in station_health(folder_owner("test"), archive)}
    assert set(told) == set(held) - {"XC3", "XT1"}
    for code, cells in told.items():
        assert cells[2] == f"{100 * held[code].completeness:.1f} %"
        assert cells[5] == str(held[code].last_seen)[:16].replace("T", " ")


def test_members_see_more(page, world, sign_in):
    sign_in(page, "wang.fang")
    page.goto(f"{world.url}/stations?order=name")
    assert list(rows(page)) == ["XB1", "XC3", "XK1", "XT1"]


def test_colours_days_and_order_stand_in_the_url(page, world):
    page.goto(f"{world.url}/stations")
    rows(page)
    page.get_by_role("combobox", name="Colour").select_option("noise")
    page.get_by_label("Code, name or collection").fill("xk")
    page.wait_for_url(re.compile("colour=noise"))
    assert list(rows(page)) == ["XK1"]
    page.reload()
    assert list(rows(page)) == ["XK1"]
    page.get_by_label("Code, name or collection").fill("nowhere")
    page.get_by_text("Nothing found").wait_for()


def test_a_day_is_told_in_words_and_shown_in_its_colour(page, world):
    page.goto(f"{world.url}/stations?days=7&q=xb1")
    rows(page)
    strip = page.locator(".board .heat-strip").first
    alpha = "(one, at) => one.getContext('2d').getImageData(at, 0, 1, 1).data[3]"
    assert [strip.evaluate(alpha, at) for at in range(7)] == [
        0,
        0,
        255,
        255,
        255,
        255,
        255,
    ]  # held from the third day on
    box = strip.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 6.5 / 7, box["y"] + 5)
    assert strip.get_attribute("title") == "2016-04-15: 1440 / 1440"


def test_a_station_tells_where_it_is_what_it_observes_and_under_which_terms(page, world):
    page.goto(f"{world.url}/stations?q=xb1")
    rows(page)
    page.get_by_role("link", name="XB1").click()
    page.get_by_role("heading", name="XB1 SIMULATED Dhaka").wait_for()
    page.get_by_text("23.800° N, 90.400° E").wait_for()
    page.get_by_text("Bangladesh (BGD)").first.wait_for()
    page.get_by_text("CC-BY-4.0").first.wait_for()
    page.get_by_text("Silent since 2016-04-15 23:59").wait_for()
    assert page.get_by_test_id("plot").count() >= 3
    page.get_by_text("Instrument and making").first.click()
    page.get_by_text("SIMULATED by SOAP, no observatory", exact=True).wait_for()


def test_an_embargoed_station_is_known_to_its_owner_alone(page, world, sign_in):
    page.goto(f"{world.url}/stations/iaga_code/XC3")
    page.get_by_role("heading", level=1).wait_for()
    page.get_by_text(re.compile("There is no such thing here|Nothing that you may see was observed here")).wait_for()
    sign_in(page, "wang.fang")
    page.goto(f"{world.url}/stations/iaga_code/XC3")
    page.get_by_text("embargo until 2090-01-01").first.wait_for()


def test_a_data_officer_says_whom_to_ask(open_page, own_world, sign_in):
    """China's XC3 is on the archive's list; its values, and so whom China names, are under embargo."""
    officer, public = open_page(), open_page()
    sign_in(officer, "li.wei", own_world.url)
    officer.goto(f"{own_world.url}/stations/iaga_code/XC3")
    officer.get_by_text("Nobody is named for this station. Its files name SIMULATED by SOAP").wait_for()
    officer.get_by_role("button", name="Set contacts").click()
    officer.get_by_label("Organisation").fill("Institute of Geophysics")
    officer.get_by_label("E-mail").fill("nobody")
    officer.get_by_role("button", name="Save").click()  # the browser says what an address is
    officer.get_by_label("E-mail").fill("xc3@example.org")
    officer.get_by_label("Web page").fill("https://example.org/xc3")
    officer.get_by_role("button", name="Save").click()
    officer.get_by_text("Saved.").wait_for()
    contacts = officer.get_by_role("region", name="Contacts")
    assert contacts.get_by_role("link").all_inner_texts() == ["xc3@example.org", "example.org/xc3"]
    contacts.get_by_text("As set for China (CHN)").wait_for()
    public.goto(f"{own_world.url}/stations/iaga_code/XC3")
    public.get_by_text("Nobody is named for this station.").wait_for()
    officer.get_by_role("button", name="Go back to the station list").click()
    officer.get_by_text("Taken back").wait_for()
    officer.get_by_text("Nobody is named for this station.").wait_for()


@pytest.mark.slow
def test_it_is_usable_on_a_phone_and_by_everybody(open_page, world, assert_accessible):
    for path, ready in (("/stations", ".board td"), ("/stations/iaga_code/XB1", "canvas")):
        page = open_page(size=PHONE, language="zh-CN")
        page.goto(f"{world.url}{path}")
        page.locator(ready).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert_accessible(f"{world.url}{path}", ready)
