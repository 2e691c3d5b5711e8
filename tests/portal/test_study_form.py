"""The study form: its lists are edited by keyboard, and what it declares is what one would write in a study file."""

from __future__ import annotations

import json

import pytest

from soap.archive import Archive
from soap.services import study as studies
from soap.services.study.result import RESULT, differences
from soap.services.study.spec_file import parse_study
from soap.systems.seismo_ionospheric import composition
from soap.testing.small_network import settings_of
from soap.testing.web import OWNER

STUDY = """\
kind = "blocks"
title = "The horizontal field before the Myanmar earthquake"
question = "Do the hours before it differ from the days before?"
limits = ["One station."]
collection = "geomagnetism.xb1.pt1m"
variables = ["b_horizontal", "b_down"]
key_time = "2016-04-13T13:55:17Z"
earthquake = "Myanmar, Mw 6.9, 2016-04-13 13:55:17 UTC"
block_hours = 6
kp = "space_weather.celestrak.pt3h"

[window]
start = 2016-04-11
stop = 2016-04-16

[[backgrounds]]
name = "two days"
first_day = -9
last_day = -2
reason = "All that there is."

[[backgrounds]]
name = "one day"
first_day = -5
last_day = -2
reason = "The usual one."

[[control_blocks]]
name = "six hours earlier"
day = -2
reason = "No earthquake ends it."
"""


@pytest.fixture
def as_written(tmp_path):
    """The study as its file says it, read by the service's own reader."""
    (tmp_path / "study.toml").write_text(STUDY)
    return studies.read_study(tmp_path / "study.toml")


def opened(page, url, sign_in, user):
    sign_in(page, user, url)
    page.goto(f"{url}/studies/new")
    page.get_by_label("Study", exact=True).select_option("blocks")


def typed(page, *texts):
    """Text into the fields, from the one that has the focus on."""
    for at, text in enumerate(texts):
        if at:
            page.keyboard.press("Tab")
        page.keyboard.type(text)


def add(page, what, *texts):
    """A row, by keyboard alone: the focus goes to its first field."""
    page.get_by_role("button", name=f"Add: {what}").press("Enter")
    typed(page, *texts)


def filled(page):
    """Fill the form as `STUDY` says, its lists in another order first."""
    for name, text in {
        "Title": "The horizontal field before the Myanmar earthquake",
        "Question": "Do the hours before it differ from the days before?",
        "Collection": "geomagnetism.xb1.pt1m",
        "Key time": "2016-04-13T13:55:17Z",
        "Earthquake": "Myanmar, Mw 6.9, 2016-04-13 13:55:17 UTC",
        "Block hours": "6",
        "Kp": "space_weather.celestrak.pt3h",
        "Start": "2016-04-11",
        "Stop": "2016-04-16",
    }.items():
        page.get_by_label(name, exact=True).fill(text)
    add(page, "Limits", "One station.")
    page.get_by_label("Variables 1", exact=True).focus()
    typed(page, "b_down")
    add(page, "Variables", "b_horizontal")
    page.get_by_role("button", name="Move up: Variables 2").press("Enter")
    page.get_by_role("group", name="Backgrounds 1").get_by_label("Name").focus()
    typed(page, "one day", "-5", "-2", "The usual one.")
    add(page, "Backgrounds", "nothing of use")
    add(page, "Backgrounds", "two days", "-9", "-2", "All that there is.")
    page.get_by_role("button", name="Remove: Backgrounds 2").press("Enter")
    page.get_by_role("button", name="Move down: Backgrounds 1").press("Enter")
    add(page, "Control blocks", "six hours earlier", "-2", "No earthquake ends it.")


def test_the_study_is_the_one_that_a_file_says(world, page, sign_in, as_written):
    opened(page, world.url, sign_in, "wang.fang")
    filled(page)
    with page.expect_request(lambda one: one.url.endswith("/api/v1/jobs") and one.method == "POST") as asked:
        page.get_by_role("button", name="What can it find?").press("Enter")
    sent = json.loads(asked.value.post_data)["parameters"]["study"]
    assert parse_study(sent) == as_written


def test_what_is_missing_or_wrong_is_not_sent(world, page, sign_in):
    opened(page, world.url, sign_in, "wang.fang")
    asked = []
    page.on("request", lambda one: asked.append(one.url) if one.method == "POST" else None)
    run = page.get_by_role("button", name="Run the study")
    run.click()
    page.get_by_role("alert").get_by_text("Some fields are empty").wait_for()
    assert page.evaluate("document.activeElement === document.querySelector('form.form input')")
    filled(page)
    page.get_by_label("Max kp").fill("12")  # no Kp: the form must not fall back to what stood there
    run.click()
    assert page.evaluate("document.activeElement.value") == "12"
    page.get_by_label("Max kp").fill("3")
    page.get_by_role("button", name="Remove: Backgrounds 2").press("Enter")
    page.get_by_role("button", name="Remove: Backgrounds 1").press("Enter")
    page.get_by_text("at least 1 needed").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Add: Backgrounds"
    run.click()
    assert asked == []


def test_what_two_kinds_have_alike_stays(world, page, sign_in):
    sign_in(page, "wang.fang")
    page.goto(f"{world.url}/studies/new")
    page.get_by_label("Title", exact=True).fill("Mine")
    page.get_by_label("Max kp").fill("4")
    page.get_by_label("Study", exact=True).select_option("blocks")
    assert page.get_by_label("Title", exact=True).input_value() == "Mine"
    assert page.get_by_label("Max kp").input_value() == "3"  # of another meaning there


def test_the_first_of_the_surrogates_is_chosen(world, page, sign_in):
    sign_in(page, "wang.fang")
    page.goto(f"{world.url}/studies/new")
    page.get_by_role("button", name="Move up: Surrogates 2").press("Enter")
    chosen = [one.input_value() for one in page.get_by_role("combobox", name="Surrogates").all()]
    assert chosen == ["random_times", "circular_shift", "random_epicentres"]
    assert page.get_by_role("button", name="Add: Surrogates").count() == 0  # all there are


@pytest.mark.slow
def test_its_numbers_are_those_of_the_file(own_world, page, sign_in, tmp_path):
    (tmp_path / "study.toml").write_text(STUDY)
    opened(page, own_world.url, sign_in, "wang.fang")
    filled(page)
    page.get_by_role("button", name="Run the study").click()
    page.get_by_role("button", name="Open").click(timeout=120_000)
    page.locator("section.verdict").wait_for()
    study = page.url.rpartition("/")[2]
    made = page.request.get(f"{own_world.url}/api/v1/studies/{study}/result").json()
    archive = Archive.open(settings_of(own_world.folder))
    studies.run(OWNER, archive, composition(), tmp_path / "study.toml", tmp_path / "by-hand")
    by_hand = json.loads((tmp_path / "by-hand" / RESULT).read_text())
    assert differences(by_hand, made) == []
