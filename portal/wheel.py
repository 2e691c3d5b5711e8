"""The build hook that has the portal built before it goes into a wheel, so that who installs that needs no Node.js."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PortalBuildHook(BuildHookInterface):
    """Builds the portal where it is not built; a source distribution brings it built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects a wheel's files."""
        root = Path(self.root)
        if version == "editable" or (root / "src/soap/faces/portal/static/index.html").is_file():
            return
        npm = shutil.which("npm")
        if npm is None:
            self.app.display_warning(
                "The wheel has no portal: it is not built, and npm is not here to build it. `make portal` does, with"
                " Node.js 20.19 or newer."
            )
            return
        for step in (["ci", "--silent"], ["run", "--silent", "build"]):
            subprocess.run([npm, *step], cwd=root / "portal", check=True)
