"""Accounts and members, kept by who runs the archive; files that could not be read."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from soap.core.time import iso
from soap.faces.api.rest.fields import LINE, MemberCode, Role, UserInPath, UserName
from soap.faces.api.rest.members import Member
from soap.faces.api.rules import Runs
from soap.services import accounts, admin

router = APIRouter(tags=["administration"])


class Account(BaseModel):
    """A user, their member and roles."""

    user: str
    member: str = Field(description="Code of the member state; empty for who runs the archive for all.")
    roles: list[str]
    since: str = Field(description="When it was made or last changed, ISO 8601, UTC.")


class NewAccount(BaseModel):
    """An account that is to be made; its user signs in by a password that is set on the command line, or elsewhere."""

    user: UserName
    member: MemberCode | None = None
    roles: list[Role] = Field(default=["user"], min_length=1, max_length=4)


class AccountChange(BaseModel):
    """Another member, other roles; what is null stays."""

    member: MemberCode | None = None
    roles: list[Role] | None = Field(default=None, min_length=1, max_length=4)


class NewMember(BaseModel):
    """A member that is to be added."""

    code: MemberCode
    name: str = Field(min_length=1, max_length=200, pattern=LINE, examples=["Nepal"])


class SetAside(BaseModel):
    """A file that could not be read, and why."""

    name: str
    sha256: str
    bytes: int
    reason: str
    kept: bool = Field(description="True while its bytes are kept.")
    since: str


@router.get("/accounts")
def list_accounts(asking: Runs) -> list[Account]:
    """All accounts, by user."""
    return [_account(one) for one in accounts.accounts(asking.viewer, asking.archive)]


@router.post("/accounts", status_code=201)
def add_account(asking: Runs, wanted: NewAccount) -> Account:
    """Add an account."""
    asking.about = f"user={wanted.user} member={wanted.member or '-'} roles={','.join(wanted.roles)}"
    return _account(accounts.add_account(asking.viewer, asking.archive, wanted.user, wanted.roles, wanted.member or ""))


@router.patch("/accounts/{user}")
def change_account(asking: Runs, user: UserInPath, change: AccountChange) -> Account:
    """Give an account other roles, or another member."""
    asking.about = f"member={change.member or '-'} roles={','.join(change.roles or ()) or '-'}"
    return _account(accounts.change_account(asking.viewer, asking.archive, user, change.roles, change.member))


@router.delete("/accounts/{user}", status_code=204)
def remove_account(asking: Runs, user: UserInPath) -> None:
    """Remove an account with its password, sessions and tokens; what it handed in stays its member's."""
    accounts.remove_account(asking.viewer, asking.archive, user)


@router.post("/members", status_code=201)
def add_member(asking: Runs, wanted: NewMember) -> Member:
    """Add a member state."""
    asking.about = f"code={wanted.code}"
    added = accounts.add_member(asking.viewer, asking.archive, wanted.code, wanted.name)
    return Member(code=added.code, name=added.name)


@router.get("/quarantine")
def quarantine(asking: Runs) -> list[SetAside]:
    """Files that could not be read, by name."""
    return [
        SetAside(name=one.name, sha256=one.sha256, bytes=one.bytes, reason=one.reason, kept=one.kept,
                 since=iso(one.recorded_from))
        for one in admin.quarantine(asking.viewer, asking.archive)
    ]  # fmt: skip


def _account(one: accounts.Account) -> Account:
    return Account(user=one.user, member=one.member, roles=list(one.roles), since=iso(one.recorded_from))
