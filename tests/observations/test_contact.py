"""A contact is what it says it is, or is none."""

import pytest

from soap.core.errors import BadParameter
from soap.observations import Contact


def test_blanks_at_the_ends_are_no_part_of_it():
    told = Contact(
        " Kakioka Magnetic Observatory ", "head", " 山田 太郎", "kmo@met.example.jp ", "https://example.jp/kmo?q=1"
    )
    assert (told.organisation, told.name, told.email) == (
        "Kakioka Magnetic Observatory",
        "山田 太郎",
        "kmo@met.example.jp",
    )
    assert told.public == Contact("Kakioka Magnetic Observatory", "head", web="https://example.jp/kmo?q=1")
    assert (told.personal, told.public.personal) == (True, False)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"organisation": " "}, "names an organisation"),
        ({"organisation": "x" * 201}, "at most 200 characters; this one has 201"),
        ({"organisation": "a\nb"}, "cannot be printed"),
        ({"name": "\udc80"}, "cannot be printed"),
        *(({"email": one}, "no e-mail address") for one in ("me", "me@", "@x.org", "me@x", "a b@x.org", "a@x..org",
                                                           "a@-x.org", "a@x.org,b@x.org", "<a@x.org>")),
        *(({"web": one}, "no web page") for one in ("example.org", "ftp://x.org", "javascript:alert(1)", "https://",
                                                   "https://me:secret@x.org", "https://x.org/a b", "https://[x",
                                                   'https://x.org/"', "https://x.org/<b>")),
    ],
)  # fmt: skip
def test_what_is_none_is_said(told, said):
    with pytest.raises(BadParameter, match=said):
        Contact(**{"organisation": "Institute"} | told)
