"""What is round a place, as commands print it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from soap.faces.cli.output import message, print_table

if TYPE_CHECKING:
    from soap.services.around import Surroundings

_SHOWN = 20


def print_counts(surroundings: Surroundings) -> None:
    """How much there is of each collection, and the earthquakes, each once with its catalogues."""
    found, quake = surroundings.found, surroundings.earthquake
    if quake is not None:
        message(f"M {quake.magnitude} {quake.place}, preparation radius {surroundings.radius_km:.1f} km")
    print_table(
        ("collection", "shape", "granules", "count", "first", "last", "bytes", "marks"),
        [
            (
                one.collection_id,
                one.shape,
                one.granules,
                one.count if one.exact else f"<={one.count}",
                str(one.first)[:16],
                str(one.last)[:16],
                one.bytes,
                " ".join(word for word, so in (("simulated", one.simulated), ("index", one.context)) if so),
            )
            for one in found.counts
        ],
    )
    listed = found.earthquakes
    if listed:
        print_table(
            ("earthquake", "time", "magnitude", "catalogues"),
            [
                (
                    one.earthquake.event_id,
                    str(one.earthquake.time)[:19],
                    f"{one.earthquake.magnitude:g} {one.earthquake.magnitude_type}".strip(),
                    ",".join(one.catalogues),
                )
                for one in listed[:_SHOWN]
            ],
        )
    if len(listed) > _SHOWN:
        message(f"{len(listed)} earthquakes; {_SHOWN} shown, --json gives all")


def counts_as_json(surroundings: Surroundings) -> dict[str, Any]:
    """The same for machines."""
    return {
        "counts": [asdict(one) for one in surroundings.found.counts],
        "earthquakes": [
            asdict(one.earthquake) | {"catalogues": list(one.catalogues)} for one in surroundings.found.earthquakes
        ],
    }
