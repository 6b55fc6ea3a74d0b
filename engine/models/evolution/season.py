"""The climatological year as the network reads it: its harmonics, and how it warms and cools the ocean in one day."""

import numpy as np
import torch

from engine.physics.climatology import DAYS_PER_YEAR, Atlas, atlas, day_of_year, interpolate
from engine.schema.batch import TIME_STEP
from engine.schema.channels import level
from engine.schema.grid import Grid

HARMONICS = 5
"""Mean, cosine and sine of the year and of the half-year."""

CLIMATOLOGY_LEVELS = (level(0), level(100), level(300))
"""Levels whose climatological temperature the network reads; chosen by hand: surface, thermocline and the water below."""

CLIMATOLOGY_FIELDS = ("thetao 0 m", "thetao 100 m", "thetao 300 m", "t2m", "msl", "log_mlotst")
"""Order of the climatological fields: temperatures in degC, pressure in hPa over 1000, natural logarithm of metres."""

AIR_TEMPERATURE, AIR_PRESSURE, MIXED_LAYER = (CLIMATOLOGY_FIELDS.index(name) for name in ("t2m", "msl", "log_mlotst"))


def basis(time: np.datetime64) -> torch.Tensor:
    """Return the value (5,) of each harmonic of the year at `time`."""
    phase = 2 * np.pi * day_of_year(time) / DAYS_PER_YEAR
    return torch.tensor([1.0, np.cos(phase), np.sin(phase), np.cos(2 * phase), np.sin(2 * phase)], dtype=torch.float32)


def climatology_harmonics(grid: Grid, mean: Atlas | None = None) -> np.ndarray:
    """Return harmonics (5 * 6, h, w) of the fields named in `CLIMATOLOGY_FIELDS`, continued over land."""
    fields = (mean or atlas()).fields
    temperature = fields["thetao"][:, list(CLIMATOLOGY_LEVELS)]
    others = np.stack([fields[name] for name in CLIMATOLOGY_FIELDS[len(CLIMATOLOGY_LEVELS) :]], axis=1)
    return interpolate(np.concatenate([temperature, others], axis=1).reshape(-1, *temperature.shape[2:]), grid, mean)


class Season:
    """Harmonics of the observed year of temperature at the centres of a grid's patches."""

    def __init__(self, grid: Grid, patch: int, mean: Atlas | None = None) -> None:
        lat, lon = (axis.reshape(-1, patch).mean(axis=1) for axis in (grid.lat, grid.lon))
        size = (lat.size, lon.size)
        centres = Grid(lat, lon, grid.depth, np.ones((grid.depth.size, *size), dtype=bool), np.zeros(size, np.float32))
        harmonics = (mean or atlas()).fields["thetao"][:, : grid.depth.size]
        self._harmonics = torch.from_numpy(np.ascontiguousarray(interpolate(harmonics, centres, mean)))

    def change(self, time: np.datetime64) -> torch.Tensor:
        """Return the warming (z, h / patch, w / patch) in K of the day that begins at `time`."""
        change = basis(time + TIME_STEP) - basis(time)
        return (change.view(-1, 1, 1, 1) * self._harmonics).sum(0)
