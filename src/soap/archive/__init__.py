"""The archive: what is held, in which versions, and who may see it.

`Archive.open(settings)` opens one; `publish` adds to it, `query` asks it, `verify` checks it. Nothing else in SOAP
touches the catalogue or the objects.
"""

from soap.archive.archive import Archive
from soap.archive.records import CollectionRecord, GranuleRecord, Selection

__all__ = ["Archive", "CollectionRecord", "GranuleRecord", "Selection"]
