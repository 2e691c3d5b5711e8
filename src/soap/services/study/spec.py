"""What a study is, declared before it is run: the question, the earthquakes, the stations, the quantity, the controls.

A study is a TOML file. Each field here is a key there; types, bounds and defaults are checked before anything is read,
and the reference page of the documentation is made from these descriptions.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from soap.core.place import Box
from soap.core.time import Window, iso, utc
from soap.science.background import PastRegression

SurrogateName = Literal["circular_shift", "random_times", "random_epicentres"]
MOST_DAYS = 365
"""Days around an earthquake, at most."""
_COLLECTION = r"^[a-z0-9_]+(\.[a-z0-9_-]+){2,}(@[0-9TZ:.+-]+)?$"


def _holds(**what: str) -> dict[str, Any]:
    """What a form may offer for a field: collections of a shape that hold a variable, or methods."""
    return {"holds": dict(what)}


_KP = _holds(shape="series", variable="kp", cadence="PT3H")
_SERIES = _holds(shape="series")


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        raise ValueError("each may be named once")
    return values


def _days(first: int, last: int) -> None:
    if not first <= last or max(abs(first), abs(last)) > MOST_DAYS:
        raise ValueError(f"the days {first} to {last} do not rise within -{MOST_DAYS}..{MOST_DAYS}")


class Table(BaseModel):
    """Base of every table of a study file: typed, bounded, frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ArchiveState(Table):
    """Which state of the archive is asked; any collection may also be cited as `collection@T`."""

    as_of: str | None = Field(
        None, description="Time of recording, ISO 8601, UTC; none: the state in which the study finds the archive."
    )

    @field_validator("as_of", mode="before")
    @classmethod
    def _to_text(cls, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date | datetime) else value

    @field_validator("as_of")
    @classmethod
    def _check(cls, value: str | None) -> str | None:
        return value if value is None else iso(utc(value))

    @property
    def instant(self) -> np.datetime64 | None:
        """The time of recording, if one is named."""
        return None if self.as_of is None else utc(self.as_of)


class Span(Table):
    """A span of time, start included, stop excluded, UTC."""

    start: str = Field(description="First instant, ISO 8601 or a TOML date, UTC.")
    stop: str = Field(description="First instant after the span.")

    @field_validator("start", "stop", mode="before")
    @classmethod
    def _to_text(cls, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date | datetime) else value

    @model_validator(mode="after")
    def _check(self) -> Span:
        Window(utc(self.start), utc(self.stop))
        return self

    @property
    def window(self) -> Window:
        """The span as a window."""
        return Window(utc(self.start), utc(self.stop))


class BoxTable(Table):
    """A box of latitude and longitude [degree]; west greater than east crosses 180 degrees."""

    west: float = Field(ge=-180, le=180, description="Western edge [degree].")
    south: float = Field(ge=-90, le=90, description="Southern edge [degree].")
    east: float = Field(ge=-180, le=180, description="Eastern edge [degree].")
    north: float = Field(ge=-90, le=90, description="Northern edge [degree].")

    @property
    def box(self) -> Box:
        """The table as a box."""
        return Box(self.west, self.south, self.east, self.north)

    @model_validator(mode="after")
    def _check(self) -> BoxTable:
        Box(self.west, self.south, self.east, self.north)
        return self


class EarthquakeSelection(Table):
    """Which earthquakes are asked about."""

    collection: str = Field(
        pattern=_COLLECTION, description="Catalogue collection.", json_schema_extra=_holds(shape="events")
    )
    event_id: str | None = Field(None, description="Only this earthquake; the others of the catalogue stay controls.")
    min_magnitude: float = Field(ge=0, le=10, description="Smallest magnitude, of whatever type the catalogue gives.")
    max_depth_km: float | None = Field(None, ge=0, le=800, description="Greatest depth [km]; none: any depth.")
    zone: Literal["dobrovolsky"] = Field(
        "dobrovolsky", description="Radius rule that ties an earthquake to stations: 10^(0.43 M) km (Dobrovolsky 1979)."
    )
    decluster_km: float = Field(200.0, ge=0, le=2000, description="Declustering distance [km].")
    decluster_days: float = Field(30.0, ge=0, le=365, description="Declustering time [day]; 0 keeps every earthquake.")


class StationSelection(Table):
    """Which station series are used: a box of the archive's holdings, or a list."""

    domain: str = Field("geomagnetism", pattern=r"^[a-z_]+$", description="Subject of the collections.")
    cadence: str | None = Field("PT1H", pattern=r"^P", description="ISO 8601 cadence of the collections.")
    box: BoxTable | None = Field(None, description="Only stations in this box.")
    collections: tuple[str, ...] = Field(
        (), description="Only these collections; empty: all of the box.", json_schema_extra=_SERIES
    )
    exclude: tuple[str, ...] = Field((), description="Leave out these collections.", json_schema_extra=_SERIES)
    tracks: tuple[str, ...] = Field(
        (),
        description="Satellite collections, read in the zone of the one earthquakes.event_id.",
        json_schema_extra=_holds(shape="track"),
    )
    fields: tuple[str, ...] = Field(
        (),
        description="Map collections, read at the epicentre of the one earthquakes.event_id.",
        json_schema_extra=_holds(shape="field"),
    )
    min_days: int = Field(1, ge=1, le=36500, description="Least number of days with a residual for a station to count.")


