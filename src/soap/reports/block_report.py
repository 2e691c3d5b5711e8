"""The report of a study by blocks: one earthquake, one station, and everything the answer depends on."""

from __future__ import annotations

from typing import Any

from soap.reports import block_figures as figures
from soap.reports import words
from soap.reports.page import answer, figure, html_page, items, paragraph, section, table
from soap.reports.provenance_section import sources
from soap.reports.verdict import depends_on_background, scores
from soap.reports.words import count, day, escape, number, percent, probability, symbol


def page(result: dict[str, Any], provenance: dict[str, Any]) -> str:
    """The whole page."""
    study = result["study"]
    sections = [
        _answer(result),
        _asked(result),
        _found(result),
        _controls(result),
        _activity(result),
        _chance(result),
        section("Limits", items(study["limits"])),
        sources(study, provenance),
    ]
    meta = f"Study by blocks · {study['stage']} · one earthquake"
    return html_page(study["title"], sections, simulated=result["simulated"], meta=meta)


def _answer(result: dict[str, Any]) -> str:
    study, primary, fitted = result["study"], words.variables(result)[0], result["activity"]
    z, unit = scores(result), result["units"][primary]
    elsewhere = result["same_rule_elsewhere"]
    verdict = "<strong>This is not evidence of a precursor.</strong> "
    if depends_on_background(result):
        verdict += (
            f"The range of {symbol(primary)} in the last {study['block_hours']} hours, "
            f"{number(result['observed'][primary], 0)} {unit}, scores z = {number(max(z), 1)} or"
            f" {number(min(z), 1)}, depending on nothing but the days chosen to compare it with."
        )
    else:
        verdict += (
            f"The range of {symbol(primary)} in the last {study['block_hours']} hours,"
            f" {number(result['observed'][primary], 0)} {unit}, scores z = {number(min(z), 1)} to"
            f" {number(max(z), 1)} against the stated backgrounds; one block of one earthquake cannot carry a"
            " claim either way."
        )
    storm = ""
    if (fitted["max_kp"] or 0) > study["max_kp"]:
        storm = (
            f"A geomagnetic disturbance was under way: Kp reached {number(fitted['max_kp'], 1)}"
            f" ({number(fitted['kp_at_key_time'], 1)} in the very interval of the earthquake). On the other days"
            f" of the window such a Kp goes with a range of {number(fitted['expected'], 0)} {unit};"
            f" {number(fitted['observed'], 0)} {unit} is {number(abs(fitted['z']), 1)} standard deviations (of the"
            " logarithm) from that."
        )
    p = (
        f"{count(result['n_as_large'])} of the {count(result['n_surrogates']['circular_shift'])} other blocks of the"
        f" window have as large a range (p = {probability(result['p_value']['circular_shift'])}). The rule |z| ≥"
        f" {study['threshold_sigma']:g} against {escape(result['backgrounds'][0]['name'])}, moved along, also marks"
        f" {count(elsewhere['n_marked'])} of the {count(elsewhere['n_scored'])} other blocks to which it can be"
        f" applied; it marks {percent(result['null_rate']['value'], 1)} of pure noise."
    )
    return answer(verdict, *(part for part in (storm, p) if part))


def _asked(result: dict[str, Any]) -> str:
    study = result["study"]
    return section(
        "What was asked",
        paragraph(escape(study["question"])),
        paragraph(
            f"Earthquake: {escape(study['earthquake'])}. Series: <code>{escape(study['collection'])}</code>,"
            f" {escape(words.bound(study['window']['start']))} ≤ t &lt;"
            f" {escape(words.bound(study['window']['stop']))}, cut into blocks of"
            f" {study['block_hours']} hours, the last of which ends at"
            f" {escape(words.instant(study['key_time']))}; all times are UTC. A block's value is its range, largest"
            " minus least; block −1 is the last one before the earthquake."
        ),
        figure(
            figures.trace(result),
            f"{symbol(words.variables(result)[0])} (band: lowest to highest value of each"
            " hour) and Kp. Shaded: the block before the earthquake.",
        ),
    )


