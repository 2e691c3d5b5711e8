"""Geomagnetic observatories."""
