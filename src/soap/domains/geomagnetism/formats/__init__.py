"""File formats of geomagnetic observatories, one module or package a format."""
