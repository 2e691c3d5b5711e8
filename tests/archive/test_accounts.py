"""Members and accounts: who keeps them, what is a name, and who an account's user is."""

from __future__ import annotations

import pytest

from soap.archive.accounts import (
    PUBLIC,
    accounts,
    add_account,
    add_member,
    change_account,
    members,
    remove_account,
    viewer_of,
)
from soap.core.errors import BadParameter, NotFound, Refused
from soap.core.who import GUEST, MEMBER_ADMIN, PROJECT_ADMIN, USER, Viewer

OFFICER = Viewer("chn.officer", "CHN", frozenset({MEMBER_ADMIN}))


def test_the_eight_member_states_are_there(archive):
    assert [one.code for one in members(archive)] == ["BGD", "CHN", "IRN", "MNG", "PAK", "PER", "THA", "TUR"]


def test_an_account_asks_as_its_members_people(archive, me):
    add_account(archive, me, "li.wei", [USER, MEMBER_ADMIN], "CHN")
    assert viewer_of(archive, "li.wei") == Viewer("li.wei", "CHN", frozenset({USER, MEMBER_ADMIN}))
    change_account(archive, me, "li.wei", [USER])
    assert viewer_of(archive, "li.wei").roles == {USER}
    change_account(archive, me, "li.wei", code="PAK")
    assert viewer_of(archive, "li.wei").member == "PAK"
    assert [(one.user, one.member, one.roles) for one in accounts(archive, me)] == [("li.wei", "PAK", (USER,))]
    remove_account(archive, me, "li.wei")
    with pytest.raises(NotFound, match=r"'li\.wei'.*guest"):
        viewer_of(archive, "li.wei")


def test_an_administrator_needs_no_member(archive, me):
    add_account(archive, me, "root", [PROJECT_ADMIN])
    add_member(archive, viewer_of(archive, "root"), "NPL", "Nepal")
    assert "NPL" in [one.code for one in members(archive)]


def test_guest_is_the_public(archive):
    assert viewer_of(archive, "guest") == PUBLIC == Viewer("guest", "", frozenset({GUEST}))


@pytest.mark.parametrize("viewer", [OFFICER, PUBLIC])
def test_only_who_runs_the_archive_keeps_accounts(archive, me, viewer):
    add_account(archive, me, "li.wei", [USER], "CHN")
    for act in (
        lambda: accounts(archive, viewer),
        lambda: add_member(archive, viewer, "NPL", "Nepal"),
        lambda: add_account(archive, viewer, "x", [USER], "CHN"),
        lambda: change_account(archive, viewer, "li.wei", [MEMBER_ADMIN]),
        lambda: remove_account(archive, viewer, "li.wei"),
    ):
        with pytest.raises(Refused):
            act()
    assert [one.roles for one in accounts(archive, me)] == [(USER,)]


@pytest.mark.parametrize(
    ("user", "roles", "code", "says"),
    [
        ("guest", [USER], "CHN", "anybody"),
        ("", [USER], "CHN", "no user's name"),
        ("a b", [USER], "CHN", "no user's name"),
        ("x" * 81, [USER], "CHN", "at most 80"),
        ("li", [USER], "XYZ", "no member XYZ; there are BGD"),
        ("li", [USER], "", "name the member"),
        ("li", [PROJECT_ADMIN, USER], "", "name the member"),
        ("li", ["king"], "CHN", "king is no role"),
        ("li", ["owner"], "CHN", "owner is no role"),
        ("li", [GUEST], "CHN", "guest is no role"),
        ("li", [], "CHN", "Nothing is no role"),
    ],
)
def test_accounts_that_are_none(archive, me, user, roles, code, says):
    with pytest.raises(BadParameter, match=says):
        add_account(archive, me, user, roles, code)
    assert accounts(archive, me) == ()


def test_names_are_taken_once(archive, me):
    add_account(archive, me, "li", [USER], "CHN")
    with pytest.raises(BadParameter, match="already"):
        add_account(archive, me, "li", [USER], "PAK")
    with pytest.raises(BadParameter, match="already"):
        add_member(archive, me, "CHN", "China")
    with pytest.raises(NotFound):
        change_account(archive, me, "lo", [USER])
    with pytest.raises(NotFound):
        remove_account(archive, me, "lo")


@pytest.mark.parametrize(("code", "name"), [("chn", "x"), ("C:N", "x"), ("C", "x"), ("NPL", " "), ("NPL", "a\nb")])
def test_members_that_are_none(archive, me, code, name):
    with pytest.raises(BadParameter):
        add_member(archive, me, code, name)
