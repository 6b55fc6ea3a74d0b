"""How the climatological year warms and cools the ocean in one day, on the patch grid."""

import numpy as np
import torch

from engine.climatology import DAYS_PER_YEAR, atlas, day_of_year, interpolate
from engine.grid import Grid
from engine.models.interface import TIME_STEP


class Season:
    """Harmonics of the observed year of temperature at the centres of a grid's patches."""

    def __init__(self, grid: Grid, patch: int) -> None:
        lat, lon = (axis.reshape(-1, patch).mean(axis=1) for axis in (grid.lat, grid.lon))
        size = (lat.size, lon.size)
        centres = Grid(lat, lon, grid.depth, np.ones((grid.depth.size, *size), dtype=bool), np.zeros(size, np.float32))
        harmonics = atlas().fields["thetao"][1:, : grid.depth.size]
        self._harmonics = torch.from_numpy(np.ascontiguousarray(interpolate(harmonics, centres)))

    def change(self, time: np.datetime64) -> torch.Tensor:
        """Return the warming (z, h / patch, w / patch) in K of the day that begins at `time`."""
        before, after = (
            np.array([np.cos(phase), np.sin(phase), np.cos(2 * phase), np.sin(2 * phase)])
            for phase in (2 * np.pi * day_of_year(moment) / DAYS_PER_YEAR for moment in (time, time + TIME_STEP))
        )
        return torch.einsum("k,kzhw->zhw", torch.from_numpy(after - before).float(), self._harmonics)
