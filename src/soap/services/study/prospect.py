"""What a study can find, told before it is run: power, null rate, and what is there to work on; never its answer.

Power is measured on catalogues shifted in time, each given the signal, and the null rate on noise: neither looks at
the days around the earthquakes asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from soap.core.errors import BadParameter
from soap.observations import Earthquake
from soap.services.study import controls
from soap.services.study.blocks import RULE, noise_rates
from soap.services.study.detectability import LEVEL, WANTED_POWER, null_rate, power_of_share
from soap.services.study.residuals import DailyValues, Indices, calm_days, network, residuals
from soap.services.study.selection import choose, part
from soap.services.study.spec import Blocks, SuperposedEpoch
from soap.services.study.superposed import plan_of
from soap.services.work import HERE, Workers


def prospect(
    study: SuperposedEpoch,
    earthquakes: Sequence[Earthquake],
    daily: DailyValues,
    indices: Indices,
    workers: Workers = HERE,
) -> dict[str, Any]:
    """Power curves of the first variable that can be tested, the detector's null rate, and counts.

    `BadParameter` when no earthquake has a station in its zone, or no station a value on the days that are tested.
    """
    chosen = choose(study, earthquakes, daily)
    catalogue = part(study, chosen, chosen.kept)
    calm = calm_days(study, daily, indices)
    found = {name: residuals(study, daily, name, indices, calm) for name in study.quantity.variables}
    networks = {name: network(daily, one) for name, one in found.items()}
    known = {
        name: int(np.isfinite(controls.event_values(one, catalogue, study.test.days)).sum())
        for name, one in networks.items()
    }
    primary = next((name for name, n in known.items() if n), None)
    if primary is None:
        raise BadParameter(
            f"No station has a value on the days {study.test.days[0]} to {study.test.days[1]} of the {len(catalogue)}"
            " earthquake(s) asked about (gaps, storm veto, or no background yet); widen the window or the controls."
        )
    one = networks[primary]
    calls = [partial(null_rate, study, daily, indices, calm)]
    calls += [partial(power_of_share, one, catalogue, plan_of(study), study, share) for share in study.power.shares]
    rate, *curves = workers.all(calls)
    return {
        "kind": study.kind,
        "variable": primary,
        "untested": [name for name, n in known.items() if not n],
        "null_rate": rate,
        "power_curves": curves,
        "level": LEVEL,
        "wanted_power": WANTED_POWER,
        "least_p": 1 / min(study.test.n_surrogates + 1, len(daily.days)),
        "counts": {
            "catalogue": len(chosen.catalogue),
            "in_zone": chosen.in_zone.sum(),
            "main_shocks_in_zone": len(catalogue),
            "with_values": known[primary],
            "clusters": catalogue.n_clusters,
            "stations": len(daily.codes),
            "station_days": np.isfinite(one.values).sum(),
            "vetoed_share": 1 - calm.mean(),
        },
        "simulated": daily.simulated,
    }


def prospect_of_blocks(study: Blocks) -> dict[str, Any]:
    """How often the rule marks a block of noise, and one with a signal added; nothing of the archive is needed."""
    first = study.backgrounds[0]
    n_blocks = first.last_day - first.first_day + 1
    rates = noise_rates(n_blocks, study)
    return {
        "kind": study.kind,
        "variable": study.variables[0],
        "untested": [],
        "null_rate": {
            "value": rates[0.0],
            "rule": RULE.format(threshold=study.threshold_sigma, blocks=n_blocks),
        },
        "power_curves": [
            {"share_of_events": 1.0, "points": [{"size_sigma": size, "power": rate} for size, rate in rates.items()]}
        ],
        "counts": {"backgrounds": len(study.backgrounds), "background_blocks": n_blocks},
    }
