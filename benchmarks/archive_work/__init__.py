"""The archive's benchmark, one kind of work a module; `benchmarks/archive.py` runs them."""
