"""Accounts: who a face acts as; members and their people, kept by who runs an archive."""

from __future__ import annotations

import getpass
from collections.abc import Iterable

from soap.archive import Archive
from soap.archive import accounts as held
from soap.archive.accounts import GRANTED, PUBLIC, Account, Member
from soap.archive.policy import must_run
from soap.core.who import Viewer, folder_owner
from soap.services import holders

__all__ = [
    "GRANTED",
    "PUBLIC",
    "Account",
    "Member",
    "accounts",
    "acting_as",
    "add_account",
    "add_member",
    "change_account",
    "command_line_viewer",
    "members",
    "nobody_yet",
    "remove_account",
]


def command_line_viewer() -> Viewer:
    """The viewer that the command line acts as on an embedded archive: the owner of its folder."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a user number without a name, as in some containers
        user = "owner"
    return folder_owner(user)


def acting_as(viewer: Viewer, archive: Archive, user: str) -> Viewer:
    """The viewer of another's account, for who runs the archive; `guest` is the public, `NotFound` when unknown."""
    must_run(viewer)
    return held.viewer_of(archive, user)


def members(viewer: Viewer, archive: Archive) -> tuple[Member, ...]:
    """All members; anybody may know them."""
    return held.members(archive)


def add_member(viewer: Viewer, archive: Archive, code: str, name: str) -> Member:
    """Add a member, see `soap.archive.accounts.add_member`."""
    return held.add_member(archive, viewer, code, name)


def accounts(viewer: Viewer, archive: Archive) -> tuple[Account, ...]:
    """All accounts, for who runs the archive."""
    return held.accounts(archive, viewer)


def add_account(viewer: Viewer, archive: Archive, user: str, roles: Iterable[str], member: str = "") -> Account:
    """Add an account, see `soap.archive.accounts.add_account`."""
    return held.add_account(archive, viewer, user, roles, member)


def change_account(
    viewer: Viewer, archive: Archive, user: str, roles: Iterable[str] | None = None, member: str | None = None
) -> Account:
    """Give an account other roles or another member."""
    changed = held.change_account(archive, viewer, user, roles, member)
    holders.forget()
    return changed


def remove_account(viewer: Viewer, archive: Archive, user: str) -> None:
    """Remove an account, with all by which its user signs in."""
    held.remove_account(archive, viewer, user)
    holders.forget()


def nobody_yet(viewer: Viewer, archive: Archive) -> bool:
    """True while there is no account, for who runs the archive."""
    must_run(viewer)
    return held.nobody_yet(archive)
