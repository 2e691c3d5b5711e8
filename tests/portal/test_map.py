"""The map: what it shows at an instant, by mouse, keyboard and list, on every width and in both languages."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from soap.core.place import distance_km
from soap.testing.browser import DESKTOP, PHONE

AT = "at=2016-04-14T09:00:00Z"
DRAWN = "html[data-map=drawn]"


@pytest.fixture
def shown(open_page, world):
    """Opens the map with a query and waits until it is drawn."""

    def opened(query=AT, url=world.url, **kind):
        page = open_page(**kind)
        page.goto(f"{url}/?{query}")
        page.locator(DRAWN).wait_for()
        return page

    return opened


def test_an_earthquake_is_found_and_leads_to_everything_around_it(shown):
    page = shown()
    page.get_by_text("Largest earthquakes").click()
    page.get_by_role("button", name=re.compile("6.9 .*Myanmar")).click()
    card = page.locator(".map-details")
    assert "M 6.9" in card.inner_text()
    assert "927 km" in card.inner_text()  # 10^(0.43 M), by hand
    assert "picked=event%2Fus20005hqz" in page.url
    card.get_by_role("link", name="Everything around it").click()
    page.wait_for_url("**/around?event=us20005hqz")


def test_a_click_on_the_map_picks_what_lies_there(shown):
    """Myanmar's epicentre in the middle of the map."""
    page = shown(f"{AT}&lon=94.87&lat=23.09&zoom=5")
    box = page.locator(".map-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".map-details").get_by_text("Myanmar").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Close").click()
    assert page.locator(".map-details").count() == 0


def test_what_a_place_reads_is_told(shown):
    page = shown(f"{AT}&picked=place/20/60")
    told = page.locator(".map-details").get_by_text("VTEC")
    told.wait_for()
    (value,) = re.findall(r"VTEC ([\d.]+) TECU", told.inner_text())
    assert 0 < float(value) < 200
    assert "near=20%2C60" in page.get_by_role("link", name="Everything around here").get_attribute("href")


def picked(page):
    return parse_qs(urlsplit(page.url).query)["picked"][0].split("/")


def middle(page):
    box = page.locator(".map-canvas").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_circle_is_drawn_and_leads_to_everything_in_it(shown):
    """From the middle of the map 100 px to the east; 360° are 256 px at zoom 0."""
    page = shown(f"{AT}&lon=94.87&lat=23.09&zoom=4")
    page.get_by_role("button", name="Draw a circle").click()
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=4)
    page.mouse.up()
    page.wait_for_url("**picked=circle**")
    kind, latitude, longitude, km = picked(page)
    assert kind == "circle"
    assert abs(float(latitude) - 23.09) < 0.1
    assert abs(float(longitude) - 94.87) < 0.1
    assert abs(float(km) - distance_km(23.09, 94.87, 23.09, 94.87 + 100 * 360 / 256 / 2**4)) < 12  # a pixel is 9.8 km
    card = page.locator(".map-details")
    assert "Earthquakes\n1" in card.inner_text()
    stations = page.request.get(page.url.partition("?")[0] + "api/v1/stations").json()
    away = [distance_km(23.09, 94.87, one["latitude"], one["longitude"]) for one in stations]
    assert f"Stations\n{sum(one <= float(km) for one in away)}\n" in card.inner_text()
    assert page.get_by_role("button", name="Draw a circle").get_attribute("aria-pressed") == "false"
    card.get_by_role("link", name="Everything in it").click()
    page.get_by_role("heading", name=re.compile("^Around 23")).wait_for()
    assert "start=2016-03-16&stop=2016-04-15" in page.url
    page.get_by_role("link", name="Change the place").click()
    assert page.get_by_label("Radius [km]").input_value() == km


def test_a_finger_draws_a_box_across_180_degrees(shown):
    page = shown(f"{AT}&lon=180&lat=0&zoom=3", size=PHONE)
    page.get_by_role("button", name="Draw a box").click()
    x, y = middle(page)
    touch = page.context.new_cdp_session(page)
    for kind, points in (("touchStart", [(x - 60, y - 50)]), ("touchMove", [(x, y)]), ("touchMove", [(x + 60, y + 50)]),
                         ("touchEnd", [])):  # fmt: skip
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})
    page.wait_for_url("**picked=box**")
    sides = [float(one) for one in picked(page)[1:]]
    wide, high = (pixels * 360 / 256 / 2**3 for pixels in (60, 50))
    for found, drawn in zip(sides, (180 - wide, -high, wide - 180, high), strict=True):
        assert abs(found - drawn) < 0.5
    assert "Box, 21.1° × 17.6°" in page.locator(".map-details").inner_text()


