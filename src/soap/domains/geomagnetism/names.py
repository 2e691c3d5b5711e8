"""Variables of ground geomagnetism: the elements of the field, by direction, in nT and degree.

Beware  Observatories write letters: X, Y, Z are here `b_north`, `b_east`, `b_down`; H and F `b_horizontal`, `b_total`.
        H beside E is not the horizontal intensity but the component along the magnetometer's own magnetic north.
"""

from soap.core.names import B_TOTAL, Variable

NAMES: tuple[Variable, ...] = (
    Variable("b_north", "X", "nT", "field component towards geographic north", (-75_000.0, 75_000.0)),
    Variable("b_east", "Y", "nT", "field component towards geographic east", (-75_000.0, 75_000.0)),
    Variable("b_down", "Z", "nT", "field component downwards", (-75_000.0, 75_000.0)),
    Variable("b_horizontal", "H", "nT", "horizontal intensity", (0.0, 50_000.0)),
    B_TOTAL,
    Variable("declination", "D", "degree", "angle of the horizontal field from geographic north, east positive",
             (-180.0, 180.0)),
    Variable("inclination", "I", "degree", "angle of the field below the horizontal", (-90.0, 90.0)),
    Variable("b_magnetic_north", "h", "nT", "horizontal component along the magnetometer's magnetic north",
             (-75_000.0, 75_000.0)),
    Variable("b_magnetic_east", "e", "nT", "horizontal component along the magnetometer's magnetic east",
             (-20_000.0, 20_000.0)),
    Variable("b_total_difference", "ΔF", "nT", "total intensity of the vector minus that of the scalar magnetometer",
             (-1_000.0, 1_000.0)),
)  # fmt: skip
"""Plausible ranges bound the Earth's surface field with room for storms: its strength is 22,000 to 68,000 nT."""
