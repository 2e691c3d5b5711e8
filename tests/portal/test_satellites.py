"""The page of satellites: half-orbits, their values, and passes foretold."""

from __future__ import annotations

import re

import pytest

from soap.testing.browser import PHONE

READY = "[data-ready]"


def test_a_half_orbit_is_chosen_and_its_values_are_drawn(page, world):
    page.goto(f"{world.url}/satellites")
    page.locator(READY).wait_for()
    page.locator(".half-orbits tbody button").first.click()
    page.get_by_test_id("quick-looks").get_by_test_id("plot").nth(2).wait_for()
    told = page.get_by_test_id("quick-looks").inner_text()
    assert "simulated_leo.lap_1.l2" in told
    assert "simulated_leo.hpm_6.l2" in told
    assert "half=" in page.url
    assert page.locator(".half-orbits tr[aria-selected=true]").count() == 1


def test_values_are_plotted_over_latitude_too_and_lead_to_the_series_page(page, world):
    page.goto(f"{world.url}/satellites")
    page.locator(READY).wait_for()
    page.locator(".half-orbits tbody button").first.click()
    page.get_by_label("Plotted over").select_option("latitude")
    page.wait_for_url("**along=latitude**")
    page.get_by_test_id("quick-looks").get_by_test_id("plot").nth(2).wait_for()
    page.reload()
    page.get_by_test_id("quick-looks").get_by_test_id("plot").nth(2).wait_for()
    assert page.get_by_label("Plotted over").input_value() == "latitude"
    page.get_by_role("link", name="on the series page").last.click()
    page.locator(".panels[data-refined=true] canvas").first.wait_for()
    page.get_by_role("button", name="Remove SIMULATED_LEO").wait_for()


def test_a_half_orbit_comes_as_a_file(page, world):
    page.goto(f"{world.url}/satellites")
    with page.expect_download() as download:
        page.locator(".half-orbits tbody a").first.click()
    assert download.value.path().read_text().startswith('"time')


def test_what_is_too_little_or_too_old_is_not_foretold_and_said(page, world):
    page.goto(f"{world.url}/satellites?day=2016-04-11")
    page.get_by_text("Not foretold.").wait_for()
    page.goto(f"{world.url}/satellites?day=2026-01-01")
    page.get_by_text("The last half-orbit held is of 2016-04-1").wait_for()
    page.get_by_role("button", name=re.compile("Show the last day held")).click()
    page.locator(".half-orbits").wait_for()


def test_a_wrong_place_is_said_to_be_none(page, world):
    page.goto(f"{world.url}/satellites")
    page.get_by_label("Centre: latitude,longitude").fill("Dhaka")
    assert "Two numbers" in page.get_by_role("alert").inner_text()
    assert page.get_by_role("button", name="Show passes").is_disabled()
    page.get_by_label("Centre: latitude,longitude").fill("39.9, 116.4")
    page.get_by_role("button", name="Show passes").click()
    page.wait_for_url("**near=39.9%2C116.4**")


def test_fits_a_phone_and_speaks_chinese(open_page, world):
    page = open_page(size=PHONE, language="zh-CN")
    page.goto(f"{world.url}/satellites")
    page.locator(READY).wait_for()
    assert page.locator("h1").inner_text() == "卫星"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.slow
def test_accessible(assert_accessible, world):
    assert_accessible(f"{world.url}/satellites", READY)
