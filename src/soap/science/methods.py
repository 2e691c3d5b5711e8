"""The methods that any domain may use, in one list."""

from __future__ import annotations

from soap.science import (
    anomaly,
    background,
    clusters,
    decluster,
    molchan,
    power,
    preparation,
    quality_control,
    superpose,
)
from soap.science.method import Method

METHODS: tuple[Method, ...] = (
    preparation.METHOD,
    decluster.METHOD,
    clusters.METHOD,
    *anomaly.METHODS,
    background.METHOD,
    superpose.METHOD,
    power.METHOD,
    *molchan.METHODS,
    *quality_control.METHODS,
)
