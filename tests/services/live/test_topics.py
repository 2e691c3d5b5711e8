"""Whose a topic is, as the settings say."""

import pytest

from soap.core.errors import BadParameter
from soap.services.live import Topics


def test_the_longest_that_fits_counts():
    topics = Topics.parse("impf/#=IND impf/kak/#=JPN impf/kak/pt1m/1/xyzs=CHN")
    assert topics.member("impf/kak/pt1m/1/xyzs") == "CHN"
    assert topics.member("impf/kak/pt1m/2/xyzs") == "JPN"
    assert topics.member("impf/abg/pt1m/1/xyzs") == "IND"
    assert topics.member("impfx/kak") is None
    assert set(topics.filters) == {"impf/#", "impf/kak/#", "impf/kak/pt1m/1/xyzs"}


@pytest.mark.parametrize("told", ["impf/#", "impf/+/x=JPN", "=JPN", "#=JPN", "a/#=japan", "a=JPN a=CHN", "a/#/b=JPN"])
def test_what_is_no_assignment_is_refused(told):
    with pytest.raises(BadParameter):
        Topics.parse(told)