def _found(result: dict[str, Any]) -> str:
    rows = []
    for one in result["backgrounds"]:
        for name in words.variables(result):
            unit = result["units"][name]
            rows.append(
                (
                    one["name"],
                    symbol(name),
                    f"{day(one['days'][0])} … {day(one['days'][-1])}",
                    f"{number(one['lowest'][name], 0)}–{number(one['highest'][name], 0)} {unit}",
                    number(one["mean"][name], 1),
                    number(one["scatter"][name], 1),
                    number(one["max_kp"], 1),
                    f"{number(result['observed'][name], 0)} {unit}",
                    number(one["z"][name], 1),
                )
            )
    reasons = [f"{one['name']}: {one['reason']}" for one in result["backgrounds"]]
    return section(
        "What was found" + (": the answer depends on the background" if depends_on_background(result) else ""),
        table(
            ("background", "", "blocks", "ranges", "mean", "scatter", "largest Kp", "last block", "z"),
            rows,
            text_columns=(0, 1),
            caption="z = (range of the last block − mean) / scatter (ddof 1)",
        ),
        items(reasons),
        figure(
            figures.ranges(result),
            "Every block of the window, before and after. Framed: the block that ends with the earthquake.",
        ),
    )


def _controls(result: dict[str, Any]) -> str:
    rows = [
        (
            one["name"],
            symbol(name),
            f"{number(one['range'][name], 0)} {result['units'][name]}",
            number(one["max_kp"], 1),
            part["background"],
            number(part["z"][name], 1),
        )
        for one in result["controls"]
        for name in words.variables(result)
        for part in one["z"]
    ]
    reasons = [f"{one['name']}: {one['reason']}" for one in result["controls"]]
    elsewhere = result["same_rule_elsewhere"]
    marked = ", ".join(day(value) for value in elsewhere["days_marked"]) or "none"
    highest = max(
        (abs(z) for z, at in zip(elsewhere["z"], elsewhere["day"], strict=True) if z is not None and at != -1),
        default=None,
    )
    return section(
        "Controls: days without the earthquake",
        table(("control block", "", "range", "largest Kp", "background", "z"), rows, text_columns=(0, 1, 4)),
        items(reasons),
        figure(
            figures.scores(result),
            "The same score for the block before the earthquake and for the control, under each background.",
        ),
        paragraph(
            f"The first background's rule, moved over the whole window, can score"
            f" {count(elsewhere['n_scored'])} other blocks and marks {count(elsewhere['n_marked'])} of them (days"
            f" {escape(marked)}); the largest |z| among them is {number(highest, 1)}, that before the earthquake"
            f" {number(abs(result['statistic']), 1)}."
        ),
    )


def _activity(result: dict[str, Any]) -> str:
    fitted = result["activity"]
    unit = result["units"][fitted["variable"]]
    return section(
        "What geomagnetic activity explains",
        figure(figures.activity(result), "Range of each block against the largest Kp whose three hours touch it."),
        paragraph(
            f"The logarithm of the range follows Kp (correlation {number(fitted['correlation'])} over"
            f" {count(fitted['n_blocks'])} other blocks). At the Kp of the last block,"
            f" {number(fitted['max_kp'], 1)}, the others make one expect {number(fitted['expected'], 0)} {unit};"
            f" observed was {number(fitted['observed'], 0)} {unit} (z = {number(fitted['z'], 1)} of the logarithm)."
        ),
    )


def _chance(result: dict[str, Any]) -> str:
    study, rate = result["study"], result["null_rate"]
    rows = [(f"{point['size_sigma']:g} σ", percent(point["power"])) for point in result["power"]]
    n = len(result["backgrounds"][0]["days"])
    return section(
        "How often chance does the same",
        paragraph(
            f"On pure Gaussian noise the rule |z| ≥ {study['threshold_sigma']:g} with {count(n)} background"
            f" blocks marks {percent(rate['value'], 1)} of all blocks ({count(rate['n'])} samples): few"
            " background days make an uncertain scatter. Storms, which are not Gaussian, make it worse."
        ),
        paragraph(
            "p = (k + 1) / (n + 1), k of the n other whole blocks of the window having at least the range of the"
            f" last one: {probability(result['p_value']['circular_shift'])}."
        ),
        table(
            ("signal added to one block of noise", "marked"),
            rows,
            caption="How large a signal the rule would mark, and how often; nothing added: the null rate",
        ),
    )
