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

NAMES = (VTEC, VTEC_RMS)
