"""Mean, deviation and daily change of the channels, streamed over all training days by all processes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engine.runtime.progress import Progress, no_progress
from engine.schema.channels import PROGNOSTIC_CHANNELS
from engine.schema.grid import Grid
from engine.schema.normalisation import Normalisation
from engine.schema.variables import VARIABLES
from engine.training.days.packing import CHANNELS, OFFSET, SCALE
from engine.training.days.runs import Run
from engine.training.distributed import ProcessGroup


@dataclass(frozen=True, eq=False)
class Statistics:
    """Mean and deviation of the 66 channels and the typical change of the 61 prognostic ones in a day."""

    normalisation: Normalisation
    tendency: np.ndarray


@dataclass(frozen=True, eq=False)
class Moments:
    """Count of days, mean (c,) and summed squares (c,) of departures from it, and count and summed squares of daily changes.

    Sums of squares are area means, in packed steps.
    """

    days: float
    mean: torch.Tensor
    squares: torch.Tensor
    changes: float
    changed: torch.Tensor

    def with_others(self, other: "Moments") -> "Moments":
        """Return the moments of both sets of days, by the update of Chan, Golub and LeVeque (1983), doi:10.2307/2683386."""
        days = self.days + other.days
        share, apart = other.days / max(days, 1.0), other.mean - self.mean
        squares = self.squares + other.squares + apart**2 * self.days * share
        return Moments(
            days, self.mean + apart * share, squares, self.changes + other.changes, self.changed + other.changed
        )  # fmt: skip

    def to_table(self) -> torch.Tensor:
        """Return all of it as one tensor (5, c)."""
        counts = torch.tensor([self.days, self.changes], dtype=torch.float64)
        return torch.stack([*counts[:, None].expand(2, len(CHANNELS)), self.mean, self.squares, self.changed])

    @staticmethod
    def from_table(table: torch.Tensor) -> "Moments":
        """Return the moments that `to_table` wrote."""
        days, changes, mean, squares, changed = table
        return Moments(float(days[0]), mean, squares, float(changes[0]), changed)


def statistics(
    runs: Sequence[Run], grid: Grid, group: ProcessGroup | None = None, progress: Progress = no_progress
) -> Statistics:
    """Return statistics over the wet cells of all days of `runs`, weighted by area; the processes of a group share the days."""
    group = ProcessGroup() if group is None else group
    tables = torch.zeros(group.size, 5, len(CHANNELS), dtype=torch.float64)
    tables[group.rank] = _moments(runs, grid, group, progress).to_table()
    found = _none()
    for table in group.total(tables.to(group.device)).cpu():
        found = found.with_others(Moments.from_table(table))
    std = (found.squares / max(found.days, 1.0)).sqrt().numpy() * SCALE
    std = np.where(std < 1e-6, 1.0, std)
    mean = found.mean.numpy() * SCALE.astype(np.float64) + OFFSET
    normalisation = Normalisation(
        tuple(channel.label for channel in CHANNELS), mean.astype(np.float32), std.astype(np.float32)
    )  # fmt: skip
    change = ((found.changed / max(found.changes, 1.0)).sqrt().numpy() * SCALE)[: len(PROGNOSTIC_CHANNELS)]
    return Statistics(normalisation, np.where(change < 1e-7, 1.0, change).astype(np.float32))


def _none() -> Moments:
    zero = torch.zeros(len(CHANNELS), dtype=torch.float64)
    return Moments(0.0, zero, zero, 0.0, zero)


def _moments(runs: Sequence[Run], grid: Grid, group: ProcessGroup, progress: Progress) -> Moments:
    """Return the moments of the days of this process, which are consecutive: each is read once."""
    days = [(run, number) for run in runs for number in range(len(run))]
    first, last = (len(days) * rank // group.size for rank in (group.rank, group.rank + 1))
    weights = _weights(grid)
    found, ahead = _none(), None
    for position in range(first, last):
        run, number = days[position]
        progress((position - first) / (last - first), f"statistics of {run.days[number]}")
        values = run.whole(number) if ahead is None else ahead
        ahead = run.whole(number + 1) if number + 1 < len(run) else None
        found = found.with_others(_of_day(values, ahead, weights))
    return found


def _of_day(values: torch.Tensor, ahead: torch.Tensor | None, weights: torch.Tensor) -> Moments:
    mean, squares, changed = torch.zeros(3, len(CHANNELS), dtype=torch.float64)
    for number, channel in enumerate(CHANNELS):
        weight = weights[-1 if VARIABLES[channel.variable].role == "forcing" else channel.level or 0]
        field = values[number].flatten().double()
        mean[number] = field @ weight
        squares[number] = (field - mean[number]) ** 2 @ weight
        if ahead is not None:
            changed[number] = (ahead[number].flatten().double() - field) ** 2 @ weight
    return Moments(1.0, mean, squares, float(ahead is not None), changed)


def _weights(grid: Grid) -> torch.Tensor:
    """Return the share (z + 1, cells) of each cell in the area of the water of a level, in the last row of the whole globe."""
    area = torch.from_numpy(np.stack([*grid.wet, np.ones(grid.shape, dtype=bool)]) * grid.cell_area).double().flatten(1)
    return area / area.sum(1, keepdim=True).clamp_min(1e-12)
