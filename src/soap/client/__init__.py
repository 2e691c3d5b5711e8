"""The Python client of a SOAP server: what it holds, as xarray datasets, earthquakes and stations.

    from soap.client import Soap

    soap = Soap("https://soap.example.org")
    soap.series("geomagnetism.kak.pt1h", "b_horizontal", "2016-04-01", "2016-05-01")
    soap.around("us20005hqz").datasets

Answers are whole or an error of `soap.core.errors` in the server's words, never a part.
"""

from soap.client.records import Around, Collection, Count, Granule, Job
from soap.client.server import Soap

__all__ = ["Around", "Collection", "Count", "Granule", "Job", "Soap"]
