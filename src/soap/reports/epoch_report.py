"""The report of a superposed epoch study."""

from __future__ import annotations

from typing import Any

from soap.reports import epoch_figures as figures
from soap.reports import words
from soap.reports.page import answer, figure, folded, html_page, items, paragraph, section, table
from soap.reports.provenance_section import sources
from soap.reports.words import count, number, percent, probability, symbol

LEVEL = 0.05
_KINDS = {"event": "before the events", "post_event": "after the events", "no_event": "no event"}


def page(result: dict[str, Any], provenance: dict[str, Any]) -> str:
    """The whole page."""
    study = result["study"]
    sections = [
        _answer(result), _asked(result), _found(result), _chance(result), _controls(result), _size(result),
        _observations(result), _background(result), section("Limits", items(study["limits"]), _skipped(result)),
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
        verdict = (f"<strong>{heading}.</strong> Nothing shows that the days before were unusual: chance alone does at"
                   f" least as much with probability {listed} (primary test, worst of the surrogates).")
    else:
        verdict = (f"<strong>More than this chance gives.</strong> Primary test, worst of the surrogates: {listed}."
                   f" {count(result['trials']['n'])} tests were made; the smallest p adjusted for their number is"
                   f" {probability(adjusted)}.")
        verdict += ("" if result["study"]["stage"] == "confirmatory" else
                    " The study is exploratory: a claim needs a new study, declared before new observations are seen.")
    wrong = result["variables"][primary]["pair_permutation"]
    contrast = ""
    if wrong["p_value_max_z"] <= LEVEL < min(worst.values()):
        contrast = (" Had the station–event pairs been permuted one by one, as if each were evidence of its own, the"
                    f" largest deviation of {symbol(primary)} would have seemed significant (p"
                    f" {_equals(wrong['p_value_max_z'])}); that test is wrong, see below.")
    return answer(verdict + contrast, _detectable(result))


def _equals(p: float) -> str:
    return probability(p) if p < 0.001 else f"= {probability(p)}"


def _detectable(result: dict[str, Any]) -> str:
    scatter = _typical_scatter(result)
    parts = []
    for curve in result["power_curves"]:
        size = curve["smallest_detectable_sigma"]
        where = "all events" if curve["share_of_events"] == 1 else f"{percent(curve['share_of_events'])} of the events"
        grown = words.relative_size(size, scatter)
        parts.append(f"in {where} " + ("none of the sizes tried" if size is None else
                     f"{number(size)} σ ({percent(grown)} of the daily range)"))
    return "Smallest effect that would have been found four times out of five: " + "; ".join(parts) + "."


def _typical_scatter(result: dict[str, Any]) -> float | None:
    primary = words.variables(result)[0]
    values = sorted(one["variables"][primary]["scatter"] for one in result["stations"]
                    if one["variables"][primary]["scatter"] is not None)
    return values[len(values) // 2] if values else None


def _asked(result: dict[str, Any]) -> str:
    study, n = result["study"], result["counts"]
    asked = study["earthquakes"]
    rows = [(f"earthquakes of M ≥ {asked['min_magnitude']:g} in the catalogue and window", count(n["catalogue"])),
            ("… with a station in their preparation zone", count(n["in_zone"]))]
    if asked["event_id"] is None:
        rows += [
            (f"main shocks ({asked['decluster_km']:g} km, {asked['decluster_days']:g} days)", count(n["main_shocks"])),
            ("main shocks with a station in their zone", count(n["main_shocks_in_zone"])),
            (f"clusters of these that move together ({study['test']['cluster_km']:g} km,"
             f" {study['test']['cluster_days']:g} days)", count(n["clusters"])),
        ]
    rows += [
        ("asked about, with at least one value in the days tested (used)", count(n["used"])),
        ("station–event pairs", count(n["pairs"])),
        ("stations, and those with residuals", f"{count(n['stations'])}, {count(n['stations_with_residuals'])}"),
        ("station-days with a residual", count(n["station_days"])),
    ]
    start, stop = (words.escape(words.bound(study["window"][name])) for name in ("start", "stop"))
    return section(
        "What was asked", paragraph(words.escape(study["question"])),
        paragraph(f'Window {start} ≤ t &lt; {stop}. Zone: Dobrovolsky radius <span class="whole">10<sup>0.43 M</sup>'
                  "</span> km. One value per event: the mean over its stations and days."),
        table(("step", "number"), rows, caption="Earthquakes, stations and days"),
        figure(figures.chart(result), "Stations and the main shocks in their zones (plate carrée, no coastlines). Size"
                                      " of a circle: magnitude."),
    )


def _found(result: dict[str, Any]) -> str:
    rows = []
    for name, one in _variables(result):
        mean, most = one["primary"], one["secondary"]
        rows.append((symbol(name), number(mean["statistic"], 3), probability(mean["p_value"]["worst"]),
                     number(most["statistic"]), words.day(most["lag_day"]), probability(most["p_value"]["worst"])))
    first, last = result["study"]["test"]["days"]
    return section(
        "What was found",
        table(("", f"mean residual, days {words.day(first)}…{words.day(last)} [σ]", "worst p", "largest |z| before",
               "on day", "worst p"), rows),
        figure(figures.curves(result), "Mean residual of the events by day. The band holds 95 % of what the same"
               " catalogue gives when it is shifted in time as a whole; shaded days are those of the primary test."
               f" With {len(result['activity']['lag_day'])} days on view, some outside the band are to be expected."
               " Below: geomagnetic activity around the same events, before the veto."),
    )


def _chance(result: dict[str, Any]) -> str:
    rows, classes = [], []
    for name, one in _variables(result):
        for kind in _kinds_of_chance(result, one):
            label = "worst of these" if kind == "worst" else words.surrogate(kind)
            n = one["primary"]["n_surrogates"].get(kind)
            rows.append((symbol(name), label, count(n) if n else "", probability(one["primary"]["p_value"][kind]),
                         probability(one["secondary"]["p_value"][kind])))
            classes.append("strong" if kind == "worst" else "")
        wrong = one["pair_permutation"]
        rows.append((symbol(name), words.surrogate("pair_permutation"), count(wrong["n"]),
                     probability(wrong["p_value"]), probability(wrong["p_value_max_z"])))
        classes.append("off")
    primary = result["whiteness"][words.variables(result)[0]]
    why = (
        "Why pairs may not be permuted: one storm or one quiet week is seen by every station at once. The mean of all"
        f" stations scatters by {number(primary['network_mean_scatter'])} σ from day to day where independent stations"
        f" would give {number(primary['network_mean_scatter_if_independent'])} σ, and a day resembles the one before"
        f" (correlation {number(primary['day_to_day_correlation'])}). Permuting pairs tears this apart, makes chance"
        " look calmer than it is, and finds significance in noise. The row is kept only to show this."
    )
    rate = result["null_rate"]
    detector = ("" if rate["value"] is None else
                f"The detector |z| ≥ {result['study']['test']['threshold_sigma']:g} marks"
                f" {percent(rate['value'], 1)} of pure noise ({count(rate['n'])} station-days of Gaussian noise through"
                " the same background).")
    return section(
        "How often chance does the same",
        table(("", "surrogate", "n", "p, mean", "p, largest |z|"), rows, text_columns=(0, 1), row_classes=classes,
              caption="p = (k + 1) / (n + 1); two-sided for the mean. Stations of an event and events of a cluster"
                      " move together."),
        figure(figures.probabilities(result), "The same p-values. Crosses: the invalid permutation of pairs."),
        paragraph(words.escape(why)), paragraph(words.escape(detector)),
        paragraph(f"{count(result['trials']['n'])} tests were made; adjusted for their number (Benjamini and Hochberg)"
                  f" the smallest p is {probability(min(t['adjusted_p'] for t in result['trials']['tests']))}."),
    )


def _kinds_of_chance(result: dict[str, Any], one: dict[str, Any]) -> list[str]:
    """Surrogates in the order the study declares them, the worst last."""
    declared = [*result["study"]["test"]["surrogates"], "worst"]
    return [kind for kind in declared if kind in one["primary"]["p_value"]]


def _controls(result: dict[str, Any]) -> str:
    rows = []
    for name, one in _variables(result):
        for kind, label in _KINDS.items():
            found = one[kind]
            n = f"{count(found['n_events'])} events" if "n_events" in found else f"{count(found['n_windows'])} windows"
            rows.append((symbol(name), label, n, number(found["mean"], 3),
                         f"{number(found['low'], 3)} … {number(found['high'], 3)}"))
    shares = []
    for name, one in _variables(result):
        found = one["marked"]
        shares.append((symbol(name), f"{count(found['n_marked'])} of {count(found['n_station_days'])}",
                       percent(found["share"], 1),
                       f"{percent(found['chance_low'], 1)} to {percent(found['chance_high'], 1)}",
                       percent(one["no_event"]["share_marked"], 1), percent(result["null_rate"]["value"], 1)))
    variants = [(row["name"], symbol(row["variable"]), number(row["statistic"], 3), probability(row["p_value"]),
                 count(row["n_events"]), f"{count(row['largest_cluster'])}") for row in result["variants"]]
    controls = result["study"]["controls"]
    return section(
        "Controls",
        figure(figures.effects(result), "The same mean before the earthquakes, after them, and in windows without any."
               " An interval that leaves zero is not yet an effect: compare it with the windows without earthquakes."),
        table(("", "days", "of", "mean [σ]", "95 % interval"), rows, text_columns=(0, 1)),
        table(("", "marked before", "share, mean of events", "chance gives", "without event", "white noise"), shares,
              caption=f"Station-days with |z| ≥ {result['study']['test']['threshold_sigma']:g}; chance: 95 % of the"
                      " catalogues shifted in time as a whole"),
        table(("one choice changed", "", "mean [σ]", "p", "events", "in the largest cluster"), variants,
              text_columns=(0, 1),
              caption="Variants, first surrogate only; shown so that the choice can be judged, not to choose again."
                      " They are not counted among the tests"),
        _one_sequence(result),
        paragraph(f"Storm veto: local days touched by Kp &gt; {controls['max_kp']:g} are left out, over the whole"
                  f" period. No-event days: no earthquake of the catalogue in the zone of the station during the"
                  f" {controls['clear_before_days']} days before and the {controls['clear_after_days']} days after."),
    )


def _one_sequence(result: dict[str, Any]) -> str:
    """A warning where one cluster makes up much of a variant."""
    heavy = [row for row in result["variants"]
             if row["n_events"] >= 20 and 10 * row["largest_cluster"] > row["n_events"]]
    if not heavy:
        return ""
    row = max(heavy, key=lambda row: row["largest_cluster"] / row["n_events"])
    return paragraph(words.escape(
        f"In the variant “{row['name']}” one sequence alone gives {count(row['largest_cluster'])} of the"
        f" {count(row['n_events'])} events: its mean is mostly that of a few weeks at a few stations. However small its"
        " p, it is one piece of evidence; this is why the study declares main shocks only."))


def _size(result: dict[str, Any]) -> str:
    scatter = _typical_scatter(result)
    shares = [curve["share_of_events"] for curve in result["power_curves"]]
    rows = [(f"{point['size_sigma']:g} σ", percent(words.relative_size(point["size_sigma"], scatter)),
             *(number(curve["points"][i]["power"]) for curve in result["power_curves"]))
            for i, point in enumerate(result["power_curves"][0]["points"])]
    return section(
        "How large an effect would have been found", paragraph(_detectable(result)),
        figure(figures.power(result), "Share of null catalogues in which a signal of known size, added on every day of"
               " the window, is found by the primary test."),
        table(("signal", "of the range", *(f"power, in {percent(share)} of events" for share in shares)), rows),
    )


def _observations(result: dict[str, Any]) -> str:
    names = words.variables(result)
    rows = [(one["code"], number(one["latitude"], 1), number(one["longitude"], 1), count(one["n_events"]),
             *(count(one["variables"][name]["n_days"]) for name in names),
             *(percent(one["variables"][name]["explained"]) for name in names),
             percent(one["variables"][names[0]]["vetoed"])) for one in result["stations"]]
    head = ("station", "latitude", "longitude", "events", *(f"days, {symbol(name)}" for name in names),
            *(f"explained, {symbol(name)}" for name in names), "vetoed")
    return section(
        "Observations", folded(f"{len(rows)} stations", table(head, rows, caption="Days with a residual; share of the"
                               " variance of the log range that the background foretells; share of days the storm veto"
                               " takes out")),
        folded(f"{len(result['events'])} earthquakes", table(
            ("origin time", "M", "latitude", "longitude", "stations", *(f"{symbol(name)} [σ]" for name in names)),
            [(words.instant(event["time"]), f"{event['magnitude']:.1f} {event['magnitude_type']}",
              number(event["latitude"], 1), number(event["longitude"], 1), count(event["n_stations"]),
              *(number(event["values"][name]) for name in names)) for event in result["events"]],
            text_columns=(0, 1))),
    )


def _background(result: dict[str, Any]) -> str:
    asked = result["study"]["background"]
    if asked["kind"] == "past_regression":
        text = ("The logarithm of the range is predicted, month by month, from earlier calm days alone: a robust"
                f" regression on {asked['harmonics']} harmonics of the year, F10.7 of the past"
                f" {asked['flux_mean_days']} days (with {asked['flux_harmonics']} harmonic of the year), F10.7 of the"
                " day, ap of the day (with season) and of the day before. Residuals are in units of the station's own"
                f" past scatter (σ); none is given in the first {asked['lead_in_days']} days.")
    else:
        text = (f"The logarithm of the range is compared with the mean and scatter (σ) of the calm ones of the"
                f" {asked['window_days']} days before.")
    rows = [(symbol(name), number(one["mean"], 3), number(one["scatter"], 3), number(one["day_to_day_correlation"]),
             number(one["network_mean_scatter"]), number(one["network_mean_scatter_if_independent"]))
            for name, one in ((name, result["whiteness"][name]) for name in words.variables(result))]
    return section(
        "Background", paragraph(words.escape(text)),
        figure(figures.whiteness(result), "What the background has left, by month of the year and by year."),
        table(("", "mean [σ]", "scatter [σ]", "correlation with the day before", "scatter of the network's mean [σ]",
               "… if stations were independent"), rows),
    )


def _variables(result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, result["variables"][name]) for name in words.variables(result)]


def _skipped(result: dict[str, Any]) -> str:
    texts = list(result["not_applicable"])
    if result["untested"]:
        names = ", ".join(symbol(name) for name in result["untested"])
        texts.append(f"Not tested, for want of values on the days asked about: {names}.")
    return "".join(paragraph(words.escape(text)) for text in texts)
