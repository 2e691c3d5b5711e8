"""Words everyone may use: time, place, names and units, errors, settings, who asks."""
