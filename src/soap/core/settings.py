"""Settings: the four that move SOAP from a laptop to a cluster, from the environment (`SOAP_…`)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the archive is and where heavy work runs; every field is an environment variable `SOAP_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="SOAP_")

    archive: Path = Path("soap-archive")
    """Folder of the embedded archive; not needed where servers hold both catalogue and objects."""
    catalogue: str = Field(default="", repr=False)  # may hold a password
    """URL of the catalogue, `postgresql+psycopg://USER@HOST/DATABASE`; empty: SQLite in the archive's folder."""
    objects: str = ""
    """URL of the object store, `s3://BUCKET/PREFIX`; empty: the archive's folder."""
    scheduler: str = ""
    """Who does heavy work: `local:N` processes, or a Dask scheduler by URL (`tcp://HOST:8786`); empty: one a core."""
