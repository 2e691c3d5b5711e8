"""The tables of docs/explanation/gnss-tec-accuracy.md."""

from pathlib import Path

_PAGE = Path(__file__).resolve().parents[5] / "docs" / "explanation" / "gnss-tec-accuracy.md"


def printed(heading):
    """Rows of the table under a heading of the page: cells by the first cell."""
    text = _PAGE.read_text(encoding="utf-8").split(f"## {heading}")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in rows[2:]}


def number(cell):
    """The number of a cell, its sigma left out."""
    return float(cell.split("±")[0].replace("−", "-"))
