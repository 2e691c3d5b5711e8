"""The compiled walk over an observation file: which epochs it has, and which satellites in which order.

No value is read here. Arrays of epochs and rows grow with what was found, so that nothing is allocated on a file's
word; the walk stops and is taken up again when they are full, and at every event, whose lines the caller reads.
"""

from __future__ import annotations

from soap.domains.ionosphere.formats.gnss_rinex_observation.tables import (
    ANEW,
    AT,
    AT_LINE,
    BAD_CLOCK,
    BAD_EPOCH,
    BAD_SATELLITE,
    CUT,
    DATA_AT,
    DONE,
    DOUBLED,
    EPOCHS,
    EVENT,
    FIRST_ROW,
    FLAG,
    FLAG_OF_EVENT,
    FRESH,
    FULL,
    LENGTH,
    LINE,
    LINES_OF_EVENT,
    LONG_LINE,
    MISCOUNTED,
    NO_START,
    ODD_BYTE,
    OF_SEGMENT,
    ROWS,
    SEGMENT,
    TIME,
    TWICE,
)
from soap.domains.ionosphere.formats.gnss_rinex_observation.text_kernel import (
    NO_TIME,
    instant,
    kernel,
    line_end,
    nanoseconds,
    satellite,
    trimmed,
    whole,
)


@kernel
def epoch_head(text, at, end, version):
    """Time [ns], flag and count of an epoch line in `text[at:end]`; flag -1 where it is none."""
    if version == 2:
        year = whole(text, at + 1, min(at + 3, end))
        if 0 <= year < 100:
            year += 1900 if year >= 80 else 2000
        first, seconds_end, flag_at, count_at = at + 4, at + 26, at + 28, at + 29
    else:
        year = whole(text, at + 2, min(at + 6, end))
        first, seconds_end, flag_at, count_at = at + 7, at + 29, at + 31, at + 32
    if end <= flag_at:
        return NO_TIME, -1, 0
    flag = text[flag_at] - 48 if text[flag_at] != 32 else 0
    count_end = min(count_at + 3, end)
    if version > 2:  # some programs write it to the left
        count_end = trimmed(text, count_at, count_end)
    count = whole(text, count_at, count_end)
    if flag < 0 or flag > 6 or count == -2 or (count == -1 and flag < 2):
        return NO_TIME, -1, 0
    time = instant(
        year,
        whole(text, first, first + 2),
        whole(text, first + 3, first + 5),
        whole(text, first + 6, first + 8),
        whole(text, first + 9, first + 11),
        nanoseconds(text, first + 11, seconds_end),
    )
    if time == NO_TIME and (flag < 2 or flag > 5):
        return NO_TIME, -1, 0
    return time, flag, max(count, 0)


@kernel
def add_epoch(cursor, epochs, time, flag, data_at, line):
    """Add an epoch; its rows begin where the last epoch's end."""
    row = epochs[cursor[EPOCHS]]
    row[TIME], row[FLAG], row[DATA_AT], row[AT_LINE] = time, flag, data_at, line
    row[FIRST_ROW], row[OF_SEGMENT], row[ANEW] = cursor[ROWS], cursor[SEGMENT], cursor[FRESH]


@kernel
def add_row(cursor, rows, last_row, row, number):
    """Put a satellite into row `row`; one given twice in an epoch is doubtful, so both rows become 0."""
    rows[row] = number
    earlier = last_row[number]
    last_row[number] = row
    if cursor[ROWS] <= earlier < row and (rows[earlier] == number or rows[earlier] == 0):
        rows[earlier] = rows[row] = 0
        return 1
    return 0


@kernel
def rows_third(data, at, cursor, rows, last_row):
    """Add the satellites whose lines begin at `at`.

    Gives how that ended, where the next epoch begins, the row after the last, and how many are given twice.
    """
    row, doubled = cursor[ROWS], 0
    while at < data.shape[0] and data[at] != 62:
        end, odd = line_end(data, at)
        stop = trimmed(data, at, end)
        if stop == at:
            break
        number = satellite(data, at, stop, 32)
        if odd or number == 0:
            if end >= data.shape[0] and not odd:
                return CUT, at, row, doubled
            cursor[LINE] += 2 + row - cursor[ROWS]
            return ODD_BYTE if odd else BAD_SATELLITE, at, row, doubled
        if row >= rows.shape[0]:
            return FULL, at, row, doubled
        doubled += add_row(cursor, rows, last_row, row, number)
        row += 1
        at = end + 1
    return DONE, at, row, doubled


