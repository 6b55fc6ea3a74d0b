"""The scored fields: variable, depth and cells, as vectors over those cells alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.diagnostics.layers import isotherm_depth, mixed_layer_depth
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.schema.regions import Region
from engine.schema.variables import DEPTHS, PROGNOSTIC, VARIABLES
from engine.verification.aggregation import LATITUDE_BELTS, belt_weights

SCORED_DEPTHS = (0.0, 100.0, 300.0)

ISOTHERM_DEPTH, MIXED_LAYER = "d20", "mlotst"
EQUATORIAL_PACIFIC = Region("equatorial Pacific", "Equatorial Pacific, 5S-5N 140E-90W", -5, 5, 140, 270)


@dataclass(frozen=True, eq=False)
class ScoredLevel:
    """One scored field at a depth over a belt: `cells` (n,) are numbers in the flattened (h, w) grid, `weights` (n,) their areas
    in m2."""

    variable: str
    depth: float
    belt: str
    cells: np.ndarray
    weights: np.ndarray

    @property
    def key(self) -> str:
        """Return the name in files and dictionaries."""
        return f"{self.variable} {self.depth:g} {self.belt}"


def scored_fields(variables: Sequence[str] = PROGNOSTIC) -> list[tuple[str, int, float]]:
    """Return (variable, depth number, depth in metres) of every scored field."""
    return [
        (name, DEPTHS.index(depth), depth)
        for name in variables
        for depth in (SCORED_DEPTHS if VARIABLES[name].depths else (0.0,))
    ]


def scored_levels(grid: Grid) -> list[ScoredLevel]:
    """Return the scored fields over both latitude belts, then the depths of stratification, on `grid`."""
    weights = {name: belt_weights(grid, belt) for name, belt in LATITUDE_BELTS.items()}
    levels = [
        _scored_level(variable, depth, belt, np.where(grid.wet[level], weights[belt], 0))
        for variable, level, depth in scored_fields()
        for belt in LATITUDE_BELTS
    ]
    rows, columns = grid.rows_and_columns(EQUATORIAL_PACIFIC)
    inside = np.zeros(grid.shape, bool)
    inside[np.ix_(rows, columns)] = True
    pacific = np.where(inside & grid.wet_surface, grid.cell_area, 0)
    levels.append(_scored_level(ISOTHERM_DEPTH, 0.0, EQUATORIAL_PACIFIC.name, pacific))
    return levels + [_scored_level(MIXED_LAYER, 0.0, belt, weights[belt]) for belt in LATITUDE_BELTS]


def _scored_level(variable: str, depth: float, belt: str, weights: np.ndarray) -> ScoredLevel:
    cells = np.flatnonzero(weights)
    return ScoredLevel(variable, depth, belt, cells, weights.ravel()[cells])


def values_at(batch: Batch, levels: Sequence[ScoredLevel]) -> dict[str, np.ndarray]:
    """Return the values (n,) float32 of a batch at each level by its key; depths of isotherm and mixed layer are computed."""
    return {scored_level.key: _values(batch, scored_level) for scored_level in levels}


def _values(batch: Batch, scored_level: ScoredLevel) -> np.ndarray:
    if scored_level.variable == ISOTHERM_DEPTH:
        return isotherm_depth(_columns(batch, "thetao", scored_level), batch.grid.depth)
    if scored_level.variable == MIXED_LAYER:
        return mixed_layer_depth(_columns(batch, "thetao", scored_level), _columns(batch, "so", scored_level), batch.grid.depth)
    field = batch[scored_level.variable]
    return (field[DEPTHS.index(scored_level.depth)] if field.ndim == 3 else field).ravel()[scored_level.cells]


def _columns(batch: Batch, variable: str, scored_level: ScoredLevel) -> np.ndarray:
    return batch[variable].reshape(batch.grid.depth.size, -1)[:, scored_level.cells]
