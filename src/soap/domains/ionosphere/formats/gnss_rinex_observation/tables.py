"""Places and values in the tables that the kernels share with who calls them."""

from __future__ import annotations

DONE, FULL, EVENT, CUT = 0, 1, 2, 3
"""How a walk ends: at the end of the file, for want of room, at an event, or inside an epoch where the file ends."""

BAD_EPOCH, BAD_SATELLITE, BAD_CLOCK, NO_START, ODD_BYTE, TWICE, LONG_LINE = 10, 11, 12, 13, 14, 15, 16
"""... or with something that is no observation file."""

AT, LINE, EPOCHS, ROWS, LENGTH, LINES_OF_EVENT, MISCOUNTED, DOUBLED, FRESH, SEGMENT, FLAG_OF_EVENT = range(11)
"""Places in `cursor`: next byte; number of the last line read; epochs and rows found; length of the epoch line held
(-1: none); lines of the event; epochs whose count of satellites is wrong; satellites given twice in an epoch; 1 where
differences begin anew; number of the list of observation types; flag of the event."""

TIME, FLAG, FIRST_ROW, DATA_AT, OF_SEGMENT, ANEW, AT_LINE = range(7)
"""Columns of the table of epochs."""

SATELLITES = 2700
"""Satellite numbers (see `text_kernel.satellite`) are below this."""

SPOILT, UNSTARTED = range(2)
"""Places in `found`: fields that are no number; differences of an arc whose beginning is lost."""

MAX_ORDER = 7
"""Highest order of differences that is followed; the usual programs write 3."""