@kernel
def walk_third(data, cursor, epochs, rows, last_row):
    """Walk on over RINEX 3 and 4; returns how it ended."""
    while True:
        at = cursor[AT]
        if at >= data.shape[0]:
            return DONE
        end, odd = line_end(data, at)
        stop = trimmed(data, at, end)
        if odd:
            cursor[LINE] += 1
            return ODD_BYTE
        if stop == at:
            cursor[AT], cursor[LINE] = end + 1, cursor[LINE] + 1
            continue
        time, flag, count = epoch_head(data, at, stop, 3)
        if data[at] != 62 or flag < 0:
            cursor[LINE] += 1
            return BAD_EPOCH
        if 2 <= flag <= 5:
            cursor[AT], cursor[LINE] = min(end + 1, data.shape[0]), cursor[LINE] + 1
            cursor[LINES_OF_EVENT], cursor[FLAG_OF_EVENT] = count, flag
            return EVENT
        if cursor[EPOCHS] >= epochs.shape[0]:
            return FULL
        add_epoch(cursor, epochs, time, flag, end + 1, cursor[LINE] + 1)
        status, at, row, doubled = rows_third(data, end + 1, cursor, rows, last_row)
        if status != DONE:
            return status
        found = row - cursor[ROWS]
        if found < count and at >= data.shape[0]:
            return CUT
        cursor[MISCOUNTED] += int(found != count)
        cursor[DOUBLED] += doubled
        cursor[AT], cursor[ROWS] = at, row
        cursor[LINE] += found + 1
        cursor[EPOCHS] += 1


@kernel
def skip_lines(data, at, count, closed):
    """Go over `count` lines: how that ended, where the next one begins, how many were gone over.

    `closed`: the last one, too, must have a line end, since a number that is cut is another number.
    """
    for k in range(count):
        if at >= data.shape[0]:
            return CUT, at, k
        end, odd = line_end(data, at)
        if closed and end >= data.shape[0]:
            return CUT, at, k
        at = end + 1
        if odd:
            return ODD_BYTE, at, k + 1
    return DONE, at, count


@kernel
def listed(text, at, end, count, default, cursor, rows, last_row, row):
    """Add `count` satellites that stand one behind another in `text[at:end]`; the number given twice, -1 where bad."""
    doubled = 0
    for k in range(count):
        number = satellite(text, at + 3 * k, end, default)
        if number == 0:
            return -1
        doubled += add_row(cursor, rows, last_row, row + k, number)
    return doubled


@kernel
def names_second(data, at, count, default, cursor, rows, last_row):
    """Add `count` satellites of the epoch line at `at`, twelve a line.

    Gives how that ended, where the data lines begin, how many lines the names take, and how many are given twice.
    """
    row, doubled, lines = cursor[ROWS], 0, 0
    while True:
        if at >= data.shape[0]:
            return CUT, at, lines, doubled
        end, odd = line_end(data, at)
        lines += 1
        if odd:
            return ODD_BYTE, at, lines, doubled
        there = min(cursor[ROWS] + count - row, 12)
        more = listed(data, at + 32, trimmed(data, at, end), there, default, cursor, rows, last_row, row)
        if more < 0:
            return CUT if end >= data.shape[0] else BAD_SATELLITE, at, lines, doubled
        row, doubled, at = row + there, doubled + more, end + 1
        if row >= cursor[ROWS] + count:
            return DONE, at, lines, doubled


@kernel
def walk_second(data, default, lines_a_satellite, cursor, epochs, rows, last_row):
    """Walk on over RINEX 2; `default` is the system of satellites without a letter. Returns how it ended."""
    while True:
        at = cursor[AT]
        if at >= data.shape[0]:
            return DONE
        end, odd = line_end(data, at)
        stop = trimmed(data, at, end)
        if stop == at and not odd:
            cursor[AT], cursor[LINE] = end + 1, cursor[LINE] + 1
            continue
        time, flag, count = epoch_head(data, at, stop, 2)
        if odd or flag < 0 or data[at] != 32:
            cut = end >= data.shape[0] and not odd and cursor[EPOCHS] > 0
            cursor[LINE] += 1
            return ODD_BYTE if odd else CUT if cut else BAD_EPOCH
        if 2 <= flag <= 5:
            cursor[AT], cursor[LINE] = min(end + 1, data.shape[0]), cursor[LINE] + 1
            cursor[LINES_OF_EVENT], cursor[FLAG_OF_EVENT] = count, flag
            return EVENT
        if cursor[EPOCHS] >= epochs.shape[0] or cursor[ROWS] + count > rows.shape[0]:
            return FULL
        status, at, taken, doubled = names_second(data, at, count, default, cursor, rows, last_row)
        add_epoch(cursor, epochs, time, flag, at, cursor[LINE] + 1)
        gone = 0
        if status == DONE:
            status, at, gone = skip_lines(data, at, count * lines_a_satellite, False)
        if status == CUT:
            return CUT
        cursor[LINE] += taken + gone
        if status != DONE:
            return status
        cursor[DOUBLED] += doubled
        cursor[AT], cursor[ROWS] = at, cursor[ROWS] + count
        cursor[EPOCHS] += 1


