"""Where a request comes from: its address, and whether it came by https, past proxies that are trusted."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import Scope

from soap.core.errors import BadParameter

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


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
    none of these wrote, for anybody can send the ones before it.
    """
    client = scope.get("client")
    address, secure = (str(client[0]) if client else ""), scope["scheme"] == "https"
    if not trusted or not _within(address, trusted):
        return address, secure
    headers = Headers(scope=scope)
    for one in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
        if not _is_address(one.strip()):
            break
        address = one.strip()
        if not _within(address, trusted):
            break
    proto = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
    return address, proto == "https" if proto else secure


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _within(text: str, trusted: Sequence[Network]) -> bool:
    if not _is_address(text):
        return False
    address = ipaddress.ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in trusted)
