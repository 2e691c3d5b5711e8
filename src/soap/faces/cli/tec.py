"""`soap tec`."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soap.faces.cli.output import message, on_one_line, print_json, progress_bar
from soap.faces.cli.session import JsonOption, session

if TYPE_CHECKING:
    from soap.formats.derivation import Derived
    from soap.services.derive import Made

DERIVATION = "tec"

_MANY = re.compile(r"\b[A-Z]\d\d(?:, [A-Z]\d\d){5,}\b")
_SYSTEMS = {"G": "GPS", "R": "GLONASS", "E": "Galileo", "C": "BeiDou", "J": "QZSS"}

OrbitsOption = Annotated[
    list[Path],
    typer.Option(metavar="FILE", help="Orbits of the days: SP3 or RINEX navigation; may be given again."),
]
BiasOption = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Code biases of satellites: SINEX-BIAS or CODE DCB; may be given again."),
]
CoordinatesOption = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="Where the stations stand: SINEX; may be given again.")
]
IonexOption = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="Maps of the days, to compare with; may be given again.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(tec)


def tec(
    context: typer.Context,
    observations: Annotated[
        list[Path], typer.Argument(metavar="OBS", help="RINEX observation files, and folders of such.")
    ],
    orbits: OrbitsOption,
    bias: BiasOption = None,
    ionex: IonexOption = None,
    coordinates: CoordinatesOption = None,
    shell_height_km: Annotated[float, typer.Option(help="Height of the ionosphere's thin shell [km].")] = 450.0,
    mapping: Annotated[
        str, typer.Option(help="From slant to vertical: layered, thin_shell, or CODE's mslm.")
    ] = "layered",
    min_elevation_deg: Annotated[float, typer.Option(help="Lowest elevation of a ray [degree].")] = 10.0,
    systems: Annotated[str, typer.Option(help="Satellite systems, by RINEX letter.")] = "GRECJ",
    position: Annotated[
        str | None,
        typer.Option(
            metavar="LAT,LON[,M]", help="Where the station is, instead of what its file says.", show_default=False
        ),
    ] = None,
    receiver_bias: Annotated[
        str, typer.Option(help="Receiver biases: estimated, or from the bias file (`file`).")
    ] = "estimated",
    detrended: Annotated[
        str,
        typer.Option(help="Also `rot` and `dtec`, TEC's rate and its waves of 3 to 60 minutes: symmetric or causal."),
    ] = "none",
    out: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="File (.parquet, .nc, .csv) or folder to write; else only figures."
        ),
    ] = None,
    format_name: Annotated[str, typer.Option("--format", help="Of files in a folder.")] = "parquet",
    map_out: Annotated[
        Path | None,
        typer.Option(
            "--map", metavar="FILE", help="Maps of all stations together: IONEX, or netCDF if it ends in .nc."
        ),
    ] = None,
    map_box: Annotated[
        str | None, typer.Option(metavar="W,S,E,N", help="Box of the maps [degree].", show_default="all that is seen")
    ] = None,
    map_step_deg: Annotated[float, typer.Option(help="Step of the maps' grid [degree].")] = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Compute calibrated TEC from what GNSS receivers observed, without an archive.

    The exit code is 0 only when every file could be used, else 3.
    """
    from soap.services.derive import derive, prepare, write_map
    from soap.services.derived_tables import Tables, check_place

    began = time.monotonic()
    here = session(context)
    aids = {"orbits": orbits, "bias": bias or (), "ionex": ionex or (), "coordinates": coordinates or ()}
    chosen: dict[str, Any] = {
        "shell_height_km": shell_height_km,
        "mapping": mapping,
        "min_elevation_deg": min_elevation_deg,
        "systems": systems,
        "receiver_bias": receiver_bias,
        "detrended": detrended,
        **_place(position),
    }
    work = prepare(here.composition, DERIVATION, aids, chosen)
    if out is not None:
        check_place(out, format_name, several=len(observations) > 1 or observations[0].is_dir())
    for note in work.notes:
        message(f"note: {on_one_line(note)}")
    answers: list[dict[str, Any]] = []
    results: list[Derived] = []
    failed = 0
    with ExitStack() as stack:
        tables = stack.enter_context(Tables(out, format_name)) if out is not None else None
        workers, bar = stack.enter_context(here.workers()), stack.enter_context(progress_bar("files"))
        for made in derive(work, observations, progress=bar, workers=workers):
            failed += made.derived is None
            answers.append(_answer(made))
            if map_out is not None and made.derived is not None:
                results.append(made.derived)
            if tables is not None and made.derived is not None:
                tables.add(made.derived)
            if not as_json:
                _print(answers[-1])
    if not answers:
        raise typer.BadParameter("There is no observation file there.")
    written = [str(path) for path in tables.paths] if tables is not None else []
    maps: Mapping[str, Any] = {}
    if map_out is not None:
        maps = write_map(work, results, {"step_deg": map_step_deg, **_box(map_box)}, map_out).figures
        written.append(str(map_out))
    seconds = round(time.monotonic() - began, 2)
    if as_json:
        print_json({"files": answers, "notes": list(work.notes), "map": maps, "written": written, "seconds": seconds})
    else:
        for one in maps.get("withheld", ()):
            if one["rms_tecu"] is None:
                typer.echo(f"  {one['station']} is out of reach of the others: the map there is its own")
                continue
            off = f"mean {one['mean_tecu']:+.2f}, rms {one['rms_tecu']:.2f} TECU"
            typer.echo(f"  {one['station']} less the map without it: {off}")
        typer.echo(f"{len(answers) - failed} of {len(answers)} files in {seconds:.1f} s{_into(written)}")
    if failed:
        raise typer.Exit(3)


