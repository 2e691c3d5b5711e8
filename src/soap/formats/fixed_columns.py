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
    return _numbers(words_of(characters))


def hundredths(characters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers printed as F9.2, in hundredths, and which fields are such.

    `characters` is uint8 of shape (..., 9): as in `whole_numbers`, but with a point before the last two digits
    (` 20873.75`, `    -9.99`, `     -.50`). Returns int64 and bool of shape (...).
    """
    words, first = words_of(characters[..., 1:]), characters[..., 0].astype(np.uint64)
    point_bits, before, after = np.uint64(0xFF << 40), np.uint64((1 << 40) - 1), np.uint64(0xFFFF << 48)
    point = (words & point_bits) == np.uint64(ord(".") << 40)
    decimals = (words & np.uint64(0x1010 << 48)) == np.uint64(0x1010 << 48)
    values, good = _numbers((words & after) | ((words & before) << np.uint64(8)) | first)
    return values, good & point & decimals


def words_of(characters: np.ndarray) -> np.ndarray:
    """Fields of 2, 4 or 8 characters (..., width) as unsigned words (...), the first character in the lowest byte."""
    word = f"<u{characters.shape[-1]}"
    if characters.strides[-1] == 1:
        return characters.view(word)[..., 0].copy()
    return np.ascontiguousarray(characters).view(word)[..., 0]


def _numbers(words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`whole_numbers` of words."""
    word, width = words.dtype.type, words.dtype.itemsize
    lanes = word(int.from_bytes(b"\x01" * width, "little"))  # 1 in every byte
    digit = (words >> word(4)) & lanes
    minus = (digit ^ lanes) & words
    values = _joined(words & ((digit << word(4)) - digit), width).view(f"i{width}")
    np.negative(values, out=values, where=minus != 0)
    return values, _well_formed(words, digit, minus, lanes)


def _joined(lanes: np.ndarray, width: int) -> np.ndarray:
    """The decimal number whose digits are the bytes of each word, first byte most significant."""
    word = lanes.dtype.type
    pairs = lanes * word(10) + (lanes >> word(8))
    if width == 4:
        return (pairs & word(0xFF)) * word(100) + ((pairs >> word(16)) & word(0xFF))
    pairs &= word(0x00FF00FF00FF00FF)
    fours = (pairs * word(100) + (pairs >> word(16))) & word(0x0000FFFF0000FFFF)
    return (fours * word(10_000) + (fours >> word(32))) & word(0xFFFFFFFF)


def _well_formed(words: np.ndarray, digit: np.ndarray, minus: np.ndarray, lanes: np.unsignedinteger) -> np.ndarray:
    """True for words that are blanks, at most one minus, digits, in this order; arguments as in `_numbers`."""
    word, last = words.dtype.type, words.dtype.itemsize - 1
    other = digit ^ lanes
    sixteens, nibbles = lanes << word(4), (other << word(4)) - other
    wrong = (words & (lanes * word(0xE0))) ^ (lanes << word(5))  # neither 0x2? nor 0x3?
    wrong |= ((words & ~nibbles & (lanes * word(0x0F))) + lanes * word(6)) & sixteens  # 0x3A to 0x3F
    wrong |= (words & nibbles) ^ (minus | (minus << word(2)) | (minus << word(3)))  # neither blank nor minus, 0x2D
    wrong |= other & word(1 << (8 * last))  # the last character is no digit
    wrong |= other & ~(other << word(8)) & (lanes ^ word(1))  # a blank or minus after a digit
    wrong |= minus & ~(digit >> word(8))  # a minus that no digit follows
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


def table_of_lines(text: bytes, width: int, *, file: str, start: int = 0, first_line: int = 1) -> np.ndarray:
    """The lines of `text` from byte `start` on, as characters: uint8 (lines, width), line ends (LF or CRLF) left out.

    Blank lines and a closing CTRL-Z at the end are no lines; blanks that pad a line beyond `width` are left out.
    Raises `BadFile`, naming the line (counted from `first_line`), when a line has another length: it was cut, or
    belongs to another format.
    """
    size = _size_without_end(text)
    if size <= start:
        return np.empty((0, width), np.uint8)
    for end in (b"\n", b"\r\n"):
        table = _regular(text, start, size, width, end)
        if table is not None:
            return table
    lines = [line.removesuffix(b"\r") for line in text[start:size].split(b"\n")]
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


def _regular(text: bytes, start: int, stop: int, width: int, end: bytes) -> np.ndarray | None:
    """The table when the lines in these bytes have all the same width and this line end, else None."""
    step = width + len(end)
    count, rest = divmod(stop - start - width, step)
    if rest or stop - start < width:
        return None
    table = np.frombuffer(text, np.uint8, count * step, start).reshape(count, step)
    if any((table[:, width + place] != byte).any() for place, byte in enumerate(end)):
        return None
    if text[stop : stop + len(end)] == end:
        return np.frombuffer(text, np.uint8, (count + 1) * step, start).reshape(-1, step)[:, :width]
    return np.concatenate([table[:, :width], np.frombuffer(text, np.uint8, width, stop - width)[None]])


def _shown(line: bytes) -> str:
    """The beginning of a line as an error message quotes it."""
    return repr(line[:40].decode("ascii", "replace"))


def shown(characters: np.ndarray) -> str:
    """A record as an error message quotes it."""
    return _shown(bytes(characters))
