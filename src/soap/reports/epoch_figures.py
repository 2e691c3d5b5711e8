"""Figures of a superposed epoch study."""

from __future__ import annotations

from typing import Any

import numpy as np

from soap.reports import words
from soap.reports.drawing import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, RED, SKY, SOFT, canvas, svg

LINES = ((BLUE, "o"), (RED, "s"), (GREEN, "D"), (PURPLE, "v"))
"""Colour and marker of each line of a figure, in order."""
_USED = ((False, FAINT, "main shock, no values in the window"), (True, ORANGE, "main shock, used"))


def curves(result: dict[str, Any]) -> str:
    """The mean residual around the earthquakes, per variable, over the band of the first surrogate."""
    variables = {name: result["variables"][name] for name in words.variables(result)}
    days = result["study"]["test"]["days"]
    heights = [3.0] * len(variables) + [1.1]
    with canvas(8.6, sum(heights), nrows=len(heights), sharex=True, height_ratios=heights) as (drawn, axes):
        for axis, (name, one) in zip(axes[:-1], variables.items(), strict=True):
            curve = {key: np.array(part, float) for key, part in one["curve"].items()}
            lag = curve["lag_day"]
            axis.axvspan(days[0] - 0.5, days[1] + 0.5, color=ORANGE, alpha=0.15, lw=0)
            axis.fill_between(
                lag,
                curve["low"],
                curve["high"],
                color=SKY,
                alpha=0.35,
                lw=0,
                step="mid",
                label="95 % of shifted catalogues",
            )
            axis.step(lag, curve["expected"], where="mid", color=SOFT, lw=1, ls="--", label="their mean")
            axis.step(lag, curve["mean"], where="mid", color=BLUE, lw=1.2)
            axis.plot(lag, curve["mean"], "o", color=BLUE, ms=3.6, label="these earthquakes")
            axis.axvline(0, color=INK, lw=1)
            axis.set_title(f"{words.symbol(name)}: {words.quantity(name)}")
            axis.set_ylabel("mean residual [σ]")
            axis.grid(axis="y")
        drawn.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
        axes[0].annotate(
            "earthquake",
            (0, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, -9),
            textcoords="offset points",
            size=8.5,
        )
        _kp(axes[-1], result["activity"], days)
        axes[-1].set_xlabel("days from the earthquake (local days; day 0 holds the origin time)")
        return svg(drawn, "Mean residual by day around the earthquakes with the band of chance", result["simulated"])


def _kp(axis: Any, activity: dict[str, Any], days: list[int]) -> None:
    """The mean largest Kp of each day below the curves."""
    axis.axvspan(days[0] - 0.5, days[1] + 0.5, color=ORANGE, alpha=0.15, lw=0)
    axis.step(activity["lag_day"], np.array(activity["max_kp"], float), where="mid", color=RED, lw=1.2)
    axis.axhline(activity["max_kp_of_all_days"], color=SOFT, lw=1, ls="--")
    axis.axvline(0, color=INK, lw=1)
    axis.set_ylabel("largest Kp")
    low, high = axis.get_ylim()
    axis.set_ylim(min(low, activity["max_kp_of_all_days"] - 1), max(high, activity["max_kp_of_all_days"] + 1))
    axis.grid(axis="y")


def probabilities(result: dict[str, Any]) -> str:
    """p of every test under every surrogate, and under the invalid permutation of pairs."""
    rows = [
        (name, kind, result["variables"][name]) for name in words.variables(result) for kind in ("primary", "secondary")
    ]
    colours = {"circular_shift": (BLUE, "o"), "random_times": (GREEN, "s"), "random_epicentres": (PURPLE, "D")}
    with canvas(8.6, 0.55 * len(rows) + 1.25) as (drawn, axis):
        for at, (_, kind, one) in enumerate(rows):
            for name, p in one[kind]["p_value"].items():
                if name in colours:
                    axis.plot(
                        p,
                        at,
                        colours[name][1],
                        color=colours[name][0],
                        ms=7,
                        alpha=0.9,
                        label=words.surrogate(name) if at == 0 else None,
                    )
            p = one["pair_permutation"]["p_value" if kind == "primary" else "p_value_max_z"]
            axis.plot(
                p, at, "x", color=RED, ms=8, mew=2, label=words.surrogate("pair_permutation") if at == 0 else None
            )
        axis.axvline(0.05, color=INK, lw=1, ls=":")
        axis.annotate(
            "0.05",
            (0.05, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-3, -2),
            ha="right",
            va="top",
            textcoords="offset points",
            size=8.5,
        )
        axis.set_xscale("log")
        axis.set_xlim(3e-4, 1.3)
        ticks = [0.001, 0.01, 0.1, 1]
        axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.set_yticks(range(len(rows)), [_test_name(result, name, kind) for name, kind, _ in rows])
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.grid(axis="x")
        axis.set_xlabel("p: how often chance does at least as much")
        drawn.legend(loc="outside lower center", ncols=2)
        return svg(drawn, "p-values of every test under every surrogate", result["simulated"])


