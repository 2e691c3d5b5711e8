"""Where peers are installed: an environment of their own, apart from ours."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def python_of_peers(*packages: str) -> Iterator[str | None]:
    """The Python of an environment with the packages; None where there is none and none can be made.

    The environment is the one that SOAP_BENCH_PEERS names, else one made for the run and thrown away.
    """
    if named := os.environ.get("SOAP_BENCH_PEERS"):
        python = Path(named) / "bin" / "python"
        yield str(python) if python.exists() else None
        return
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages]
        try:
            venv.create(folder, with_pip=True)
            subprocess.run(command, check=True, capture_output=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"{', '.join(packages)} left out: {error}", file=sys.stderr)
            yield None
        else:
            yield str(python)