def test_keys_put_a_circle_into_the_middle_of_the_map(shown):
    page = shown(f"{AT}&lon=100&lat=20&zoom=4")
    page.get_by_role("button", name="Draw a circle").press("Enter")
    page.locator(".map-canvas").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**picked=circle%2F20%2F100%2F500**")
    page.get_by_role("button", name="Draw a box").press("Enter")
    page.get_by_text("Drag from corner to corner").wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("Drag from corner to corner").wait_for(state="detached")
    assert picked(page)[0] == "circle"


def test_the_slider_moves_the_moment_and_the_address_keeps_it(shown):
    page = shown()
    slider = page.get_by_label("Time of day")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.get_by_text("2016-04-14 09:30").wait_for()
    page.wait_for_url("**at=2016-04-14T09%3A30%3A00Z**")
    page.get_by_role("button", name="A day later").click()
    page.get_by_text("2016-04-15 09:30").wait_for()


def test_without_an_instant_the_end_of_what_is_held_is_shown_and_said(shown):
    page = shown("")
    page.get_by_text("What is held here ends on 2016-04-15").wait_for()
    assert page.locator(".time-now").inner_text().startswith("2016-04-15")


def test_health_and_kind_of_stations_are_told_in_words_too(shown):
    page = shown("at=2016-04-15T12:00:00Z")
    page.get_by_text("Stations by health").click()
    stations = page.locator(".pick-list").last
    assert stations.get_by_role("button", name=re.compile("XB1 90 % or more|XB1 gaps")).count() == 1
    stations.get_by_role("button", name=re.compile("^XB1")).click()
    page.locator(".map-details").get_by_text("geomagnetism.xb1.pt1m").wait_for()
    assert page.get_by_role("link", name="The station").get_attribute("href") == "/stations/iaga_code/XB1"
    page.goto(page.url.replace("2016-04-15", "2020-04-15"))
    page.get_by_text("silent all week").first.wait_for()


def test_next_passes_are_foretold_or_it_is_said_why_not(shown):
    page = shown("at=2016-04-14T09:00:00Z")
    page.get_by_text(re.compile("Next: right within|An orbit needs|No half-orbit")).wait_for()
    page = shown("at=2020-01-01T00:00:00Z")
    page.get_by_text("The last half-orbit held is of 2016-04-1").wait_for()


def test_layers_are_chosen_and_kept_in_the_address(shown):
    page = shown()
    page.get_by_label("Borders of member states").check()
    page.get_by_text("no statement on any territory").wait_for()
    page.get_by_label("Night").uncheck()
    assert "borders" in page.url
    assert "night" not in page.url


def test_another_member_sees_the_embargoed_station_without_its_series(shown, world, sign_in, open_page):
    page = shown("at=2016-04-15T12:00:00Z&picked=station/iaga_code/XC3")
    page.get_by_text("listed, no data held").first.wait_for()
    assert page.get_by_text("geomagnetism.xc3").count() == 0
    page = open_page()
    sign_in(page, "wang.fang")
    page.goto(f"{world.url}/?at=2016-04-15T12:00:00Z&picked=station/iaga_code/XC3")
    page.locator(".map-details").get_by_text("geomagnetism.xc3.pt1m").wait_for()


def test_the_arrows_move_the_map_and_plus_brings_it_nearer(shown):
    page = shown()
    page.locator(".map-canvas").focus()
    page.keyboard.press("+")
    page.wait_for_url(re.compile(r"zoom=4"))
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"lon="))


@pytest.mark.parametrize(("size", "language", "title"), [(DESKTOP, "en-GB", "Map"), (PHONE, "zh-CN", "地图")])
def test_fits_and_speaks(shown, size, language, title):
    page = shown(size=size, language=language)
    assert page.locator("h1").inner_text() == title
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.get_by_role("slider").is_visible()


@pytest.mark.slow
def test_accessible(assert_accessible, world):
    assert_accessible(f"{world.url}/?{AT}&picked=event/us20005hqz", DRAWN)
    assert_accessible(f"{world.url}/?{AT}&picked=circle/23/95/1200", DRAWN)
