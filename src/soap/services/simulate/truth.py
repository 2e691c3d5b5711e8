"""The truth about a simulated network, written beside it: what was chosen, and where a signal was put."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soap.core.time import iso
from soap.services.simulate import plan
from soap.services.simulate.folder import TRUTH


@dataclass(frozen=True)
class Signal:
    """A signal in one station: `quantity` is `factor` = exp(size × `sigma`) times itself on the local `days`.

    `sigma` is the day-to-day standard deviation of the quantity's natural logarithm on quiet days, without signal.
    """

    quantity: str
    station: str
    sigma: float
    factor: float
    days: np.ndarray


def write(out: Path, choices: Mapping, targets: tuple[plan.Target, ...], signals: Mapping[str, Signal],
          files: Mapping[str, str]) -> Path:  # fmt: skip
    """Write `truth.json` into `out`; the same choices give the same bytes."""
    told = {
        "simulated": True,
        "choices": dict(choices),
        "signal": {
            "days_before": list(plan.DAYS_BEFORE),
            "min_magnitude": plan.MIN_MAGNITUDE,
            "zone": "dobrovolsky",
            "decluster_km": plan.DECLUSTER_KM,
            "decluster_days": plan.DECLUSTER_DAYS,
            "events": [_event(target) for target in targets],
            "stations": [_signal(signal) for _, signal in sorted(signals.items())],
        },
        "files": dict(sorted(files.items())),
    }
    target = out / TRUTH
    target.write_text(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    return target


def _event(target: plan.Target) -> dict:
    event = target.event
    return {
        "event_id": event.event_id, "time": iso(event.time), "magnitude": event.magnitude, "place": event.place,
        "preparation_radius_km": round(target.radius_km, 1), "stations": list(target.codes),
    }  # fmt: skip


def _signal(signal: Signal) -> dict:
    return {
        "station": signal.station, "quantity": signal.quantity, "sigma": round(signal.sigma, 6),
        "factor": round(signal.factor, 6), "local_days": [str(day) for day in signal.days],
    }  # fmt: skip
