"""Which values along an orbit are judged as they come in, and with what thresholds.

Only a single density more than 3.2 times (half a decade) above ten neighbours on each side is marked. Bubbles, their
walls and the crests of the equatorial anomaly are wider or lower than that, or stand beside others of their kind; a
single low value may be a narrow bubble and is never marked. What the files say themselves (magnetorquer, first
sample) their readers flag.
"""

from soap.domains.topside.names import ELECTRON_DENSITY
from soap.observations import Quality
from soap.science.quality_control import QualityControl
from soap.science.quality_control.spike import METHOD as SPIKE
from soap.science.quality_control.spike import Spike

QUALITY_CONTROLS = (
    QualityControl(
        SPIKE,
        Quality.SPIKE,
        (ELECTRON_DENSITY.name,),
        Spike(floor=0.5, logarithmic=True, upward_only=True),
        cadence_s=(0.5, 10.0),
        shape="track",
    ),
)
