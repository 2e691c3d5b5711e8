"""What the times of a file mean: the cadence of its lines, and which part of the interval a time stands for."""

from __future__ import annotations

import re

import numpy as np

_NAMED_S = {1: "PT1S", 60: "PT1M", 3600: "PT1H", 86400: "P1D"}
_MONTH_DAYS, _YEAR_DAYS = (28, 31), (365, 366)
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)?\s*-?\s*(second|sec|minute|minite|min|hour|dai|day)", re.IGNORECASE)
_UNIT_S = {"sec": 1, "min": 60, "hou": 3600, "dai": 86400, "day": 86400}
_WINDOW = re.compile(r"\((\d+)(?::(\d+))?\s*-\s*(\d+)(?::(\d+))?\)")
_SHARE = 0.1
"""How near, in intervals, the middle of a window must lie to a time to be centred on it."""


def cadence_seconds(time: np.ndarray) -> float | None:
    """The most frequent step of rising times [s]; None for a single time."""
    steps = np.diff(time).astype(np.int64)
    if not len(steps):
        return None
    if (steps == steps[0]).all():
        return float(steps[0]) / 1e9
    found, counts = np.unique(steps, return_counts=True)
    return float(found[np.argmax(counts)]) / 1e9


def declared_seconds(interval: str) -> float | None:
    """The sampling interval that the header's words state [s], None where they do not."""
    found = _INTERVAL.search(interval)
    return float(found.group(1) or 1) * _UNIT_S[found.group(2)[:3].lower()] if found else None


def iso_duration(seconds: float) -> str:
    """ISO 8601 duration of a cadence: PT1S, PT1M, PT1H, P1D, P1M, P1Y, else seconds or minutes."""
    if named := _NAMED_S.get(int(seconds) if seconds == int(seconds) else -1):
        return named
    days = seconds / 86400
    for letter, (low, high) in (("M", _MONTH_DAYS), ("Y", _YEAR_DAYS)):
        if low <= days <= high:
            return f"P1{letter}"
    return f"PT{seconds / 60:g}M" if seconds % 60 == 0 else f"PT{seconds:g}S"


def time_stamp(interval: str, cadence_s: float, first: np.datetime64) -> tuple[str, str]:
    """start, centre or instant, and a note where the header does not decide it.

    `interval` are the header's words, `cadence_s` the cadence of the lines, `first` the first time.
    """
    if "instant" in interval.lower():
        return "instant", ""
    stated = declared_seconds(interval) == cadence_s
    middle = _window_middle_s(interval, cadence_s) if stated else None
    if middle is not None:
        phase = middle / cadence_s % 1.0
        if min(phase, 1 - phase) < _SHARE:
            return "centre", ""
        if abs(phase - 0.5) < _SHARE:
            return "start", ""
    phase = float(first.astype(np.int64) % int(cadence_s * 1e9)) / (cadence_s * 1e9)
    if cadence_s >= 3600 and abs(phase - 0.5) < _SHARE:
        return "centre", ""
    if stated and "filter" in interval.lower():
        return "centre", ""
    guess = "start" if cadence_s >= 3600 else "centre"
    doubt = f"The header ({interval!r}) does not say which part of the interval a time stands for; taken as {guess}."
    return guess, doubt


def _window_middle_s(interval: str, cadence_s: float) -> float | None:
    """Middle of a window such as (00:15-01:45) [s]: for minutes mm:ss, for hours hh:mm; a single number counts
    milliseconds of a second, seconds of a minute, minutes of an hour, hours of a day."""
    found = _WINDOW.search(interval)
    if not found:
        return None
    small = {1: 0.001, 60: 1.0, 3600: 60.0, 86400: 3600.0}.get(int(cadence_s))
    if small is None:
        return None
    ends = []
    for large_text, small_text in (found.group(1, 2), found.group(3, 4)):
        ends.append(int(large_text) * small if small_text is None else (int(large_text) * 60 + int(small_text)) * small)
    return sum(ends) / 2


def interval_words(stamp: str, cadence_s: float) -> str:
    """The header's words for an interval, so that reading them gives `stamp` again."""
    unit = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}.get(int(cadence_s))
    if unit is None or stamp == "instant":
        return "Instantaneous" if stamp == "instant" else ""
    window = {
        "second": {"start": "(0-999)", "centre": "(500-1499)"},
        "minute": {"start": "(00:00-00:59)", "centre": "(00:30-01:29)"},
        "hour": {"start": "(00-59)", "centre": "(30-89)"},
        "day": {"start": "(00-23)", "centre": "(12-35)"},
    }[unit]
    return f"Average 1-{unit} {window[stamp]}" if stamp in window else f"Average 1-{unit}"
