"""Variables: what the identifiers mean that datasets, files and answers have in common."""

from __future__ import annotations

from soap.core.names import Variable
from soap.core.who import Viewer
from soap.services.composition import Composition


def variables(viewer: Viewer, composition: Composition) -> tuple[Variable, ...]:
    """All variables that the system knows, by identifier; anybody may know them."""
    unique = {one.name: one for one in composition.names}
    return tuple(unique[name] for name in sorted(unique))
