"""Rounds: looking at what subscribers want to be told of, and telling what is due.

Each subscription is looked at as its maker, as their account is at that moment, and so is what is told: what they may
not see any more is not. A round is one process's at a time, by a lease; a notice is kept before it is sent, so that it
survives the process, and is sent again only where it is not known to have been taken.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from soap.archive import Archive, watches
from soap.archive.watches import Notice, Subscription
from soap.core.errors import BadParameter, NotFound, Refused, SoapError
from soap.core.who import Viewer
from soap.services import jobs
from soap.services.composition import Composition
from soap.services.watch import mail, webhook
from soap.services.watch.delivery import Undelivered, again_in_s
from soap.services.watch.kind import Found, Look, Message
from soap.services.watch.kinds import KINDS, checked, kind_of
from soap.services.watch.subscriptions import FEED, MAIL

LEASE_S = 600.0
_TAKEN_S = 300.0
HIDDEN = "Not told: it is not to be seen, or does not hold, any more."


@dataclass
class Round:
    """What a round did: notices found, told and not taken, and what went wrong otherwise, a sentence each."""

    found: int = 0
    told: int = 0
    failed: int = 0
    remarks: list[str] = field(default_factory=list)


def look_round(
    viewer: Viewer, archive: Archive, composition: Composition, now: np.datetime64 | None = None
) -> Round | None:
    """Look once, and tell what is due; None while another does. `Refused` unless the viewer runs the archive."""
    if not watches.something_to_do(archive, viewer, (one.name for one in KINDS if one.by_time)):
        return Round()
    lease = watches.take_lease(archive, viewer, LEASE_S)
    if lease is None:
        return None
    done = Round()
    try:
        recorded = watches.recorded_until(archive)
        when = np.datetime64(time.time_ns(), "ns") if now is None else now
        for one in watches.subscriptions(archive, viewer):
            if one.active:
                try:
                    _see_to(_Desk(viewer, archive, composition, one), recorded, when, done)
                except SoapError as error:
                    done.remarks.append(f"Subscription {one.number} of {one.made_by}: {error}")
    finally:
        watches.give_back(archive, viewer, lease)
    return done


@dataclass(frozen=True)
class _Desk:
    """Who runs the round, and the subscription that is seen to."""

    viewer: Viewer
    archive: Archive
    composition: Composition
    subscription: Subscription


def _see_to(desk: _Desk, recorded: np.datetime64, now: np.datetime64, done: Round) -> None:
    one, archive = desk.subscription, desk.archive
    subscriber = watches.subscriber(archive, one.made_by)
    kind = kind_of(one.kind)
    conditions = checked(kind, one.conditions)
    if kind.by_time or recorded > one.looked:
        found = {seen.subject[: watches.LONGEST_SUBJECT]: seen for seen in kind.look(
            Look(subscriber, archive, conditions, one.looked, now))}  # fmt: skip
        new = watches.fresh(archive, one.number, found)
        about = {subject: _with_case(desk, subscriber, conditions, found[subject], done) for subject in sorted(new)}
        watches.note(archive, desk.viewer, one.number, about, recorded)
        done.found += len(about)
    for notice in watches.take_due(archive, desk.viewer, one.number, _TAKEN_S):
        message = kind.tell(subscriber, archive, conditions, notice.about)
        if message is None:
            watches.failed(archive, desk.viewer, notice.number, HIDDEN, None)
        else:
            _deliver(desk, notice, message, done)


def _with_case(desk: _Desk, subscriber: Viewer, conditions: Any, found: Found, done: Round) -> Mapping[str, Any]:
    """What a notice is about, with the job that makes the draft of a case study, where one is wanted."""
    if not getattr(conditions, "draft_case", False):
        return found.about
    try:
        event = {"event_id": found.about["event_id"]}
        job = jobs.ask(subscriber, desk.archive, desk.composition, "case", event)
    except (BadParameter, NotFound, Refused) as error:
        done.remarks.append(f"Subscription {desk.subscription.number}: no case study of {found.subject}: {error}")
        return found.about
    return {**found.about, "job_id": job.job_id}


def _deliver(desk: _Desk, notice: Notice, message: Message, done: Round) -> None:
    one, settings = desk.subscription, desk.archive.settings
    try:
        if one.channel == MAIL:
            mail.send(settings, one.target, notice.number, message.title, mail_text(desk, notice, message))
        elif one.channel != FEED:  # a feed is fetched
            key = watches.signing_key(desk.archive, desk.viewer, one.number)
            webhook.post(one.target, key, notice.number, content(one, notice, message, settings.public_url),
                         private=settings.watch_private_targets)  # fmt: skip
    except (Undelivered, BadParameter) as error:
        again = None if isinstance(error, Undelivered) and error.for_good else again_in_s(notice.attempts)
        watches.failed(desk.archive, desk.viewer, notice.number, str(error), again)
        done.failed += 1
    else:
        watches.sent(desk.archive, desk.viewer, notice.number)
        done.told += 1


def content(one: Subscription, notice: Notice, message: Message, public_url: str) -> dict[str, Any]:
    """What a webhook is posted."""
    facts = dict(message.facts) | ({"job_id": notice.about["job_id"]} if "job_id" in notice.about else {})
    return {
        "notice": notice.number, "subscription": one.number, "kind": one.kind, "name": one.name,
        "subject": notice.subject, "title": message.title, "text": message.text, "facts": facts,
        "url": f"{public_url.rstrip('/')}{message.path}" if message.path else None,
    }  # fmt: skip


def mail_text(desk: _Desk, notice: Notice, message: Message) -> str:
    """The body of an e-mail."""
    base = desk.archive.settings.public_url.rstrip("/")
    parts = [message.text]
    if "job_id" in notice.about:
        parts.append(f"A case study is being drafted: {base}/api/v1/jobs/{notice.about['job_id']}")
    if message.path:
        parts.append(f"More: {base}{message.path}")
    parts.append(f"You are told as {desk.subscription.made_by}, by the subscription {desk.subscription.number},"
                 f" {desk.subscription.name}. Change or remove it at {base}/api/v1/subscriptions.")  # fmt: skip
    return "\n\n".join(parts) + "\n"
