"""The two files a study leaves: `result.json`, the numbers, and `provenance.json`, how to come to them again.

`result.json` holds no clock time, path or duration, so that the same inputs give the same bytes: keys are sorted,
floats have 12 significant digits, a missing number is null.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from soap.core.errors import BadFile, BadParameter
from soap.core.time import iso

RESULT, PROVENANCE, REPORT = "result.json", "provenance.json", "report.html"
SIGNIFICANT_DIGITS = 12


def plain(value: Any) -> Any:
    """`value` as JSON holds it: arrays as lists, times as ISO text, floats to 12 digits, NaN and infinity as None."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray) and value.dtype.kind != "M":
        return plain(value.tolist())
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(inner) for inner in value]
    if isinstance(value, np.datetime64):
        return iso(value)
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        rounded = float(f"{value:.{SIGNIFICANT_DIGITS}g}")
        return 0.0 if rounded == 0 else rounded
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"A {type(value).__name__} cannot stand in a result.")


def to_text(content: Mapping[str, Any]) -> str:
    """The canonical JSON text of a result or provenance."""
    return json.dumps(plain(content), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def check_folder(folder: Path) -> None:
    """Raise `BadParameter` when files cannot be written to `folder`, before hours are spent on what goes into them."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not there.is_dir():
        raise BadParameter(f"The results cannot go to {folder}: {there} is a file; name a folder with -o.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise BadParameter(f"The results cannot go to {folder}: no right to write to {there}; name another with -o.")


def clear(folder: Path) -> None:
    """Take away an earlier study's files, so that a run which breaks off leaves no mixture of two studies."""
    for name in (REPORT, RESULT, PROVENANCE):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise BadParameter(
                f"An earlier {name} in {folder} cannot be replaced ({error.strerror}); name another folder with -o."
            ) from error


def write(folder: Path, name: str, content: Mapping[str, Any]) -> Path:
    """Write `content` as `name` in `folder`, made when absent; whole or not at all.

    Raises `BadParameter` when that is not possible there.
    """
    return write_text(folder, name, to_text(content))


def write_text(folder: Path, name: str, text: str) -> Path:
    """Write `text` as `write` does."""
    target, aside = folder / name, folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, "utf-8")
        aside.replace(target)
    except OSError as error:
        raise BadParameter(
            f"{name} cannot be written to {folder} ({error.strerror}); make room or name another folder with -o."
        ) from error
    return target


def read(folder: Path, name: str) -> dict[str, Any]:
    """The content of `name` in a study's folder; `BadFile` when it is absent or no JSON object."""
    path = folder / name
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadFile(
            f"A study's folder holds {RESULT} and {PROVENANCE}; {name} cannot be opened ({error.strerror})",
            file=str(folder),
            next_step="Give the folder of a study that was run.",
            command="`soap study run … -o DIR` writes one.",
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:  # the last: nested without end
        raise BadFile(f"{name} is no JSON ({error})", file=str(path), next_step="Run the study again.") from error
    if not isinstance(content, dict):
        raise BadFile(f"{name} holds no JSON object", file=str(path), next_step="Run the study again.")
    return content


@dataclass(frozen=True)
class Difference:
    """One number, or other value, that two results do not share; `size` is relative, infinite where it has none."""

    place: str
    before: str
    after: str
    size: float

    def __str__(self) -> str:
        return f"{self.place}: {self.before} before, {self.after} now"


def differences(before: Any, after: Any, place: str = "", tolerance: float = 1e-9) -> list[Difference]:
    """Where two results differ by more than `tolerance` (relative); empty when they agree."""
    if isinstance(before, dict) and isinstance(after, dict):
        found = []
        for key in sorted(before.keys() | after.keys()):
            here = f"{place}.{key}" if place else key
            if key not in before or key not in after:
                found.append(Difference(here, _short(before.get(key)), _short(after.get(key)), math.inf))
            else:
                found += differences(before[key], after[key], here, tolerance)
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            line
            for i, (old, new) in enumerate(zip(before, after, strict=True))
            for line in differences(old, new, f"{place}[{i}]", tolerance)
        ]
    if before == after or (
        _is_number(before) and _is_number(after) and math.isclose(before, after, rel_tol=tolerance, abs_tol=1e-12)
    ):
        return []
    return [Difference(place, _short(before), _short(after), _size(before, after))]


def largest(found: Sequence[Difference], number: int) -> list[Difference]:
    """At most so many of the differences: those of the headline first, then by size."""
    return sorted(found, key=lambda one: (not one.place.startswith(_HEADLINE), -one.size, one.place))[:number]


_HEADLINE = ("n_events", "statistic", "p_value")


def _size(before: Any, after: Any) -> float:
    if not (_is_number(before) and _is_number(after)):
        return math.inf
    return abs(after - before) / max(abs(before), abs(after))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: Any) -> str:
    return f"{len(value)} values" if isinstance(value, list | dict) else repr(value)
