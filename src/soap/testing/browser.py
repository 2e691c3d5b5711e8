"""A browser for tests: Debian's Chromium, driven by Playwright, that reaches this machine alone.

A page is watched: what its scripts throw, what it writes as an error on the console, and every request to elsewhere is
a finding, and a test that leaves findings fails.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "portal" / "node_modules" / "axe-core" / "axe.min.js"
HERE = frozenset({"127.0.0.1", "localhost", ""})
DESKTOP, PHONE = (1280, 800), (390, 844)

_NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"
_OF_AN_ANSWER = "Failed to load resource: the server responded with a status of 4"
"""What Chromium itself writes when the API answers 4xx, which the page shows in words."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; the test is skipped where there is none. Never two at a time in a thread, and no `asyncio.run`."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not here (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", _NO_OTHER_HOST])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """What was found wrong with a page while it was open."""

    findings: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()
    """Beginnings of messages of the console that the test brings about itself."""

    def watch(self, page: Page) -> None:
        """Note what happens on a page from now on."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.findings.append(f"thrown: {error}"))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        of_the_api = message.text.startswith(_OF_AN_ANSWER) and "/assets/" not in message.location["url"]
        if message.type == "error" and not of_the_api and not message.text.startswith(self.allowed or "\0"):
            self.findings.append(f"console: {message.text} ({message.location['url']})")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE:
            self.findings.append(f"asked elsewhere: {request.url}")


def serious(page: Page) -> list[str]:
    """What axe-core finds on the page that is serious or critical: rule, help and where."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here (make portal)")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


_ENGLISH = """(names) => {
  const words = /[A-Za-z][A-Za-z'’]*(?:[ ,]+[A-Za-z][A-Za-z'’]*){2,}/;
  const without = (text) => names.reduce((rest, name) => rest.replaceAll(name, "·"), text);
  const found = [];
  const look = (element, text) => {
    const language = element.closest("[lang]")?.lang ?? "";
    if (!language.startsWith("en") && words.test(without(text))) found.push(text.trim());
  };
  look(document.body, document.title);
  for (const element of document.body.querySelectorAll("*:not(script, style, noscript)")) {
    look(element, [...element.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data).join(""));
    for (const name of ["title", "aria-label", "placeholder", "alt"]) look(element, element.getAttribute(name) ?? "");
  }
  return [...new Set(found)];
}"""


def english(page: Page, names: Iterable[str] = ()) -> list[str]:
    """Texts of a page, labels among them, with three English words or more that are not marked as English.

    `names` are left as they are: of places, stations and whatever else is given a name by others.
    """
    return page.evaluate(_ENGLISH, sorted(filter(None, names), key=len, reverse=True))
