"""A superposed epoch study, from daily values and earthquakes to all its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from soap.core.errors import BadParameter
from soap.observations import Earthquake
from soap.science.association import Catalogue, Network
from soap.science.epoch_test import EpochTest, epoch_test
from soap.science.significance import false_discovery_adjusted
from soap.science.superpose import SuperposedEpoch as Plan
from soap.science.superpose import observed, superpose
from soap.science.surrogate import why_not_applicable
from soap.services.study import controls, description
from soap.services.study.activity import day_extreme
from soap.services.study.detectability import null_rate, power_of_share
from soap.services.study.residuals import DailyValues, Indices, Residuals, calm_days, network, residuals
from soap.services.study.selection import Chosen, choose, part
from soap.services.study.spec import SuperposedEpoch
from soap.services.work import HERE, Workers

STATISTIC = "mean residual of {variable} on days {first} to {last} [sigma]"
SURROGATE_SEEDS = {"circular_shift": 1, "random_times": 2, "random_epicentres": 3, "pair_permutation": 4}
"""Added to the study's seed, so that each kind draws its own numbers."""


def plan_of(study: SuperposedEpoch, days: tuple[int, int] | None = None) -> Plan:
    """The lags and window of the study, or the lags with another window."""
    first, last = days or study.test.days
    return Plan(first_lag=study.test.lags[0], last_lag=study.test.lags[1], window_first=first, window_last=last)


def analyse(
    study: SuperposedEpoch,
    earthquakes: Sequence[Earthquake],
    daily: DailyValues,
    indices: Indices,
    workers: Workers = HERE,
) -> dict[str, Any]:
    """All numbers of the study, as `result.json` holds them; every test draws from its own seed."""
    chosen = choose(study, earthquakes, daily)
    catalogue = part(study, chosen, chosen.kept)
    calm = calm_days(study, daily, indices)
    found, unvetoed = _residuals(study, daily, indices, calm, workers)
    every = {name: network(daily, one) for name, one in found.items()}
    networks = {name: one for name, one in every.items() if _testable(study, one, catalogue)}
    if not networks:
        raise BadParameter(
            f"No station has a value on the days {study.test.days[0]} to {study.test.days[1]} of the"
            f" {len(catalogue)} earthquake(s) asked about (gaps, storm veto, or no background yet);"
            " widen the window or the controls."
        )
    primary = next(iter(networks))
    variants = _variants(study, chosen, every, {name: network(daily, one) for name, one in unvetoed.items()})
    calls: dict[Any, Callable[[], Any]] = {"null_rate": partial(null_rate, study, daily, indices, calm)}
    for share in study.power.shares:
        calls["power", share] = partial(power_of_share, networks[primary], catalogue, plan_of(study), study, share)
    for name, one in networks.items():
        calls |= _calls(study, name, one, catalogue, part(study, chosen, chosen.main_shock), chosen.catalogue)
    calls |= {("variant", n): variant.call for n, variant in enumerate(variants)}
    done = dict(zip(calls, workers.all(tuple(calls.values())), strict=True))
    per_variable = {name: _one_variable(study, name, networks[name], catalogue, done) for name in networks}
    curves = [done["power", share] for share in study.power.shares]
    answer = per_variable[primary]["primary"]
    return {
        "n_events": per_variable[primary]["event"]["n_events"],
        "statistic": answer["statistic"],
        "statistic_name": STATISTIC.format(variable=primary, first=study.test.days[0], last=study.test.days[1]),
        "p_value": answer["p_value"],
        "null_rate": done["null_rate"],
        "power": curves[0]["points"],
        "power_curves": curves,
        "variables": per_variable,
        "trials": _trials(per_variable),
        "counts": description.counts(chosen, catalogue, networks[primary], study),
        "activity": _activity(study, daily, indices, catalogue),
        "variants": [variant.row(done["variant", n]) for n, variant in enumerate(variants)],
        "stations": description.stations(daily, found, catalogue, networks[primary]),
        "events": description.events(study, earthquakes, chosen, catalogue, networks),
        "whiteness": {name: description.whiteness(daily, one) for name, one in found.items()},
        "untested": [name for name in every if name not in networks],
        "simulated": daily.simulated,
        "units": dict(daily.units),
        "not_applicable": [reason for kind in study.test.surrogates if (reason := why_not_applicable(kind, catalogue))],
    }


def _residuals(
    study: SuperposedEpoch, daily: DailyValues, indices: Indices, calm: np.ndarray, workers: Workers
) -> tuple[dict[str, Residuals], dict[str, Residuals]]:
    """Residuals of each variable on the calm days, and on all days."""
    names = study.quantity.variables
    calls = [
        partial(residuals, study, daily, name, indices, days) for days in (calm, np.ones_like(calm)) for name in names
    ]
    found = workers.all(calls)
    return dict(zip(names, found, strict=False)), dict(zip(names, found[len(names) :], strict=True))


def _testable(study: SuperposedEpoch, one: Network, catalogue: Catalogue) -> bool:
    """True when at least one event has a value on the days that are tested."""
    return bool(np.isfinite(controls.event_values(one, catalogue, study.test.days)).any())


