"""SOAP: ground and satellite observations in one archive, studied around earthquakes with statistics that hold."""

__version__ = "0.1.0.dev0"
