"""Formats of the ionosphere seen from the ground.

Orbits and biases of satellites are no observations: they go into no archive, but are opened for those who compute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from soap.core.errors import BadFile
from soap.formats.source import Source
from soap.formats.unread import looks_like

if TYPE_CHECKING:
    from soap.domains.ionosphere.science.gnss.code_bias import CodeBiases
    from soap.domains.ionosphere.science.gnss.coordinates import StationCoordinates
    from soap.domains.ionosphere.science.gnss.joined_orbit import JoinedOrbits


def open_orbits(sources: Sequence[Source]) -> JoinedOrbits:
    """Orbits from SP3 and RINEX navigation files, several of a kind joined.

    Precise orbits (SP3) come first: broadcast orbits serve only where there are none. `notes` of the orbits say what
    was left out. Raises `BadFile` for a file that is neither, and where the files hold no orbit at all.
    """
    from soap.domains.ionosphere.formats import gnss_rinex_navigation, gnss_sp3
    from soap.domains.ionosphere.science.gnss.broadcast_message import Messages, broadcast_orbits
    from soap.domains.ionosphere.science.gnss.joined_orbit import JoinedOrbits
    from soap.domains.ionosphere.science.gnss.precise_orbit import PositionTable, joined_tables, precise_orbits

    tables: list[PositionTable] = []
    messages: list[Messages] = []
    notes: list[str] = []
    for source in sources:
        if gnss_sp3.sniff(source.head, source.name):
            tables.append(gnss_sp3.parse(source))
        elif gnss_rinex_navigation.sniff(source.head, source.name):
            found, remarks = gnss_rinex_navigation.parse(source)
            messages += found
            notes += [f"{source.name}: {remark}" for remark in remarks]
        else:
            raise _refused(source, "an orbit file", "Orbits come from SP3 files or RINEX navigation files.")
    parts = [precise_orbits(table) for table in joined_tables(tables)]
    if messages:
        parts.append(broadcast_orbits(messages, notes))
    orbits = JoinedOrbits(parts)
    if sources and not orbits.satellites:
        raise BadFile(
            "No satellite has an orbit in it" + "".join(f"; {note}" for note in orbits.notes).rstrip("."),
            file=", ".join(source.name for source in sources),
            next_step="Give the orbits of the observations' day.",
        )
    return orbits


def open_biases(sources: Sequence[Source]) -> CodeBiases:
    """Code biases from SINEX-BIAS files and CODE's DCB files together; the first given of a row holds.

    Raises `BadFile` for a file that is neither.
    """
    from soap.domains.ionosphere.formats import gnss_bias_code_dcb, gnss_bias_sinex
    from soap.domains.ionosphere.science.gnss.code_bias import BiasRow, CodeBiases

    rows: list[BiasRow] = []
    notes: list[str] = []
    for source in sources:
        kind = next((k for k in (gnss_bias_sinex, gnss_bias_code_dcb) if k.sniff(source.head, source.name)), None)
        if kind is None:
            raise _refused(source, "a bias file", "Biases come from SINEX-BIAS files or DCB files of CODE.")
        found, remarks = kind.parse(source)
        rows += found
        notes += [f"{source.name}: {remark}" for remark in remarks]
    return CodeBiases(rows, notes)


def open_coordinates(sources: Sequence[Source]) -> StationCoordinates:
    """Positions of stations from SINEX files; `BadFile` for a file that is none."""
    from soap.domains.ionosphere.formats import gnss_sinex_coordinates
    from soap.domains.ionosphere.science.gnss.coordinates import Solution, StationCoordinates

    solutions: list[Solution] = []
    notes: list[str] = []
    for source in sources:
        if not gnss_sinex_coordinates.sniff(source.head, source.name):
            raise _refused(source, "a file of coordinates", "Coordinates come from SINEX files.")
        found, remarks = gnss_sinex_coordinates.parse(source)
        solutions += found
        notes += [f"{source.name}: {remark}" for remark in remarks]
    return StationCoordinates(solutions, notes)


def _refused(source: Source, wanted: str, next_step: str) -> BadFile:
    return BadFile(f"It is not {wanted}; {looks_like(source.head, source.name)}", file=source.name, next_step=next_step)
