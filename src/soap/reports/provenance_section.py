"""Where a report's numbers come from: the declaration, the inputs by checksum, the programs."""

from __future__ import annotations

import json
from typing import Any

from soap.reports.page import folded, paragraph, section, table
from soap.reports.words import count, escape


def sources(study: dict[str, Any], provenance: dict[str, Any]) -> str:
    """The section on provenance."""
    inputs = provenance.get("inputs", [])
    originals = sorted({sha for one in inputs for sha in one["originals"]})
    rows = [(one["granule_id"], one["version"], one["sha256"][:16]) for one in inputs]
    methods = [(one["name"], one["version"], one["reference"]) for one in provenance.get("methods", [])]
    software = [(name, version) for name, version in sorted(provenance.get("software", {}).items())]
    declared = json.dumps(study, indent=1, ensure_ascii=False)
    return section(
        "How to come to the same numbers",
        paragraph(
            f"{count(len(inputs))} granules of {count(len(originals))} original files, named by checksum in"
            " <code>provenance.json</code> beside this page; all numbers are in <code>result.json</code>."
            " <code>soap study rerun DIR</code> computes them again and says what has changed."
        ),
        table(("method", "version", "reference"), methods, text_columns=(0, 2)),
        folded("Inputs", table(("granule", "version", "SHA-256 (first 16)"), rows, text_columns=(0, 2))),
        folded("Software", table(("package", "version"), software, text_columns=(0, 1))),
        folded("The study as declared", f"<pre><code>{escape(declared)}</code></pre>"),
    )
