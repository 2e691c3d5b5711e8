"""What can be chosen when TEC is computed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from soap.science.method import Parameters


class TecParameters(Parameters):
    """Parameters of calibrated TEC."""

    shell_height_km: float = Field(450.0, ge=100.0, le=2000.0, description="height of the ionosphere's thin shell [km]")
    mapping: Literal["layered", "thin_shell", "mslm"] = Field(
        "layered",
        description="from slant to vertical: a thin shell below a modelled plasmasphere, a thin shell alone, or CODE's",
    )
    min_elevation_deg: float = Field(10.0, ge=0.0, lt=90.0, description="lowest elevation of a ray [degree]")
    systems: str = Field("GRECJ", pattern="^[GRECJ]+$", description="satellite systems, by RINEX letter")
    roti_window_s: float = Field(300.0, ge=30.0, le=3600.0, description="window of ROTI [s]")
    receiver_bias: Literal["estimated", "file"] = Field(
        "estimated",
        description="receiver biases: estimated from the observations, or, where it has one, from the bias file",
    )
    detrended: Literal["none", "symmetric", "causal"] = Field(
        "none",
        description="whether rot and dtec are given, the rate and the waves of slant TEC; `causal`: no value of dtec"
        " knows what came after it",
    )
    detrended_shortest_s: float = Field(180.0, ge=2.0, le=3600.0, description="shortest period in dtec [s]")
    detrended_longest_s: float = Field(3600.0, ge=60.0, le=14400.0, description="longest period in dtec [s]")
    latitude: float | None = Field(None, ge=-90.0, le=90.0, description="station's latitude, instead of the file's")
    longitude: float | None = Field(None, ge=-180.0, le=180.0, description="station's longitude, instead of the file's")
    height_m: float = Field(0.0, ge=-500.0, le=9000.0, description="station's height, with latitude and longitude [m]")
