"""The series page: what is chosen is plotted as it is held, zooms, exports what is seen, and tells what it cannot."""

from __future__ import annotations

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib import colormaps
from matplotlib.image import imread

from soap.archive import Archive, publish, query
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.names import Variable
from soap.core.time import Window
from soap.core.who import folder_owner
from soap.formats import Reading
from soap.observations import series
from soap.testing import small_network
from soap.testing.browser import PHONE

XB1 = "geomagnetism.xb1.pt1m"
LAP = "topside.simulated_leo.lap_1.l2"
TWICE = "geomagnetism.xy1.pt1h"
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
    page.goto(f"{world.url}/series?collection={XB1}")  # as the page of data links it
    page.get_by_text("4 of 4 series").wait_for()


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


def test_the_spectrogram_is_in_the_figure_with_the_colours_of_its_powers(page, world):
    """Pixels of the embedded image against the powers of the API, by matplotlib's own viridis."""
    spectrum = f"spectrum={XB1}%2Fb_horizontal"
    opened(page, world, f"s={XB1}%2Fb_horizontal&start=2016-04-13&stop=2016-04-14&indices=0&{spectrum}")
    page.get_by_test_id("spectrogram").locator("canvas").first.wait_for()
    page.get_by_text("Download").first.click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    drawn = ElementTree.fromstring(saved.value.path().read_text())
    (image,) = drawn.iter("{http://www.w3.org/2000/svg}image")
    pixels = imread(io.BytesIO(base64.b64decode(image.get("href").partition(",")[2])), format="png")
    asked = {"collection": XB1, "variable": "b_horizontal", "start": "2016-04-13", "stop": "2016-04-14"}
    told = page.request.get(f"{world.url}/api/v1/spectrogram", params=asked).json()
    powers, edges = np.log10(np.array(told["power"], dtype=float)), np.log10(told["frequency_edges_hz"])
    known = np.sort(powers[np.isfinite(powers)])
    low, high = known[int(0.02 * len(known))], known[int(0.98 * len(known))]
    height = len(pixels)
    assert pixels.shape[1] == len(powers)
    at = edges[-1] - (np.arange(height) + 0.5) / height * (edges[-1] - edges[0])
    rows = np.clip(np.searchsorted(edges, at, side="left") - 1, 0, len(edges) - 2)
    wanted = colormaps["viridis"](np.clip((powers[:, rows].T - low) / (high - low), 0, 1))
    assert np.abs(pixels[..., :3] - wanted[..., :3]).max() < 0.03  # the portal's map has 33 anchors
    texts = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "frequency [Hz] · log" in texts
    assert any("(nT)²/Hz] · log" in one for one in texts)
    assert texts.count("SIMULATED") == 2  # the series, and its spectrogram
    assert any(one.startswith("Spectrogram: Hann windows") for one in texts)


def path_of(page) -> str:
    """The line of the last trace, as the figure has it."""
    if not page.get_by_role("button", name="SVG").is_visible():
        page.get_by_text("Download").first.click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    drawn = ElementTree.fromstring(saved.value.path().read_text())
    return [one.get("d") for one in drawn.iter("{http://www.w3.org/2000/svg}path") if one.get("stroke-width") == "1.1"][
        -1
    ]


def test_a_satellite_is_plotted_along_its_track_with_its_gaps(page, world):
    """As many pieces of line as half-orbits are held, and the least and greatest value of the archive."""
    window = Window("2016-04-15", "2016-04-16")
    opened(page, world, f"s={LAP}%2Felectron_density&start=2016-04-15&stop=2016-04-16&indices=0")
    archive = Archive.open(small_network.settings_of(world.folder))
    halves = query.tracks(archive, folder_owner("test"), LAP, window, ["electron_density"])
    assert path_of(page).count("M") == len(halves) > 1
    values = np.concatenate([one["electron_density"].values for one in halves])
    points = np.array([pair.split() for pair in re.split("[ML]", path_of(page))[1:]], dtype=float)
    share = np.log(values.max() / values.min()) / np.log((values.max() / values.min()) ** 1.12)  # 6 % of room each side
    assert np.ptp(points[:, 1]) == pytest.approx(190 * share, abs=0.05)
    half = halves[0]["time"].values
    page.goto(f"{world.url}/series?s={LAP}%2Felectron_density%2Fsimulated_leo&start={half[0]}&stop={half[-1]}")
    page.locator(READY).first.wait_for()
    page.get_by_text(f"{len(half) - 1:,} values").wait_for()  # all of them; the last is where the window ends
    box = page.locator(".u-over").last.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 40)
    page.get_by_text(re.compile(r"SIMULATED_LEO [\d.e]+ m⁻³ \(−?\d+\.\d°, −?\d+\.\d°\)")).wait_for()
    page.get_by_role("link", name="half-orbits").click()
    page.wait_for_url("**/satellites?platform=simulated_leo&day=2016-04-15")


@pytest.fixture
def handed_in_twice(own_world):
    """A collection that two members handed in: 10 nT of one, 20 nT of the other, hours each second one of both."""
    archive = Archive.open(small_network.settings_of(own_world.folder))
    times = np.arange("2016-04-11", "2016-04-13", dtype="datetime64[h]").astype("datetime64[ns]")
    name = Variable("b_north", "X", "nT", "field component towards geographic north", (-80_000.0, 80_000.0))
    for provider, value in (("BGD", 10.0), ("PAK", 20.0)):
        made = series(times, {"b_north": np.full(len(times), value)}, names=(name,), collection_id=TWICE,
                      platform="xy1", cadence="PT1H")  # fmt: skip
        content = f"{provider} {value}".encode()
        arrival = Arrival(provider, content, sha256(content), "made", Reading(observations=(made,)))
        publish.publish(archive, folder_owner("test"), [arrival], provider)
        set_terms(archive, folder_owner("test"), Subject("collection", TWICE, provider), Terms(provider, "open"))
    return own_world


def test_the_member_whose_values_are_meant_is_chosen_and_named(page, handed_in_twice):
    opened(page, handed_in_twice, f"s={TWICE}%2Fb_north&start=2016-04-11&stop=2016-04-13&indices=0")
    page.get_by_label("Who handed in XY1 X").select_option("PAK")
    page.wait_for_url("**%2FPAK&**")
    page.locator(".legend").get_by_text("XY1 · PAK").wait_for()
    page.get_by_label("Station, variable or collection").fill("xy1")
    page.get_by_role("button", name=re.compile("XY1 X")).first.click()
    page.get_by_label("Who handed in XY1 X").last.select_option("BGD")
    page.locator(".legend").get_by_text("XY1 · BGD").wait_for()
    page.locator(READY).first.wait_for()
    for provider, value in (("PAK", "20"), ("BGD", "10")):
        page.wait_for_url(f"**{provider}**")
        box = page.locator(".u-over").last.bounding_box()
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 40)
        page.get_by_text(re.compile(rf"XY1 · {provider} {value} nT")).wait_for()
    page.get_by_text("Download").first.click()
    hrefs = page.get_by_role("link", name="Parquet").evaluate_all("all => all.map(one => one.href)")
    assert ["provider=PAK" in hrefs[0], "provider=BGD" in hrefs[1]] == [True, True]


def test_kp_stands_for_its_three_hours_in_a_shorter_window(page, world):
    opened(page, world, f"s={XB1}%2Fb_horizontal&start=2016-04-13T10:00:00Z&stop=2016-04-13T10:30:00Z")
    page.get_by_role("heading", name=re.compile("^Kp")).wait_for()
    assert page.get_by_text("holds nothing").count() == 0


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
