"""Which values along an orbit are judged as they come in, and with what thresholds.

Only a single density is marked that stands more than 3.2 times (half a decade) above every one of 50 neighbours on
each side, 2.5 minutes of CSES or 1,100 km: so far that the background on either side of a bubble, or of a group of
them, is among the neighbours, and a wall between two bubbles is none. A single low value may be a narrow bubble and is
never marked. What the files say themselves (magnetorquer, first sample) their readers flag.
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
        Spike(floor=0.5, half_window=50, factor=3.0, prominence=0.5, logarithmic=True, upward_only=True),
        cadence_s=(0.5, 10.0),
        shape="track",
    ),
)
