"""CSES-01 (Zhangheng-1) Level 2 half-orbits in HDF5: Langmuir probe (LAP_1) and magnetometers (HPM_5, HPM_6).

Spec    no public description; the layout is that of public reader programs (csespy, EFDL2Limadou, pyaw) and of
        printed contents of real files
Beware  the unit of A311 stands only in its attribute; units are called `units` or `Units`; columns are (N, 1) or
        (N,), attributes scalars or arrays of one; UTC_TIME has 17 digits or 14; VERSE_TIME (ms since 2009-01-01, no
        leap seconds) may be negative; MAG_LAT and MAG_LON are often wrong and not read; -9999 fills flags; files of
        no or one sample exist; the last digit of the half-orbit means 1 ascending (night), 0 descending (day).
"""

from __future__ import annotations

from collections.abc import Callable

from soap.core.errors import BadFile, BadObservation
from soap.domains.topside.formats.cses_l2_h5.columns import measured
from soap.domains.topside.formats.cses_l2_h5.identity import identify
from soap.domains.topside.formats.cses_l2_h5.layout import LAYOUTS, Layout
from soap.domains.topside.formats.cses_l2_h5.samples import samples
from soap.domains.topside.formats.cses_l2_h5.write import file_name, writer
from soap.domains.topside.names import NAMES
from soap.formats import hdf5
from soap.formats.reader import Reader, Reading, scan_by_reading
from soap.formats.source import Source
from soap.observations import track

__all__ = ["READERS", "file_name"]


def sniff(head: bytes, name: str) -> bool:
    """True for HDF5; `confirm` then looks at the names of the datasets."""
    return hdf5.is_hdf5(head)


def _confirm(layout: Layout) -> Callable[[Source], bool]:
    def confirm(source: Source) -> bool:
        with hdf5.opened(source) as file:
            return layout.is_in(hdf5.names(file, source))

    return confirm


def _read(layout: Layout) -> Callable[[Source], Reading]:
    def read(source: Source) -> Reading:
        """The half-orbit as one `track`; `BadFile` for damage, foreign content, and files of no or one sample."""
        with hdf5.opened(source) as file:
            if not layout.is_in(hdf5.names(file, source)):
                raise BadFile(
                    f"The HDF5 content is not {layout.title}: it lacks {layout.lacks(hdf5.names(file, source))}",
                    file=source.name, next_step="Give a file of a layout that is read here.",
                    command="`soap formats` lists them.",
                )  # fmt: skip
            rows = samples(file, source)
            orbit = identify(file, source, layout, rows)
            columns, flags, notes = measured(file, source, layout, rows)
        try:
            dataset = track(
                rows.time, rows.latitude, rows.longitude, rows.height_km, columns, names=NAMES, flags=flags,
                collection_id=f"topside.{orbit.platform}.{layout.sensor}.l2", platform=orbit.platform, level="L2",
                simulated=int(orbit.simulated), half_orbit_id=orbit.half_orbit_id, orbit_number=orbit.orbit_number,
                orbit_state=orbit.orbit_state, **orbit.described,
            )  # fmt: skip
        except BadObservation as error:
            raise BadFile(str(error), file=source.name) from error
        return Reading((dataset,), notes=(*rows.notes, *orbit.notes, *notes))

    return read


def _reader(layout: Layout) -> Reader:
    read = _read(layout)
    return Reader(
        name=layout.name,
        title=layout.title,
        shape="track",
        level="L2",
        status="alpha",
        spec="no public description; layout as in the reader programs csespy, EFDL2Limadou and pyaw",
        sniff=sniff,
        confirm=_confirm(layout),
        read=read,
        scan=scan_by_reading(read),
        write=writer(layout) if layout.written else None,
        limits=layout.limits,
    )


READERS: tuple[Reader, ...] = tuple(_reader(layout) for layout in LAYOUTS)
