"""Around: everything held near an earthquake or a place, counted, and written into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
import xarray as xr

from soap.archive import Archive, citation, query
from soap.archive.around import Around, Count
from soap.archive.cover import Near
from soap.archive.encoding import parquet_bytes
from soap.core.errors import ArchiveError, BadParameter
from soap.core.place import Box
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.observations import Earthquake
from soap.observations.quality import SUFFIX, Quality
from soap.science.preparation import preparation_radius_km
from soap.services.tables import WRITERS, csv_bytes, event_columns, write_whole

LEAD_DAYS, FOLLOW_DAYS = 30, 15
"""Days before and after an earthquake that are looked at unless told otherwise."""

CONTENTS = "contents.csv"
EARTHQUAKES = "earthquakes"
_ONE_PLACE = "Give one place: a point with a radius, a box, or an earthquake."
_ENDINGS = {"csv": "csv", "parquet": "parquet", "netcdf": "nc"}


@dataclass(frozen=True)
class Surroundings:
    """What is around; with an earthquake, that and the radius looked at, of its preparation zone unless another."""

    found: Around
    earthquake: Earthquake | None
    radius_km: float | None


@dataclass(frozen=True)
class Written:
    """A file of the folder: its name, of which collection, and how many times or earthquakes it has."""

    file: str
    collection_id: str
    count: int
    bytes: int
    simulated: bool = False


def around(
    viewer: Viewer,
    archive: Archive,
    *,
    near: tuple[float, float, float] | None = None,
    box: Box | None = None,
    event_id: str | None = None,
    start: np.datetime64 | None = None,
    stop: np.datetime64 | None = None,
    variables: Iterable[str] | None = None,
    context: Iterable[str] = (),
    as_of: np.datetime64 | None = None,
    radius_km: float | None = None,
) -> Surroundings:
    """Everything in a circle (`near` = latitude, longitude, radius_km), a box, or an earthquake's preparation zone.

    The zone's radius is Dobrovolsky's (1979), an assumption of science and so chosen here, not in the archive, or
    `radius_km`; its window is 30 days before to 15 after unless `start` or `stop` say otherwise. Other places need
    both. All of it, the earthquake too, is as it was at the time of recording `as_of`; who may see it is judged now.
    Raises `BadParameter` for contradictory or missing conditions, `NotFound` for an unknown earthquake.
    """
    if as_of is not None:
        as_of = citation.state_of(archive, viewer, as_of).as_of
    check_one_place(near, box, event_id)
    earthquake = radius = None
    if event_id is not None:
        earthquake, near, start, stop = zone(archive, viewer, event_id, start, stop, as_of, radius_km)
        radius = near[2]
    place = Near(*near) if near is not None else box
    if place is None:
        raise BadParameter(_ONE_PLACE)
    if start is None or stop is None:
        raise BadParameter("A place alone is too much: give the window with a start and a stop.")
    window = Window(start, stop)
    found = query.around(archive, viewer, place, window, variables=variables, context=context, as_of=as_of)
    return Surroundings(found, earthquake, radius)


def check_one_place(*places: object) -> None:
    """`BadParameter` when more than one of the places is told."""
    if sum(place is not None for place in places) > 1:
        raise BadParameter(_ONE_PLACE)


def zone(
    archive: Archive,
    viewer: Viewer,
    event_id: str,
    start: np.datetime64 | None,
    stop: np.datetime64 | None,
    as_of: np.datetime64 | None,
    radius_km: float | None = None,
) -> tuple[Earthquake, tuple[float, float, float], np.datetime64, np.datetime64]:
    """An earthquake, its preparation zone (latitude, longitude, radius_km), and the window about it.

    Radius and window are as told where they are told. `NotFound` for an unknown earthquake.
    """
    earthquake = query.event(archive, viewer, event_id, as_of=as_of)
    radius = float(preparation_radius_km(earthquake.magnitude)) if radius_km is None else radius_km
    first = earthquake.time - np.timedelta64(LEAD_DAYS, "D") if start is None else start
    last = earthquake.time + np.timedelta64(FOLLOW_DAYS, "D") if stop is None else stop
    return earthquake, (earthquake.latitude, earthquake.longitude, radius), first, last


def write_folder(
    surroundings: Surroundings,
    out: str | Path,
    *,
    format_name: str = "csv",
    progress: Callable[[int, int, str], object] | None = None,
) -> tuple[Written, ...]:
    """Write everything into the folder `out`: a file a collection, one of all earthquakes, and a table of contents.

    The folder is made where it is absent. Each file is there whole or not at all, and the table of contents last.
    Earthquakes are written as CSV where the format is netCDF. Raises `BadParameter` for a format that is none, or a
    place that is a file or in the archive.
    """
    found = surroundings.found
    if format_name not in WRITERS:
        raise BadParameter(f"{format_name!r} is no format of a folder; there are {', '.join(WRITERS)}.")
    folder = _folder(Path(out), found.archive)
    written: list[Written] = []
    todo = [one for one in found.counts if one.shape != "events"]
    if found.earthquakes:
        written.append(_write_earthquakes(folder, found, format_name))
    kinds = {(one.collection_id, one.simulated) for one in todo}
    for done, one in enumerate(todo):
        if progress is not None:
            progress(done, len(todo), one.collection_id)
        dataset = _together(one, found.datasets(one))
        if dataset is not None:
            also_observed = one.simulated and (one.collection_id, False) in kinds
            label = f"{one.collection_id}.simulated" if also_observed else one.collection_id
            name = f"{quote(label, safe='')}.{_ENDINGS[format_name]}"
            content = WRITERS[format_name](dataset)
            write_whole(folder / name, content)
            written.append(Written(name, one.collection_id, dataset.sizes["time"], len(content), one.simulated))
    write_whole(folder / CONTENTS, _contents(found, written))
    return tuple(written)


def _folder(out: Path, archive: Archive) -> Path:
    folder = out.resolve()
    if folder.is_relative_to(archive.folder.resolve()):
        raise BadParameter(f"{out} lies in the archive's own folder; name a folder elsewhere with -o.")
    if folder.exists() and not folder.is_dir():
        raise BadParameter(f"{out} is a file; name a folder with -o.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"{out} cannot be made ({error.strerror}). Choose another place with -o.") from error
    return folder


def _together(one: Count, parts: Iterable[xr.Dataset]) -> xr.Dataset | None:
    """A collection's parts as one dataset along time; passes keep their half-orbit and are numbered."""
    datasets = list(parts)
    if one.shape == "track":
        datasets = [_numbered(dataset, number) for number, dataset in enumerate(datasets)]
    if not datasets:
        return None
    names = {str(name) for dataset in datasets for name in dataset.data_vars}
    fill = {name: np.uint8(Quality.MISSING) if name.endswith(SUFFIX) else np.nan for name in names}
    whole = xr.concat(
        datasets, dim="time", data_vars="all", coords="minimal", compat="override", join="outer",
        combine_attrs="override", fill_value=fill,
    )  # fmt: skip
    return whole.sortby("time")


