"""All that the server says in words of its own has Chinese words, and what it declares is written down as it is."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

PORTAL = Path(__file__).resolve().parents[2] / "portal"
WORDS = PORTAL / "src" / "words"
HAN = re.compile(r"[\u4e00-\u9fff]")
NAMED = re.compile(r"\{(\w+)")
SAME = {"choices.dobrovolsky", *(f"declaration.{table}.fields.{name}.label" for table, name in
        (("Controls", "kp"), ("Controls", "rc"), ("Blocks", "kp")))}  # fmt: skip
"""Names and symbols, which are the same in Chinese."""


@pytest.fixture(scope="module")
def written():
    """The script that writes what is declared."""
    sys.path.insert(0, str(PORTAL))
    try:
        import write_declared
    finally:
        sys.path.remove(str(PORTAL))
    return write_declared


def chinese() -> dict:
    """Chinese words of all files."""
    found: dict = {}
    for path in sorted((WORDS / "zh" / "server").glob("*.json")):
        more = json.loads(path.read_text(encoding="utf-8"))
        assert not found.keys() & more.keys(), path
        found |= more
    return found


def texts(part: dict | str, place: str = "") -> dict[str, str]:
    """Texts by their places."""
    if isinstance(part, str):
        return {place: part}
    each = (texts(one, f"{place}.{name}" if place else name) for name, one in part.items())
    return {name: text for one in each for name, text in one.items()}


def test_what_is_declared_is_written_down_as_it_is(written):
    now = (WORDS / "declared.json").read_text(encoding="utf-8")
    assert now == written.text(), "make portal-types writes it anew; then give what is new its Chinese words"


def test_all_that_the_server_says_has_chinese_words(written):
    declared, said = texts(written.declared()), texts(chinese())
    assert sorted(declared.keys() - said.keys()) == [], "no Chinese words: portal/src/words/zh/server"
    assert sorted(said.keys() - declared.keys()) == [], "the server says no such thing"
    assert [place for place, text in said.items() if not HAN.search(text) and place not in SAME] == []


def test_a_method_without_chinese_words_is_found(written, monkeypatch):
    from dataclasses import replace

    from soap.systems.seismo_ionospheric import composition

    system = composition()
    one = replace(system.methods[0], name="new_method_2026")
    monkeypatch.setattr(written, "composition", lambda: replace(system, methods=(*system.methods, one)))
    missing = texts(written.declared()).keys() - texts(chinese()).keys()
    assert "methods.new_method_2026.title" in missing
    assert all(place.startswith("methods.new_method_2026.") for place in missing)


def test_chinese_sentences_name_nothing_that_is_not_told(written):
    declared, said = texts(written.declared()), texts(chinese())
    for place, text in said.items():
        assert set(NAMED.findall(text)) <= set(NAMED.findall(declared[place])), place


def test_roles_are_named_in_the_shell(written):
    for language in ("en", "zh"):
        shell = json.loads((WORDS / language / "shell.json").read_text(encoding="utf-8"))
        assert shell["roles"].keys() == written.declared()["roles"].keys()
