"""Where a webhook may call: public addresses alone, so that nobody reaches this machine's neighbours through it."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from soap.core.errors import BadParameter

_LONGEST = 500
_TRANSLATED = tuple(ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""Networks whose addresses stand for IPv4 ones (RFC 6052, 8215, 3056, 4380)."""


@dataclass(frozen=True)
class Place:
    """An address that may be called, and what it was asked as."""

    address: str
    host: str
    port: int
    path: str
    scheme: str

    @property
    def url(self) -> str:
        """The URL by address: a name is resolved once, so that it cannot be another one when it is called."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def name(self) -> str:
        """The header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def checked_url(url: str, *, private: bool) -> SplitResult:
    """A webhook's URL in parts; `BadParameter` for one that is none, or not HTTPS unless `private` ones do."""
    fine = ("https", "http") if private else ("https",)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadParameter(f"The URL of the webhook cannot be read ({error}).") from error
    if len(url) > _LONGEST or parts.scheme not in fine or not parts.hostname or port == 0 or not url.isprintable():
        raise BadParameter(
            f"{url[:80]!r} is no URL of a webhook; write https://HOST/PATH, at most {_LONGEST} characters."
        )
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadParameter("The URL of a webhook holds no user, password or fragment; its calls are signed.")
    return parts


def resolved(url: str, *, private: bool) -> Place:
    """Where to call; `BadParameter` where the host's name leads to any address that is not public.

    With `private` all addresses are called: for tests, and receivers in the server's own network.
    """
    parts = checked_url(url, private=private)
    host = str(parts.hostname)
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise BadParameter(f"The host {host[:80]} of the webhook is not found.") from error
    hidden = [one for one in sorted(found) if not public(one)]
    if hidden and not private:
        raise BadParameter(
            f"The host {host[:80]} of the webhook is no public address. Who runs the server may allow it with"
            " SOAP_WATCH_PRIVATE_TARGETS."
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(sorted(found)[0], host, port, path, parts.scheme)


def public(address: str) -> bool:
    """True for an address of the public Internet, of one machine."""
    one = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address):
        if one.ipv4_mapped is not None:
            return public(str(one.ipv4_mapped))
        if any(one in network for network in _TRANSLATED):
            return False
    return one.is_global and not one.is_multicast and not one.is_reserved