def _place(position: str | None) -> dict[str, float]:
    """The station's place, from `LAT,LON` or `LAT,LON,M`."""
    if position is None:
        return {}
    try:
        numbers = [float(part) for part in position.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (2, 3):
        raise typer.BadParameter(f"--position is {position!r}; write LAT,LON or LAT,LON,M in degrees and metres.")
    return dict(zip(("latitude", "longitude", "height_m"), numbers, strict=False))


def _box(box: str | None) -> dict[str, float]:
    """Edges of the maps, from `W,S,E,N`."""
    from soap.faces.cli.places import box as placed

    found = placed(box)
    return {} if found is None else {name: getattr(found, name) for name in ("west", "south", "east", "north")}


def _answer(made: Made) -> dict[str, Any]:
    if made.derived is None:
        return {"file": made.file, "error": made.error.at_a_terminal if made.error else ""}
    return {"file": made.file, **made.derived.figures, "notes": list(made.derived.notes)}


def _print(answer: Mapping[str, Any]) -> None:
    name = on_one_line(str(answer["file"]))
    if "error" in answer:
        why = on_one_line(str(answer["error"]))
        message(f"{name}: {why.removeprefix(f'{name}: ').removeprefix(f'{Path(name).name}: ')}")
        return
    print_figures(name, answer)


def print_figures(name: str, answer: Mapping[str, Any]) -> None:
    """What was derived of one station and day, for people."""
    typer.echo(f"{name}: {answer['station']}, {answer['satellites']} satellites, {answer['arcs']} arcs,"
               f" {answer['slips']} slips")  # fmt: skip
    for one in answer["receiver_biases"]:
        typer.echo(f"  {_bias(one)}")
    if answer.get("ionex_rms_tecu") is not None:
        typer.echo(f"  less the map: mean {answer['ionex_bias_tecu']:+.2f}, rms {answer['ionex_rms_tecu']:.2f} TECU")
    for note in answer["notes"]:
        message(f"note: {answer['station']}: {on_one_line(counted(note))}")


def counted(note: str) -> str:
    """A note with the names of satellites counted by system where there are more than a person wants to read."""
    return _MANY.sub(_by_system, note)


def _by_system(names: re.Match[str]) -> str:
    count = Counter(name[0] for name in names[0].split(", "))
    return ", ".join(
        f"{number} {_SYSTEMS.get(letter, letter)} satellite{'s' if number > 1 else ''}"
        for letter, number in count.items()
    )


def _bias(one: Mapping[str, Any]) -> str:
    head = f"{one['system']} {one['pair']}, {one['satellites']} satellites: "
    if one["receiver_bias_ns"] is None:
        return head + f"no receiver bias; {one['reason']}"
    sigma = f" ± {one['sigma_ns']:.2f}" if one["sigma_ns"] is not None else ""
    return head + f"receiver bias {one['receiver_bias_ns']:.2f}{sigma} ns, {one['origin']}"


def _into(written: list[str]) -> str:
    if not written:
        return ""
    return f"; {', '.join(written)}" if len(written) <= 2 else f"; {len(written)} files written"
