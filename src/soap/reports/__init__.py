"""From a stored result to a page: pure functions of `result.json` and `provenance.json`, no archive, no clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

REPORT = "report.html"


def render(result: dict[str, Any], provenance: dict[str, Any]) -> str:
    """The self-contained HTML page of a study, from the content of its two files."""
    from soap.core.errors import BadParameter
    from soap.reports import block_report, epoch_report

    pages = {"superposed_epoch": epoch_report.page, "blocks": block_report.page}
    kind = result.get("kind")
    if kind not in pages:
        raise BadParameter(f"There is no report for a study of kind {kind!r}; there are: {', '.join(pages)}.")
    return pages[kind](result, provenance)


def write_report(folder: Path) -> Path:
    """Render the study in `folder` and write `report.html` beside its files; returns the page's path."""
    from soap.services.study import result as files

    page = render(files.read(folder, files.RESULT), files.read(folder, files.PROVENANCE))
    return files.write_text(folder, REPORT, page)