def _numbered(track: xr.Dataset, number: int) -> xr.Dataset:
    count = track.sizes["time"]
    label = np.full(count, str(track.attrs.get("half_orbit_id", "")), dtype=object)
    numbered = track.assign_coords(half_orbit_id=("time", label), pass_number=("time", np.full(count, number)))
    numbered.attrs = {name: value for name, value in track.attrs.items() if name != "half_orbit_id"}
    return numbered


def _write_earthquakes(folder: Path, found: Around, format_name: str) -> Written:
    listed = found.earthquakes
    columns, units = event_columns([one.earthquake for one in listed], simulated=False)
    columns["catalogues"] = np.array([" ".join(one.catalogues) for one in listed], dtype=object)
    made_up = {one.collection_id for one in found.counts if one.simulated}
    if made_up:
        columns["simulated"] = np.array([bool(made_up & set(one.catalogues)) for one in listed], dtype=np.int8)
    if format_name == "parquet":
        described = {name: {"units": unit} for name, unit in units.items()}
        name, content = f"{EARTHQUAKES}.parquet", parquet_bytes(columns, described, {})
    else:
        name, content = f"{EARTHQUAKES}.csv", csv_bytes(columns, units)
    write_whole(folder / name, content)
    catalogues = sorted({part for one in listed for part in one.catalogues})
    return Written(name, " ".join(catalogues), len(listed), len(content))


def _contents(found: Around, written: list[Written]) -> bytes:
    """Every collection found, its file, and under which terms and in which version it was had."""
    files = {(one.collection_id, one.simulated): one for one in written}
    quakes = next((one for one in written if one.file.startswith(f"{EARTHQUAKES}.")), None)
    rows = []
    for one in found.counts:
        its = quakes if one.shape == "events" else files.get((one.collection_id, one.simulated))
        count = one.count if one.shape == "events" else its.count if its is not None else 0
        rows.append(
            {
                "file": its.file if its is not None else "",
                "collection": one.collection_id,
                "shape": one.shape,
                "count": count,
                "simulated": int(one.simulated),
                "licence": one.licence,
                "citation": one.citation,
                "version": f"{one.collection_id}@{iso(one.version)}",
                "start": iso(found.window.start),
                "stop": iso(found.window.stop),
            }
        )
    names = ("file", "collection", "shape", "count", "simulated", "licence", "citation", "version", "start", "stop")
    numbers = {"count": np.int64, "simulated": np.int8}
    columns = {name: np.array([row[name] for row in rows], dtype=numbers.get(name, object)) for name in names}
    return csv_bytes(columns, {})
