"""Files of geomagnetic and solar indices."""
