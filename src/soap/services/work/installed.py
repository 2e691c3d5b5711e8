"""What computes: versions on which results depend to the last bit, here and on every worker."""

from __future__ import annotations

import platform
from importlib import metadata

PACKAGES = ("numpy", "scipy", "numba", "xarray", "pyarrow")


def versions() -> dict[str, str]:
    """Versions of Python, SOAP and the packages that its numbers come from."""
    found = {name: metadata.version(name) for name in ("soap", *PACKAGES)}
    return found | {"python": platform.python_version()}
