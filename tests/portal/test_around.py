"""The page around an earthquake, on the small network: by URL, zoomed, shaded, empty, at a place, on a phone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from soap.core.place import distance_km
from soap.testing.browser import PHONE
from soap.testing.small_network import EVENT

VIEW = f"/around?event={EVENT}"


def view_of(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.fixture
def around(world, page):
    page.goto(f"{world.url}{VIEW}")
    page.locator("[data-row=XB1] path.values").wait_for()
    return page


def test_ground_and_space_stand_along_one_axis_counted(around):
    rows = around.locator(".trow[data-row]").evaluate_all("all => all.map(one => one.dataset.row)")
    assert rows[0] == "Kp"
    assert "XB1" in rows
    assert "XC3" not in rows  # under embargo
    around.locator("[data-row=SSIM] path.values").wait_for()
    widths = around.locator(".trow .plot > svg").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().width)"
    )
    assert max(widths) - min(widths) < 1
    assert "simulated" in around.locator("[data-row=XB1]").inner_text()
    held = around.get_by_role("row", name=re.compile("geomagnetism.xb1.pt1m"))
    assert "7,200" in held.inner_text()  # five days of minutes
    assert "462" in held.inner_text()  # km: spherical distance of 23.8 N 90.4 E from 23.09 N 94.87 E


def test_the_url_holds_the_view(around, world, open_page):
    around.get_by_label(re.compile("Control windows")).check()
    around.get_by_label(re.compile("standard deviations")).check()
    around.get_by_label("Variable").select_option("b_down")
    around.locator("[data-row=XB1]", has_text="b_down").wait_for()
    assert view_of(around) == {"event": [EVENT], "controls": ["1"], "detectors": ["anomaly_sigma_kon_2011"],
                               "variable": ["b_down"]}  # fmt: skip
    other = open_page()
    other.goto(around.url)
    other.locator("[data-row=XB1]", has_text="b_down").wait_for()
    assert other.get_by_label(re.compile("standard deviations")).is_checked()
    rates = other.locator("[data-row=XB1] .rates")
    rates.wait_for()
    assert re.search(r"of noise: [678] %", rates.inner_text())  # exactly 7.3 %: 2 P(t14 > 2/√(1 + 1/15))
    around.go_back()
    assert "variable" not in view_of(around)


def test_dragging_and_keys_zoom(around):
    box = around.locator("[data-row=XB1] .plot").bounding_box()
    y = box["y"] + box["height"] / 2
    around.mouse.move(box["x"] + box["width"] * 0.25, y)
    around.mouse.down()
    around.mouse.move(box["x"] + box["width"] * 0.75, y, steps=4)
    around.mouse.up()
    around.wait_for_url("**start=*")
    zoomed = view_of(around)
    assert zoomed["start"][0].startswith("2016-03-25")  # a quarter of 45 days after 14 March
    around.get_by_role("button", name="Whole window").focus()
    around.keyboard.press("Enter")
    around.wait_for_url(f"**{VIEW}")
    around.get_by_role("button", name="Zoom in").press("Enter")
    around.wait_for_url("**start=*")


def test_storms_can_be_left_unshaded(around):
    around.locator("[data-row=XB1] rect.storm").first.wait_for()
    around.get_by_label(re.compile("Days that studies leave out")).uncheck()
    around.wait_for_url("**storms=0*")
    assert around.locator("rect.storm").count() == 0


def test_a_place_where_nothing_is_says_so(world, page):
    page.goto(f"{world.url}/around")
    page.get_by_label("Latitude [°]").fill("-60")
    page.get_by_label("Longitude [° E]").fill("-120")
    page.get_by_label("From").last.fill("2016-04-11")
    page.get_by_label("Until").fill("2016-04-12")
    page.get_by_label("Radius [km]").fill("50")
    page.get_by_role("button", name="Look around").click()
    page.wait_for_url("**near=-60*")
    page.get_by_role("heading", name=re.compile("-60°, -120°")).wait_for()


def drawn(page, *places):
    """Draws on the finder's map, places in pixels from its middle."""
    box = page.locator(".place-map .map-canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x + places[0][0], y + places[0][1])
    page.mouse.down()
    for right, down in places[1:]:
        page.mouse.move(x + right, y + down, steps=3)
    page.mouse.up()


def test_what_is_drawn_stands_in_the_form_and_what_is_written_is_drawn(world, page):
    page.goto(f"{world.url}/around")
    page.locator(".place-map canvas").first.wait_for()
    drawn(page, (0, 0), (30, 0), (60, 0))
    page.wait_for_url("**radius_km=**")
    assert page.get_by_label("Latitude [°]").input_value() == "20"
    assert page.get_by_label("Longitude [° E]").input_value() == "100"
    km = float(page.get_by_label("Radius [km]").input_value())
    assert abs(km - distance_km(20, 100, 20, 100 + 60 * 360 / 256 / 2**2)) < 40  # a pixel is 37 km
    before = page.locator(".place-map").screenshot()
    page.get_by_label("Radius [km]").fill("600")
    page.wait_for_url("**radius_km=600**")
    page.get_by_label("Latitude [°]").fill("23")
    page.wait_for_url("**near=23%2C100**")
    assert page.locator(".place-map").screenshot() != before
    page.get_by_role("radio", name="Box").check()
    drawn(page, (-20, 20), (20, -20))
    page.wait_for_url("**box=**")
    assert "near" not in view_of(page)
    west, south, east, north = (
        float(page.get_by_label(side).input_value())
        for side in ("West [° E]", "South [° N]", "East [° E]", "North [° N]")
    )
    assert (round(west + east), round(south + north)) == (200, 40)
    page.get_by_role("radio", name="Circle").check()
    page.wait_for_url("**near=23%2C100&**")  # what was written there is drawn again
    page.get_by_label("From").last.fill("2016-04-11")
    page.get_by_label("Until").fill("2016-04-16")
    page.get_by_role("button", name="Look around").click()
    page.locator("[data-row=XB1]").or_(page.get_by_text("Overhead")).first.wait_for()


def test_a_box_is_looked_around_in(world, page):
    page.goto(f"{world.url}/around?box=85,15,100,30&start=2016-04-11&stop=2016-04-16")
    page.get_by_role("heading", name="Around a box, 15.0° × 15.0°: 85°, 15°, 100°, 30°").wait_for()
    page.locator("[data-row=XB1] path.values").wait_for()
    href = page.get_by_role("link", name="Download CSV").get_attribute("href")
    assert "box=85%2C15%2C100%2C30" in href


def test_an_earthquake_that_is_none_says_so(world, page):
    page.goto(f"{world.url}/around?event=nowhere")
    page.get_by_role("alert").wait_for()
    assert "nowhere" in page.inner_text("main")


def test_a_phone_shows_all_of_it_in_chinese(world, open_page):
    page = open_page(size=PHONE, dark=True, language="zh-CN")
    page.goto(f"{world.url}{VIEW}&detectors=anomaly_quartile_liu_2004")
    page.locator("[data-row=XB1] .rates").wait_for()
    assert "噪声" in page.locator("[data-row=XB1] .rates").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.slow
def test_no_serious_finding(world, assert_accessible):
    assert_accessible(f"{world.url}{VIEW}&controls=1&detectors=anomaly_sigma_kon_2011", ready=".rates")
    assert_accessible(f"{world.url}/around?near=23,95&radius_km=900", ready=".place-map canvas")
