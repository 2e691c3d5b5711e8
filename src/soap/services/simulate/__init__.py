"""The simulated network: stations of the eight member states and a satellite, written as files in the real formats.

Real are the earthquakes, Kp, ap and F10.7 of these days, shipped beside this module; everything observed is made up
and says so in every file.
"""

from soap.services.simulate.network import Simulated, simulate
from soap.services.simulate.shipped import WINDOW, Shipped

__all__ = ["WINDOW", "Shipped", "Simulated", "simulate"]
