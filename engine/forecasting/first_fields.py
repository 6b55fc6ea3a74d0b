"""First fields of heads from a source that has none of them: waves from the wind, plankton and nutrients from climatology."""

from collections.abc import Iterable

import numpy as np
import torch

from engine.diagnostics.layers import mixed_layer_depth
from engine.forecasting.head_rollout import Averaging
from engine.models.heads.daily import DayHead
from engine.physics.wind_regression import Winds, shipped_regression
from engine.readers.regrid import AreaMean
from engine.runtime.errors import ModelError
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.schema.variables import PLANKTON, VARIABLES
from engine.sources import HeadSource, Source
from engine.sources.atmosphere import Forced

INITIAL_FIELDS = "initial_fields"
"""Attribute of forecasts: by head, what its first fields are made of where the source has none."""

MADE_OF = {"waves": "wind", "biogeochemistry": "climatology"}
"""What the first fields of a head are made of, by its name."""

ICE = -1.5
"""Sea surface temperature in degC below which water counts as under ice, where waves are missing; set by hand, a little above
freezing (-1.8), since analyses seldom reach it."""


def made_of(heads: Iterable[str], source: Source) -> dict[str, str]:
    """Return what the first fields of `heads` are made of from a source without any; empty for one that has its own."""
    return {} if isinstance(source, HeadSource) else {name: MADE_OF[name] for name in heads if name in MADE_OF}


def first_fields(name: str, head: DayHead, source: Source, ocean: Batch) -> Batch:
    """Return first fields of a head on the day of `ocean` without any of the source, NaN on land and waves under ice, too.

    Waves are the regression on the wind of the day and of the day before, where that is known. Plankton and nutrients are the
    climatology to which the head relaxes, and the mixed layer is that of the ocean. Raises ModelError for weights without a
    climatology.
    """
    if name == "waves":
        return _waves(head, source, ocean)
    return _biogeochemistry(head, ocean)


def _waves(head: DayHead, source: Source, ocean: Batch) -> Batch:
    averaging = Averaging(ocean.grid, head.grid, with_ocean=False)
    before_start = ocean.time - DAY
    if isinstance(source, Forced) and source.atmosphere.knows(ocean.time) and not source.atmosphere.knows(before_start):
        before_start = ocean.time  # the climatology is calmer than any day
    today, before = (averaging(source.forcing(time)).fields for time in (ocean.time, before_start))
    height = shipped_regression()(Winds(today["u10"], today["v10"], before["u10"], before["v10"]), head.grid.lat)
    height = np.clip(height, *VARIABLES["swh"].valid_range)
    cold = _on_head(ocean["thetao"][0], ocean, head) < ICE
    return Batch({"swh": np.where(head.grid.wet_surface & ~cold, height, np.nan).astype(np.float32)}, head.grid, ocean.time)


def _biogeochemistry(head: DayHead, ocean: Batch) -> Batch:
    if head.annual_cycle is None or not bool(head.annual_cycle.harmonics.any()):
        raise ModelError(
            "the head of biogeochemistry has weights without a climatology; expected one to begin from: train the head again, "
            "leave it out or start from the sample ocean"
        )
    with torch.inference_mode():
        numbers = head.annual_cycle.at(ocean.time).cpu().numpy()
    fields = dict(zip(head.transform.changing, np.exp(numbers), strict=True))
    columns = {n: ocean[n].reshape(len(ocean[n]), -1) for n in ("thetao", "so")}
    mixed = mixed_layer_depth(columns["thetao"], columns["so"], ocean.grid.depth).reshape(ocean.grid.shape)
    mixed = _on_head(mixed, ocean, head)
    fields["mlotst"] = np.where(np.isfinite(mixed), mixed, fields["mlotst"])
    groups = [fields[group].astype(np.float32) for group in PLANKTON]
    # Summed in the order of the variable table, as the head does.
    fields["chl"] = groups[0] + groups[1] + groups[2] + groups[3]
    wet = head.grid.wet_surface
    ordered = {n: np.where(wet, fields[n], np.nan).astype(np.float32) for n in head.transform.names}
    return Batch(ordered, head.grid, ocean.time)


def _on_head(values: np.ndarray, ocean: Batch, head: DayHead) -> np.ndarray:
    """Return area means (h, w) on the grid of a head."""
    if ocean.grid.same_as(head.grid):
        return values
    return AreaMean(ocean.grid.lat, ocean.grid.lon, head.grid.lat, head.grid.lon)(values)
