"""The data page: what one may see is listed, narrowed, cited and downloaded; a basket becomes one file."""

from __future__ import annotations

import io
import zipfile

import pytest

from soap.testing import small_network
from soap.testing.browser import PHONE

EMBARGOED, OPEN = small_network.EMBARGOED, "geomagnetism.xb1.pt1m"


def names(page) -> list[str]:
    return page.locator("button.name").all_inner_texts()


def test_each_sees_what_they_may(page, world, sign_in):
    page.goto(f"{world.url}/data")
    page.get_by_role("button", name=OPEN, exact=True).wait_for()
    assert EMBARGOED not in names(page)
    assert small_network.MEMBERS_ONLY not in names(page)
    sign_in(page, "ali.khan")
    page.goto(f"{world.url}/data")
    page.get_by_role("button", name=small_network.MEMBERS_ONLY, exact=True).wait_for()
    assert EMBARGOED not in names(page)
    assert EMBARGOED not in page.content()


def test_an_embargo_is_marked_for_its_owner(page, world, sign_in):
    sign_in(page, "wang.fang")
    page.goto(f"{world.url}/data?q=xc3")
    page.get_by_text("embargo to 2090-01-01").wait_for()
    assert names(page) == [EMBARGOED]


def test_conditions_stand_in_the_url_and_the_url_restores_them(page, world):
    page.goto(f"{world.url}/data")
    page.get_by_label("Find").fill("b_total xk1")
    page.get_by_text("1 of").wait_for()
    assert "q=b_total+xk1" in page.url
    page.get_by_label("Find").fill("xk1")
    page.get_by_role("button", name="geomagnetism.xk1.pt1m", exact=True).click()
    page.get_by_text("CC-BY-4.0").wait_for()
    url = page.url
    page.goto(f"{world.url}/data")
    page.goto(url)
    page.get_by_text("CC-BY-4.0").wait_for()
    assert names(page) == ["geomagnetism.xk1.pt1m"]


def test_no_result_has_a_screen(page, world):
    page.goto(f"{world.url}/data?q=nothing+of+the+kind")
    page.get_by_text("Nothing found").wait_for()


def test_a_granule_is_downloaded(page, world):
    page.goto(f"{world.url}/data?collection={OPEN}")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").first.click()
    content = started.value.path().read_bytes()
    assert content.count(b"\n") > 5 * 1440


def test_the_basket_becomes_one_file(page, world, sign_in):
    sign_in(page, "ali.khan")
    page.goto(f"{world.url}/data?q=xb1")
    page.get_by_role("button", name="Put geomagnetism.xb1.pt1m").click()
    page.get_by_label("Find").fill("xk1")
    page.get_by_role("button", name="Put geomagnetism.xk1.pt1m").click()
    page.get_by_role("link", name="Basket (2)").click()
    page.get_by_label(f"To (UTC): {OPEN}").fill("2016-04-11T01:00:00")
    page.get_by_label("To (UTC): geomagnetism.xk1.pt1m").fill("2016-04-11T00:30:00")
    page.get_by_role("button", name="Prepare the download").click()
    with page.expect_download(timeout=30_000) as started:
        page.get_by_role("link", name="Download", exact=True).first.click(timeout=30_000)
    with zipfile.ZipFile(io.BytesIO(started.value.path().read_bytes())) as files:
        tables = {name: files.read(name).decode() for name in files.namelist() if name.endswith(".csv")}
    assert sorted(text.count("2016-04-11T0") for text in tables.values()) == [30, 60], str(tables)[:300]


def test_usage_is_told_to_who_signs_in(page, world, sign_in):
    page.goto(f"{world.url}/data?part=usage")
    page.get_by_text("Sign in to see this").wait_for()
    sign_in(page, "li.wei")
    page.goto(f"{world.url}/data?part=usage")
    page.get_by_text("All people of CHN").wait_for()


@pytest.mark.parametrize("size", [PHONE])
def test_it_fits_on_a_phone(open_page, world, size):
    page = open_page(size=size)
    page.goto(f"{world.url}/data")
    page.get_by_role("button", name=OPEN, exact=True).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.slow
@pytest.mark.parametrize("view", ["?collection=geomagnetism.xb1.pt1m", "?part=basket"])
def test_accessible(assert_accessible, world, view):
    assert_accessible(f"{world.url}/data{view}")
