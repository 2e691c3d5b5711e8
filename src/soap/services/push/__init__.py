"""Push: the agent at a station. It watches folders and sends what is new to a server, each content once."""

from soap.services.push.agent import Agent, Report
from soap.services.push.sender import Address, Sender
from soap.services.push.watch import Watch

__all__ = ["Address", "Agent", "Report", "Sender", "Watch"]
