"""FDSN web services, `/fdsnws`: earthquakes (event 1.2) and stations (station 1.1)."""

from soap.faces.api.face import Face
from soap.faces.api.fdsn import event, station
from soap.faces.api.fdsn.words import explain

FDSN = Face("/fdsnws", (event.router, station.router), explain)
