"""The documentation says what the code does: generated pages are current, links lead somewhere, commands exist."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def _generator():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "reference" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["commands.md", "formats.md", "methods.md", "names.md", "settings.md", "studies.md"])
def test_generated_pages_are_current(page):
    generator = _generator()
    written = (DOCS / "reference" / page).read_text(encoding="utf-8")
    assert written == generator.HEAD + generator.PAGES[page](), f"run `make reference`: {page} is behind the code"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not target.startswith(("http", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def _commands_in(text: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line.startswith(("soap ", ".venv/bin/soap "))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_options_exist(page):
    from soap.systems.seismo_ionospheric import cli

    root = typer.main.get_command(cli())
    for line in _commands_in(page.read_text(encoding="utf-8")):
        words, command = shlex.split(line, comments=True)[1:], root
        known = {"--help"} | {option for param in root.params for option in param.opts}
        while True:
            subs = getattr(command, "commands", {})
            named = next((word for word in words if word in subs), None)
            if named is None:
                break
            command = subs[named]
            words.remove(named)
            known |= {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
        unknown = [word.split("=")[0] for word in words if word.startswith("--") and word.split("=")[0] not in known]
        assert command is not root or not words or words[0].startswith("--"), f"{page.name}: no such command: {line}"
        assert not unknown, f"{page.name}: {line} uses {unknown}, which the command does not know"


def test_every_command_has_a_help_text():
    from soap.systems.seismo_ionospheric import cli

    app = cli()
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for name, command in typer.main.get_command(app).commands.items():
        assert command.help, f"soap {name} has no help text"


def _pages_in(part) -> list[str]:
    """All pages named in a part of the navigation."""
    if isinstance(part, str):
        return [part]
    return [page for inner in (part.values() if isinstance(part, dict) else part) for page in _pages_in(inner)]


def test_every_page_is_in_the_navigation_once():
    project = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    assert sorted(_pages_in(project["nav"])) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def test_every_decision_is_in_their_index_under_its_number():
    index = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")
    records = sorted(path.name for path in (DOCS / "decisions").glob("[0-9]*.md"))
    assert re.findall(r"^\| \[(\d{4})\]\((\1-[^)]+)\)", index, re.MULTILINE) == [(name[:4], name) for name in records]


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_fetches_nothing_from_elsewhere(tmp_path):
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > len(list(DOCS.rglob("*.md")))
    for page in pages:
        fetched = re.findall(
            r"<(?:script|link|img|iframe)[^>]*\b(?:src|href)=\"((?:https?:)?//[^\"]+)", page.read_text()
        )
        assert not fetched, f"{page.name} fetches {fetched}"
    for sheet in (tmp_path / "site").rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", sheet.read_text()), f"{sheet.name} fetches"
