"""Where webhooks may call: nothing that is not a public address, however it is spelt (IANA's special registries)."""

from __future__ import annotations

import socket

import pytest

from soap.core.errors import BadParameter
from soap.services.watch.addresses import public, resolved
from soap.services.watch.delivery import Undelivered
from soap.services.watch.webhook import post, signature

HIDDEN = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
    "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2001:0:1::1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", HIDDEN)
def test_addresses_that_are_not_public(address):
    assert not public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_that_are(address):
    assert public(address)


SPELT = ["https://127.0.0.1/", "https://localhost/", "https://2130706433/", "https://0x7f.1/",
         "https://017700000001/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://127.1/",
         "https://169.254.169.254/latest"]  # fmt: skip


@pytest.mark.parametrize("url", SPELT)
def test_however_it_is_spelt(url):
    with pytest.raises(BadParameter, match=r"no public address|not found"):
        resolved(url, private=False)


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "https://", "https:///x", "https://8.8.8.8:0/",
                                 "https://8.8.8.8:99999/", "https://a@8.8.8.8/", "https://8.8.8.8/#x", "https://8.8.8.8/\n",
                                 "file:///etc/passwd"])  # fmt: skip
def test_what_is_no_webhook(url):
    with pytest.raises(BadParameter):
        resolved(url, private=False)


def test_a_name_with_any_address_that_is_not_public_is_refused(monkeypatch):
    def both(host, port, **options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(BadParameter, match="no public address"):
        resolved("https://both.example/", private=False)


def test_a_name_is_resolved_once_and_called_by_that_address(monkeypatch, receiver):
    """Else it could be a public one when it is checked, and another one when it is called."""
    asked = []
    real = socket.getaddrinfo

    def resolve(host, port, *told, **options):
        asked.append(host)
        return real("127.0.0.1" if host == "hooks.example" else host, port, *told, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = receiver.url.replace("127.0.0.1", "hooks.example")
    post(url, "key", 7, {"a": 1}, private=True)
    assert asked.count("hooks.example") == 1
    ((headers, _),) = receiver.taken
    assert headers["Host"] == f"hooks.example:{receiver.server_port}"


def test_nobody_listens():
    with pytest.raises(Undelivered, match="not reached"):
        post("http://127.0.0.1:1/", "key", 7, {}, private=True)


def test_the_signature_is_that_of_rfc_4231():
    """Test case 2: key `Jefe`, text `what do ya want for nothing?`; with the dot as the one between stamp and body."""
    import hashlib
    import hmac

    told = hmac.new(b"Jefe", b"what do ya want for nothing?", hashlib.sha256).hexdigest()
    assert told == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    dotted = hmac.new(b"Jefe", b"what do ya want.for nothing?", hashlib.sha256).hexdigest()
    assert signature("Jefe", "what do ya want", b"for nothing?") == dotted