def _calls(
    study: SuperposedEpoch, name: str, one: Network, catalogue: Catalogue, region: Catalogue, everything: Catalogue
) -> dict[tuple[str, ...], Callable[[], Any]]:
    """What is heavy for one variable, each by a key of its own."""
    before, seed = study.test.days, study.seed
    clear = controls.clear_days(one, everything, study.controls.clear_before_days, study.controls.clear_after_days)
    calls: dict[tuple[str, ...], Callable[[], Any]] = {
        ("test", name, kind): partial(test, study, one, region if kind == "random_epicentres" else catalogue, kind)
        for kind in study.test.surrogates
        if not why_not_applicable(kind, catalogue)
    }
    n, plan = study.test.n_surrogates, plan_of(study)
    calls["no_event", name] = partial(
        controls.no_event, one, clear, before[1] - before[0] + 1, study.test.threshold_sigma, seed
    )
    calls["marked", name] = partial(
        controls.marked,
        one,
        catalogue,
        plan,
        study.test.threshold_sigma,
        n,
        seed + SURROGATE_SEEDS["circular_shift"],
    )
    calls["pair_permutation", name] = partial(
        controls.pair_contrast, one, catalogue, plan, n, seed + SURROGATE_SEEDS["pair_permutation"]
    )
    return calls


def _one_variable(
    study: SuperposedEpoch, name: str, one: Network, catalogue: Catalogue, done: Mapping[Any, Any]
) -> dict[str, Any]:
    """The numbers of one variable, from what was `done` of `_calls`."""
    plan = plan_of(study)
    tests = [done["test", name, kind] for kind in study.test.surrogates if ("test", name, kind) in done]
    first = tests[0]
    before, after = study.test.days, study.controls.post_event_days
    values = {days: controls.event_values(one, catalogue, days) for days in (before, after)}
    return {
        "primary": {
            "statistic": first.statistic,
            "p_value": _with_worst({t.surrogate: t.p_value for t in tests}),
            "n_surrogates": {t.surrogate: t.n_surrogates for t in tests},
        },
        "secondary": {
            "statistic": first.max_z,
            "lag_day": first.lag_of_max_z,
            "p_value": _with_worst({t.surrogate: t.p_value_max_z for t in tests}),
        },
        "curve": {
            "lag_day": plan.lags,
            "mean": first.expected + first.z * first.spread,
            "z": first.z,
            "expected": first.expected,
            "low": first.low,
            "high": first.high,
        },
        "event": controls.effect(values[before], catalogue.cluster, study.seed),
        "post_event": controls.effect(values[after], catalogue.cluster, study.seed),
        "no_event": done["no_event", name],
        "marked": done["marked", name],
        "pair_permutation": done["pair_permutation", name],
    }


def test(study: SuperposedEpoch, one: Network, catalogue: Catalogue, kind: str) -> EpochTest:
    """The study's test of one network against one kind of surrogate.

    `random_epicentres` takes the main shocks of the whole region: those without a station count for nothing in the
    statistic, but the places of the others alone crowd around the stations.
    """
    seed = study.seed + SURROGATE_SEEDS[kind]
    return epoch_test(one, catalogue, plan_of(study), kind, n=study.test.n_surrogates, seed=seed)


def _activity(study: SuperposedEpoch, daily: DailyValues, indices: Indices, catalogue: Catalogue) -> dict[str, Any]:
    """Largest Kp of the local day around the events, mean over stations and events, no day vetoed."""
    kp = np.stack([day_extreme(indices.kp, daily.days, float(longitude)) for longitude in daily.longitude])
    around = Network(kp, daily.latitude, daily.longitude, local_days=True)
    plan = plan_of(study)
    return {
        "lag_day": plan.lags,
        "max_kp": superpose(around, observed(catalogue, around), plan, threads=1).mean[0],
        "max_kp_of_all_days": np.nanmean(kp),
    }


def _with_worst(p_values: dict[str, float]) -> dict[str, float]:
    return p_values | {"worst": max(p_values.values())}


def _trials(per_variable: dict[str, Any]) -> dict[str, Any]:
    """Every test that was made, and its worst p adjusted for their number (Benjamini and Hochberg 1995)."""
    made = [
        (name, kind, per_variable[name][kind]["p_value"]["worst"])
        for name in per_variable
        for kind in ("primary", "secondary")
    ]
    adjusted = false_discovery_adjusted([p for _, _, p in made])
    return {
        "n": len(made),
        "tests": [
            {"variable": name, "test": kind, "worst_p": p, "adjusted_p": q}
            for (name, kind, p), q in zip(made, adjusted, strict=True)
        ],
    }


@dataclass(frozen=True)
class _Variant:
    """The primary test with one choice changed."""

    name: str
    variable: str
    study: SuperposedEpoch
    network: Network
    catalogue: Catalogue

    @property
    def call(self) -> Callable[[], EpochTest]:
        """What is heavy about it."""
        return partial(test, self.study, self.network, self.catalogue, self.study.test.surrogates[0])

    def row(self, found: EpochTest) -> dict[str, Any]:
        """Its numbers."""
        used = np.isfinite(controls.event_values(self.network, self.catalogue, self.study.test.days))
        return {
            "name": self.name,
            "variable": self.variable,
            "statistic": found.statistic,
            "p_value": found.p_value,
            "surrogate": found.surrogate,
            "n_surrogates": found.n_surrogates,
            "n_events": used.sum(),
            "largest_cluster": np.bincount(self.catalogue.cluster[used]).max(),
        }


def _variants(
    study: SuperposedEpoch, chosen: Chosen, vetoed: Mapping[str, Network], unvetoed: Mapping[str, Network]
) -> list[_Variant]:
    """The primary test again, one choice changed at a time: no storm veto; aftershocks kept."""
    cases = [("without the storm veto", unvetoed, chosen.kept)]
    if study.earthquakes.event_id is None:
        cases.append(("aftershocks kept", vetoed, chosen.in_zone))
    return [
        _Variant(name, variable, study, networks[variable], some)
        for name, networks, kept in cases
        for some in [part(study, chosen, kept)]
        for variable in study.quantity.variables
        if _testable(study, networks[variable], some)
    ]
