"""Accounts: who a face acts as."""

from __future__ import annotations

import getpass

from soap.core.who import Viewer, folder_owner


def command_line_viewer() -> Viewer:
    """The viewer that the command line acts as on an embedded archive: the owner of its folder."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a user number without a name, as in some containers
        user = "owner"
    return folder_owner(user)
