"""Where a request comes from: an address of IPv4 is told as such, whatever socket took the connection."""

import pytest

from soap.faces.api.address import came_from, networks
from soap.faces.api.server import Listening

PROXY = networks("10.0.0.0/8")


@pytest.mark.parametrize(
    ("client", "headers", "address"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("2001:db8::1", [], "2001:db8::1"),
        ("::ffff:10.0.0.1", [(b"x-forwarded-for", b"::ffff:192.0.2.7")], "192.0.2.7"),
        ("::ffff:11.0.0.1", [(b"x-forwarded-for", b"192.0.2.7")], "11.0.0.1"),
    ],
)
def test_an_address_of_ipv4_is_one(client, headers, address):
    """As `::ffff:a.b.c.d` all would be of one network of IPv6, and use up each other's requests."""
    scope = {"client": (client, 1), "scheme": "http", "headers": headers}
    assert came_from(scope, PROXY) == (address, False)


@pytest.mark.parametrize(
    ("host", "url"),
    [("::1", "http://[::1]:8000/"), ("127.0.0.1", "http://127.0.0.1:8000/"), ("h.org", "http://h.org:8000/")],
)
def test_where_it_listens_is_a_url(host, url):
    assert Listening(host).url == url
