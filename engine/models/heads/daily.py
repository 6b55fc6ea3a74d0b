"""A head that forecasts fields on a grid of its own beside the ocean, one day at a time: waves, biogeochemistry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from engine.models.heads.annual_cycle import AnnualCycle
from engine.models.heads.tendency import Tendency, TendencyShape
from engine.models.layers.stored_names import keep_stored_names
from engine.models.layers.window import Window
from engine.schema.grid import Grid

NEAR = 2
"""Distance in cells from which water that ice has left takes its first value; set by hand."""

GROUND = 3
"""Static planes of a cell: wet, logarithm of the depth of the sea floor, sine of latitude."""

DEEP = 500.0
"""Scale in m of the logarithm of the sea floor, set by hand: it tells shelves apart and abyssal plains hardly."""

STORED_NAMES = {"annual_cycle": "usual"}
"""Names of parts in files of weights, where they differ."""


@dataclass(frozen=True, eq=False)
class HeadConditions:
    """The ocean and atmosphere of a day that a head reads beside its own fields: (h, w) on the head's grid, rows at `lat` (h,).

    `fields` may hold u10, v10 (m s-1), t2m, surface_temperature (degC) and sea_level_anomaly (m), NaN where missing.
    """

    time: np.datetime64
    lat: np.ndarray
    fields: Mapping[str, np.ndarray]


class FieldTransform(Protocol):
    """How fields become the numbers that a head changes and that errors are measured in; tensors are (b, c, h, w)."""

    names: tuple[str, ...]
    """Fields in and out, in the order of the channels."""
    changing: tuple[str, ...]
    """Fields whose change the network computes; the others follow from them."""
    driving: tuple[str, ...]
    """Planes of `drivers`, in order."""
    reads_ocean: bool
    """Whether `drivers` needs surface_temperature and sea_level_anomaly."""
    has_annual_cycle: bool
    """Whether long forecasts of `changing` relax to a climatological annual cycle."""

    def drivers(self, day: HeadConditions) -> np.ndarray:
        """Return the planes (f, h, w) of a day that the network reads."""
        ...

    def numbers(self, fields: torch.Tensor) -> torch.Tensor:
        """Return the fields in the form in which errors are measured, such as logarithms."""
        ...

    def changed(self, fields: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
        """Return the fields after a `change` (b, c', h, w) of the numbers of `changing`; bit-identical where it is 0."""
        ...


@dataclass(frozen=True)
class HeadStatistics:
    """Means and deviations of numbers (c,) and drivers (f,), and the typical `change` (c,) of the numbers in a day."""

    mean: np.ndarray
    std: np.ndarray
    driver_mean: np.ndarray
    driver_std: np.ndarray
    change: np.ndarray


class DayHead(nn.Module):
    """Fields (b, c, h, w) of a day -> of the next, NaN on land and under ice; untrained it is persistence."""

    mean: torch.Tensor
    std: torch.Tensor
    driver_mean: torch.Tensor
    driver_std: torch.Tensor
    change: torch.Tensor
    wet: torch.Tensor
    ground: torch.Tensor

    def __init__(self, transform: FieldTransform, grid: Grid, shape: TendencyShape) -> None:
        """Raises ValueError where the tokens of `shape` do not divide the grid."""
        super().__init__()
        patch = grid.shape[0] // shape.rows
        if grid.shape != (patch * shape.rows, patch * shape.columns):
            raise ValueError(f"grid {grid.shape} does not divide into {shape.rows} x {shape.columns} tokens")
        self.transform, self.grid, self.shape = transform, grid, shape
        self.precision = "float32"
        fields, drivers = (len(transform.names), 1, 1), (len(transform.driving), 1, 1)
        for name, size in (("mean", fields), ("std", fields), ("driver_mean", drivers), ("driver_std", drivers)):
            self.register_buffer(name, torch.ones(size) if name.endswith("std") else torch.zeros(size))
        self.register_buffer("change", torch.ones(fields))
        self.register_buffer("wet", torch.from_numpy(grid.wet_surface.copy()), persistent=False)
        self.register_buffer("ground", _ground(grid), persistent=False)
        self._changing = [transform.names.index(name) for name in transform.changing]
        self.annual_cycle = AnnualCycle(len(self._changing), grid.shape) if transform.has_annual_cycle else None
        inputs = len(transform.names) + 1 + 2 * len(transform.driving) + GROUND
        self.tendency = Tendency(shape, inputs, len(transform.changing), patch)
        keep_stored_names(self, STORED_NAMES)

    def adopt(self, statistics: HeadStatistics) -> None:
        """Take the statistics of the training data; they are stored with the weights."""
        for name, values in vars(statistics).items():
            getattr(self, name).copy_(torch.from_numpy(np.asarray(values)).view(-1, 1, 1))

    def forward(
        self,
        fields: torch.Tensor,
        drivers: torch.Tensor,
        target_drivers: torch.Tensor,
        features: torch.Tensor,
        open_water: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the fields (b, c, h, w) of the next day, in physical units, of `fields` (b, c, h, w), NaN where missing.

        `drivers` and `target_drivers` (b, f, h, w) are those of the day and of the next, `features` (b, d, rows, columns)
        those with which the next was forecast. `open_water` (b, 1, h, w) is True where no ice lies on the next day; where it
        is not known the ice stays. Water that ice has left starts from the mean of the known cells near it.
        """
        known = torch.isfinite(fields).all(dim=1, keepdim=True) & self.wet
        open_water = known if open_water is None else open_water & self.wet
        filled = torch.where(known, fields, _near(fields, known))
        numbers = (self.transform.numbers(filled) - self.mean) / self.std
        around = [torch.nan_to_num((given - self.driver_mean) / self.driver_std) for given in (drivers, target_drivers)]
        ground = self.ground.expand(len(fields), -1, -1, -1)
        planes = torch.cat([torch.where(known | open_water, numbers, 0.0), known.float(), *around, ground], dim=1)
        change = self.change[self._changing] * self.tendency(planes, features)
        return self.transform.changed(filled, change).masked_fill(~open_water, torch.nan)

    def relaxed(self, fields: torch.Tensor, time: np.datetime64) -> torch.Tensor:
        """Return fields (b, c, h, w) relaxed by one day towards the climatology of `time`, where the head has an annual cycle.

        The error of a forecast grows with the lead; that of the climatology does not.
        """
        if self.annual_cycle is None:
            return fields
        change = self.annual_cycle.relaxation(self.transform.numbers(fields[:, self._changing]), time)
        return self.transform.changed(fields, change)


def _near(fields: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Return the mean (b, c, h, w) of the known cells around each, 0 where there are none."""
    whole = Window(0, fields.shape[-2], 0, fields.shape[-1])
    width = 2 * NEAR + 1
    total, share = (
        functional.avg_pool2d(whole.cut(plane, NEAR), width, stride=1)
        for plane in (torch.where(known, fields, 0.0), known.float())
    )
    return total / share.clamp_min(0.5 / width**2)


def _ground(grid: Grid) -> torch.Tensor:
    deptho = np.log1p(np.nan_to_num(grid.deptho) / DEEP) / 2.5
    sine = np.broadcast_to(np.sin(np.deg2rad(grid.lat))[:, None], grid.shape)
    return torch.from_numpy(np.stack([grid.wet_surface, deptho, sine]).astype(np.float32))
