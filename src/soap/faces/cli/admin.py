"""`soap admin`: the group of commands of who runs an archive, and of members' data officers."""

from __future__ import annotations

import typer

from soap.faces.cli import (
    admin_accounts,
    admin_audit,
    admin_backup,
    admin_contacts,
    admin_job,
    admin_nodes,
    admin_terms,
    admin_tokens,
)

SUBJECTS = (
    admin_terms,
    admin_contacts,
    admin_accounts,
    admin_tokens,
    admin_audit,
    admin_backup,
    admin_nodes,
    admin_job,
)
"""Modules of commands, in the order of the help text; each has `register(group)`."""


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        name="admin",
        help="Run an archive: members, accounts, terms and backups.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for subject in SUBJECTS:
        subject.register(group)
    app.add_typer(group)
