"""The air above and the ice on a stored run, as far as its attributes tell where they came from."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.physics.climatology import climatological_forcing
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_day


def knows_wind(attrs: Mapping[str, Any]) -> bool:
    """Return whether the wind of a run's days can be had again: that of the sample ocean, or the mean of the season."""
    return _seed(attrs) is not None or attrs.get("forcing_kind") == "climatology"


def wind(attrs: Mapping[str, Any], time: np.datetime64, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return the wind at 10 m (u, v), each (h, w) in m s-1, that a run knew of a day; raises InputError where nobody does."""
    if not knows_wind(attrs):
        raise InputError(
            f"the wind of source {attrs.get('source')!r} is not known; choose a run that tells where its winds are from"
        )
    seed = _seed(attrs)
    if seed is None:
        air = climatological_forcing(grid, time)
    else:
        from sample_data.weather.atmosphere import forcing

        air = forcing(seed, sample_day(time), grid)
    return air["u10"], air["v10"]


def knows_ice(attrs: Mapping[str, Any]) -> bool:
    """Return whether a run lies in the sample ocean, whose ice is known for every day."""
    return _seed(attrs) is not None


def ice_margin(attrs: Mapping[str, Any], time: np.datetime64, grid: Grid) -> np.ndarray:
    """Return how far (h, w) in kelvin the water of a day is colder than at the ice edge, positive under ice, NaN on land.

    Raises InputError where the ice of a run is not known.
    """
    if not knows_ice(attrs):
        raise InputError(f"the ice of source {attrs.get('source')!r} is not known; choose a run of the sample ocean")
    from sample_data.weather.ice import margin

    return np.where(grid.wet_surface, margin(grid, sample_day(time)), np.float32(np.nan))


def _seed(attrs: Mapping[str, Any]) -> int | None:
    """The seed of the sample ocean's weather; None for another source."""
    seed = dict(attrs.get("source_provenance") or {}).get("seed")
    return int(seed) if attrs.get("forcing_kind") == "synthetic" and seed is not None else None
