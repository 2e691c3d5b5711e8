"""What went into a study, as its result tells it: counts, stations, earthquakes, and how white the residuals are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from soap.observations import Earthquake
from soap.science.association import Catalogue, Network, associate
from soap.services.study import controls
from soap.services.study.residuals import DailyValues, Residuals
from soap.services.study.selection import Chosen
from soap.services.study.spec import SuperposedEpoch


def counts(chosen: Chosen, catalogue: Catalogue, one: Network, study: SuperposedEpoch) -> dict[str, int]:
    """How many earthquakes are left after each step, and how many pairs, clusters, stations and days there are."""
    values = controls.event_values(one, catalogue, study.test.days)
    known = np.isfinite(one.values)
    return {
        "catalogue": len(chosen.catalogue),
        "in_zone": int(chosen.in_zone.sum()),
        "main_shocks": int(chosen.main_shock.sum()),
        "main_shocks_in_zone": len(catalogue),
        "used": int(np.isfinite(values).sum()),
        "pairs": associate(catalogue, one).n_pairs,
        "clusters": catalogue.n_clusters,
        "stations": len(known),
        "stations_with_residuals": int(known.any(axis=1).sum()),
        "station_days": int(known.sum()),
    }


def stations(
    daily: DailyValues, found: Mapping[str, Residuals], catalogue: Catalogue, one: Network
) -> list[dict[str, Any]]:
    """Every station: its place, its earthquakes, its days, and how well the background does there."""
    pairs = np.bincount(associate(catalogue, one).station, minlength=len(daily.codes))
    rows = []
    for i, code in enumerate(daily.codes):
        per_variable = {
            name: {
                "n_days": np.isfinite(r.values[i]).sum(),
                "scatter": r.scatter[i],
                "explained": r.explained[i],
                "vetoed": r.vetoed[i],
            }
            for name, r in found.items()
        }
        rows.append(
            {
                "code": code,
                "latitude": daily.latitude[i],
                "longitude": daily.longitude[i],
                "n_events": pairs[i],
                "variables": per_variable,
            }
        )
    return rows


def events(
    study: SuperposedEpoch,
    earthquakes: Sequence[Earthquake],
    chosen: Chosen,
    catalogue: Catalogue,
    networks: Mapping[str, Network],
) -> list[dict[str, Any]]:
    """Every main shock in a zone: what it was, its stations and cluster, and its value of each variable [sigma]."""
    values = {name: controls.event_values(one, catalogue, study.test.days) for name, one in networks.items()}
    n_stations = associate(catalogue, next(iter(networks.values()))).stations_per_event
    kept = [event for event, here in zip(earthquakes, chosen.kept, strict=True) if here]
    return [
        {
            "event_id": event.event_id,
            "time": event.time,
            "latitude": event.latitude,
            "longitude": event.longitude,
            "magnitude": event.magnitude,
            "magnitude_type": event.magnitude_type,
            "n_stations": n_stations[i],
            "cluster": catalogue.cluster[i],
            "values": {name: part[i] for name, part in values.items()},
        }
        for i, event in enumerate(kept)
    ]


def whiteness(daily: DailyValues, found: Residuals) -> dict[str, Any]:
    """How white the residuals are: by month of the year, by year, from day to day, from station to station."""
    z = found.values
    known = np.isfinite(z)
    month = daily.days.astype("datetime64[M]").astype(int) % 12
    year = daily.days.astype("datetime64[Y]").astype(int) + 1970
    both = known[:, 1:] & known[:, :-1]
    n_per_day = known.sum(axis=0)
    several = n_per_day >= 5
    day_mean = np.where(known, z, 0.0).sum(axis=0)[several] / n_per_day[several]
    return {
        "mean": _mean(z),
        "scatter": float(z[known].std()) if known.any() else None,
        "by_month": [_mean(z[:, month == k]) for k in range(12)],
        "by_year": [{"year": int(y), "mean": _mean(z[:, year == y])} for y in np.unique(year)],
        "day_to_day_correlation": _correlation(z[:, 1:][both], z[:, :-1][both]),
        "network_mean_scatter": float(day_mean.std()) if several.any() else None,
        "network_mean_scatter_if_independent": float(np.sqrt(np.mean(1 / n_per_day[several])))
        if several.any()
        else None,
    }


def _mean(values: np.ndarray) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    return float(np.corrcoef(one, other)[0, 1]) if len(one) > 2 else None
