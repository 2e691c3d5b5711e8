"""`soap admin backup` and `soap admin restore`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soap.faces.cli.output import message, print_json, progress_bar
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from soap.services.admin import Copied


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command()(backup)
    group.command()(restore)


def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="Folder of the backup; made when absent, for its owner only.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Also re-hash what the backup holds already, and mend it.")
    ] = False,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy what is new into a backup: an archive of the same state in a folder.

    Others may publish meanwhile; killed at any moment it leaves the older backup or the newer. The exit code is 3
    when the archive has lost something, so that the copy lacks it.
    """
    from soap.services.admin import backup as run

    viewer, opened = session(context).asking(archive, as_user)
    with progress_bar("objects") as bar:
        copied = run(viewer, opened, target, check=verify, progress=bar)
    _tell_losses(copied)
    if as_json:
        print_json(_plain(copied))
    else:
        typer.echo(f"{target}: {_summary(copied)}")
    if not copied.clean:
        raise typer.Exit(3)


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="Folder of the backup; it is only read.")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy a backup into an empty archive, whatever its back ends, and verify it.

    Interrupted, it is run again and copies the rest. The exit code is 3 when something is lost.
    """
    from soap.services.admin import restore as run

    here = session(context)
    with progress_bar("objects") as bar:
        copied, found = run(here.viewer, here.archive(archive, create=True), source, progress=bar)
    _tell_losses(copied)
    if as_json:
        print_json(_plain(copied) | {"verified": asdict(found) | {"clean": found.clean}})
    else:
        checked = found.objects + found.originals + found.quarantined + found.products
        typer.echo(f"{_summary(copied)} Verified: {checked} checked, {len(found.losses)} lost.")
    if not found.clean:
        raise typer.Exit(3)


def _tell_losses(copied: Copied) -> None:
    for key, why in copied.losses:
        message(f"lost: {key}: {why}")


def _plain(copied: Copied) -> dict[str, Any]:
    losses = [{"key": key, "what": why} for key, why in copied.losses]
    return asdict(copied) | {"losses": losses, "clean": copied.clean}


def _summary(copied: Copied) -> str:
    return (
        f"{copied.objects} objects copied ({copied.bytes} bytes), {copied.held} there already,"
        f" {copied.mended} mended, {len(copied.losses)} lost; catalogue"
        f" {'copied' if copied.catalogue else 'unchanged'}."
    )
