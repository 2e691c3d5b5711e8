"""Reports are one file that fetches nothing, tells simulated from observed, and words numbers as people do."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.reports import page, render, words
from soap.reports.drawing import canvas, svg
from soap.reports.epoch_report import beyond_chance


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-1.234, 2, "−1.23"),
        (-0.0001, 2, "0.00"),
        (None, 2, "–"),
        (float("nan"), 1, "–"),
        (12345.6, 0, "12,346"),
    ],
)
def test_numbers(value, digits, text):
    assert words.number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.75, "0.75"),
        (0.071, "0.071"),
        (0.0005, "≤ 0.001"),
        (None, "–"),
        (1.0, "1.00"),
    ],
)
def test_probabilities_are_never_zero(value, text):
    assert words.probability(value) == text


def test_an_effect_in_sigma_becomes_a_share_of_the_range():
    assert words.relative_size(2.0, 0.3) == pytest.approx(np.exp(0.6) - 1)
    assert words.relative_size(None, 0.3) is None


def test_window_bounds_are_dates_at_midnight():
    assert words.bound("1996-01-01") == "1996-01-01"
    assert words.bound("2016-03-01T00:00:00Z") == "2016-03-01"
    assert words.bound("2016-03-01T05:46:00Z") == "2016-03-01 05:46 UTC"


class _Balance(HTMLParser):
    """Counts what is opened and not closed."""

    VOID = {"meta", "br", "path", "use", "rect", "circle", "stop", "image", "line", "g/", "hr", "img"}

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_text_of_others_cannot_become_markup():
    evil = "<script>alert(1)</script>"
    text = page.html_page(evil, [page.section(evil, page.table((evil,), [(evil,)]), page.items([evil]))], meta=evil)
    assert "<script" not in text


def test_simulated_pages_and_figures_say_so():
    with canvas(2, 1) as (drawn, axis):
        axis.plot([0, 1])
        assert "SIMULATED" in svg(drawn, "x", simulated=True)
    with canvas(2, 1) as (drawn, axis):
        axis.plot([0, 1])
        assert "SIMULATED" not in svg(drawn, "x")
    assert "SIMULATED DATA" in page.html_page("T", [], simulated=True)
    assert "SIMULATED" not in page.html_page("T", [])


def test_figures_are_the_same_bytes_each_time_and_carry_a_text():
    def draw():
        with canvas(3, 2) as (drawn, axis):
            axis.plot([0, 1], label="a")
            axis.legend()
            return svg(drawn, 'what it shows & "why" <b>')

    assert draw() == draw()
    assert "aria-label=\"what it shows and 'why' b\"" in draw()
    assert not re.search(r"\d{4}-\d\d-\d\dT\d\d:", draw())  # no clock time


def test_a_page_is_well_formed_and_fetches_nothing():
    with canvas(3, 2) as (drawn, axis):
        axis.plot([0, 1])
        figure = page.figure(svg(drawn, "x"), "caption")
    text = page.html_page("T", [page.section("S", figure, page.folded("more", page.table(("a", "b"), [(1, 2)])))])
    balance = _Balance()
    balance.feed(text)
    assert balance.open == []
    addresses = set(re.findall(r"https?://[^\"' )<]+", text))
    assert all(one.startswith(("http://www.w3.org/", "https://www.w3.org/")) for one in addresses)  # names, not fetched
    assert not re.search(r"<(script|link|iframe|img)\b", text)
    assert not re.search(r"@import|url\((?!#)", text)


def judged(stage, *tests):
    """A result with tests (variable, kind, worst p, adjusted p) of a study of that stage."""
    rows = [dict(zip(("variable", "test", "worst_p", "adjusted_p"), test, strict=True)) for test in tests]
    study = {"stage": stage, "quantity": {"variables": ["b_horizontal", "b_down"]}}
    return {"study": study, "trials": {"tests": rows}}


def test_a_small_p_among_many_is_no_finding_unless_it_was_the_declared_one():
    many = (("b_horizontal", "primary", 0.18, 0.18), ("b_down", "secondary", 0.025, 0.067))
    assert not beyond_chance(judged("exploratory", *many))
    assert not beyond_chance(judged("confirmatory", *many))
    assert beyond_chance(judged("exploratory", ("b_horizontal", "primary", 0.001, 0.004)))
    assert beyond_chance(judged("confirmatory", ("b_horizontal", "primary", 0.033, 0.13)))


def test_an_unknown_kind_of_study_has_no_report():
    with pytest.raises(BadParameter, match="superposed_epoch, blocks"):
        render({"kind": "other"}, {})
