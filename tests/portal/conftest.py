"""A small archive that is served, and a watched page in a browser that reaches nothing but this machine.

`world` is served once for all tests: they ask, and leave it as it is. What changes an archive takes `own_world`, which
a module has for itself.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from soap.faces.portal.built import STATIC
from soap.systems.seismo_ionospheric import composition
from soap.testing import small_network
from soap.testing.browser import DESKTOP, PHONE, Watched, chromium, serious
from soap.testing.web import serving


@dataclass(frozen=True)
class World:
    """A served archive: its address, and its folder."""

    url: str
    folder: Path


@pytest.fixture(scope="session")
def network(tmp_path_factory) -> Path:
    """The folder of the small archive, made once for all processes that run tests."""
    if not (STATIC / "index.html").is_file():
        pytest.skip("the portal is not built (make portal; it needs Node.js and npm)")
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "small-network"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "made").exists():
            small_network.build(place, composition())
            (place / "made").touch()
    return place / "archive"


@pytest.fixture(scope="session")
def world(network, tmp_path_factory) -> Iterator[World]:
    """The small archive, served."""
    yield from _served(network, tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def own_world(network, tmp_path_factory) -> Iterator[World]:
    """A copy of the small archive for the tests of one module, served: they may change it."""
    yield from _served(network, tmp_path_factory.mktemp("own-world"))


def _served(network: Path, place: Path) -> Iterator[World]:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("SOAP_")}
    shutil.copytree(network, place / "archive")
    with serving(place / "archive", environment=surroundings) as (url, _):
        yield World(url, place / "archive")


@pytest.fixture(scope="module")
def browser():
    """The browser; for a module at a time, since its loop would be in the way of other tests'."""
    with chromium() as one:
        yield one


@pytest.fixture
def open_page(browser):
    """Opens watched pages: `open_page(width=…, dark=…, language=…)`; no page may leave a finding."""
    watched, contexts = Watched(), []

    def opened(size=DESKTOP, dark=False, language="en-GB", **context):
        made = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", locale=language,
            has_touch=size == PHONE, reduced_motion="reduce", **context,
        )  # fmt: skip
        contexts.append(made)
        made.set_default_timeout(10_000)
        page = made.new_page()
        watched.watch(page)
        return page

    opened.watched = watched
    yield opened
    for one in contexts:
        one.close()
    assert watched.findings == []


@pytest.fixture
def page(open_page):
    """A watched page, light, as wide as a laptop's, in English."""
    return open_page()


@pytest.fixture
def sign_in(world):
    """Signs a page in as one of the small network's people: `sign_in(page, "li.wei")`, at another `url` if given."""

    def signed_in(page, user, url=world.url):
        page.goto(f"{url}/sign-in")
        page.get_by_label("User").fill(user)
        page.get_by_label("Password").fill(small_network.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name=user).wait_for()

    return signed_in


@pytest.fixture
def assert_accessible(open_page):
    """Asserts that axe-core finds nothing serious at an address, light and dark, once `ready` (a selector) is there."""

    def asserted(url, ready="h1", prepare=lambda page: None):
        for dark in (False, True):
            page = open_page(dark=dark)
            prepare(page)
            page.goto(url)
            page.locator(ready).first.wait_for()
            page.wait_for_load_state("networkidle")
            assert serious(page) == [], "dark" if dark else "light"

    return asserted
