"""Who may call a route: every route has one rule, and `app.build` refuses a route that has none.

A rule is a dependency of the route and gives it its `Asking`. What may be seen is decided in the archive; a rule only
says who may ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from soap.core.errors import Refused, Unknown
from soap.core.who import HAND_IN, MANAGE, MEMBER_ADMIN, PROJECT_ADMIN, READ, STATION, USER, WORK
from soap.faces.api.asking import Asking
from soap.faces.api.credentials import Caller, caller

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

_SIGNED_IN = frozenset({USER, STATION, MEMBER_ADMIN, PROJECT_ADMIN})


@dataclass(frozen=True)
class Rule:
    """Who may call: anybody where `roles` are empty, else who has one of them; with a token, one of this `scope`.

    An empty scope: by a browser's session only, never by a token.
    """

    name: str
    roles: frozenset[str]
    scope: str

    async def __call__(self, request: Request) -> Asking:
        """The request's `Asking`; `Unknown` where a guest has to sign in first, `Refused` where they may not.

        `TooMany` where they, or their member, have asked for too much.
        """
        asking: Asking = request.state.asking
        asking.changes = request.method not in SAFE and self.scope != READ
        who = await caller(request, asking)
        asking.viewer = who.viewer
        limits = asking.served.limits
        limits.guest(asking.address) if who.guest else limits.user(who.viewer)
        self.judged(who, request.method)
        return asking

    def judged(self, who: Caller, method: str) -> Caller:
        """The caller, if they may."""
        if self.roles and who.guest:
            raise Unknown("Sign in first, or send a token: `Authorization: Bearer …`.")
        if who.scopes is not None and self.scope not in who.scopes:
            wanted = f"one with the scope {self.scope}" if self.scope else "a browser's session: sign in"
            raise Refused(f"This token may {', '.join(sorted(who.scopes)) or 'nothing'}; this needs {wanted}.")
        if self.roles and not (self.roles & who.viewer.roles):
            raise Refused(
                f"{who.viewer.user} is {', '.join(sorted(who.viewer.roles)) or 'nobody'} here; this is for"
                f" {', '.join(sorted(self.roles))}."
            )
        if method not in SAFE and who.by_cookie and not who.meant:
            raise Refused("The header X-CSRF-Token is not this session's; take it from /api/v1/session, and send it.")
        return who


ANYBODY = Rule("anybody", frozenset(), READ)
SIGNED_IN = Rule("signed_in", _SIGNED_IN, READ)
WORKS = Rule("works", _SIGNED_IN, WORK)
HANDS_IN = Rule("hands_in", frozenset({STATION, MEMBER_ADMIN, PROJECT_ADMIN}), HAND_IN)
MANAGES = Rule("manages", frozenset({MEMBER_ADMIN, PROJECT_ADMIN}), MANAGE)
RUNS = Rule("runs", frozenset({PROJECT_ADMIN}), MANAGE)
IN_PERSON = Rule("in_person", _SIGNED_IN, "")
"""Who is signed in by a browser's session: what a stolen token must not do, as to make another."""

Anybody = Annotated[Asking, Depends(ANYBODY)]
SignedIn = Annotated[Asking, Depends(SIGNED_IN)]
Works = Annotated[Asking, Depends(WORKS)]
HandsIn = Annotated[Asking, Depends(HANDS_IN)]
Manages = Annotated[Asking, Depends(MANAGES)]
Runs = Annotated[Asking, Depends(RUNS)]
InPerson = Annotated[Asking, Depends(IN_PERSON)]


def rule_of(route: BaseRoute) -> Rule:
    """The rule of a route; `RuntimeError` when it has none, or several."""
    rules = list(_rules(route.dependant)) if isinstance(route, APIRoute) else []
    if len(rules) != 1:
        path = getattr(route, "path", route)
        raise RuntimeError(f"The route {path} has {len(rules)} rules of who may call it; give it one.")
    return rules[0]


def _rules(dependant: Dependant) -> Iterator[Rule]:
    for one in dependant.dependencies:
        if isinstance(one.call, Rule):
            yield one.call
        yield from _rules(one)
