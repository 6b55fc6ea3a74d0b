"""Wind and ice over a stored run, where its attributes name their source."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.schema.grid import Grid
from engine.sources.atmosphere import CLIMATOLOGY, Atmosphere
from engine.sources.protocols import Conditions
from engine.sources.registry import providers


def knows_wind(attrs: Mapping[str, Any]) -> bool:
    """Return whether the wind of a run is known: that of its source, or the climatology."""
    if _conditions(attrs) is not None or attrs.get("forcing_kind") == CLIMATOLOGY:
        return True
    return bool(store := attrs.get("forcing_source")) and (stores_folder() / str(store)).is_dir()


def wind(attrs: Mapping[str, Any], time: np.datetime64, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return the wind at 10 m (u, v), each (h, w) in m s-1, of a day of a run; raises InputError where it is not known."""
    if not knows_wind(attrs):
        raise InputError(
            f"the wind of source {attrs.get('source')!r} is not known; choose a run that tells where its winds are from"
        )
    conditions = _conditions(attrs)
    air = conditions.forcing(time, grid) if conditions else Atmosphere(grid, attrs.get("forcing_source")).air(time)
    return air["u10"], air["v10"]


def knows_ice(attrs: Mapping[str, Any]) -> bool:
    """Return whether the ice of a run is known for every day."""
    return _conditions(attrs) is not None


def ice_margin(attrs: Mapping[str, Any], time: np.datetime64, grid: Grid) -> np.ndarray:
    """Return how far (h, w) in kelvin the water of a day is colder than at the ice edge, positive under ice, NaN on land.

    Raises InputError where the ice of a run is not known.
    """
    conditions = _conditions(attrs)
    if conditions is None:
        raise InputError(f"the ice of source {attrs.get('source')!r} is not known; choose a run of the sample ocean")
    return np.where(grid.wet_surface, conditions.ice_margin(time, grid), np.float32(np.nan))


def _conditions(attrs: Mapping[str, Any]) -> Conditions | None:
    """Return weather and ice over a run; None where no registered source knows them."""
    found = (provider.conditions(attrs) for provider in providers().values())
    return next((conditions for conditions in found if conditions is not None), None)
