"""The series page: what is chosen is plotted as it is held, zooms, exports what is seen, and tells what it cannot."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from soap.archive import Archive, query
from soap.core.time import Window
from soap.core.who import folder_owner
from soap.testing import small_network
from soap.testing.browser import PHONE

XB1 = "geomagnetism.xb1.pt1m"
WHOLE = f"s={XB1}%2Fb_horizontal&start=2016-04-11&stop=2016-04-16"
READY = ".panels[data-refined=true] canvas"


def opened(page, world, asked):
    page.goto(f"{world.url}/series?{asked}")
    page.locator(READY).first.wait_for()
    return page


def test_a_series_is_found_by_words_and_plotted(page, world):
    page.goto(f"{world.url}/series")
    page.get_by_text("Nothing is chosen yet").wait_for()
    page.get_by_label("Station, variable or collection").fill("xb1 horizontal")
    page.get_by_role("button", name=re.compile("XB1 H")).click()
    page.locator(READY).first.wait_for()
    assert f"s={XB1}%2Fb_horizontal" in page.url
    page.get_by_role("heading", name="H · horizontal intensity").wait_for()
    assert page.get_by_text("SIMULATED").count() > 0  # simulated values never look like observed ones
    page.get_by_role("button", name="Remove XB1 H").click()
    page.get_by_text("Nothing is chosen yet").wait_for()


def test_a_stretch_drawn_with_the_mouse_is_zoomed_and_refined_and_the_url_holds_it(page, world):
    opened(page, world, WHOLE)
    before = page.locator(".legend li").last.inner_text()
    over = page.locator(".u-over").last
    box = over.bounding_box()
    page.mouse.move(box["x"] + 0.45 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.65 * box["width"], box["y"] + 60, steps=3)
    page.mouse.up()
    page.wait_for_url(re.compile("start=2016-04-13T"))
    page.locator(READY).first.wait_for()
    page.get_by_text(re.compile(r"1,4[34]\d values")).wait_for()  # a fifth of five days of minutes, all of them
    assert page.locator(".legend li").last.inner_text() != before
    page.get_by_label("From (UTC)").fill("2016-04-12")
    page.get_by_label("To (UTC)").fill("2016-04-11")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("must begin before it ends").wait_for()
    page.go_back()
    page.wait_for_url(re.compile("start=2016-04-11&"))


def test_keys_move_and_zoom(page, world):
    opened(page, world, f"s={XB1}%2Fb_horizontal&start=2016-04-12&stop=2016-04-14&indices=0")
    page.locator(".plot-canvas").first.focus()
    page.keyboard.press("+")
    page.wait_for_url(re.compile("start=2016-04-12T12"))
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("start=2016-04-12T18"))


def test_the_values_that_are_drawn_are_those_of_the_archive(page, world):
    """The figure's path, read back through its axis, against the archive's own values."""
    opened(page, world, f"s={XB1}%2Fb_horizontal&start=2016-04-13&stop=2016-04-14&indices=0")
    page.get_by_text("Download").first.click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    drawn = ElementTree.fromstring(saved.value.path().read_text())
    paths = [one.get("d") for one in drawn.iter("{http://www.w3.org/2000/svg}path") if one.get("stroke-width") == "1.1"]
    points = np.array([pair.split() for pair in re.split("[ML]", paths[0])[1:]], dtype=float)
    archive = Archive.open(small_network.settings_of(world.folder))
    held = query.series(archive, folder_owner("test"), XB1, Window("2016-04-13", "2016-04-14"), ["b_horizontal"])
    values = held["b_horizontal"].values
    assert len(points) == len(values) == 1440
    assert np.corrcoef(-points[:, 1], values)[0, 1] > 0.999_99
    seconds = (held["time"].values - np.datetime64("2016-04-13")) / np.timedelta64(86_400, "s")
    np.testing.assert_allclose(points[:, 0], 84 + seconds * 900, atol=0.01)
    texts = " ".join(one.text or "" for one in drawn.iter("{http://www.w3.org/2000/svg}text"))
    assert "SIMULATED" in texts
    assert f"{XB1}@" in texts  # the version to cite


def test_files_of_what_is_seen(page, world):
    opened(page, world, f"{WHOLE}&indices=0")
    page.get_by_text("Download").first.click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").first.click()
    drawn = pd.read_csv(io.BytesIO(saved.value.path().read_bytes()))
    assert len(drawn) == 1000
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").last.click()
    whole = pd.read_csv(io.BytesIO(saved.value.path().read_bytes()))
    assert len(whole) == 5 * 1440
    column = "b_horizontal [nT]"
    assert drawn["b_horizontal_max [nT]"].max() == whole[column].max()
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_spectrogram_is_shown(page, world):
    opened(page, world, WHOLE)
    page.get_by_label("Spectrogram of").select_option(f"{XB1}/b_horizontal")
    page.get_by_test_id("spectrogram").locator("canvas").first.wait_for()
    page.get_by_text("(nT)²/Hz").wait_for()


def test_what_one_may_not_see_is_not_there(page, world, sign_in):
    hidden = f"{small_network.EMBARGOED}/b_horizontal"
    page.goto(f"{world.url}/series?s={hidden.replace('/', '%2F')}")
    page.get_by_text("Nothing is chosen yet").wait_for()
    sign_in(page, "wang.fang")
    opened(page, world, f"s={hidden.replace('/', '%2F')}")
    page.get_by_text("XC3").first.wait_for()


def test_a_window_without_values_says_so(page, world):
    page.goto(f"{world.url}/series?s={XB1}%2Fb_horizontal&start=2010-01-01&stop=2010-01-02")
    page.get_by_text("holds nothing").wait_for()


@pytest.mark.slow
def test_it_is_usable_on_a_phone_and_by_everybody(open_page, world, assert_accessible):
    page = opened(open_page(size=PHONE, language="zh-CN"), world, WHOLE)
    page.get_by_role("heading", name="时间序列").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert_accessible(f"{world.url}/series?{WHOLE}", READY)
