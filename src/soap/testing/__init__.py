"""Suites that any reader, method or store must pass; public, so that member states' packages use them too."""