@kernel
def restore_line(data, at, end, held, length, start):
    """Bring the line held up to date with `data[at:end]`; its length, -1 where none is held, -2 where too long.

    A line that begins with `start` is whole. In others a blank keeps the character above, `&` stands for a blank.
    """
    if end - at > held.shape[0]:
        return -2
    if end > at and data[at] == start:
        for k in range(end - at):
            held[k] = data[at + k]
        if start == 38:
            held[0] = 32
        return end - at
    if length < 0:
        return -1
    for k in range(end - at):
        byte = data[at + k]
        if k >= length:
            held[k] = 32
        if byte == 38:
            held[k] = 32
        elif byte != 32:
            held[k] = byte
    return max(length, end - at)


@kernel
def is_clock(data, at, end, version):
    """True where `data[at:end]` is blank, a number, or the first number of a difference (`3&-1234`).

    Version 4: behind it may stand picoseconds of the epoch, as characters that differ from those before.
    """
    if end - at >= 2 and data[at] != 32 and data[at + 1] == 38:
        at += 2
    at += int(at < end and data[at] == 45)
    while at < end and data[at] != 32:
        if data[at] < 48 or data[at] > 57:
            return False
        at += 1
    if at < end and (version < 4 or end - at > 6):
        return False
    while at < end:
        if data[at] != 32 and data[at] != 38 and (data[at] < 48 or data[at] > 57):
            return False
        at += 1
    return True


@kernel
def walk_compact(data, version, default, held, cursor, epochs, rows, last_row):
    """Walk on over Hatanaka compression; `held` is room for the epoch line. Returns how it ended.

    `version` of RINEX: 2, 3 for those up to 4.01, 4 for those since.
    """
    start, list_at = (38, 32) if version == 2 else (62, 41)
    while True:
        at = cursor[AT]
        if at >= data.shape[0]:
            return DONE
        end, odd = line_end(data, at)
        stop = trimmed(data, at, end)
        if end >= data.shape[0]:
            return CUT if stop > at else DONE
        whole_line = stop > at and data[at] == start
        length = restore_line(data, at, stop, held, cursor[LENGTH], start)
        cursor[LENGTH] = max(length, -1)
        if odd or length < 0:
            cursor[LINE] += 1
            return ODD_BYTE if odd else NO_START if length == -1 else LONG_LINE
        time, flag, count = epoch_head(held, 0, length, version)
        if flag < 0 or (flag > 1 and not whole_line):
            cursor[LINE] += 1
            return BAD_EPOCH
        if whole_line:
            cursor[FRESH] = 1
        if flag > 1:
            cursor[AT], cursor[LINE] = min(end + 1, data.shape[0]), cursor[LINE] + 1
            cursor[LINES_OF_EVENT], cursor[FLAG_OF_EVENT] = count, flag
            cursor[LENGTH] = -1
            return EVENT
        if cursor[EPOCHS] >= epochs.shape[0] or cursor[ROWS] + count > rows.shape[0]:
            return FULL  # the line held is read again: to restore twice is to restore once
        at = end + 1
        end, odd = line_end(data, at)
        if end >= data.shape[0]:
            return CUT
        if odd or not is_clock(data, at, trimmed(data, at, end), version):
            cursor[LINE] += 2
            return ODD_BYTE if odd else BAD_CLOCK
        doubled = listed(held, list_at, length, count, default, cursor, rows, last_row, cursor[ROWS])
        if doubled != 0:
            cursor[LINE] += 1
            return TWICE if doubled > 0 else BAD_SATELLITE
        add_epoch(cursor, epochs, time, flag, end + 1, cursor[LINE] + 1)
        status, at, gone = skip_lines(data, end + 1, count, True)
        if status == CUT:
            return CUT
        cursor[LINE] += 2 + gone
        if status != DONE:
            return status
        cursor[FRESH] = 0
        cursor[AT], cursor[ROWS] = at, cursor[ROWS] + count
        cursor[EPOCHS] += 1