def _test_name(result: dict[str, Any], variable: str, kind: str) -> str:
    first, last = result["study"]["test"]["days"]
    what = f"mean, days {words.day(first)}…{words.day(last)}" if kind == "primary" else "largest |z| before"
    return f"{words.symbol(variable)}: {what}"


def effects(result: dict[str, Any]) -> str:
    """Means with intervals: before the events, after them, and without any."""
    controls = result["study"]["controls"]["post_event_days"]
    before = result["study"]["test"]["days"]
    kinds = (
        ("event", f"days {words.day(before[0])} to {words.day(before[1])} before", BLUE),
        ("post_event", f"days {controls[0]} to {controls[1]} after", ORANGE),
        ("no_event", "no earthquake near", SOFT),
    )
    rows = [(name, kind, label, colour) for name in words.variables(result) for kind, label, colour in kinds]
    with canvas(8.6, 0.32 * len(rows) + 0.8) as (drawn, axis):
        for at, (name, kind, _, colour) in enumerate(rows):
            found = result["variables"][name][kind]
            if found["low"] is not None:
                axis.plot([found["low"], found["high"]], [at, at], color=colour, lw=2.5, solid_capstyle="butt")
            if found["mean"] is not None:
                axis.plot(found["mean"], at, "o", color=colour, ms=7)
        axis.axvline(0, color=INK, lw=0.8)
        axis.set_yticks(range(len(rows)), [f"{words.symbol(name)}: {label}" for name, _, label, _ in rows])
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.grid(axis="x")
        axis.set_xlabel("mean residual [σ], 95 % interval (whole clusters, or blocks of windows, resampled)")
        return svg(drawn, "Mean residual before, after and without earthquakes", result["simulated"])


def power(result: dict[str, Any]) -> str:
    """The share of injected signals that the primary test finds, by size and share of events."""
    with canvas(8.6, 3.0) as (drawn, axis):
        for curve, (colour, marker) in zip(result["power_curves"], LINES, strict=False):
            sizes = [point["size_sigma"] for point in curve["points"]]
            rates = [point["power"] for point in curve["points"]]
            label = f"in {words.percent(curve['share_of_events'])} of the events"
            axis.plot(sizes, rates, marker + "-", color=colour, label=label, ms=5)
        for level, told in ((0.8, "0.8: counts as detectable"), (0.05, "0.05: false positives")):
            axis.axhline(level, color=SOFT, lw=0.8, ls=":")
            axis.annotate(told, (1, level), xycoords=("axes fraction", "data"), xytext=(-4, 3),
                          textcoords="offset points", size=8.5, ha="right", color=SOFT)  # fmt: skip
        axis.set_xscale("symlog", linthresh=0.1, linscale=0.6)
        ticks = [0, 0.05, 0.1, 0.2, 0.5, 1, 2]
        axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.minorticks_off()
        axis.set_xlim(left=0)
        axis.set_ylim(0, 1.03)
        axis.set_xlabel("size of the injected signal [σ of a station-day]")
        axis.set_ylabel("share found at p ≤ 0.05")
        axis.grid()
        drawn.legend(loc="outside lower center", ncols=2)
        return svg(drawn, "Power curve of the primary test", result["simulated"])


