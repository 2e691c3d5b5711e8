"""Formats of satellites that measure where they fly."""
