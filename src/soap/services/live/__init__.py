"""Live: samples that stations publish by MQTT, acknowledged to the broker once they are durably in the archive."""

from soap.services.live.listener import Listener
from soap.services.live.topics import Topics

__all__ = ["Listener", "Topics"]
