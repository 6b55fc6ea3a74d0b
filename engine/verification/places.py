"""What is scored: which field at which depth over which cells, as vectors that leave the rest of the globe behind."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.diagnostics.layers import isotherm_depth, mixed_layer_depth
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.schema.regions import Region
from engine.schema.variables import DEPTHS, PROGNOSTIC, VARIABLES
from engine.verification.aggregation import BANDS, band_weights

SCORED_DEPTHS = (0.0, 100.0, 300.0)

ISOTHERM_DEPTH, MIXED_LAYER = "d20", "mlotst"
EQUATORIAL_PACIFIC = Region("equatorial Pacific", "Equatorial Pacific, 5S-5N 140E-90W", -5, 5, 140, 270)


@dataclass(frozen=True, eq=False)
class Place:
    """One scored field: `cells` (n,) are numbers in the flattened (h, w) grid, `weights` (n,) their areas in m2."""

    variable: str
    depth: float
    band: str
    cells: np.ndarray
    weights: np.ndarray

    @property
    def key(self) -> str:
        """Return the name of this place in files and dictionaries."""
        return f"{self.variable} {self.depth:g} {self.band}"


def scored_fields(variables: Sequence[str] = PROGNOSTIC) -> list[tuple[str, int, float]]:
    """Return (variable, depth number, depth in metres) of every scored field."""
    return [
        (name, DEPTHS.index(depth), depth)
        for name in variables
        for depth in (SCORED_DEPTHS if VARIABLES[name].depths else (0.0,))
    ]


def scored_places(grid: Grid) -> list[Place]:
    """Return the scored fields over both bands of latitude, then the depths that tell the layering, on `grid`."""
    weights = {name: band_weights(grid, band) for name, band in BANDS.items()}
    places = [
        _place(variable, depth, band, np.where(grid.wet[level], weights[band], 0))
        for variable, level, depth in scored_fields()
        for band in BANDS
    ]
    rows, columns = grid.rows_and_columns(EQUATORIAL_PACIFIC)
    inside = np.zeros(grid.shape, bool)
    inside[np.ix_(rows, columns)] = True
    pacific = np.where(inside & grid.wet_surface, grid.cell_area, 0)
    places.append(_place(ISOTHERM_DEPTH, 0.0, EQUATORIAL_PACIFIC.name, pacific))
    return places + [_place(MIXED_LAYER, 0.0, band, weights[band]) for band in BANDS]


def _place(variable: str, depth: float, band: str, weights: np.ndarray) -> Place:
    cells = np.flatnonzero(weights)
    return Place(variable, depth, band, cells, weights.ravel()[cells])


def values_at(batch: Batch, places: Sequence[Place]) -> dict[str, np.ndarray]:
    """Return the values (n,) float32 of a batch at each place by its key; depths of isotherm and mixed layer are computed."""
    return {place.key: _values(batch, place) for place in places}


def _values(batch: Batch, place: Place) -> np.ndarray:
    if place.variable == ISOTHERM_DEPTH:
        return isotherm_depth(_columns(batch, "thetao", place), batch.grid.depth)
    if place.variable == MIXED_LAYER:
        return mixed_layer_depth(_columns(batch, "thetao", place), _columns(batch, "so", place), batch.grid.depth)
    field = batch[place.variable]
    return (field[DEPTHS.index(place.depth)] if field.ndim == 3 else field).ravel()[place.cells]


def _columns(batch: Batch, variable: str, place: Place) -> np.ndarray:
    return batch[variable].reshape(batch.grid.depth.size, -1)[:, place.cells]
