"""The frame of every report: one HTML file, its styles and figures inside, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from soap.reports.words import escape

_STYLE = """
:root { --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --wash: #f6f8fa; --accent: #0072b2; --warn: #d55e00; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans",
  "DejaVu Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .25rem 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.25rem 0 .25rem; }
p, ul { margin: .5rem 0; max-width: 48rem; }
.meta { color: var(--soft); font-size: .9rem; }
.answer { border-left: 5px solid var(--accent); background: var(--wash); padding: .75rem 1rem; margin: 1rem 0; }
.answer p { font-size: 1.08rem; }
.banner { background: #fff4e5; border: 2px solid var(--warn); padding: .6rem 1rem; font-weight: 600; margin: 1rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .75rem 0; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { padding: .28rem .7rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, td:first-child { text-align: left; }
th { font-weight: 600; border-bottom: 2px solid var(--line); }
td { white-space: nowrap; }
td.text, th.text { text-align: left; white-space: normal; }
.whole { white-space: nowrap; }
tr.off td { color: var(--soft); }
tr.strong td { font-weight: 600; }
figure { margin: 1rem 0; }
figure svg { max-width: 100%; height: auto; display: block; }
figcaption { color: var(--soft); font-size: .9rem; max-width: 48rem; }
details { margin: .75rem 0; }
summary { cursor: pointer; color: var(--accent); }
code { font-size: .88em; overflow-wrap: anywhere; }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--soft);
  font-size: .88rem; }
@media print { body { font-size: 10pt; } main { max-width: none; padding: 0; } h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; } .scroll { overflow: visible; } td { white-space: normal; }
  th, td { padding: .2rem .4rem; } }
"""

PURPOSE = "Research, not prediction: nothing here may be used to issue or to withhold a warning."


def html_page(title: str, sections: Iterable[str], *, simulated: bool = False, meta: str = "") -> str:
    """The whole page; `sections` are HTML, `title` and `meta` plain text."""
    banner = simulated_banner() if simulated else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>\n"
        f'<p class="meta">{escape(meta)}</p><h1>{escape(title)}</h1>\n{banner}'
        + "\n".join(sections)
        + f"\n<footer><p>{PURPOSE}</p></footer>\n</main></body></html>\n"
    )


def simulated_banner() -> str:
    """The mark that no reader of a simulated study may miss."""
    return (
        '<p class="banner" role="note">SIMULATED DATA. The series in this report were made by a program, not'
        " observed. It shows how the method behaves, nothing about the Earth.</p>\n"
    )


def section(heading: str, *parts: str) -> str:
    """A section under a heading (plain text); parts are HTML."""
    return f"<section><h2>{escape(heading)}</h2>\n" + "\n".join(part for part in parts if part) + "</section>"


def paragraph(text: str) -> str:
    """A paragraph; `text` is HTML."""
    return f"<p>{text}</p>"


def items(texts: Sequence[str]) -> str:
    """A list of plain texts."""
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>" if texts else ""


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    caption: str = "",
    text_columns: Sequence[int] = (0,),
    row_classes: Sequence[str] = (),
) -> str:
    """A table of plain values; the columns in `text_columns` are set left."""

    def cell(tag: str, column: int, value: Any) -> str:
        kind = ' class="text"' if column in text_columns else ""
        return f"<{tag}{kind}>{escape(value)}</{tag}>"

    lines = [f"<caption>{escape(caption)}</caption>"] if caption else []
    lines.append("<thead><tr>" + "".join(cell("th", i, name) for i, name in enumerate(head)) + "</tr></thead><tbody>")
    for number, row in enumerate(rows):
        kind = f' class="{row_classes[number]}"' if number < len(row_classes) and row_classes[number] else ""
        lines.append(f"<tr{kind}>" + "".join(cell("td", i, value) for i, value in enumerate(row)) + "</tr>")
    return '<div class="scroll"><table>' + "".join(lines) + "</tbody></table></div>"


def figure(svg: str, caption: str) -> str:
    """A figure with its caption (plain text)."""
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def folded(summary: str, content: str) -> str:
    """Content (HTML) that opens on a click."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def answer(*paragraphs: str) -> str:
    """The box that says what came out; paragraphs are HTML."""
    return '<div class="answer" role="note">' + "".join(f"<p>{text}</p>" for text in paragraphs) + "</div>"
