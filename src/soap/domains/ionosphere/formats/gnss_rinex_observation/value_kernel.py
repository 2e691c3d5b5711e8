"""The compiled reading of values, after the walk: from text, or from Hatanaka differences, straight into planes.

All planes lie in one array: that of a code of a system has shape (time, satellite). 0 is "nothing there", as RINEX has
it. Differences are summed as whole thousandths, so that what comes out is what the text would give, to the last bit.
`flags` holds loss of lock (low half) and, where `mask` keeps it, signal strength (high half), each as its digit plus
one, 0 where blank.
"""

from __future__ import annotations

from soap.domains.ionosphere.formats.gnss_rinex_observation.tables import (
    ANEW,
    DATA_AT,
    FIRST_ROW,
    MAX_ORDER,
    OF_SEGMENT,
    SPOILT,
    UNSTARTED,
)
from soap.domains.ionosphere.formats.gnss_rinex_observation.text_kernel import (
    GARBAGE,
    NUMBER,
    kernel,
    line_end,
    observation,
    trimmed,
)

_LARGEST = 10_000_000_000_000
"""Thousandths beyond what F14.3 holds."""


@kernel
def flag_code(byte):
    """A flag as its digit plus one, 0 where blank, -1 where it is neither."""
    if byte == 32:
        return 0
    return byte - 47 if 48 <= byte <= 57 else -1


@kernel
def put_flag(flags, place, lock, strength, mask):
    """Write what `mask` keeps of both flags; blank ones are not written, which leaves their memory untouched."""
    told = (lock | (strength << 4)) & mask
    if told != 0:
        flags[place] = told


@kernel
def put_field(data, at, end, values, flags, place, scale, found, mask):
    """Read one field of 14 + 1 + 1 characters, which the end of the line may cut, into `place`."""
    kind, value = observation(data, at, min(at + 14, end))
    lock = flag_code(data[at + 14]) if at + 14 < end else 0
    strength = flag_code(data[at + 15]) if at + 15 < end else 0
    if kind == GARBAGE or lock < 0 or strength < 0:
        found[SPOILT] += 1
        return
    if kind == NUMBER:
        values[place] = value / scale
    put_flag(flags, place, lock, strength, mask)


@kernel
def read_third(
    data, epochs, first, last, placed, rows, columns, scales, columns_at, fields, base, strides, values, flags, found,
    mask,
):  # fmt: skip
    """Fill the planes from RINEX 3 or 4 text, epochs `first` to before `last`."""
    for epoch in range(first, last):
        time, segment = placed[epoch], epochs[epoch, OF_SEGMENT]
        if time < 0:
            continue
        at = epochs[epoch, DATA_AT]
        for row in range(epochs[epoch, FIRST_ROW], epochs[epoch + 1, FIRST_ROW]):
            end = line_end(data, at)[0]
            number = rows[row]
            if base[number] >= 0:
                letter = number // 100
                stop = trimmed(data, at, end)
                start, offset = at + 3, columns_at[segment, letter]
                here = base[number] + time * strides[letter, 1]
                for k in range(fields[segment, letter]):
                    if start >= stop:
                        break
                    if columns[offset + k] >= 0:
                        place = here + columns[offset + k] * strides[letter, 0]
                        put_field(data, start, stop, values, flags, place, scales[offset + k], found, mask)
                    start += 16
            at = end + 1


