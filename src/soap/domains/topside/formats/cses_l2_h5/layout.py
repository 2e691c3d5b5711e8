"""Which datasets make a product of CSES-01: one row per payload, read by the same code."""

from __future__ import annotations

from dataclasses import dataclass

TIME_AND_PLACE = frozenset({"UTC_TIME", "GEO_LAT", "GEO_LON", "ALTITUDE"})
"""Datasets that every product has."""


@dataclass(frozen=True)
class Column:
    """A variable and where it lies: one dataset, or the components whose magnitude it is (then also as `stacked`)."""

    variable: str
    datasets: tuple[str, ...]
    stacked: str = ""
    required: bool = True

    def is_in(self, names: frozenset[str]) -> bool:
        """True when the file has what the variable needs."""
        return names.issuperset(self.datasets) or self.stacked in names


@dataclass(frozen=True)
class Layout:
    """A product: reader name, `payload` and `number` as in file names, `family` (A1 to A4), columns."""

    name: str
    title: str
    payload: str
    number: int
    family: str
    columns: tuple[Column, ...]
    limits: str
    written: bool = True

    @property
    def sensor(self) -> str:
        """The sensor as collection ids spell it, `lap_1`."""
        return f"{self.payload.lower()}_{self.number}"

    def is_in(self, names: frozenset[str]) -> bool:
        """True when a file with these datasets is of this product."""
        return names >= TIME_AND_PLACE and all(column.is_in(names) for column in self.columns if column.required)

    def lacks(self, names: frozenset[str]) -> str:
        """The datasets that would have been needed and are not there, as text."""
        needed = set(TIME_AND_PLACE).union(
            *(column.datasets for column in self.columns if column.required and not column.is_in(names))
        )
        return ", ".join(sorted(needed - names))


LAYOUTS = (
    Layout(
        "cses_lap_l2_h5", "CSES Langmuir probe half-orbit (LAP_1, Level 2)", "LAP", 1, "A3",
        (
            Column("electron_density", ("A311",)),
            Column("electron_temperature", ("A321",), required=False),
        ),
        "electron density and temperature; the small sphere (LAP_2) is not read",
    ),
    Layout(
        "cses_hpm5_l2_h5", "CSES vector magnetometer half-orbit (HPM_5, Level 2)", "HPM", 5, "A2",
        (Column("b_total", ("A221", "A222", "A223"), stacked="B_FGM"),),
        "the magnitude only: no public source confirms how the sensor frame turns into north, east and down",
        written=False,
    ),
    Layout(
        "cses_hpm6_l2_h5", "CSES scalar magnetometer half-orbit (HPM_6, Level 2)", "HPM", 6, "A2",
        (Column("b_total", ("A211",)),),
        "the scalar field at 1 Hz",
    ),
)  # fmt: skip
