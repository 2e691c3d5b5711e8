"""The administration page: members, users, terms, quarantine, audit and jobs, each for who may."""

from __future__ import annotations

import json

import pytest

from soap.testing import small_network

PARTS = ("members", "users", "terms", "quarantine", "audit", "jobs")


def test_it_is_for_who_looks_after_something(page, world, sign_in):
    page.goto(f"{world.url}/admin")
    page.get_by_text("Sign in to see this").wait_for()
    sign_in(page, "ali.khan")
    assert page.get_by_role("link", name="Admin").count() == 0
    page.goto(f"{world.url}/admin/users")
    page.get_by_text("This is not for your account").wait_for()


def test_a_data_officer_looks_after_their_member(page, world, sign_in):
    sign_in(page, "li.wei")
    page.get_by_role("link", name="Admin").click()
    page.get_by_role("cell", name="Pakistan").wait_for()
    assert page.get_by_label("Parts of administration").get_by_role("link").all_inner_texts() == [
        "Members", "Terms", "Audit", "Jobs",
    ]  # fmt: skip
    page.get_by_role("link", name="Terms").click()
    page.get_by_text("embargo to 2090-01-01").first.wait_for()


def test_an_embargo_is_lifted_and_everybody_sees_it_at_once(own_world, open_page, sign_in):
    url, officer, guest = own_world.url, open_page(), open_page()
    guest.goto(f"{url}/data?q=xc3")
    guest.get_by_text("Nothing found").wait_for()
    sign_in(officer, "li.wei", url)
    officer.goto(f"{url}/admin/terms?collection={small_network.EMBARGOED}")
    officer.get_by_label("Embargo until").fill("")
    officer.get_by_role("button", name="Save").click()
    officer.get_by_text("Saved").wait_for()
    officer.get_by_text("Nothing that you may see is under embargo").wait_for()
    guest.reload()
    guest.get_by_role("button", name=small_network.EMBARGOED, exact=True).wait_for()


def test_a_user_is_added_changed_signs_in_and_is_removed(own_world, open_page, sign_in):
    url, root, person = own_world.url, open_page(), open_page()
    sign_in(root, "root", url)
    root.goto(f"{url}/admin/users")
    root.get_by_label("User", exact=True).fill("sita.rai")
    root.get_by_label("First password").fill(small_network.PASSWORD)
    root.get_by_role("button", name="Add", exact=True).click()
    assert "name the member" in root.get_by_role("alert").inner_text()
    root.locator("form").last.locator("select").select_option("IRN")
    root.get_by_role("button", name="Add", exact=True).click()
    root.get_by_text("Done: sita.rai.").wait_for()
    sign_in(person, "sita.rai", url)
    root.get_by_role("button", name="Change: sita.rai").click()
    row = root.locator("tr", has=root.get_by_label("New password of sita.rai"))
    row.locator("select").select_option("PAK")
    row.get_by_role("button", name="Save").click()
    root.get_by_role("row", name="sita.rai PAK").wait_for()
    root.on("dialog", lambda dialog: dialog.accept())
    row.get_by_role("button", name="Remove sita.rai").click()
    root.get_by_role("button", name="Change: sita.rai").wait_for(state="detached")
    person.reload()
    person.get_by_role("link", name="Sign in").wait_for()


def test_the_audit_log_tells_who_changed_what(page, own_world, sign_in):
    url = own_world.url
    sign_in(page, "root", url)
    page.goto(f"{url}/admin/audit")
    page.get_by_role("cell", name="POST /api/v1/session").first.wait_for()
    page.get_by_label("User").fill("nobody.at.all")
    page.get_by_text("Nothing is noted in this time").wait_for()


def test_a_full_quarantine_is_told_and_still_read(page, world, sign_in):
    one = {"sha256": "0" * 64, "bytes": 5 << 20, "reason": "No reader knows it.", "kept": True,
           "since": "2026-01-01T00:00:00Z"}  # fmt: skip
    full = json.dumps([{**one, "name": f"day-{n:06d}.dat"} for n in range(20_000)])
    page.route("**/api/v1/quarantine", lambda route: route.fulfill(body=full, content_type="application/json"))
    sign_in(page, "root")
    page.goto(f"{world.url}/admin/quarantine")
    page.get_by_text("20000 files are in quarantine, 200 are shown; together 97.7 GiB").wait_for()
    assert page.get_by_role("row").count() == 201


def test_an_empty_quarantine_has_a_screen(page, world, sign_in):
    sign_in(page, "root")
    page.goto(f"{world.url}/admin/quarantine")
    page.get_by_text("No file is in quarantine").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_accessible(assert_accessible, world, sign_in, part):
    assert_accessible(f"{world.url}/admin/{part}", prepare=lambda page: sign_in(page, "root"))
