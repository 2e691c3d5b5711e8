"""The seismo-ionospheric system: what the ground and the ionosphere did around earthquakes.

The console script `soap` is `main`. Domains are loaded when a command first needs them, so that `soap --help` is fast.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer
    from fastapi import FastAPI

    from soap.services.composition import Composition


@cache
def composition() -> Composition:
    """The five domains, the methods that any domain may use, and the packages that member states have installed.

    A member state's package names a module with `NAMES`, `READERS`, `METHODS` and `SIMULATORS`, and `QUALITY_CONTROLS`
    and `DERIVATIONS` where it has some, under the entry point group `soap.domains`.
    """
    from importlib.metadata import entry_points

    from soap.domains import geomagnetism, ionosphere, seismology, space_weather, topside
    from soap.formats import derived_parquet
    from soap.science.methods import METHODS
    from soap.services.composition import Composition

    installed = sorted(entry_points(group="soap.domains"), key=lambda point: point.name)
    domains = (geomagnetism, ionosphere, topside, seismology, space_weather, *(point.load() for point in installed))
    simulators: dict = {}
    for domain in domains:
        simulators |= domain.SIMULATORS
    return Composition(
        name="seismo_ionospheric",
        names=tuple(dict.fromkeys(variable for domain in domains for variable in domain.NAMES)),
        readers=(derived_parquet.READER, *(reader for domain in domains for reader in domain.READERS)),
        methods=(*METHODS, *(method for domain in domains for method in domain.METHODS)),
        simulators=simulators,
        quality_controls=tuple(one for domain in domains for one in getattr(domain, "QUALITY_CONTROLS", ())),
        derivations=tuple(one for domain in domains for one in getattr(domain, "DERIVATIONS", ())),
        reference="soap.systems.seismo_ionospheric:composition",
        application="soap.systems.seismo_ionospheric:api",
    )


def cli() -> typer.Typer:
    """The command line of this system, with all its commands."""
    from soap.faces.cli.app import build

    return build(composition)


def api() -> FastAPI:
    """The ASGI application of this system; a server calls this (`uvicorn --factory`)."""
    import gc

    from soap.faces.api.app import build

    return build(composition, begun=gc.freeze)


def main() -> None:
    """Run the command line."""
    from soap.faces.cli.app import run

    run(cli())
