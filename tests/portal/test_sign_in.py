"""Signing in by an institution: the button, the way there and back, and what a refusal looks like."""

from __future__ import annotations

import os
import shutil

import pytest

from soap.testing.oidc_provider import CLIENT, SECRET, issuing
from soap.testing.web import free_port, serving

NAME = "Example University"


@pytest.fixture(scope="module")
def institution():
    """An issuer on this machine that says `wang.fang` of who signs in."""
    with issuing() as issuer:
        issuer.claims = {"preferred_username": "wang.fang"}
        yield issuer


@pytest.fixture(scope="module")
def url(network, institution, tmp_path_factory):
    """A server that knows the institution."""
    place, port = tmp_path_factory.mktemp("institution"), free_port()
    shutil.copytree(network, place / "archive")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("SOAP_")} | {
        "SOAP_OIDC_ISSUER": institution.url,
        "SOAP_OIDC_CLIENT": CLIENT,
        "SOAP_OIDC_SECRET": SECRET,
        "SOAP_OIDC_NAME": NAME,
        "SOAP_OIDC_CLAIM": "preferred_username",
        "SOAP_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    with serving(place / "archive", environment=surroundings, port=port) as (url, _):
        yield url


def test_one_signs_in_by_the_institution_and_comes_back(url, page):
    page.goto(f"{url}/data?part=usage")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name=f"Sign in with {NAME}").click()
    page.get_by_role("button", name="wang.fang").wait_for()
    assert page.url == f"{url}/data?part=usage"
    page.get_by_role("heading", name="You", exact=True).wait_for()


def test_who_has_no_account_reads_so_and_goes_back(url, page, institution):
    institution.claims = {"preferred_username": "nobody.here", "sub": "person-2"}
    page.goto(f"{url}/sign-in")
    page.get_by_role("link", name=f"Sign in with {NAME}").click()
    page.get_by_text("There is no account 'nobody.here' here").wait_for()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Password").wait_for()


def test_without_an_institution_there_is_a_password_alone(world, page):
    page.goto(f"{world.url}/sign-in")
    page.get_by_label("Password").wait_for()
    assert page.get_by_role("link", name="Sign in with").count() == 0


@pytest.mark.slow
def test_no_serious_finding(url, assert_accessible):
    assert_accessible(f"{url}/sign-in")
