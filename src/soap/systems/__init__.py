"""One composition per file: which domains make up a system."""
