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
    job_workers: int = Field(default=1, ge=0, le=256)
    """How many jobs each process of the server runs at a time, each in a process of its own; 0: none here."""
    jobs_per_user: int = Field(default=20, ge=1)
    """How many jobs of one user may wait or run at a time."""
    job_lease_s: float = Field(default=30.0, ge=1)
    """Seconds after which a job whose runner is silent is taken up by another."""
    job_attempts: int = Field(default=3, ge=1)
    """How often a job is begun whose process ended before it had ended."""
    job_time_s: float = Field(default=21_600.0, gt=0)
    """Seconds that a job may take."""
    job_memory_mb: int = Field(default=4096, ge=512)
    """Memory [MiB] that a job's process may take."""
    job_values: int = Field(default=200_000_000, ge=1)
    """Values that one export may hold."""
    job_days: int = Field(default=30, ge=1)
    """Days for which a job that has ended is known, and its result kept; a study's result stays."""
    uploads: Path | None = None
    """Folder where files lie while they are being sent; every process that serves the archive must see it. Empty:
    `uploads` in the archive's folder."""
    upload_mib: int = Field(default=256, ge=1, le=1 << 20)
    """Largest file that is taken by upload [MiB]; its content may unpack to four times as much."""
    upload_most_open: int = Field(default=32, ge=1, le=10_000)
    """How many unfinished uploads one user may have."""
    upload_idle_hours: float = Field(default=24.0, gt=0, le=8760)
    """An unfinished upload that nobody goes on with is forgotten after so long."""
    aids: Path | None = None
    """Folder of the files that computations take beside observations, in a folder of each aid's name: `orbits/…`."""
