"""The pages of studies: an empty list, the form made of the schema, what the server refuses, who must sign in."""

from __future__ import annotations

import json

import pytest

from soap.testing.small_network import EVENT


@pytest.fixture
def form(world, page, sign_in):
    sign_in(page, "wang.fang")
    page.goto(f"{world.url}/studies/new")
    page.get_by_label("Title").wait_for()
    return page


def test_no_study_yet_is_told_with_the_next_step(world, page):
    page.goto(f"{world.url}/studies")
    page.get_by_text("No study is kept here").wait_for()
    page.get_by_role("link", name="Sign in to run a study").wait_for()


def test_a_guest_who_declares_a_study_is_asked_to_sign_in(world, page):
    page.goto(f"{world.url}/studies/new")
    page.get_by_role("alert").get_by_role("link").wait_for()


def test_the_form_has_every_field_of_the_schema(form, world):
    kinds = form.request.get(f"{world.url}/api/v1/job-kinds").json()
    schema = next(one for one in kinds if one["name"] == "study")["parameters"]["$defs"]
    words = form.locator("form.form").inner_text()
    for table in ("Controls", "ChanceTest", "Power", "EarthquakeSelection"):
        for field in schema[table]["properties"].values():
            assert field["description"] in words
    form.get_by_label("Study", exact=True).select_option("blocks")
    form.get_by_text(schema["Blocks"]["properties"]["block_hours"]["description"]).wait_for()


def test_what_the_server_refuses_is_told_in_its_words(form, world):
    form.goto(f"{world.url}/studies/new?event={EVENT}")
    form.get_by_label("Days", exact=True).fill("-1, -5")
    form.get_by_role("button", name="What can it find?").click()
    form.get_by_role("alert").get_by_text("the days -1 to -5 do not rise").wait_for()


def test_a_number_out_of_bounds_is_told_beside_it(form):
    form.get_by_label("Max kp").fill("12")
    form.get_by_text("no number in these bounds ≥ 0, ≤ 9").wait_for()


def test_a_case_study_is_changed_before_it_is_run(form, world):
    form.goto(f"{world.url}/studies/new?event={EVENT}")
    form.get_by_label("Title").wait_for()
    assert "Mawlaik" in form.get_by_label("Title").input_value()
    assert form.get_by_label("Event id").input_value() == EVENT
    form.get_by_label("Title").fill("Mine")
    with form.expect_request("**/api/v1/jobs") as asked:
        form.get_by_role("button", name="What can it find?").click()
    sent = json.loads(asked.value.post_data)
    assert sent["kind"] == "prospect"
    assert sent["parameters"]["study"]["title"] == "Mine"
    assert sent["parameters"]["study"]["earthquakes"]["event_id"] == EVENT
    form.locator(".job, .note.bad, .verdict").first.wait_for()


@pytest.mark.slow
def test_no_serious_finding(world, assert_accessible, sign_in):
    assert_accessible(
        f"{world.url}/studies/new?event={EVENT}", "form.form", prepare=lambda page: sign_in(page, "wang.fang")
    )
    assert_accessible(f"{world.url}/studies", ".note")
