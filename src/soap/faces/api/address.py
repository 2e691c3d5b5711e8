"""Where a request comes from, past proxies that are trusted, and under which name it reaches the server."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from soap.core.errors import BadParameter

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks between commas; `BadParameter` for what is none."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError as error:
        raise BadParameter(
            f"SOAP_TRUSTED_PROXIES: {error}; write addresses and networks between commas, as 10.0.0.1,10.1.0.0/16."
        ) from error


def came_from(scope: Scope, trusted: Sequence[Network]) -> tuple[str, bool]:
    """Address of who asks, and whether they asked by https.

    What X-Forwarded-For and X-Forwarded-Proto say is believed of trusted proxies alone: the address is the last that
    none of these wrote, for anybody can send the ones before it. One of IPv4 is told as such, also where a socket of
    IPv6 took the connection (`::ffff:192.0.2.1`): else all of them were of one network, and one visitor to the limits.
    """
    client = scope.get("client")
    address, secure = (_plain(str(client[0])) if client else ""), scope["scheme"] == "https"
    if not trusted or not _within(address, trusted):
        return address, secure
    headers = Headers(scope=scope)
    for one in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
        if _address(one.strip()) is None:
            break
        address = _plain(one.strip())
        if not _within(address, trusted):
            break
    proto = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
    return address, proto == "https" if proto else secure


def known_as(scope: Scope, public_url: str, secure: bool) -> bool:
    """Let the request's URL, of which links are made, be that of `public_url`; where there is none, as it was asked by.

    False where the header Host, which anybody can write, is no host.
    """
    scope["scheme"] = "https" if secure else scope["scheme"]
    told = [value for name, value in scope["headers"] if name == b"host"]
    if public_url:
        parts = urlsplit(public_url)
        scope["scheme"] = parts.scheme
        others = [one for one in scope["headers"] if one[0] != b"host"]
        scope["headers"] = [*others, (b"host", parts.netloc.encode("idna"))]
        return True
    enough = len(told) == 1 or (not told and scope.get("http_version") == "1.0")
    return enough and all(_HOST.fullmatch(value) for value in told)


def _plain(text: str) -> str:
    """An address as it is, one of IPv4 in the words of IPv6 as that of IPv4; what is none as it was."""
    mapped = getattr(_address(text), "ipv4_mapped", None)
    return text if mapped is None else str(mapped)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _within(text: str, trusted: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)
