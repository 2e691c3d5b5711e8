"""Pictures of every page of the portal: `python portal/shots.py ARCHIVE FOLDER`.

Light and dark, desktop and phone, English and Chinese, as a guest and, for what needs an account, as an administrator
of a copy of the archive.
"""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from soap.archive import Archive
from soap.core.who import PROJECT_ADMIN
from soap.services import accounts, passwords
from soap.testing.browser import DESKTOP, PHONE, chromium
from soap.testing.small_network import settings_of
from soap.testing.web import OWNER, serving

PAGES = {
    "map": "/",
    "map-drawn": "/?picked=circle%2F23%2F95%2F1200",
    "around": "/around?event=us20005hqz",
    "around-place": "/around?box=85%2C10%2C110%2C30",
    "series": "/series?s=geomagnetism.xc3.pt1m%2Fb_horizontal,geomagnetism.xb1.pt1m%2Fb_horizontal"
    "&start=2016-04-10&stop=2016-04-17&spectrum=geomagnetism.xc3.pt1m%2Fb_horizontal",
    "stations": "/stations",
    "station": "/stations/iaga_code/XC3",
    "satellites": "/satellites",
    "studies": "/studies",
    "data": "/data",
    "collection": "/data?collection=geomagnetism.xc3.pt1m",
    "basket": "/data?part=basket",
    "sign-in": "/sign-in",
}
SIGNED_IN = {
    "study-new": "/studies/new",
    "usage": "/data?part=usage",
    "admin": "/admin",
    "admin-users": "/admin/users",
    "admin-terms": "/admin/terms?collection=geomagnetism.xc3.pt1m",
    "admin-quarantine": "/admin/quarantine",
    "admin-audit": "/admin/audit",
    "admin-jobs": "/admin/jobs",
}
VIEWS = (
    ("light-desktop-en", DESKTOP, "light", "en-GB"),
    ("dark-desktop-en", DESKTOP, "dark", "en-GB"),
    ("light-phone-en", PHONE, "light", "en-GB"),
    ("dark-phone-zh", PHONE, "dark", "zh-CN"),
    ("light-desktop-zh", DESKTOP, "light", "zh-CN"),
)
USER = "pictures"
SETTLED_MS = 1500
"""What is drawn after the last answer came."""


def main() -> None:
    """Take them all."""
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    if not source.is_dir():
        sys.exit(f"There is no archive at {source}: `make demo` makes it.")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "archive"
        shutil.copytree(source, copy)
        secret = _account(copy)
        with serving(copy) as (url, _), chromium() as browser:
            for name, size, scheme, locale in VIEWS:
                context = browser.new_context(
                    viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale=locale,
                    reduced_motion="reduce",
                )  # fmt: skip
                page = context.new_page()
                _take(page, url, PAGES | _kept(page, url), out, name)
                _sign_in(page, url, secret)
                _take(page, url, SIGNED_IN, out, name)
                context.close()


def _kept(page, url: str) -> dict[str, str]:
    """The page of the study that was kept last, if one was."""
    kept = page.request.get(f"{url}/api/v1/studies").json()
    return {"study": f"/studies/{kept[-1]['study_id']}"} if kept else {}


def _account(archive: Path) -> str:
    opened, secret = Archive.open(settings_of(archive)), secrets.token_urlsafe(24)
    accounts.add_account(OWNER, opened, USER, (PROJECT_ADMIN,))
    passwords.set_password(OWNER, opened, USER, secret)
    return secret


def _sign_in(page, url: str, secret: str) -> None:
    page.goto(f"{url}/sign-in")
    page.locator("input[name=user]").fill(USER)
    page.locator("input[name=password]").fill(secret)
    page.locator("form button[type=submit]").click()
    page.get_by_role("button", name=USER).wait_for()


def _take(page, url: str, pages: dict[str, str], out: Path, view: str) -> None:
    for name, path in pages.items():
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=str(out / f"{name}-{view}.png"))
        sys.stdout.write(f"{out / f'{name}-{view}.png'}\n")


if __name__ == "__main__":
    main()
