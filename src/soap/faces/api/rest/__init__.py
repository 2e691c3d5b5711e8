"""REST, `/api/v1`: the resources of this system as JSON and files."""

from soap.faces.api.face import Face
from soap.faces.api.rest import collections, members, stations, statistics

REST = Face("/api/v1", (members.router, collections.router, stations.router, statistics.router))
