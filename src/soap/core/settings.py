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
    mqtt_url: str = ""
    """Broker of live samples, `mqtts://HOST:8883` or, within a network that nobody else reaches, `mqtt://HOST:1883`."""
    mqtt_user: str = ""
    """User at the broker; empty: none is told."""
    mqtt_password: str = Field(default="", repr=False)
    """Their password."""
    mqtt_ca: Path | None = None
    """Certificates to trust for the broker, a PEM file; empty: those that the machine trusts."""
    mqtt_client: str = "soap"
    """Name of this archive at the broker, by which it keeps messages for it; each archive has its own."""
    mqtt_topics: str = ""
    """Whose messages are taken, as in `impf/kak/#=JPN impf/bmt/#=CHN`; no others are: a broker proves nobody's name."""
    mqtt_batch_s: float = Field(default=3.0, ge=0.1, le=60)
    """Messages of so many seconds are published together."""
    mqtt_window: int = Field(default=20, ge=1, le=60_000)
    """As soon as so many wait they are published: a broker sends no more before they are acknowledged (Mosquitto's
    `max_inflight_messages`, 20 unless told otherwise)."""
    upload_idle_hours: float = Field(default=24.0, gt=0, le=8760)
    """An unfinished upload that nobody goes on with is forgotten after so long."""
    aids: Path | None = None
    """Folder of the files that computations take beside observations, in a folder of each aid's name: `orbits/…`."""
    public_url: str = ""
    """URL under which people know the server, `https://soap.example.org`; empty: as each request names it."""
    contact: str = ""
    """Whom to write to about the server: a name and an e-mail address, told to its clients."""
    trusted_proxies: str = ""
    """Addresses and networks, between commas, whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    session_idle_minutes: int = Field(default=60, ge=1, le=1440)
    """A browser's session ends when it was not used for so long."""
    session_hours: int = Field(default=12, ge=1, le=720)
    """A browser's session ends after so long, however it is used."""
    requests_per_minute: int = Field(default=12_000, ge=0)
    """Requests of one user, or of one address that no user asks from, in any minute; 0: no limit."""
    member_requests_per_minute: int = Field(default=60_000, ge=0)
    """Requests of all people of one member in any minute; 0: no limit."""
    gib_per_day: int = Field(default=200, ge=0)
    """Volume [GiB] sent to and taken from one user, or one address that no user asks from, on a day; 0: no limit."""
    member_gib_per_day: int = Field(default=2000, ge=0)
    """Volume [GiB] sent to and taken from all people of one member on a day; 0: no limit."""
    audit_days: int = Field(default=0, ge=0)
    """Days for which the audit log is kept; 0: for ever."""
    oidc_issuer: str = ""
    """URL of the OpenID Connect issuer by which people may sign in; empty: none."""
    oidc_name: str = ""
    """What people call the issuer, as the portal names it to them; empty: the name of its host."""
    oidc_client: str = ""
    """The name under which the issuer knows this server."""
    oidc_secret: str = Field(default="", repr=False)
    """The secret that the issuer gave this server."""
    oidc_claim: str = "email"
    """Claim that names a user's account here, at their first sign-in; `email` only where the issuer has verified it."""
    oidc_scopes: str = "openid email profile"
    """What the issuer is asked for."""
    oidc_member_claim: str = ""
    """Claim by which accounts are made for people who have none; empty: accounts are never made."""
    oidc_members: dict[str, str] = Field(default_factory=dict)
    """Member and roles for each value of that claim, `{"buet.ac.bd": "BGD user"}`; other people get no account."""
    smtp_host: str = ""
    """Mail server that takes notices; empty: nobody is told by e-mail."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    """Its port."""
    smtp_starttls: bool = True
    """Encrypt the way to the mail server, and check its certificate; without it, only to a server on this machine."""
    smtp_user: str = ""
    """Who signs in to the mail server; empty: nobody."""
    smtp_password: str = Field(default="", repr=False)
    """Their password."""
    smtp_from: str = ""
    """Address that notices come from."""
    watch_every_s: float = Field(default=60.0, ge=0)
    """Seconds between two looks at what subscribers are to be told of, by one of the server's processes; 0: none."""
    watch_private_targets: bool = False
    """Let webhooks call addresses that are not public, and without TLS."""
