"""The sample ocean as the engine's source `sample`: registered once in a process; its parts are imported at first use."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_day
from engine.sources import register_source

if TYPE_CHECKING:
    from sample_data.held_out import SampleHeldOut
    from sample_data.source import SampleSource

NAME = "sample"


class SampleProvider:
    """Opens runs of the sample ocean, and gives weather and ice over forecasts from them."""

    def open(self, **options: Any) -> "SampleSource":
        """Return `SampleSource` with these options."""
        from sample_data.source import SampleSource

        return SampleSource(**options)

    def conditions(self, attrs: Mapping[str, Any]) -> "SampleConditions | None":
        """Return weather and ice of the seed that the attributes of a run name; None for a run of another kind of source."""
        seed = dict(attrs.get("source_provenance") or {}).get("seed")
        return SampleConditions(int(seed)) if attrs.get("forcing_kind") == "synthetic" and seed is not None else None

    def held_out(self, grid: Grid | None = None) -> "SampleHeldOut":
        """Return the held-out run of the user, else the shipped one."""
        from sample_data.held_out import SampleHeldOut

        return SampleHeldOut.open(grid=grid)


class SampleConditions:
    """Weather and ice of one seed, of any day."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def forcing(self, time: np.datetime64, grid: Grid) -> Batch:
        """Return the synthetic weather of a day."""
        from sample_data.weather.atmosphere import forcing

        return forcing(self.seed, sample_day(time), grid)

    def ice_margin(self, time: np.datetime64, grid: Grid) -> np.ndarray:
        """Return how far (h, w) in kelvin the water of a day is colder than at the ice edge."""
        from sample_data.weather.ice import margin

        return margin(grid, sample_day(time))


def register() -> None:
    """Make the source `sample` known to the engine in this process."""
    register_source(NAME, SampleProvider())