class Quantity(Table):
    """What is computed from the series, one value a station and local-time day."""

    method: str = Field(description="Name of the method.", json_schema_extra=_holds(method="daily"))
    variables: tuple[str, ...] = Field(min_length=1, description="Variables, the primary one first.")
    parameters: dict[str, float | int | str | bool] = Field(
        default_factory=dict, description="Method parameters.", json_schema_extra=_holds(parameters_of="method")
    )

    _once = field_validator("variables")(_distinct)


class RegressionBackground(PastRegression):
    """Residual against a past-only regression on season, solar flux and geomagnetic activity."""

    kind: Literal["past_regression"]
    indices: str = Field(
        pattern=_COLLECTION,
        description="Collection of 3-hourly `ap`.",
        json_schema_extra=_holds(shape="series", variable="ap", cadence="PT3H"),
    )
    solar_flux: str = Field(
        pattern=_COLLECTION,
        description="Collection of daily `f107`.",
        json_schema_extra=_holds(shape="series", variable="f107"),
    )
    flux_mean_days: int = Field(81, ge=1, le=365, description="Days of the past mean of F10.7.")


class RunningBackground(Table):
    """Residual against the mean and scatter of the preceding days; for studies of weeks or months."""

    kind: Literal["running"]
    window_days: int = Field(15, ge=5, le=60, description="Preceding days that form the background.")


Background = Annotated[RegressionBackground | RunningBackground, Field(discriminator="kind")]


class Controls(Table):
    """What must be shown beside the answer."""

    kp: str = Field(pattern=_COLLECTION, description="Collection of 3-hourly `kp`.", json_schema_extra=_KP)
    max_kp: float = Field(3.0, ge=0, le=9, description="A local day with a larger Kp is vetoed.")
    rc: str | None = Field(
        None,
        pattern=_COLLECTION,
        description="Collection of hourly `rc`; none: no veto by it.",
        json_schema_extra=_holds(shape="series", variable="rc"),
    )
    min_rc: float = Field(-30.0, le=0, ge=-500, description="A local day with a smaller RC [nT] is vetoed.")
    post_event_days: tuple[int, int] = Field((1, 5), description="Days after the earthquake, same statistic.")
    clear_before_days: int = Field(15, ge=0, le=365, description="A no-event day has no earthquake so long before it.")
    clear_after_days: int = Field(30, ge=0, le=365, description="A no-event day has no earthquake so long after it.")

    @field_validator("post_event_days")
    @classmethod
    def _after(cls, days: tuple[int, int]) -> tuple[int, int]:
        _days(*days)
        if days[0] < 0:
            raise ValueError(f"the days {days[0]} to {days[1]} do not come after the earthquake; begin at 0 or later")
        return days


class ChanceTest(Table):
    """What is tested, and against which chance."""

    lags: tuple[int, int] = Field(
        (-30, 15), description="First and last day shown, 0 the earthquake's; largest |z| is sought in those before 0."
    )
    days: tuple[int, int] = Field((-5, -1), description="Days over which the primary statistic is averaged.")
    surrogates: tuple[SurrogateName, ...] = Field(
        ("circular_shift", "random_times", "random_epicentres"), min_length=1, description="The first is the primary."
    )
    n_surrogates: int = Field(2000, ge=99, le=100_000, description="Surrogates of each kind.")
    cluster_days: float = Field(30.0, gt=0, le=365, description="Events closer in time and place move together [day].")
    cluster_km: float = Field(500.0, gt=0, le=5000, description="The same, in place [km].")
    threshold_sigma: float = Field(2.0, gt=0, le=10, description="|z| from which the detector marks a day.")

    @field_validator("lags", "days")
    @classmethod
    def _rising(cls, days: tuple[int, int]) -> tuple[int, int]:
        _days(*days)
        return days

    _once = field_validator("surrogates")(_distinct)

    @model_validator(mode="after")
    def _within(self) -> ChanceTest:
        (first, last), (begin, end) = self.lags, self.days
        if not first < 0 <= last:
            raise ValueError(f"the lags {first} to {last} must hold the earthquake's day 0 and a day before it")
        if not (first <= begin and end <= last):
            raise ValueError(f"the days {begin} to {end} leave the lags {first} to {last}")
        return self


