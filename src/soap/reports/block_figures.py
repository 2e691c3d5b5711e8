"""Figures of a study by blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from soap.reports import words
from soap.reports.drawing import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, RED, SOFT, canvas, svg

_MARKS = ((BLUE, "o"), (GREEN, "s"), (PURPLE, "D"), (ORANGE, "v"))


def _unit(result: dict[str, Any]) -> str:
    return result["units"][words.variables(result)[0]]


def trace(result: dict[str, Any]) -> str:
    """The field of the window by hours, the blocks, and Kp below."""
    study, held = result["study"], result["trace"]
    low, high = (np.array(held[name], float) for name in ("low", "high"))
    hours = np.datetime64(held["start"].rstrip("Z")) + np.arange(len(low)) * np.timedelta64(1, "h")
    with canvas(8.6, 3.9, nrows=2, sharex=True, height_ratios=(3, 1.2)) as (drawn, (field, activity)):
        field.fill_between(hours, low, high, color=BLUE, lw=0.6, step="post", alpha=0.9)
        for block in result["blocks"]:
            start, stop = (np.datetime64(block[name].rstrip("Z")) for name in ("start", "stop"))
            if block["day"] == -1:
                field.axvspan(start, stop, color=ORANGE, alpha=0.3, lw=0)
            field.axvline(start, color=FAINT, lw=0.6, zorder=0)
        kp = np.array(held["kp"], float)
        bins = np.datetime64(held["kp_start"].rstrip("Z")) + np.arange(len(kp)) * np.timedelta64(3, "h")
        activity.bar(
            bins,
            kp,
            width=np.timedelta64(3, "h"),
            align="edge",
            color=[RED if value > study["max_kp"] else SOFT for value in kp],
        )
        key = np.datetime64(study["key_time"].rstrip("Z"))
        for axis in (field, activity):
            axis.axvline(key, color=INK, lw=1.2)
            axis.grid(axis="y")
        field.annotate(
            "earthquake",
            (key, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, -9),
            textcoords="offset points",
            size=8.5,
        )
        primary = words.variables(result)[0]
        field.set_ylabel(f"{words.symbol(primary)} − {held['level']:,.0f} [{_unit(result)}]")
        activity.set_ylabel("Kp")
        activity.set_ylim(0, 9)
        activity.set_yticks([0, 3, 6, 9])
        activity.set_xlim(hours[0], hours[-1] + np.timedelta64(1, "h"))
        _dates(activity)
        return svg(drawn, "The field and Kp over the window", result["simulated"])


def _dates(axis: Any) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=5, maxticks=12)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def ranges(result: dict[str, Any]) -> str:
    """The range of every block, coloured by its Kp, and the two limits that the first and last background would set."""
    primary, study = words.variables(result)[0], result["study"]
    with canvas(8.6, 3.0) as (drawn, axis):
        for block in result["blocks"]:
            value = block["range"][primary]
            if value is not None:
                disturbed = block["max_kp"] is not None and block["max_kp"] > study["max_kp"]
                axis.bar(
                    block["day"],
                    value,
                    width=0.8,
                    color=RED if disturbed else SOFT,
                    alpha=0.9,
                    edgecolor=INK if block["day"] == -1 else "none",
                    lw=1.8,
                )
        for background, style in zip(result["backgrounds"], ("--", ":", "-."), strict=False):
            limit = background["mean"][primary] + study["threshold_sigma"] * background["scatter"][primary]
            axis.axhline(
                limit, color=BLUE, lw=1, ls=style, label=f"mean + {study['threshold_sigma']:g}σ of {background['name']}"
            )
        axis.axvline(-0.5, color=INK, lw=1.2)
        axis.annotate(
            "earthquake",
            (-0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, -9),
            textcoords="offset points",
            size=8.5,
        )
        axis.set_xlabel(
            f"block of {study['block_hours']} h, relative to the earthquake (−1 ends with it); coloured:"
            f" Kp above {study['max_kp']:g} in it"
        )
        axis.set_ylabel(f"range of {words.symbol(primary)} [{_unit(result)}]")
        axis.set_ylim(top=1.3 * max(block["range"][primary] or 0 for block in result["blocks"]))
        axis.legend(loc="upper right")
        return svg(drawn, "Range of every block of the window", result["simulated"])


def scores(result: dict[str, Any]) -> str:
    """z of the block before the earthquake and of the control blocks under each background."""
    primary, study = words.variables(result)[0], result["study"]
    names = [background["name"] for background in result["backgrounds"]]
    lines = [("the block before the earthquake", [one["z"][primary] for one in result["backgrounds"]])]
    lines += [(f"control: {one['name']}", [part["z"][primary] for part in one["z"]]) for one in result["controls"]]
    with canvas(8.6, 0.5 * len(names) + 1.2) as (drawn, axis):
        for (label, values), (colour, marker) in zip(lines, _MARKS, strict=False):
            axis.plot(
                [np.nan if value is None else value for value in values],
                range(len(names)),
                marker,
                color=colour,
                ms=8,
                label=label,
            )
        axis.axvspan(-study["threshold_sigma"], study["threshold_sigma"], color=FAINT, alpha=0.5, lw=0)
        axis.axvline(0, color=INK, lw=0.8)
        axis.set_yticks(range(len(names)), names)
        axis.set_ylim(len(names) - 0.5, -0.5)
        axis.set_xlabel(f"z of the range of {words.symbol(primary)} (grey: |z| < {study['threshold_sigma']:g})")
        axis.grid(axis="x")
        drawn.legend(loc="outside lower center", ncols=2)
        return svg(drawn, "z under every background", result["simulated"])


def activity(result: dict[str, Any]) -> str:
    """Range against the largest Kp of each block, with the line through all other blocks."""
    primary, fitted = words.variables(result)[0], result["activity"]
    with canvas(8.6, 3.3) as (drawn, axis):
        kp = np.linspace(0, max(block["max_kp"] or 0.0 for block in result["blocks"]) + 0.3)
        expected = fitted["log_level"] + fitted["log_slope_per_kp"] * kp
        spread = 2 * fitted["log_scatter"]
        axis.fill_between(
            kp,
            np.exp(expected - spread),
            np.exp(expected + spread),
            color=FAINT,
            alpha=0.6,
            lw=0,
            label="two standard deviations of the others",
        )
        axis.plot(kp, np.exp(expected), color=SOFT, lw=1.2, label="what Kp alone makes one expect")
        for block in result["blocks"]:
            value = block["range"][primary]
            if value is not None and block["max_kp"] is not None:
                here = block["day"] == -1
                axis.plot(
                    block["max_kp"],
                    value,
                    "D" if here else "o",
                    ms=10 if here else 5,
                    color=ORANGE if here else BLUE,
                    mec=INK if here else "none",
                    zorder=3,
                    label="the block before the earthquake" if here else None,
                )
        axis.set_xlabel("largest Kp in the block")
        axis.set_ylabel(f"range of {words.symbol(primary)} [{_unit(result)}]")
        axis.set_ylim(bottom=0)
        axis.grid()
        axis.legend(loc="upper left")
        return svg(drawn, "Range against Kp", result["simulated"])
