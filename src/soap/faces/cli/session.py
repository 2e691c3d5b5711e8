"""What every command needs: the composition, the settings, who asks, the archive; each made when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
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
    from soap.services.work import Workers

ArchiveOption = Annotated[
    Path | None,
    typer.Option(
        "--archive", help="Folder of the archive [default: SOAP_ARCHIVE, else ./soap-archive].", show_default=False
    ),
]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="USER",
        help="Ask as this account, `guest` for the public [default: the archive's owner].",
        show_default=False,
    ),
]
StartOption = Annotated[str | None, typer.Option(metavar="T", help="From this time on, UTC.")]
StopOption = Annotated[str | None, typer.Option(metavar="T", help="Before this time, UTC.")]
RadiusOption = Annotated[float | None, typer.Option("--radius-km", help="Radius round --near [km].")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="T", help="As the archive was at this time of recording, UTC [default: now]."),
]
ProviderOption = Annotated[
    str | None,
    typer.Option(
        metavar="MEMBER", help="Only what this member handed in, '' for the archive itself [default: what all did]."
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
    as_user: str | None = None

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

    @property
    def viewer(self) -> Viewer:
        """Who the command line acts as, for a command that needs no archive."""
        return self._viewer() if self.as_user is None else self.asking()[0]

    def asking(
        self, folder: Path | None = None, user: str | None = None, *, create: bool = False
    ) -> tuple[Viewer, Archive]:
        """Who asks, and the archive that is asked; `folder` and `user` are the command's own `--archive`, `--as`.

        The command line acts as the owner of the archive's folder, and narrows itself to the account of `--as`.
        """
        self.as_user = self.as_user if user is None else user
        opened = self.archive(folder, create=create and self.as_user is None)  # a new one has no accounts
        return self._viewer(opened), opened

    def _viewer(self, opened: Archive | None = None) -> Viewer:
        from soap.services.accounts import acting_as, command_line_viewer

        owner = command_line_viewer()
        return owner if opened is None or self.as_user is None else acting_as(owner, opened, self.as_user)

    def workers(self) -> AbstractContextManager[Workers]:
        """Who does heavy work, for a `with` block: as SOAP_SCHEDULER says."""
        from soap.services.work import workers

        return workers(self.settings.scheduler)

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
