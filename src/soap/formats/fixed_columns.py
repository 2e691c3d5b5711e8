"""Numbers in fixed columns of text, read many at once.

Fortran-style files put right-adjusted numbers into columns of fixed width, often without a blank between them, so that
splitting at blanks is wrong and slicing every field in turn is slow. Here a field of 4 or 8 characters is one machine
word, and a few whole-array operations on words turn a million fields into numbers and tell which of them are none:
each byte of the word is a lane, and neighbouring lanes are joined pairwise (d·10+d, then ·100, then ·10,000).
"""

from __future__ import annotations

import numpy as np

from soap.core.errors import BadFile


def whole_numbers(characters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Signed whole numbers from right-adjusted fields, and which fields are such numbers.

    `characters` is uint8 of shape (..., width), width 4 or 8. A field is blanks, then at most one minus sign directly
    before the digits, then digits up to the field's last character (` -50`, `-050`, `   7`). Returns int32 (width 4)
    or int64 (width 8) of shape (...), and bool of the same shape; a value where that is False means nothing.
    """
    width = characters.shape[-1]
    word = np.dtype(f"<u{width}")
    words = np.ascontiguousarray(characters).view(word)[..., 0]
    lanes = word.type(int.from_bytes(b"\x01" * width, "little"))  # 1 in every byte
    digit = (words >> word.type(4)) & lanes
    minus = (digit ^ lanes) & words
    values = _joined(words & (digit * word.type(0x0F)), width).astype(f"i{width}")
    np.negative(values, out=values, where=minus != 0)
    return values, _well_formed(words, digit, minus, lanes, word)


def _joined(lanes: np.ndarray, width: int) -> np.ndarray:
    """The decimal number whose digits are the bytes of each word, first byte most significant."""
    word = lanes.dtype.type
    pairs = lanes * word(10) + (lanes >> word(8))
    if width == 4:
        return (pairs & word(0xFF)) * word(100) + ((pairs >> word(16)) & word(0xFF))
    pairs &= word(0x00FF00FF00FF00FF)
    fours = (pairs * word(100) + (pairs >> word(16))) & word(0x0000FFFF0000FFFF)
    return (fours * word(10_000) + (fours >> word(32))) & word(0xFFFFFFFF)


def _well_formed(words, digit, minus, lanes, word) -> np.ndarray:
    """True for words that are blanks, at most one minus, digits, in this order; arguments as in `whole_numbers`."""
    width, one, byte = word.itemsize, word.type, word.type(8)
    other = digit ^ lanes
    wrong = (words & (lanes * one(0xE0))) ^ (lanes * one(0x20))  # neither 0x2? nor 0x3?
    wrong |= ((words & (digit * one(0x0F))) + lanes * one(0x06)) & (lanes * one(0x10))  # 0x3A to 0x3F
    wrong |= (words & (other * one(0x0F))) ^ (minus * one(0x0D))  # neither blank nor minus
    wrong |= other & one(0x01 << (8 * (width - 1)))  # the last character is no digit
    wrong |= other & ~(other << byte) & (lanes ^ one(1))  # a blank or minus after a digit
    wrong |= minus & ~(digit >> byte)  # a minus that no digit follows
    return wrong == 0


def two_digits(characters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers 0 to 99 from fields of two characters, a leading blank standing for 0 (` 7`, `07`), and which are such.

    `characters` is uint8 of shape (..., 2); returns int64 and bool of shape (...).
    """
    tens, ones = characters[..., 0] - np.uint8(48), characters[..., 1] - np.uint8(48)
    blank = characters[..., 0] == 32
    return np.where(blank, 0, tens).astype(np.int64) * 10 + ones, (blank | (tens < 10)) & (ones < 10)


def digits(characters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers written with all their digits (`0042`), and which fields are such.

    `characters` is uint8 of shape (n, width), width at most 18; returns int64 and bool of shape (n,).
    """
    values, good = np.zeros(len(characters), np.int64), np.ones(len(characters), bool)
    for column in range(characters.shape[-1]):
        digit = characters[:, column] - np.uint8(48)
        values = values * 10 + digit
        good &= digit < 10
    return values, good


def table_of_lines(text: bytes, width: int, *, file: str, first_line: int = 1) -> np.ndarray:
    """The lines of `text` as characters: uint8 of shape (lines, width), line ends (LF or CRLF) left out.

    Blank lines and a closing CTRL-Z at the end are no lines; blanks that pad a line beyond `width` are left out.
    Raises `BadFile`, naming the line (counted from `first_line`), when a line has another length: it was cut, or
    belongs to another format.
    """
    size = _size_without_end(text)
    if not size:
        return np.empty((0, width), np.uint8)
    for end in (b"\n", b"\r\n"):
        table = _regular(text, size, width, end)
        if table is not None:
            return table
    lines = [line.removesuffix(b"\r") for line in text[:size].split(b"\n")]
    for number, line in enumerate(lines, first_line):
        if len(line) < width or line[width:].strip():
            raise BadFile(
                f"Line {number} has {len(line)} characters ({_shown(line)}), a record has {width}", file=file,
                next_step="Was the file cut short, or altered by an editor? Fetch it again.",
            )  # fmt: skip
    return np.frombuffer(b"".join(line[:width] for line in lines), np.uint8).reshape(-1, width)


def _size_without_end(text: bytes) -> int:
    """Size of `text` up to its last character that is no blank, line end or CTRL-Z; without copying it."""
    size = len(text)
    while size and text[size - 1] in b" \r\n\x1a":
        size -= 1
    return size


def _regular(text: bytes, size: int, width: int, end: bytes) -> np.ndarray | None:
    """The table when the lines in the first `size` bytes have all the same width and this line end, else None."""
    step = width + len(end)
    count, rest = divmod(size - width, step)
    if rest or size < width:
        return None
    last = np.frombuffer(text, np.uint8, width, count * step)[None]
    if not count:
        return last
    table = np.frombuffer(text, np.uint8, count * step).reshape(count, step)
    if any((table[:, width + place] != byte).any() for place, byte in enumerate(end)):
        return None
    if text[size : size + len(end)] == end:
        return np.frombuffer(text, np.uint8, size + len(end)).reshape(-1, step)[:, :width]
    return np.concatenate([table[:, :width], last])


def _shown(line: bytes) -> str:
    """The beginning of a line as an error message quotes it."""
    return repr(line[:40].decode("ascii", "replace"))


def shown(characters: np.ndarray) -> str:
    """A record as an error message quotes it."""
    return _shown(bytes(characters))
