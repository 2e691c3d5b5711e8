"""How often chance does the same, what stands beside it, and how large an effect would have been found."""

from __future__ import annotations

from typing import Any

from soap.reports import epoch_figures as figures
from soap.reports import words
from soap.reports.page import figure, paragraph, section, table
from soap.reports.words import count, number, percent, probability, symbol

_KINDS = {"event": "before the events", "post_event": "after the events", "no_event": "no event"}


def chance(result: dict[str, Any]) -> str:
    """How often chance does the same, under every surrogate and under the one that is wrong."""
    return section(
        "How often chance does the same",
        _p_table(result),
        figure(figures.probabilities(result), "The same p-values. Crosses: the invalid permutation of pairs."),
        *(paragraph(words.escape(text)) for text in (_why_not_pairs(result), _detector(result)) if text),
        paragraph(
            f"{count(result['trials']['n'])} tests were made; adjusted for their number (Benjamini and Hochberg)"
            f" the smallest p is {probability(min(t['adjusted_p'] for t in result['trials']['tests']))}."
        ),
    )


def _p_table(result: dict[str, Any]) -> str:
    rows, classes = [], []
    for name, one in words.per_variable(result):
        for kind in _kinds_of_chance(result, one):
            label = "worst of these" if kind == "worst" else words.surrogate(kind)
            n = one["primary"]["n_surrogates"].get(kind)
            rows.append(
                (
                    symbol(name),
                    label,
                    count(n) if n else "",
                    probability(one["primary"]["p_value"][kind]),
                    probability(one["secondary"]["p_value"][kind]),
                )
            )
            classes.append("strong" if kind == "worst" else "")
        wrong = one["pair_permutation"]
        rows.append(
            (
                symbol(name),
                words.surrogate("pair_permutation"),
                count(wrong["n"]),
                probability(wrong["p_value"]),
                probability(wrong["p_value_max_z"]),
            )
        )
        classes.append("off")
    return table(
        ("", "surrogate", "n", "p, mean", "p, largest |z|"),
        rows,
        text_columns=(0, 1),
        row_classes=classes,
        caption="p = (k + 1) / (n + 1); two-sided for the mean. Stations of an event and events of a cluster"
        " move together.",
    )


def _why_not_pairs(result: dict[str, Any]) -> str:
    primary = result["whiteness"][words.variables(result)[0]]
    if primary["network_mean_scatter"] is None or primary["day_to_day_correlation"] is None:
        return (
            "Why pairs may not be permuted: one storm or one quiet week is seen by every station at once, and lasts."
            " The row is kept only to show what forgetting this does."
        )
    return (
        "Why pairs may not be permuted: one storm or one quiet week is seen by every station at once. The mean of all"
        f" stations scatters by {number(primary['network_mean_scatter'])} σ from day to day where independent stations"
        f" would give {number(primary['network_mean_scatter_if_independent'])} σ, and a day resembles the one before"
        f" (correlation {number(primary['day_to_day_correlation'])}). Permuting pairs tears this apart, makes chance"
        " look calmer than it is, and finds significance in noise. The row is kept only to show this."
    )


def _detector(result: dict[str, Any]) -> str:
    rate = result["null_rate"]
    return (
        ""
        if rate["value"] is None
        else f"The detector |z| ≥ {result['study']['test']['threshold_sigma']:g} marks"
        f" {percent(rate['value'], 1)} of pure noise ({count(rate['n'])} station-days of Gaussian noise through"
        " the same background)."
    )


def _kinds_of_chance(result: dict[str, Any], one: dict[str, Any]) -> list[str]:
    """Surrogates in the order the study declares them, the worst last."""
    declared = [*result["study"]["test"]["surrogates"], "worst"]
    return [kind for kind in declared if kind in one["primary"]["p_value"]]


def controls(result: dict[str, Any]) -> str:
    """What stands beside the answer: other days, marked days, other choices."""
    asked = result["study"]["controls"]
    return section(
        "Controls",
        figure(
            figures.effects(result),
            "The same mean before the earthquakes, after them, and in windows without any."
            " An interval that leaves zero is not yet an effect: compare it with the windows without earthquakes.",
        ),
        _means_table(result),
        _marked_table(result),
        _variant_table(result),
        _one_sequence(result),
        paragraph(
            f"Storm veto: local days touched by Kp &gt; {asked['max_kp']:g} are left out, over the whole"
            f" period. No-event days: no earthquake of the catalogue in the zone of the station during the"
            f" {asked['clear_before_days']} days before and the {asked['clear_after_days']} days after."
        ),
    )


