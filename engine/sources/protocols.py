"""The protocols of sources of ocean states, for forecasting, training and scoring."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

import numpy as np

from engine.runtime.progress import Progress
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_day

if TYPE_CHECKING:
    from engine.physics.climatology import Atlas  # compiled code, which takes long to import


class Source(Protocol):
    """Gives initial states, the atmosphere of any day, and a reference where there is one."""

    name: str
    label: str
    forcing_kind: str
    """synthetic, climatology, reanalysis or forecast."""
    provenance: dict[str, Any]

    def init_times(self) -> np.ndarray:
        """Return the days a forecast can start from, datetime64[D] ascending."""
        ...

    def state(self, time: np.datetime64) -> Batch:
        """Return the prognostic fields of an initial day; raises InputError for a day that is not there."""
        ...

    def forcing(self, time: np.datetime64) -> Batch:
        """Return u10, v10, t2m, msl and sp of a day."""
        ...

    def sea_level(self, time: np.datetime64) -> np.ndarray | None:
        """Return the sea surface height (h, w) in m of a day as `state` would, None for a day that is not there."""
        ...

    def reference(self, time: np.datetime64) -> Batch | None:
        """Return the prognostic fields of the reference at `time`, None where there are none."""
        ...


@runtime_checkable
class HeadSource(Protocol):
    """A source that also has fields of heads, for initial states and references."""

    def head_fields(self, head: str, time: np.datetime64) -> Batch | None:
        """Return the fields of a head on a day, on the head's grid; None where they are not known."""
        ...

    def open_water(self, head: str, time: np.datetime64) -> np.ndarray | None:
        """Return where (h, w) no ice hides a head's fields on a day, on its grid; None where ice hides none."""
        ...


@runtime_checkable
class AlignedSource(Protocol):
    """A source of a product whose zero of sea level is another one: its states have that of a mean ocean.

    `mean` also fills what the product lacks; None for the shipped climatology.
    """

    mean: "Atlas | None"

    def with_mean(self, mean: "Atlas") -> Self:
        """Return the same source over another mean ocean."""
        ...

    def zero_shift(self, time: np.datetime64) -> float:
        """Return the height in m that was taken from the sea level of a day."""
        ...


@runtime_checkable
class TrainingSource(Source, Protocol):
    """A source with training days."""

    def training_times(self) -> np.ndarray:
        """Return the training days, datetime64[D] ascending."""
        ...


@runtime_checkable
class Identified(Protocol):
    """A source that knows the content of its days, which training compares with that of an earlier run."""

    def content(self, time: np.datetime64) -> str:
        """Return a text that changes with the values of `state` and `forcing` of a day."""
        ...


class DaySeries(TrainingSource, HeadSource, Protocol):
    """A source of many consecutive days with the fields of heads, for the training and scoring of heads."""

    @property
    def grid(self) -> Grid:
        """Return the grid of states and weather."""
        ...

    def times(self) -> np.ndarray:
        """Return all days whose state is known, datetime64[D] ascending."""
        ...

    def on_grid(self, grid: Grid) -> "DaySeries":
        """Return the same series on another grid that is not finer."""
        ...

    def surface_temperature(self, time: np.datetime64) -> np.ndarray:
        """Return the temperature (h, w) of the surface in degC of a day, NaN on land."""
        ...

    def kuroshio_box(self, time: np.datetime64) -> dict[str, np.ndarray]:
        """Return thetao, so, uo, vo, zos (120, 230) at the surface of the Kuroshio box at 1/4 degree, as in the day's state."""
        ...

    def head_times(self, head: str) -> np.ndarray:
        """Return the days of which the fields of a head are stored, datetime64[D] ascending."""
        ...


class States(Protocol):
    """The reference states of a forecast."""

    @property
    def grid(self) -> Grid:
        """Return the grid of the states."""
        ...

    def state(self, time: np.datetime64) -> Batch:
        """Return the fields of a day; raises InputError for a day that is not there."""
        ...


class HeldOut(Protocol):
    """Days that are not used for training, with the facts that scoring needs; it is sent to other processes."""

    @property
    def name(self) -> str:
        """Return the name of the series in tables."""
        ...

    @property
    def source(self) -> DaySeries:
        """Return the series of the days on the grid of the scores."""
        ...

    def starts(self, count: int, longest: int) -> list[np.datetime64]:
        """Return up to `count` starts with `longest` days of reference after each; raises InputError where not one fits."""
        ...

    @property
    def first_independent(self) -> np.datetime64:
        """Return the first day that is independent of the training days."""
        ...

    def day(self, time: np.datetime64) -> int:
        """Return the number of a day in tables."""
        ...

    def fingerprint(self, time: np.datetime64, longest: int) -> str:
        """Return a short hash of everything that the reference of `longest` days from a start depends on."""
        ...

    def floor(self, time: np.datetime64, longest: int, folder: Path, progress: Progress) -> States | None:
        """Return the predictability floor of a start, the best possible forecast, stored in `folder`; None where it is not
        known."""
        ...

    def training_starts(self, longest: int) -> list[tuple[str, States, np.datetime64]]:
        """Return starts of training series on the same grid, each with a name, with `longest` days after each."""
        ...

    def training_series(self) -> list[DaySeries]:
        """Return the training series, each on its own grid."""
        ...


class Conditions(Protocol):
    """Weather and ice over the days of a stored run."""

    def forcing(self, time: np.datetime64, grid: Grid) -> Batch:
        """Return u10, v10, t2m, msl and sp of a day."""
        ...

    def ice_margin(self, time: np.datetime64, grid: Grid) -> np.ndarray:
        """Return how far (h, w) in kelvin the water of a day is colder than at the ice edge, land included."""
        ...


class Provider(Protocol):
    """A kind of source beside those of the engine: its opening, and the conditions of runs from it."""

    def open(self, **options: Any) -> Source:
        """Return the source; raises InputError where it cannot be opened with these options."""
        ...

    def conditions(self, attrs: Mapping[str, Any]) -> Conditions | None:
        """Return weather and ice over a run with these attributes, None for a run of another kind of source."""
        ...

    def held_out(self, grid: Grid | None = None) -> HeldOut:
        """Return the held-out days, on their own grid unless another is given."""
        ...


def initial_state(source: Source, time: np.datetime64) -> Batch:
    """Return the state of a day with the change of sea level since the day before, where the source has that day."""
    state = source.state(time)
    before = source.sea_level(state.time - DAY)
    return state if before is None else state.with_fields(zos_change=state["zos"] - before)


def day_name(source: Source, time: np.datetime64) -> str:
    """Return the name of a day of a source: its date, or for a simulation its sample day."""
    day = time.astype("datetime64[D]")
    return f"sample day {sample_day(day)}" if source.forcing_kind == "synthetic" else str(day)
