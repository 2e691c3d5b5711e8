"""Products of made-up archives: who sees them, and who may keep one, worked out from the plain files and terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from soap.archive import Archive
from soap.archive import products as kept
from soap.archive.product_inputs import ListedStation
from soap.core.errors import NotFound
from soap.core.who import Viewer
from soap.testing import policy_worlds as made
from soap.testing.plain_archive import Listed, Plain

MadeOf = dict[str, tuple[set[str], set[str], set[str]]]
"""Of each product the granules, whose station lists placed them, and the owners who released it."""


def keep_some(archive: Archive, plain: Plain, step: int, choose: Callable[[Any], Any]) -> MadeOf:
    """Keep and release two products of what is held, at the time of recording of this step and the next."""
    made_of: MadeOf = {}
    with made.clock() as hand:
        for number in range(2 if plain.granules else 0):
            hand.step = step + number
            inputs = choose(st.sets(st.sampled_from(sorted(plain.granules)), min_size=1, max_size=3))
            listed = choose(st.sets(st.sampled_from(sorted(plain.stations)))) if plain.stations else set()
            versions = [f"{one}@{plain.granules[one].version}" for one in inputs]
            places = [_listed(plain.stations[one]) for one in listed]
            name = kept.keep(archive, made.ME, "study", f"{number}", b"x", "application/json", versions, places)
            of = [*(plain.granules[one] for one in inputs), *(plain.stations[one] for one in listed)]
            releases = choose(st.sets(st.sampled_from(sorted({one.terms.owner for one in of}))))
            for owner in releases:
                kept.release(archive, made.ME, name, owner)
            made_of[name] = (inputs, listed, releases)
    return made_of


def check_products(plain: Plain, everything: Plain, archive: Archive, viewer: Viewer, made_of: MadeOf) -> None:
    """What is listed and fetched, against what `keep_some` says of the products."""
    expected = set()
    for name, (inputs, listed, releases) in made_of.items():
        of = [*(everything.granules[one] for one in inputs), *(everything.stations[one] for one in listed)]
        seen = all(one in plain.granules for one in inputs) and all(one in plain.stations for one in listed)
        if seen or {one.terms.owner for one in of} <= releases:
            expected.add(name)
            told = kept.product(archive, viewer, name)
            assert [one.rpartition("@")[0] for one in told.inputs] == sorted(i for i in inputs if i in plain.granules)
            assert told.stations == (("iaga_code:KAK",) if listed & set(plain.stations) else ())
        else:
            for ask in (kept.product, kept.product_content):
                with pytest.raises(NotFound):
                    ask(archive, viewer, name)
    assert {one.product_id for one in kept.products(archive, viewer)} == expected


def check_keeping(plain: Plain, everything: Plain, archive: Archive, viewer: Viewer) -> None:
    """What one may not see, one keeps nothing of; it is said in the words for what is not there."""

    def refused(inputs: list[str], stations: list[ListedStation]) -> str:
        with pytest.raises(NotFound) as told:
            kept.keep(archive, viewer, "study", "x", b"x", "application/json", inputs, stations)
        return str(told.value)

    if not viewer.member or viewer.roles & {"owner", "project_admin"}:
        return
    for name in everything.granules.keys() - plain.granules.keys():
        assert refused([f"{name}@1"], []) == refused(["a:b:2016@1"], []).replace("a:b:2016", name)
    seen = next((f"{name}@{one.version}" for name, one in plain.granules.items()), None)
    for provider in everything.stations.keys() - plain.stations.keys() if seen else ():
        hidden = _listed(everything.stations[provider])
        absent = replace(hidden, original="0" * 64)
        assert refused([seen], [hidden]) == refused([seen], [absent]).replace("0" * 16, hidden.original[:16])


def _listed(one: Listed) -> ListedStation:
    return ListedStation("iaga_code", "KAK", one.provider, one.original)
