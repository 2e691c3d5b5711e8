"""The report of a superposed epoch study."""

from __future__ import annotations

from typing import Any

from soap.reports import epoch_figures as figures
from soap.reports import words
from soap.reports.epoch_chance import chance, controls, detectable, size
from soap.reports.epoch_observations import background, observations
from soap.reports.page import answer, figure, html_page, items, paragraph, section, table
from soap.reports.provenance_section import sources
from soap.reports.words import count, number, probability, symbol

LEVEL = 0.05


def page(result: dict[str, Any], provenance: dict[str, Any]) -> str:
    """The whole page."""
    study = result["study"]
    sections = [
        _answer(result),
        _asked(result),
        _found(result),
        chance(result),
        controls(result),
        size(result),
        observations(result),
        background(result),
        section("Limits", items(study["limits"]), _skipped(result)),
        sources(study, provenance),
    ]
    meta = f"Superposed epoch study · {study['stage']} · seed {study['seed']}"
    return html_page(study["title"], sections, simulated=result["simulated"], meta=meta)


def _answer(result: dict[str, Any]) -> str:
    """What came out, in two paragraphs."""
    worst = {(test["variable"], test["test"]): test["worst_p"] for test in result["trials"]["tests"]}
    adjusted = min(test["adjusted_p"] for test in result["trials"]["tests"])
    primary = words.variables(result)[0]
    listed = ", ".join(f"{symbol(name)} {probability(worst[name, 'primary'])}" for name in words.variables(result))
    if min(worst.values()) > LEVEL:
        weak = all(curve["smallest_detectable_sigma"] is None for curve in result["power_curves"])
        heading = "Nothing beyond chance, and little could have been found" if weak else "Nothing beyond chance"
        verdict = (
            f"<strong>{heading}.</strong> Nothing shows that the days before were unusual: chance alone does at"
            f" least as much with probability {listed} (primary test, worst of the surrogates)."
        )
    else:
        verdict = (
            f"<strong>More than this chance gives.</strong> Primary test, worst of the surrogates: {listed}."
            f" {count(result['trials']['n'])} tests were made; the smallest p adjusted for their number is"
            f" {probability(adjusted)}."
        )
        verdict += (
            ""
            if result["study"]["stage"] == "confirmatory"
            else " The study is exploratory: a claim needs a new study, declared before new observations are seen."
        )
    wrong = result["variables"][primary]["pair_permutation"]
    contrast = ""
    if wrong["p_value_max_z"] <= LEVEL < min(worst.values()):
        contrast = (
            " Had the station–event pairs been permuted one by one, as if each were evidence of its own, the"
            f" largest deviation of {symbol(primary)} would have seemed significant (p"
            f" {_equals(wrong['p_value_max_z'])}); that test is wrong, see below."
        )
    return answer(verdict + contrast, detectable(result))


def _equals(p: float) -> str:
    return probability(p) if p < 0.001 else f"= {probability(p)}"


def _asked(result: dict[str, Any]) -> str:
    study, n = result["study"], result["counts"]
    asked = study["earthquakes"]
    rows = [
        (f"earthquakes of M ≥ {asked['min_magnitude']:g} in the catalogue and window", count(n["catalogue"])),
        ("… with a station in their preparation zone", count(n["in_zone"])),
    ]
    if asked["event_id"] is None:
        rows += [
            (f"main shocks ({asked['decluster_km']:g} km, {asked['decluster_days']:g} days)", count(n["main_shocks"])),
            ("main shocks with a station in their zone", count(n["main_shocks_in_zone"])),
            (
                f"clusters of these that move together ({study['test']['cluster_km']:g} km,"
                f" {study['test']['cluster_days']:g} days)",
                count(n["clusters"]),
            ),
        ]
    rows += [
        ("asked about, with at least one value in the days tested (used)", count(n["used"])),
        ("station–event pairs", count(n["pairs"])),
        ("stations, and those with residuals", f"{count(n['stations'])}, {count(n['stations_with_residuals'])}"),
        ("station-days with a residual", count(n["station_days"])),
    ]
    start, stop = (words.escape(words.bound(study["window"][name])) for name in ("start", "stop"))
    return section(
        "What was asked",
        paragraph(words.escape(study["question"])),
        paragraph(
            f'Window {start} ≤ t &lt; {stop}. Zone: Dobrovolsky radius <span class="whole">10<sup>0.43 M</sup>'
            "</span> km. One value per event: the mean over its stations and days."
        ),
        table(("step", "number"), rows, caption="Earthquakes, stations and days"),
        figure(
            figures.chart(result),
            "Stations and the main shocks in their zones (plate carrée, no coastlines). Size of a circle: magnitude.",
        ),
    )


def _found(result: dict[str, Any]) -> str:
    rows = []
    for name, one in words.per_variable(result):
        mean, most = one["primary"], one["secondary"]
        rows.append(
            (
                symbol(name),
                number(mean["statistic"], 3),
                probability(mean["p_value"]["worst"]),
                number(most["statistic"]),
                words.day(most["lag_day"]),
                probability(most["p_value"]["worst"]),
            )
        )
    first, last = result["study"]["test"]["days"]
    return section(
        "What was found",
        table(
            (
                "",
                f"mean residual, days {words.day(first)}…{words.day(last)} [σ]",
                "worst p",
                "largest |z| before",
                "on day",
                "worst p",
            ),
            rows,
        ),
        figure(
            figures.curves(result),
            "Mean residual of the events by day. The band holds 95 % of what the same"
            " catalogue gives when it is shifted in time as a whole; shaded days are those of the primary test."
            f" With {len(result['activity']['lag_day'])} days on view, some outside the band are to be expected."
            " Below: geomagnetic activity around the same events, before the veto.",
        ),
    )


def _skipped(result: dict[str, Any]) -> str:
    texts = list(result["not_applicable"])
    if result["untested"]:
        names = ", ".join(symbol(name) for name in result["untested"])
        texts.append(f"Not tested, for want of values on the days asked about: {names}.")
    return "".join(paragraph(words.escape(text)) for text in texts)
