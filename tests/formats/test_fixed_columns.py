"""Numbers in fixed columns, against Python's own int() and a regular expression, field by field."""

from __future__ import annotations

import re

import numpy as np
import pytest

from soap.core.errors import BadFile
from soap.formats.fixed_columns import digits, hundredths, table_of_lines, two_digits, whole_numbers

ALPHABET = np.frombuffer(b" -0123456789./:;<=>?x\x00\x0a\x10\x15P\x80\xff", np.uint8)


def fields(width: int, count: int) -> np.ndarray:
    """Random fields: mostly numbers as they are printed, some with a foreign character anywhere."""
    rng = np.random.default_rng(20160413)
    limit = 10 ** (width - 1)
    text = [f"{value:{width}d}" for value in rng.integers(-limit // 10, limit, count)]
    text[: count // 8] = [f"{value:0{width}d}" for value in rng.integers(-limit // 10, limit, count // 8)]
    table = np.frombuffer("".join(text).encode(), np.uint8).reshape(count, width).copy()
    hit = rng.random(count) < 0.5
    table[hit, rng.integers(0, width, hit.sum())] = rng.choice(ALPHABET, hit.sum())
    return table


@pytest.mark.parametrize("width", [4, 8])
def test_every_field_is_the_number_python_reads_or_is_refused(width):
    table = fields(width, 20_000)
    values, good = whole_numbers(table)
    texts = [bytes(row) for row in table]
    expected = [bool(re.fullmatch(rb" *-?[0-9]+", text)) for text in texts]
    assert list(good) == expected
    assert 0.5 < np.mean(good) < 0.95
    assert [int(text) for text, ok in zip(texts, expected, strict=True) if ok] == list(values[good])


def test_every_f9_2_is_the_number_python_reads_or_is_refused():
    rng = np.random.default_rng(20160413)
    text = [f"{value / 100:10.2f}" for value in rng.integers(-999_999, 9_999_999, 20_000)]
    text[:200] = [f"{value / 100:10.2f}".replace("0.", " .", 1) for value in rng.integers(-99, 99, 200)]
    table = np.frombuffer("".join(text).encode(), np.uint8).reshape(-1, 10).copy()
    hit = rng.random(len(table)) < 0.5
    table[hit, rng.integers(0, 10, hit.sum())] = rng.choice(ALPHABET, hit.sum())
    values, good = hundredths(table)
    texts = [bytes(row) for row in table]
    expected = [bool(re.fullmatch(rb" +-?[0-9]*\.[0-9][0-9]", field)) for field in texts]
    assert list(good) == expected
    assert 0.5 < np.mean(good) < 0.95
    assert [int(field.replace(b".", b"")) for field, ok in zip(texts, expected, strict=True) if ok] == list(
        values[good]
    )


def test_shape_is_kept():
    values, good = whole_numbers(np.frombuffer(b" -50 123-999   0", np.uint8).reshape(2, 2, 4))
    assert values.tolist() == [[-50, 123], [-999, 0]]
    assert good.all()


def test_two_digits_take_a_leading_blank():
    values, good = two_digits(np.frombuffer(b" 70742  x1 x", np.uint8).reshape(6, 2))
    assert values[:3].tolist() == [7, 7, 42]
    assert good.tolist() == [True, True, True, False, False, False]


def test_digits_take_no_blank():
    values, good = digits(np.frombuffer(b"0042 042", np.uint8).reshape(2, 4))
    assert values[0] == 42
    assert good.tolist() == [True, False]


@pytest.mark.parametrize(
    "text",
    [b"abcd\nefgh\n", b"abcd\nefgh", b"abcd\r\nefgh\r\n", b"abcd\r\nefgh", b"abcd\nefgh\r\n", b"abcd \nefgh\n\n \n\x1a",
     b"abcd\r\nefgh\r\n\x1a"],
)  # fmt: skip
def test_lines_whatever_their_ends(text):
    assert [bytes(row) for row in table_of_lines(text, 4, file="x")] == [b"abcd", b"efgh"]


def test_one_line_and_none():
    assert [bytes(row) for row in table_of_lines(b"abcd", 4, file="x")] == [b"abcd"]
    assert [bytes(row) for row in table_of_lines(b"abcd\n", 4, file="x")] == [b"abcd"]
    assert len(table_of_lines(b"\r\n \n", 4, file="x")) == 0


@pytest.mark.parametrize("text", [b"abcd\nefg\nijkl\n", b"abcd\n\nijkl\n", b"abcd\nefghi\nijkl", b"abc\n", b"abcd\nef"])
def test_a_line_of_another_length_is_named(text):
    with pytest.raises(BadFile, match=r"tide\.txt: Line [12] has \d characters"):
        table_of_lines(text, 4, file="tide.txt")
