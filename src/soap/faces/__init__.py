"""Doors to the services: the command line first."""
