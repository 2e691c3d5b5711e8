"""What went into a superposed epoch study, and what was taken out as background."""

from __future__ import annotations

from typing import Any

from soap.reports import epoch_figures as figures
from soap.reports import words
from soap.reports.page import figure, folded, paragraph, section, table
from soap.reports.words import count, number, percent, symbol


def observations(result: dict[str, Any]) -> str:
    """Every station and every earthquake, folded away."""
    names = words.variables(result)
    rows = [
        (
            one["code"],
            number(one["latitude"], 1),
            number(one["longitude"], 1),
            count(one["n_events"]),
            *(count(one["variables"][name]["n_days"]) for name in names),
            *(percent(one["variables"][name]["explained"]) for name in names),
            percent(one["variables"][names[0]]["vetoed"]),
        )
        for one in result["stations"]
    ]
    head = (
        "station",
        "latitude",
        "longitude",
        "events",
        *(f"days, {symbol(name)}" for name in names),
        *(f"explained, {symbol(name)}" for name in names),
        "vetoed",
    )
    return section(
        "Observations",
        folded(
            words.many(len(rows), "station"),
            table(
                head,
                rows,
                caption="Days with a residual; share of the"
                " variance of the log range that the background foretells; share of days the storm veto"
                " takes out",
            ),
        ),
        _event_table(result),
    )


def _event_table(result: dict[str, Any]) -> str:
    names = words.variables(result)
    return folded(
        words.many(len(result["events"]), "earthquake"),
        table(
            ("origin time", "M", "latitude", "longitude", "stations", *(f"{symbol(name)} [σ]" for name in names)),
            [
                (
                    words.instant(event["time"]),
                    f"{event['magnitude']:.1f} {event['magnitude_type']}",
                    number(event["latitude"], 1),
                    number(event["longitude"], 1),
                    count(event["n_stations"]),
                    *(number(event["values"][name]) for name in names),
                )
                for event in result["events"]
            ],
            text_columns=(0, 1),
        ),
    )


def background(result: dict[str, Any]) -> str:
    """What was taken out of the series, and what that has left."""
    asked = result["study"]["background"]
    if asked["kind"] == "past_regression":
        text = (
            "The logarithm of the range is predicted, month by month, from earlier calm days alone: a robust"
            f" regression on {asked['harmonics']} harmonics of the year, F10.7 of the past"
            f" {asked['flux_mean_days']} days (with {asked['flux_harmonics']} harmonic of the year), F10.7 of the"
            " day, ap of the day (with season) and of the day before. Residuals are in units of the station's own"
            f" past scatter (σ); none is given in the first {asked['lead_in_days']} days."
        )
    else:
        text = (
            f"The logarithm of the range is compared with the mean and scatter (σ) of the calm ones of the"
            f" {asked['window_days']} days before."
        )
    rows = [
        (
            symbol(name),
            number(one["mean"], 3),
            number(one["scatter"], 3),
            number(one["day_to_day_correlation"]),
            number(one["network_mean_scatter"]),
            number(one["network_mean_scatter_if_independent"]),
        )
        for name, one in ((name, result["whiteness"][name]) for name in words.variables(result))
    ]
    return section(
        "Background",
        paragraph(words.escape(text)),
        figure(figures.whiteness(result), "What the background has left, by month of the year and by year."),
        table(
            (
                "",
                "mean [σ]",
                "scatter [σ]",
                "correlation with the day before",
                "scatter of the network's mean [σ]",
                "… if stations were independent",
            ),
            rows,
        ),
    )
