"""Names and units of seismology."""

from soap.core.names import Variable

NAMES: tuple[Variable, ...] = (
    Variable("magnitude", "M", "1", "earthquake magnitude, never without its type", (-2.0, 10.0)),
    Variable("depth_km", "h", "km", "depth of the hypocentre below sea level", (-10.0, 800.0)),
)
