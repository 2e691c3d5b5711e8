"""The simulated network: stations of the eight member states and a satellite, written as files in the real formats.

Real are the earthquakes, Kp, ap and F10.7 of these days, shipped beside this module; everything observed is made up
and says so in every file.
"""

from soap.services.simulate.network import DEFAULT_SEED, NEAR_KM, Simulated, simulate
from soap.services.simulate.shipped import WINDOW, window

__all__ = ["DEFAULT_SEED", "NEAR_KM", "WINDOW", "Simulated", "simulate", "window"]