@kernel
def read_second(
    data, epochs, first, last, placed, rows, columns, scales, columns_at, fields, base, strides, values, flags, found,
    mask,
):  # fmt: skip
    """Fill the planes from RINEX 2 text, epochs `first` to before `last`: five fields a line."""
    for epoch in range(first, last):
        time, segment = placed[epoch], epochs[epoch, OF_SEGMENT]
        if time < 0:
            continue
        at = epochs[epoch, DATA_AT]
        for row in range(epochs[epoch, FIRST_ROW], epochs[epoch + 1, FIRST_ROW]):
            number = rows[row]
            letter = number // 100
            offset, here = columns_at[segment, letter], base[number] + time * strides[letter, 1]
            for line in range((fields[segment, letter] + 4) // 5):
                end = line_end(data, at)[0]
                if base[number] >= 0:
                    stop, start = trimmed(data, at, end), at
                    for k in range(5 * line, min(5 * line + 5, fields[segment, letter])):
                        if start >= stop:
                            break
                        if columns[offset + k] >= 0:
                            place = here + columns[offset + k] * strides[letter, 0]
                            put_field(data, start, stop, values, flags, place, scales[offset + k], found, mask)
                        start += 16
                at = end + 1


@kernel
def difference(data, at, end):
    """One difference of the field at `at`: order (-1 where none is given), its value, and where the field ends.

    The order is -2 where the field is no difference.
    """
    order, number = -1, 0
    if at + 1 < end and data[at + 1] == 38:
        order = data[at] - 48
        if order < 1 or order > MAX_ORDER:
            order = -2
        at += 2
    negative = at < end and data[at] == 45
    at += int(negative)
    start = at
    while at < end and data[at] != 32:
        digit = data[at] - 48
        if digit < 0 or digit > 9 or at - start >= 15:
            order = -2
        else:
            number = number * 10 + digit
        at += 1
    if at == start:
        order = -2
    return order, (-number if negative else number), at


@kernel
def advance(sums, orders, cell, order, number):
    """Take the next difference into the sums of `cell`; False where that gives nothing that F14.3 holds.

    `orders[cell]`: how many differences are held and the highest of the arc, -1 where no arc is open.
    """
    if order >= 0:
        orders[cell, 0], orders[cell, 1] = 0, order
        sums[cell, 0] = number
    else:
        level = min(orders[cell, 0] + 1, orders[cell, 1])
        orders[cell, 0] = level
        sums[cell, level] = number
        for k in range(level - 1, -1, -1):
            sums[cell, k] += sums[cell, k + 1]
    if -_LARGEST < sums[cell, 0] < _LARGEST:
        return True
    orders[cell, 0] = -1
    return False


@kernel
def read_compact(
    data, epochs, first, last, placed, rows, columns, scales, columns_at, fields, base, strides, values, flags, found,
    mask, state_at, seen, sums, orders, held, version,
):  # fmt: skip
    """Fill the planes from Hatanaka differences, epochs `first` to before `last`.

    `state_at` (satellite): where its cells of `sums` and `orders` begin, and twice that its flags in `held`; `seen`:
    its last epoch. Flags of an empty field are taken back in the compression of RINEX 2; in that of RINEX 3 they are
    said to end, as all that changes. An arc goes on only where the satellite was there the epoch before, and its field
    was filled; a difference that continues nothing is counted and gives no value. A line with anything in it that is no
    difference ends all arcs of its satellite: its other numbers may be wrong too, and would be added on and on.
    """
    for epoch in range(first, last):
        segment, time = epochs[epoch, OF_SEGMENT], placed[epoch]
        at = epochs[epoch, DATA_AT]
        for row in range(epochs[epoch, FIRST_ROW], epochs[epoch + 1, FIRST_ROW]):
            number = rows[row]
            if base[number] < 0:
                at = line_end(data, at)[0] + 1
                continue
            letter = number // 100
            n_fields, offset = fields[segment, letter], columns_at[segment, letter]
            cell, here = state_at[number], base[number] + time * strides[letter, 1]
            if epochs[epoch, ANEW] == 1 or seen[number] != epoch - 1:
                orders[cell : cell + n_fields, 0] = -1
                held[2 * cell : 2 * (cell + n_fields)] = 32
            seen[number] = epoch
            spoilt = found[SPOILT]
            for k in range(n_fields):
                empty = data[at] == 32 or data[at] == 10 or data[at] == 13
                if empty and version == 2:
                    held[2 * (cell + k) : 2 * (cell + k) + 2] = 32
                at, known = read_difference(data, at, sums, orders, cell + k, found, columns[offset + k] >= 0)
                if known and time >= 0:
                    place = here + columns[offset + k] * strides[letter, 0]
                    values[place] = sums[cell + k, 0] / 1000.0 / scales[offset + k]
            at = read_flags(data, at, held, 2 * cell, 2 * n_fields, found)
            if found[SPOILT] > spoilt:
                give_up(orders, cell, n_fields, columns, offset, here, strides[letter, 0], values, time >= 0)
            if time >= 0:
                put_flags(held, cell, n_fields, columns, offset, here, strides[letter, 0], flags, values, found, mask)


@kernel
def give_up(orders, cell, n_fields, columns, offset, here, stride, values, placed):
    """End all arcs of a satellite, and take its values of the epoch back where they are `placed`."""
    for k in range(n_fields):
        orders[cell + k, 0] = -1
        if placed and columns[offset + k] >= 0:
            values[here + columns[offset + k] * stride] = 0.0


@kernel
def read_difference(data, at, sums, orders, cell, found, wanted):
    """Read the field at `at` into `cell` if it is wanted; where the next one begins, and whether there is a value."""
    stop = at
    while data[stop] != 32 and data[stop] != 10 and data[stop] != 13:
        stop += 1
    following, known = stop + int(data[stop] == 32), False
    if stop == at or not wanted:
        orders[cell, 0] = -1
        return following, known
    order, number, _ = difference(data, at, stop)
    if order == -2:
        orders[cell, 0] = -1
        found[SPOILT] += 1
    elif order == -1 and orders[cell, 0] < 0:
        found[UNSTARTED] += 1
    elif advance(sums, orders, cell, order, number):
        known = True
    else:
        found[SPOILT] += 1
    return following, known


@kernel
def read_flags(data, at, held, first, count, found):
    """Bring the flags of a satellite up to date with the rest of its line; where the next line begins."""
    k = 0
    while data[at] != 10:
        byte = data[at]
        if byte != 32 and byte != 13:
            if k >= count:
                found[SPOILT] += 1
            elif byte == 38:
                held[first + k] = 32
            else:
                held[first + k] = byte
        k += 1
        at += 1
    return at + 1


@kernel
def put_flags(held, cell, n_fields, columns, offset, here, stride, flags, values, found, mask):
    """Write the flags held; a value whose flag is neither blank nor digit is doubtful and taken out."""
    for k in range(n_fields):
        if columns[offset + k] < 0:
            continue
        lock, strength = held[2 * (cell + k)], held[2 * (cell + k) + 1]
        if lock == 32 and strength == 32:
            continue
        place = here + columns[offset + k] * stride
        lock, strength = flag_code(lock), flag_code(strength)
        if lock < 0 or strength < 0:
            values[place] = 0.0
            found[SPOILT] += 1
        else:
            put_flag(flags, place, lock, strength, mask)


@kernel
def has_values(values, n_codes, size, kept):
    """Mark in `kept` the planes of `size` values in which there is any."""
    for code in range(n_codes):
        kept[code] = False
        for k in range(code * size, (code + 1) * size):
            if values[k] != 0.0:
                kept[code] = True
                break


@kernel
def finish(values, flags, n_codes, size, kept):
    """Close up the planes kept, in place: NaN where there is nothing, and of the flags the loss of lock alone."""
    target = 0
    for code in range(n_codes):
        if not kept[code]:
            continue
        for k in range(size):
            value, lock = values[code * size + k], max((flags[code * size + k] & 15) - 1, 0)
            values[target + k] = value if value != 0.0 else float("nan")
            if flags[target + k] != lock:  # pages of memory that are not written to cost none
                flags[target + k] = lock
        target += size
