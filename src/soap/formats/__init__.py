"""What a reader and a writer are; opening, detection."""

from soap.formats.detect import detect
from soap.formats.reader import Reader, Reading, Summary
from soap.formats.source import Source

__all__ = ["Reader", "Reading", "Source", "Summary", "detect"]
