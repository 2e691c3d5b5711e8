"""The report of a superposed epoch study."""

from __future__ import annotations

from typing import Any

from soap.reports import epoch_figures as figures
from soap.reports import words
from soap.reports.epoch_chance import chance, controls, detectable, size
from soap.reports.epoch_observations import background, observations
from soap.reports.page import answer, figure, html_page, items, paragraph, section, table
from soap.reports.provenance_section import sources
from soap.reports.verdict import LEVEL, beyond_chance, worst_p
from soap.reports.words import count, number, percent, probability, symbol


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
    worst, found = worst_p(result), beyond_chance(result)
    adjusted = min(test["adjusted_p"] for test in result["trials"]["tests"])
    listed = ", ".join(f"{symbol(name)} {probability(worst[name, 'primary'])}" for name in words.variables(result))
    number_of_tests = (
        f" {count(result['trials']['n'])} tests were made; the smallest p is {probability(min(worst.values()))},"
        f" adjusted for their number {probability(adjusted)}."
    )
    if not found:
        weak = all(curve["smallest_detectable_sigma"] is None for curve in result["power_curves"])
        heading = "Nothing beyond chance, and little could have been found" if weak else "Nothing beyond chance"
        verdict = (
            f"<strong>{heading}.</strong> Nothing shows that the days before were unusual: chance alone does at"
            f" least as much with probability {listed} (primary test, worst of the surrogates)."
        )
        if min(worst.values()) <= LEVEL:
            verdict += number_of_tests + " A small p among several tests is what chance gives."
    else:
        verdict = (
            f"<strong>More than this chance gives.</strong> Primary test, worst of the surrogates: {listed}."
            + number_of_tests
        )
        verdict += (
            f" The study is confirmatory: the mean of {symbol(words.variables(result)[0])} was the one test declared."
            if result["study"]["stage"] == "confirmatory"
            else " The study is exploratory: a claim needs a new study, declared before new observations are seen."
        )
    return answer(
        verdict + ("" if found else _pairs_would_have(result, worst)),
        words.escape(false_alarms(result)),
        detectable(result),
    )


def false_alarms(result: dict[str, Any]) -> str:
    """How often the detector marks a day before the earthquakes, without any, and in mere noise."""
    primary = words.variables(result)[0]
    one, rate = result["variables"][primary], result["null_rate"]["value"]
    return (
        f"The detector |z| ≥ {result['study']['test']['threshold_sigma']:g} marks"
        f" {percent(one['marked']['share'], 1)} of the station-days of {symbol(primary)} before the earthquakes,"
        f" {percent(one['no_event']['share_marked'], 1)} of those without an earthquake near, and"
        f" {percent(rate, 1)} of pure noise."
    )


def _pairs_would_have(result: dict[str, Any], worst: dict[tuple[str, str], float]) -> str:
    """What the invalid test would have claimed, where it would have claimed something."""
    primary = words.variables(result)[0]
    wrong = result["variables"][primary]["pair_permutation"]
    if not wrong["p_value_max_z"] <= LEVEL < worst[primary, "secondary"]:
        return ""
    return (
        " Had the station–event pairs been permuted one by one, as if each were evidence of its own, the"
        f" largest deviation of {symbol(primary)} would have seemed significant (p"
        f" {_equals(wrong['p_value_max_z'])}); that test is wrong, see below."
    )


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
        paragraph(
            "Days are of local mean solar time at each station (UTC + longitude / 15 h); day 0 holds the origin time,"
            " day −1 is the last whole day before it. Window and origin times are UTC. σ is the scatter"
            " of the logarithm that a station’s own past makes one expect."
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
