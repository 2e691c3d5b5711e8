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
    """Numbers printed as F9.2 after a blank, in hundredths, and which fields are such.

    `characters` is uint8 of shape (..., 10): a blank, then as in `whole_numbers`, but with a point before the last two
    digits (`  20873.75`, `     -9.99`, `      -.50`). Returns int64 and bool of shape (...).
    """
    words, decimals = words_of(characters[..., :8]), words_of(characters[..., 8:]) ^ np.uint16(ord("."))
    frame = words & _FRAME
    words >>= np.uint64(8)
    words ^= decimals.astype(np.uint64) << np.uint64(48)  # the decimals take the place of the point
    values, good = _numbers(words, firm=2)
    good &= frame == _BLANK_AND_POINT
    return values, good


_FRAME = np.uint64(0xFF << 56 | 0xFF)
_BLANK_AND_POINT = np.uint64(ord(".") << 56 | ord(" "))
"""What stands first and last in the eight characters before the decimals of F9.2 after a blank."""


def words_of(characters: np.ndarray) -> np.ndarray:
    """Fields of 2, 4 or 8 characters (..., width) as unsigned words (...), the first character in the lowest byte."""
    word = f"<u{characters.shape[-1]}"
    if characters.strides[-1] == 1:
        return characters.view(word)[..., 0].copy()
    return np.ascontiguousarray(characters).view(word)[..., 0]


def _numbers(words: np.ndarray, firm: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """`whole_numbers` of words, of which the last `firm` characters must be digits.

    Less a `0` in every lane, digits are 0 to 9, a blank is 0x10 and a minus 0x1D. Lanes that hold no digit are masked;
    as the first character is the lowest lane, they come first exactly where the mask is a number 2^k - 1.
    """
    word, width = words.dtype.type, words.dtype.itemsize
    lanes = word(int.from_bytes(b"\x01" * width, "little"))  # 1 in every lane
    text = words ^ (lanes * word(0x30))
    strange = text + lanes * word(0x76)  # carries beyond its lane only from bytes over 0x7F, refused below
    strange &= lanes << word(7)
    mask = strange << word(1)
    mask -= strange >> word(7)
    other = text & mask
    text ^= other
    values = _joined(text, width).view(f"i{width}")
    other ^= mask & (lanes << word(4))  # now 0 where a blank stood, 0x0D where a minus
    beyond = mask + word(1)
    beyond &= mask
    good = beyond == 0
    if other.any():
        minus = mask ^ (mask >> word(8))  # only the lane before the first digit may hold one
        minus &= lanes * word(0x0D)
        negative = other != 0
        good &= ~negative | (other == minus)
        np.negative(values, out=values, where=negative)
    first_firm = word(1 << (8 * (width - firm)))
    if strange.max(initial=word(0)) >= first_firm or np.bitwise_or.reduce(words, axis=None) & (lanes << word(7)):
        good &= (strange < first_firm) & (words & (lanes << word(7)) == 0)
    return values, good


def _joined(lanes: np.ndarray, width: int) -> np.ndarray:
    """The decimal number whose digits are the bytes of each word, first byte most significant; `lanes` is used up."""
    word = lanes.dtype.type
    lanes *= word(10 << 8 | 1)
    lanes >>= word(8)
    lanes &= word(int.from_bytes(b"\xff\x00" * (width // 2), "little"))
    lanes *= word(100 << 16 | 1)
    lanes >>= word(16)
    if width == 8:
        lanes &= word(0x0000FFFF0000FFFF)
        lanes *= word(10_000 << 32 | 1)
        lanes >>= word(32)
    return lanes


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
