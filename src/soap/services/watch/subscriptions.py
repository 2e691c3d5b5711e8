"""Subscriptions as people make and change them: what is asked for is checked before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from soap.archive import Archive, watches
from soap.archive.tokens import PREFIX, digest
from soap.archive.watches import Notice, Subscription, Wanted
from soap.core.errors import BadParameter
from soap.core.who import Viewer
from soap.services.watch.addresses import checked_url
from soap.services.watch.kinds import checked, kind_of
from soap.services.watch.mail import can_send, checked_address

__all__ = ["CHANNELS", "Notice", "Subscription", "change", "make", "notices", "remove", "subscriptions"]

MAIL, WEBHOOK, FEED = CHANNELS = ("mail", "webhook", "feed")
_LONGEST_NAME = 200


def make(
    viewer: Viewer,
    archive: Archive,
    kind: str,
    conditions: Mapping[str, Any],
    channel: str,
    target: str = "",
    name: str = "",
) -> tuple[str, Subscription]:
    """A new subscription, and its secret, told this once: a webhook's signing key, a feed's address; none of e-mail.

    `BadParameter` for conditions or a target that are none, `Refused` for who has no account, `TooMany` for who has too
    many.
    """
    wanted = _wanted(archive, kind, conditions, channel, target, name)
    secret = "" if channel == MAIL else PREFIX + watches.new_secret()  # found in logs where it should not be
    kept = digest(secret) if channel == FEED else secret
    return secret, watches.make(archive, viewer, wanted, kept)


def subscriptions(viewer: Viewer, archive: Archive) -> tuple[Subscription, ...]:
    """The viewer's subscriptions, for who runs the archive all."""
    return watches.subscriptions(archive, viewer)


def change(
    viewer: Viewer,
    archive: Archive,
    number: int,
    *,
    conditions: Mapping[str, Any] | None = None,
    name: str | None = None,
    active: bool | None = None,
) -> Subscription:
    """Give a subscription other conditions or another name, or pause it; it is then of what is recorded later."""
    held = next((one for one in watches.subscriptions(archive, viewer) if one.number == number), None)
    wanted = None
    if held is not None and (conditions is not None or name is not None):
        told = held.conditions if conditions is None else conditions
        called = held.name if name is None else name
        wanted = _wanted(archive, held.kind, told, held.channel, held.target, called)
    return watches.change(archive, viewer, number, wanted=wanted, active=active)


def remove(viewer: Viewer, archive: Archive, number: int) -> None:
    """Remove a subscription and its notices."""
    watches.remove(archive, viewer, number)


def notices(viewer: Viewer, archive: Archive, number: int) -> tuple[Notice, ...]:
    """What there was to tell for a subscription, the latest first."""
    return watches.notices(archive, viewer, number)


def _wanted(archive: Archive, kind: str, conditions: Mapping[str, Any], channel: str, target: str, name: str) -> Wanted:
    one = kind_of(kind)
    chosen = checked(one, conditions).model_dump(mode="json", exclude_defaults=True)
    if channel not in CHANNELS:
        raise BadParameter(f"{channel[:40]!r} is no way to tell; there are {', '.join(CHANNELS)}.")
    if channel == MAIL:
        checked_address(target)
        if not can_send(archive.settings):
            raise BadParameter("This server sends no e-mail (SOAP_SMTP_HOST and SOAP_SMTP_FROM); take webhook or feed.")
    elif channel == WEBHOOK:
        checked_url(target, private=archive.settings.watch_private_targets)
    elif target:
        raise BadParameter("A feed is fetched; leave the target out.")
    called = name.strip() or one.title
    if len(called) > _LONGEST_NAME or not called.isprintable():
        raise BadParameter(f"A subscription's name is one line of at most {_LONGEST_NAME} characters.")
    return Wanted(called, one.name, chosen, channel, target)