def _means_table(result: dict[str, Any]) -> str:
    rows = []
    for name, one in words.per_variable(result):
        for kind, label in _KINDS.items():
            found = one[kind]
            n = (
                words.many(found["n_events"], "event")
                if "n_events" in found
                else words.many(found["n_windows"], "window")
            )
            rows.append(
                (
                    symbol(name),
                    label,
                    n,
                    number(found["mean"], 3),
                    f"{number(found['low'], 3)} … {number(found['high'], 3)}",
                )
            )
    return table(("", "days", "of", "mean [σ]", "95 % interval"), rows, text_columns=(0, 1))


def _marked_table(result: dict[str, Any]) -> str:
    shares = []
    for name, one in words.per_variable(result):
        found = one["marked"]
        shares.append(
            (
                symbol(name),
                f"{count(found['n_marked'])} of {count(found['n_station_days'])}",
                percent(found["share"], 1),
                f"{percent(found['chance_low'], 1)} to {percent(found['chance_high'], 1)}",
                percent(one["no_event"]["share_marked"], 1),
                percent(result["null_rate"]["value"], 1),
            )
        )
    return table(
        ("", "marked before", "share, mean of events", "chance gives", "without event", "white noise"),
        shares,
        caption=f"Station-days with |z| ≥ {result['study']['test']['threshold_sigma']:g}; chance: 95 % of the"
        " catalogues shifted in time as a whole",
    )


def _variant_table(result: dict[str, Any]) -> str:
    variants = [
        (
            row["name"],
            symbol(row["variable"]),
            number(row["statistic"], 3),
            probability(row["p_value"]),
            count(row["n_events"]),
            f"{count(row['largest_cluster'])}",
        )
        for row in result["variants"]
    ]
    return table(
        ("one choice changed", "", "mean [σ]", "p", "events", "in the largest cluster"),
        variants,
        text_columns=(0, 1),
        caption="Variants, first surrogate only; shown so that the choice can be judged, not to choose again."
        " They are not counted among the tests",
    )


def _one_sequence(result: dict[str, Any]) -> str:
    """A warning where one cluster makes up much of a variant."""
    heavy = [
        row for row in result["variants"] if row["n_events"] >= 20 and 10 * row["largest_cluster"] > row["n_events"]
    ]
    if not heavy:
        return ""
    row = max(heavy, key=lambda row: row["largest_cluster"] / row["n_events"])
    return paragraph(
        words.escape(
            f"In the variant “{row['name']}” one sequence alone gives {count(row['largest_cluster'])} of the"
            f" {count(row['n_events'])} events: its mean is mostly that of a few weeks at a few stations. However small"
            " its p, it is one piece of evidence; this is why the study declares main shocks only."
        )
    )


def size(result: dict[str, Any]) -> str:
    """How large an effect would have been found."""
    scatter = _typical_scatter(result)
    shares = [curve["share_of_events"] for curve in result["power_curves"]]
    rows = [
        (
            f"{point['size_sigma']:g} σ",
            percent(words.relative_size(point["size_sigma"], scatter)),
            *(number(curve["points"][i]["power"]) for curve in result["power_curves"]),
        )
        for i, point in enumerate(result["power_curves"][0]["points"])
    ]
    return section(
        "How large an effect would have been found",
        paragraph(detectable(result)),
        figure(
            figures.power(result),
            "Share of null catalogues in which a signal of known size, added on every day of"
            " the window, is found by the primary test.",
        ),
        table(("signal", "of the range", *(f"power, in {percent(share)} of events" for share in shares)), rows),
    )


def detectable(result: dict[str, Any]) -> str:
    """The smallest effect that would have been found, in words."""
    scatter = _typical_scatter(result)
    parts = []
    for curve in result["power_curves"]:
        size = curve["smallest_detectable_sigma"]
        where = "all events" if curve["share_of_events"] == 1 else f"{percent(curve['share_of_events'])} of the events"
        grown = words.relative_size(size, scatter)
        parts.append(
            f"in {where} "
            + ("none of the sizes tried" if size is None else f"{number(size)} σ ({percent(grown)} of the daily range)")
        )
    return "Smallest effect that would have been found four times out of five: " + "; ".join(parts) + "."


def _typical_scatter(result: dict[str, Any]) -> float | None:
    primary = words.variables(result)[0]
    values = sorted(
        one["variables"][primary]["scatter"]
        for one in result["stations"]
        if one["variables"][primary]["scatter"] is not None
    )
    return values[len(values) // 2] if values else None