def chart(result: dict[str, Any]) -> str:
    """Stations and earthquakes, plate carrée, longitudes running on across 180 degrees."""
    events = result["events"]
    stations = [one for one in result["stations"] if not _overhead(one, events)]
    longitude = np.array([part["longitude"] for part in (*stations, *events)], float)
    seam = _widest_gap(longitude)
    primary = words.variables(result)[0]
    stretch = 1 / max(np.cos(np.radians(np.mean([one["latitude"] for one in stations]))), 0.3) if stations else 1.0
    spans = [
        np.ptp([part["latitude"] for part in (*stations, *events)]) * stretch,
        np.ptp([_unwrapped(part["longitude"], seam) for part in (*stations, *events)]),
    ]
    with canvas(8.6, float(np.clip(0.9 + 7.4 * spans[0] / max(spans[1], 0.1), 3.0, 6.4))) as (drawn, axis):
        for used, colour, label in _USED:
            some = [event for event in events if (event["values"][primary] is not None) is used]
            axis.scatter(
                [_unwrapped(event["longitude"], seam) for event in some],
                [event["latitude"] for event in some],
                s=[(6 if len(events) > 1 else 60) + 5 * (event["magnitude"] - 5) ** 2 for event in some],
                facecolor=colour,
                edgecolor="white" if used else SOFT,
                lw=0.4,
                alpha=0.85,
                label=label,
                zorder=2,
            )
        for active, face in ((True, BLUE), (False, "white")):
            some = [one for one in stations if (one["variables"][primary]["n_days"] > 0) is active]
            axis.scatter(
                [_unwrapped(one["longitude"], seam) for one in some],
                [one["latitude"] for one in some],
                marker="^",
                s=46,
                facecolor=face,
                edgecolor=BLUE,
                lw=1,
                zorder=3,
                label="station" if active else "station without residuals",
            )
        for one in stations:
            axis.annotate(
                one["code"],
                (_unwrapped(one["longitude"], seam), one["latitude"]),
                xytext=(4, 4),
                textcoords="offset points",
                size=7.5,
                zorder=4,
            )
        axis.set_aspect(stretch)
        axis.grid()
        axis.xaxis.set_major_formatter(lambda value, _: _degrees(value, "E", "W"))
        axis.yaxis.set_major_formatter(lambda value, _: _degrees(value, "N", "S"))
        drawn.legend(loc="outside lower center", ncols=4)
        return svg(drawn, "Map of the stations and the earthquakes", result["simulated"])


def _overhead(station: dict[str, Any], events: list[dict[str, Any]]) -> bool:
    """True for a satellite or map, which is read at the one epicentre and has no place of its own."""
    return len(events) == 1 and all(station[name] == events[0][name] for name in ("latitude", "longitude"))


def _widest_gap(longitude: np.ndarray) -> float:
    """Longitude in the middle of the widest empty span: the best place to cut the map [degree]."""
    ordered = np.sort(longitude % 360)
    gaps = np.diff(np.append(ordered, ordered[0] + 360))
    return float((ordered[gaps.argmax()] + gaps.max() / 2) % 360)


def _unwrapped(longitude: float, seam: float) -> float:
    return (longitude - seam) % 360 + seam


def _degrees(value: float, positive: str, negative: str) -> str:
    if positive == "E":
        value = (value + 180) % 360 - 180
        if abs(value) == 180:
            return "180°"
    return f"{abs(value):g}°{positive if value > 0 else negative if value < 0 else ''}"


def whiteness(result: dict[str, Any]) -> str:
    """Mean residual by month of the year and by year, per variable: what the background has left."""
    with canvas(8.6, 2.6, ncols=2, sharey=True, width_ratios=(2, 3)) as (drawn, (months, years)):
        for name, (colour, marker) in zip(words.variables(result), LINES, strict=False):
            one = result["whiteness"][name]
            means = [np.nan if value is None else value for value in one["by_month"]]
            months.plot(range(12), means, marker + "-", color=colour, ms=4, label=words.symbol(name))
            values = [(part["year"], np.nan if part["mean"] is None else part["mean"]) for part in one["by_year"]]
            years.plot(*zip(*values, strict=True), marker + "-", color=colour, ms=4)
        months.set_xticks(range(12), list("JFMAMJJASOND"))
        months.set_ylabel("mean residual [σ]")
        months.set_title("by month of the year")
        years.set_title("by year")
        years.xaxis.get_major_locator().set_params(integer=True)
        for axis in (months, years):
            axis.axhline(0, color=INK, lw=0.8)
            axis.set_ylim(-1, 1)
            axis.grid(axis="y")
        months.legend(loc="upper left", ncols=3)
        return svg(drawn, "Mean residual by month and by year", result["simulated"])
