"""A contact: whom to ask about a station."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from soap.core.errors import BadParameter

LONGEST = {"organisation": 200, "role": 80, "name": 120, "email": 254, "web": 500}
"""Most characters of each part of a contact; an address is at most as long as mail takes it (RFC 5321)."""

MOST = 20
"""Most contacts that a station has from one source."""

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


@dataclass(frozen=True)
class Contact:
    """Whom to ask about a station: an organisation, and as far as it is told a person there, in which role.

    Each part is one line without blanks at its ends; `organisation` is never empty, `email` an address, `web` the URL
    of a page. `BadParameter` says which part is none.
    """

    organisation: str
    role: str = ""
    name: str = ""
    email: str = ""
    web: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            text = getattr(self, field.name).strip()
            _check_line(field.name, text)
            object.__setattr__(self, field.name, text)
        if not self.organisation:
            raise BadParameter("A contact names an organisation; say which.")
        if self.email and not _ADDRESS.fullmatch(self.email):
            raise BadParameter(f"{self.email!r} is no e-mail address; write one as observatory@example.org.")
        if self.web and not _is_page(self.web):
            raise BadParameter(f"{self.web!r} is no web page; write its URL, https://example.org/observatory.")

    @property
    def personal(self) -> bool:
        """True when it tells of a person, or of an address."""
        return bool(self.name or self.email)

    @property
    def public(self) -> Contact:
        """The contact without person and address."""
        return replace(self, name="", email="")


@dataclass(frozen=True)
class StationContacts:
    """Whom a file names for the station of this code, which is upper case, in this scheme."""

    code_scheme: str
    code: str
    contacts: tuple[Contact, ...]


def _check_line(part: str, text: str) -> None:
    if len(text) > LONGEST[part] or not text.isprintable():
        raise BadParameter(
            f"The {part} of a contact is one line of at most {LONGEST[part]} characters; this one has {len(text)}"
            f"{'' if text.isprintable() else ', some of which cannot be printed'}."
        )


def _is_page(text: str) -> bool:
    try:
        parts = urlsplit(text)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False
    return named and re.fullmatch(r"[!#-;=?-\[\]_a-z~]+", text) is not None
