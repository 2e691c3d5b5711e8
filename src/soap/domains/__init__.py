"""Subjects, alike and mutually unknown. Each has `NAMES`, `READERS`, `METHODS`, `SIMULATORS`."""
