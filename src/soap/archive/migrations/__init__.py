"""Migrations of the catalogue, applied when an archive is opened; the first makes it from nothing."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection


def migrate(connection: Connection) -> None:
    """Bring the catalogue behind `connection` to the newest revision; nothing happens when it is there already."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
