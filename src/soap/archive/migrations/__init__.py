"""Migrations of the catalogue, applied when an archive is opened; the first makes it from nothing."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the catalogue behind `connection` to a revision, the newest unless told; nothing where it is."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
