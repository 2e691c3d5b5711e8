"""Who asks, of what: what every route is handed."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import HTTPConnection

from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.faces.api.address import Network, networks
from soap.faces.api.kept_answers import KeptAnswers
from soap.services.admin import Archive
from soap.services.composition import Composition
from soap.services.limits import Limits
from soap.services.recorder import Recorder
from soap.services.sign_in import Attempts


@dataclass
class Served:
    """What the server serves, for as long as it runs."""

    composition: Composition
    settings: Settings
    archive: Archive
    alongside: dict[type, Any] = field(default_factory=dict)
    """What goes on while the server runs, by its type: put there by who begins it."""
    limits: Limits = field(init=False)
    recorder: Recorder = field(init=False)
    attempts: Attempts = field(init=False)
    """How often passwords were tried."""
    answers: KeptAnswers = field(default_factory=KeptAnswers)
    """What was answered lately."""
    first_dataset: Future[None] | None = None
    """Done when several threads can make datasets at once (see `soap.faces.api.first_dataset`)."""
    trusted: tuple[Network, ...] = field(init=False)
    """Proxies that are believed."""

    def __post_init__(self) -> None:
        self.trusted = networks(self.settings.trusted_proxies)
        self.limits, self.attempts = Limits(self.settings), Attempts()
        self.recorder = Recorder(self.archive, self.limits)


@dataclass
class Asking:
    """One request: who asks (`viewer`), of what, and whose values were told, for the audit log."""

    viewer: Viewer
    served: Served
    owners: set[str] = field(default_factory=set)
    address: str = ""
    """Where the request came from, as far as proxies are trusted."""
    secure: bool = False
    """True when it came by https."""
    request: str = ""
    """A number of the request, in the audit log and in the answer's X-Request-ID."""
    changes: bool = False
    """True when the answer waits until the audit log has its entry."""
    about: str = ""
    """What it is about, for the audit log, where path and query do not tell."""

    @property
    def archive(self) -> Archive:
        """The archive that is asked."""
        return self.served.archive

    @property
    def composition(self) -> Composition:
        """The system's parts."""
        return self.served.composition

    def tells_of(self, owners: Iterable[str]) -> None:
        """Note whose values the answer holds: members' codes, empty for the archive's own."""
        self.owners.update(owners)


def served(connection: HTTPConnection) -> Served:
    """What the application that the request came to serves."""
    found = connection.app.state.served
    if not isinstance(found, Served):
        raise RuntimeError("The application was asked before it had started, or was not built by `app.build`.")
    return found
