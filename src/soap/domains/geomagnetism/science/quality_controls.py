"""Which values of an observatory are judged as they come in, and with what thresholds.

Minute and second values are judged for spikes, jumps and held values. Hourly means are not: an hour beside its
neighbours does not tell a spike from a storm (the reader flags levels that no storm reaches). Time tags are judged at
every cadence. Thresholds in degree are those in nT seen as an angle at a horizontal intensity of about 20,000 nT,
rounded up. False alarms and detections were measured: docs/explanation/quality.md.
"""

from soap.domains.geomagnetism.names import NAMES
from soap.observations import Quality
from soap.science.quality_control import QualityControl
from soap.science.quality_control.clock import METHOD as CLOCK
from soap.science.quality_control.clock import Clock
from soap.science.quality_control.held import METHOD as HELD
from soap.science.quality_control.held import Held
from soap.science.quality_control.jump import METHOD as JUMP
from soap.science.quality_control.jump import Jump
from soap.science.quality_control.spike import METHOD as SPIKE
from soap.science.quality_control.spike import Spike

_ALL = tuple(variable.name for variable in NAMES)
_FIELD = tuple(variable.name for variable in NAMES if variable.units == "nT" and variable.name != "b_total_difference")
_ANGLES = tuple(variable.name for variable in NAMES if variable.units == "degree")
_DIFFERENCE = ("b_total_difference",)

_SECOND, _MINUTE, _SLOWER = (0.5, 5.0), (30.0, 120.0), (120.5, 86_400.0)

QUALITY_CONTROLS = (
    QualityControl(SPIKE, Quality.SPIKE, (*_FIELD, *_DIFFERENCE), Spike(floor=5.0), _MINUTE),
    QualityControl(SPIKE, Quality.SPIKE, _ANGLES, Spike(floor=0.02), _MINUTE),
    QualityControl(SPIKE, Quality.SPIKE, (*_FIELD, *_DIFFERENCE), Spike(floor=2.0, longest=3, half_window=15), _SECOND),
    QualityControl(SPIKE, Quality.SPIKE, _ANGLES, Spike(floor=0.01, longest=3, half_window=15), _SECOND),
    QualityControl(JUMP, Quality.JUMP, _FIELD, Jump(least=400.0), _MINUTE),
    QualityControl(JUMP, Quality.JUMP, _ANGLES, Jump(least=3.0), _MINUTE),
    QualityControl(JUMP, Quality.JUMP, _DIFFERENCE, Jump(least=10.0), _MINUTE),
    QualityControl(JUMP, Quality.JUMP, _FIELD, Jump(least=400.0, half_window=120), _SECOND),
    QualityControl(JUMP, Quality.JUMP, _ANGLES, Jump(least=3.0, half_window=120), _SECOND),
    QualityControl(JUMP, Quality.JUMP, _DIFFERENCE, Jump(least=10.0, half_window=120), _SECOND),
    QualityControl(HELD, Quality.INTERPOLATED, _ALL, Held(shortest=60), _MINUTE),
    QualityControl(HELD, Quality.INTERPOLATED, _ALL, Held(shortest=600), _SECOND),
    QualityControl(CLOCK, Quality.CLOCK, _ALL, Clock(tolerance_s=5.0), _MINUTE),
    QualityControl(CLOCK, Quality.CLOCK, _ALL, Clock(tolerance_s=60.0), _SLOWER),
    QualityControl(CLOCK, Quality.CLOCK, _ALL, Clock(tolerance_s=0.1), _SECOND),
)