class Power(Table):
    """How large an effect would have been found: signals of known size are added and sought."""

    sizes_sigma: tuple[Annotated[float, Field(ge=0, le=100)], ...] = Field(
        (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0),
        min_length=1,
        max_length=50,
        description="Sizes of the injected signal [sigma of a station-day].",
    )
    shares: tuple[Annotated[float, Field(gt=0, le=1)], ...] = Field(
        (1.0, 0.1), min_length=1, max_length=10, description="Shares of the events that carry it."
    )
    n_catalogues: int = Field(100, ge=20, le=10_000, description="Null catalogues into which it is injected.")
    n_references: int = Field(199, ge=99, le=100_000, description="Circular shifts each of them is tested against.")

    _once = field_validator("shares")(_distinct)

    @field_validator("sizes_sigma")
    @classmethod
    def _rising(cls, sizes: tuple[float, ...]) -> tuple[float, ...]:
        if list(sizes) != sorted(set(sizes)):
            raise ValueError("the sizes must rise, each once")
        return sizes


class Declared(Table):
    """What every study says, whatever its kind."""

    title: str = Field(min_length=3, max_length=200, description="Title of the report.")
    question: str = Field(min_length=3, description="What is asked, in a sentence.")
    stage: Literal["exploratory", "confirmatory"] = Field(
        "exploratory", description="Confirmatory only when everything here was fixed before the data were seen."
    )
    limits: tuple[str, ...] = Field((), description="What the reader must know of this study's limits.")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Seed of every random draw.")
    archive: ArchiveState = Field(default_factory=lambda: ArchiveState.model_validate({}))


class SuperposedEpoch(Declared):
    """Many earthquakes, many stations: the mean residual around the earthquakes against surrogate catalogues."""

    kind: Literal["superposed_epoch"]
    window: Span
    earthquakes: EarthquakeSelection
    stations: StationSelection
    quantity: Quantity
    background: Background
    controls: Controls
    test: ChanceTest = Field(default_factory=lambda: ChanceTest.model_validate({}))
    power: Power = Field(default_factory=lambda: Power.model_validate({}))

    @field_validator("window")
    @classmethod
    def _whole_days(cls, span: Span) -> Span:
        window = span.window
        if any(edge != edge.astype("datetime64[D]") for edge in (window.start, window.stop)):
            raise ValueError("a study of daily values begins and ends at midnight UTC; give dates")
        return span

    @model_validator(mode="after")
    def _one_event_overhead(self) -> SuperposedEpoch:
        if (self.stations.tracks or self.stations.fields) and self.earthquakes.event_id is None:
            raise ValueError("stations.tracks and stations.fields are read at one epicentre; give earthquakes.event_id")
        return self


class BlockBackground(Table):
    """One choice of days to compare with; a study by blocks states every choice it makes."""

    name: str = Field(min_length=1, description="What the report calls it.")
    first_day: int = Field(
        ge=-365, le=-2, description="First block of the background; -1 is the block that ends at the key time."
    )
    last_day: int = Field(ge=-365, le=-2, description="Last block of the background; later ones know the earthquake.")
    reason: str = Field(description="Why this choice is made or shown.")

    @model_validator(mode="after")
    def _rising(self) -> BlockBackground:
        if self.first_day > self.last_day:
            raise ValueError(f"the background runs from block {self.first_day} to {self.last_day}")
        return self


class ControlBlock(Table):
    """A block without an earthquake, treated as if it had one."""

    name: str = Field(min_length=1, description="What the report calls it.")
    day: int = Field(ge=-365, le=365, description="The block, relative to the key time.")
    reason: str = Field(description="What makes it a control.")


class Blocks(Declared):
    """One earthquake, one station: blocks of 24 h that end at the earthquake, against stated backgrounds."""

    kind: Literal["blocks"]
    window: Span
    collection: str = Field(
        pattern=_COLLECTION, description="Collection of the station's series.", json_schema_extra=_SERIES
    )
    variables: tuple[str, ...] = Field(min_length=1, description="Variables whose range is taken, the primary first.")
    key_time: str = Field(description="Instant at which the last block ends, UTC.")
    earthquake: str = Field(description="The earthquake, in words: place, magnitude, origin time.")
    block_hours: int = Field(24, ge=1, le=240, description="Length of a block [h].")
    min_coverage: float = Field(0.9, gt=0, le=1, description="Least share of the block's values that must be there.")
    backgrounds: tuple[BlockBackground, ...] = Field(min_length=1, description="Every background that is tried.")
    control_blocks: tuple[ControlBlock, ...] = Field((), description="Blocks without an earthquake.")
    kp: str = Field(pattern=_COLLECTION, description="Collection of 3-hourly `kp`.", json_schema_extra=_KP)
    max_kp: float = Field(3.0, ge=0, le=9, description="A block with a larger Kp is disturbed.")
    threshold_sigma: float = Field(2.0, gt=0, le=10, description="|z| from which the detector marks a block.")

    _once = field_validator("variables")(_distinct)

    @field_validator("key_time", mode="before")
    @classmethod
    def _to_text(cls, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date | datetime) else value

    @field_validator("key_time")
    @classmethod
    def _check(cls, value: str) -> str:
        utc(value)
        return value


Study = Annotated[SuperposedEpoch | Blocks, Field(discriminator="kind")]
