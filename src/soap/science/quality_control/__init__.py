"""Quality control: methods that judge values as they come in. They mark; nothing is changed or left out."""

from soap.science.quality_control import clock, held, jump, spike
from soap.science.quality_control.control import QualityControl

METHODS = (spike.METHOD, jump.METHOD, held.METHOD, clock.METHOD)

__all__ = ["METHODS", "QualityControl"]
