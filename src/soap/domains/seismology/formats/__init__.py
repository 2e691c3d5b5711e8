"""Earthquake catalogues."""
