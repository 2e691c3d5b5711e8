"""Who may know and do what: the only place that decides.

Now: the owner of the archive's folder sees and does everything, everybody else nothing.
"""

from __future__ import annotations

from soap.core.errors import Refused
from soap.core.who import OWNER, Viewer


def sees_all(viewer: Viewer) -> bool:
    """True for a viewer from whom nothing is hidden."""
    return OWNER in viewer.roles


def must_publish(viewer: Viewer) -> None:
    """`Refused` unless the viewer may add to the archive."""
    if OWNER not in viewer.roles:
        raise Refused(f"{viewer.user or 'Nobody'} may not add to this archive; only its owner may.")
