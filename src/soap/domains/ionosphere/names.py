"""Variables of the ionosphere seen from the ground."""

from soap.core.names import Variable

VTEC = Variable(
    "vtec",
    "VTEC",
    "TECU",
    "vertical total electron content on a thin shell; mapping and shell_height_km are attributes",
    plausible=(0.0, 300.0),
)
VTEC_RMS = Variable(
    "vtec_rms",
    "RMS(VTEC)",
    "TECU",
    "root mean square error of VTEC as its source states it",
    plausible=(0.0, 100.0),
)

_ATTRIBUTES = {
    "1": "ABCDEILMNPQSWXYZ",
    "2": "CDILMNPQSWXY",
    "3": "IQX",
    "4": "ABX",
    "5": "ABCDIPQXZ",
    "6": "ABCDEILPQSXZ",
    "7": "DIPQXZ",
    "8": "DIPQX",
    "9": "ABCX",
}
"""Tracking attributes by band, of all systems (RINEX 4.01, tables 13 to 19; B1I also as RINEX 3.02 writes it)."""

_KINDS = (
    ("c", "m", "pseudorange", (1e7, 6e7)),
    ("l", "cycle", "carrier phase", None),
    ("d", "Hz", "Doppler shift", (-20_000.0, 20_000.0)),
    ("s", "dBHz", "signal strength", (0.0, 80.0)),
)

OBSERVATION_CODES = tuple(
    Variable(f"{kind}{band}{attribute.lower()}", f"{kind.upper()}{band}{attribute}", units, meaning, plausible)
    for kind, units, meaning, plausible in _KINDS
    for band, attributes in _ATTRIBUTES.items()
    for attribute in attributes
)
"""What receivers observe, one variable an observation code: the RINEX 3 code in lower case (`C1C` is `c1c`)."""

STEC = Variable(
    "stec",
    "STEC",
    "TECU",
    "total electron content along the ray, satellite and receiver biases removed",
    plausible=(-5.0, 1000.0),
)
RTEC = Variable("rtec", "rTEC", "TECU", "phase total electron content along the ray, levelled, biases still in it")
STEC_SIGMA = Variable("stec_sigma", "σ(STEC)", "TECU", "standard uncertainty of stec", plausible=(0.0, 200.0))
VTEC_SIGMA = Variable("vtec_sigma", "σ(VTEC)", "TECU", "standard uncertainty of vtec", plausible=(0.0, 200.0))
ELEVATION = Variable(
    "elevation_deg", "el", "degree", "angle of the satellite above the horizon", plausible=(-90.0, 90.0)
)
AZIMUTH = Variable("azimuth_deg", "az", "degree", "azimuth of the satellite from north over east", (0.0, 360.0))
IPP_LATITUDE = Variable(
    "ipp_latitude", "φ_IPP", "degree", "geodetic latitude of the pierce point at shell_height_km", (-90.0, 90.0)
)
IPP_LONGITUDE = Variable(
    "ipp_longitude", "λ_IPP", "degree", "longitude of the pierce point at shell_height_km", (-180.0, 180.0)
)
ROT = Variable("rot", "ROT", "TECU/min", "rate of slant TEC", plausible=(-100.0, 100.0))
DTEC = Variable("dtec", "dTEC", "TECU", "variation of slant TEC with periods within detrended_band_s")
ROTI = Variable("roti", "ROTI", "TECU/min", "standard deviation of ROT over window_s", plausible=(0.0, 100.0))
ARC = Variable("arc", "arc", "1", "number of the phase-connected arc the value belongs to", plausible=(0.0, 1e6))
S4 = Variable("s4", "S4", "1", "amplitude scintillation index", plausible=(0.0, 2.0))
S4_CORRECTION = Variable("s4_correction", "S4corr", "1", "part of S4 that thermal noise makes", plausible=(0.0, 2.0))
SIGMA_PHI = Variable("sigma_phi", "σφ", "rad", "phase scintillation index over 60 s", plausible=(0.0, 10.0))
_OF_A_RECEIVER = (
    *(
        Variable(f"sigma_phi_{span}s", f"σφ{span}", "rad", f"phase scintillation index over {span} s", (0.0, 10.0))
        for span in (1, 3, 10, 30)
    ),
    Variable("cn0", "C/N0", "dBHz", "carrier to noise density of the first signal, mean of a minute", (0.0, 80.0)),
    Variable("ccd_sigma", "σ(CCD)", "m", "standard deviation of code minus carrier", (0.0, 1000.0)),
    Variable("lock_time", "t_lock", "s", "time since the first signal was last lost", (0.0, 1e7)),
    Variable(
        "cn0_second", "C/N0_2", "dBHz", "carrier to noise density of the second signal, mean of a minute", (0, 80)
    ),
    Variable("s4_second", "S4_2", "1", "amplitude scintillation index of the second signal", (0.0, 2.0)),
    Variable("s4_correction_second", "S4corr_2", "1", "part of s4_second that thermal noise makes", (0.0, 2.0)),
    Variable("sigma_phi_second", "σφ_2", "rad", "phase scintillation index of the second signal over 60 s", (0, 10)),
    Variable("lock_time_second", "t_lock_2", "s", "time since the second signal was last lost", (0.0, 1e7)),
    Variable(
        "stec_receiver", "TEC", "TECU", "slant TEC as the receiver gives it, with its own calibration", (-200, 1000)
    ),
    Variable("dtec_receiver", "dTEC", "TECU", "change of slant TEC over the 15 s before, as the receiver gives it"),
)
"""What scintillation receivers tell beside S4 and sigma-phi."""


NAMES = (
    VTEC,
    VTEC_RMS,
    VTEC_SIGMA,
    STEC,
    STEC_SIGMA,
    RTEC,
    ELEVATION,
    AZIMUTH,
    IPP_LATITUDE,
    IPP_LONGITUDE,
    ROT,
    DTEC,
    ROTI,
    ARC,
    S4,
    S4_CORRECTION,
    SIGMA_PHI,
    *_OF_A_RECEIVER,
    *OBSERVATION_CODES,
)
