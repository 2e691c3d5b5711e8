"""Whether what is made of some granules may be given to a member: all its people must be able to see all of them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, select

from soap.archive.archive import Archive
from soap.archive.draft import CHUNK
from soap.archive.policy import may_see, must_publish, terms_of
from soap.archive.schema import collection, contribution, deposit, granule
from soap.archive.schema import terms as terms_table
from soap.core.errors import Refused
from soap.core.who import Viewer

_TERMS = (
    select(granule.c.granule_id, *(one for one in terms_table.c if one.name not in ("id", "digest")))
    .join(terms_table, terms_table.c.id == granule.c.terms)
    .where(granule.c.granule_id.in_(bindparam("some", expanding=True)))
)
_later = contribution.alias("later")
_LATEST = select(func.max(_later.c.recorded_from)).where(_later.c.granule == contribution.c.granule).scalar_subquery()
_DEPOSITS = (
    select(deposit.c.name, deposit.c.original, (contribution.c.recorded_from == _LATEST).label("latest"))
    .join(contribution, contribution.c.original == deposit.c.original)
    .join(granule, granule.c.id == contribution.c.granule)
    .join(collection, and_(collection.c.id == granule.c.collection, collection.c.provider == deposit.c.provider))
    .where(deposit.c.provider == bindparam("provider"), deposit.c.name.in_(bindparam("some", expanding=True)))
)


def must_be_theirs(archive: Archive, viewer: Viewer, granule_ids: Iterable[str], provider: str | None) -> None:
    """`Refused` unless what is made of these granules may be the provider's own (empty: the archive's).

    What is computed and published is private to its provider. That is no wider than its inputs where every one of the
    provider's people sees all of these now, by membership alone.
    """
    owner = must_publish(viewer, provider)
    if not owner:  # the archive's own is seen by who runs it, and they see everything
        return
    member, now, wanted = Viewer(user="", member=owner), time.time_ns() // 1000, sorted(set(granule_ids))
    with archive.catalogue.reading() as connection:
        for start in range(0, len(wanted), CHUNK):
            for row in connection.execute(_TERMS, {"some": wanted[start : start + CHUNK]}):
                if not may_see(member, terms_of(row), now):
                    raise Refused(
                        f"Not all of {owner} may see {row.granule_id}, so what is made of it cannot be {owner}'s."
                        " Write it to files with -o, or leave that station out."
                    )


@dataclass(frozen=True)
class Deposited:
    """How often the provider handed something in under a name, and whether it is what holds now."""

    times: int
    holds: bool


def deposited(archive: Archive, viewer: Viewer, names: Iterable[str], provider: str | None) -> dict[str, Deposited]:
    """Those of the file names under which the provider has handed something in.

    It holds while nothing was handed in later for any of the granules that it went into.
    """
    owner, wanted = must_publish(viewer, provider), sorted(set(names))
    found = defaultdict[str, dict[str, bool]](dict)
    with archive.catalogue.reading() as connection:
        for start in range(0, len(wanted), CHUNK):
            asked = {"provider": owner, "some": wanted[start : start + CHUNK]}
            for name, original, latest in connection.execute(_DEPOSITS, asked):
                found[name][original] = found[name].get(original, True) and bool(latest)
    return {name: Deposited(len(each), any(each.values())) for name, each in found.items()}
