"""What every command needs: the composition, the settings, who asks, the archive; each made when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from soap.core.settings import Settings
    from soap.core.who import Viewer
    from soap.services.admin import Archive
    from soap.services.composition import Composition

ArchiveOption = Annotated[
    Path | None,
    typer.Option(
        "--archive", help="Folder of the archive [default: SOAP_ARCHIVE, else ./soap-archive].", show_default=False
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Answer in JSON on standard output, messages on standard error.")
]


@dataclass
class Session:
    """One run of the command line."""

    load: Callable[[], Composition]
    archive_folder: Path | None = None

    @cached_property
    def composition(self) -> Composition:
        """The system's domains."""
        return self.load()

    @cached_property
    def settings(self) -> Settings:
        """Settings from the environment, the archive's folder from `--archive` where given."""
        from soap.core.settings import Settings

        settings = Settings()
        return settings if self.archive_folder is None else settings.model_copy(update={"archive": self.archive_folder})

    @cached_property
    def viewer(self) -> Viewer:
        """Who the command line acts as."""
        from soap.services.accounts import command_line_viewer

        return command_line_viewer()

    def archive(self, folder: Path | None = None, *, create: bool = False) -> Archive:
        """The archive; `folder` is the command's own `--archive`."""
        from soap.services.admin import open_archive

        if folder is not None:
            self.archive_folder = folder
        return open_archive(self.settings, create=create)


def session(context: typer.Context) -> Session:
    """The session of a command's context."""
    found = context.find_object(Session)
    if found is None:
        raise RuntimeError("The command was not reached through `soap.faces.cli.app.build`.")
    return found
