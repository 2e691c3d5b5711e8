"""Total electron content from GNSS receivers: from pseudorange and phase to calibrated vertical TEC.

Inside this package times are GPS time (`datetime64[ns]`, continuous, without leap seconds), places Earth-centred
Earth-fixed metres; UTC and geodetic degrees are met at the door, where datasets are made.
"""
