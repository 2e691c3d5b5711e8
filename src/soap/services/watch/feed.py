"""Feeds: the notices of a subscription as Atom (RFC 4287), each told as what its maker may see when it is fetched."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from soap.archive import Archive, citation, watches
from soap.core.errors import NotFound, Refused
from soap.core.time import iso
from soap.services.watch.kind import Message
from soap.services.watch.kinds import checked, kind_of
from soap.services.watch.subscriptions import Notice, Subscription


def atom(archive: Archive, secret: str, base_url: str) -> bytes:
    """The feed whose secret that is; `NotFound` where it is none's, or its maker has no account any more."""
    one = watches.of_feed(archive, secret)
    try:
        subscriber = watches.subscriber(archive, one.made_by)
    except Refused as error:
        raise NotFound("There is no such feed any more.") from error
    kind, base = kind_of(one.kind), base_url.rstrip("/")
    conditions = checked(kind, one.conditions)
    name = f"urn:soap:{citation.state(archive).identity}"
    told = [
        (notice, message)
        for notice in watches.notices(archive, subscriber, one.number)
        if (message := kind.tell(subscriber, archive, conditions, notice.about)) is not None
    ]
    return _document(one, name, base, [_entry(notice, message, name, base) for notice, message in told], [
        notice.recorded_from for notice, _ in told
    ])  # fmt: skip


def _document(one: Subscription, name: str, base: str, entries: list[str], times: list[np.datetime64]) -> bytes:
    updated = iso(max([one.recorded_from, *times]))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{name}:subscription:{one.number}</id><title>{escape(one.name)}</title><updated>{updated}</updated>"
        f"<author><name>SOAP</name></author><link href={quoteattr(base + '/')}/>\n" + "".join(entries) + "</feed>\n"
    ).encode()


def _entry(notice: Notice, message: Message, name: str, base: str) -> str:
    facts = json.dumps(dict(message.facts), sort_keys=True)
    return (
        f"<entry><id>{name}:notice:{notice.number}</id><title>{_plain(message.title)}</title>"
        f"<updated>{iso(notice.recorded_from)}</updated><link href={quoteattr(base + message.path)}/>"
        f'<summary type="text">{_plain(message.text)}</summary>'
        f'<content type="application/json">{_plain(facts)}</content></entry>\n'
    )


def _plain(text: str) -> str:
    return escape("".join(one if one.isprintable() else " " for one in text))
