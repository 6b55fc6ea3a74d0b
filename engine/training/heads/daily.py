"""Samples, statistics and loss of the heads that forecast day by day: rollouts over a few stored days."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from engine.models.heads.daily import DayHead, FieldTransform, HeadStatistics
from engine.schema.grid import Grid
from engine.training.heads.training import Score
from engine.training.losses import squared_error

SEQUENCE_DAYS = 2
"""Days of a rollout in a sample, set by hand: from one day alone a head would not learn to read its own output."""

DAYS_APART = 8
"""Days between the starts of two samples, set by hand: weather changes in that time, and features cost a pass of the backbone."""

DISTURBANCE = 0.5
"""Size of the disturbance of the first day of a sample, in typical daily changes. Set by hand: without it errors of the head grew
into stripes across the ocean by the second week."""

PATTERNS = (4, 8, 16)
"""Cells of the coarse grids from which disturbances are interpolated; set by hand."""

STATISTICS_SAMPLES = 12

Sample = dict[str, torch.Tensor]
Features = Callable[[str, np.datetime64], np.ndarray]
"""Gives the backbone's features (d, rows, columns) of a series and a day."""


class HeadDays(Protocol):
    """The training data of a head in one series, by day, on the head's grid."""

    def fields(self, time: np.datetime64) -> np.ndarray:
        """Return the head's fields (c, h, w) in the order of its transform, NaN where missing."""
        ...

    def drivers(self, time: np.datetime64) -> np.ndarray:
        """Return the planes (f, h, w) of the head's transform."""
        ...


def sequence(first: np.datetime64) -> np.ndarray:
    """Return the days of the sample that begins on `first`, datetime64[D]."""
    return first.astype("datetime64[D]") + np.arange(SEQUENCE_DAYS + 1)


def first_days(stored: np.ndarray, begin: np.datetime64, earliest: np.datetime64) -> list[np.datetime64]:
    """Return the days from `earliest` on after which a whole sequence is stored too, `DAYS_APART` apart counted from `begin`."""
    held = set(stored)
    wanted = stored[(stored >= earliest) & ((stored - begin).astype(int) % DAYS_APART == 0)]
    return [day for day in wanted if held.issuperset(sequence(day))]


@dataclass(frozen=True)
class DaySamples:
    """Samples of consecutive days: `fields` (k + 1, c, h, w), `drivers` (k + 1, f, h, w), `features` (k, d, rows, columns).

    `starts` are (series, first day); `features` of a day are those with which it is forecast, so the first day has none.
    """

    starts: Sequence[tuple[str, np.datetime64]]
    series: Mapping[str, HeadDays]
    features: Features

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, number: int) -> Sample:
        name, first = self.starts[number]
        times, days = sequence(first), self.series[name]
        arrays = {
            "fields": np.stack([days.fields(time) for time in times]),
            "drivers": np.stack([days.drivers(time) for time in times]),
            "features": np.stack([self.features(name, time) for time in times[1:]]),
        }
        return {name: torch.from_numpy(values.astype(np.float32)) for name, values in arrays.items()}

    def statistics(self, transform: FieldTransform) -> HeadStatistics:
        """Return means, deviations and typical changes of a day over some of the samples."""
        chosen = np.unique(np.linspace(0, len(self) - 1, STATISTICS_SAMPLES).astype(int))
        pairs, drivers = [], []
        for number in chosen:
            sample = self[int(number)]
            pairs.append(transform.numbers(sample["fields"][:2]).numpy())
            drivers.append(sample["drivers"][0].numpy())
        numbers, driving = np.stack(pairs), np.stack(drivers)
        change = np.sqrt(np.nanmean((numbers[:, 1] - numbers[:, 0]) ** 2, axis=(0, 2, 3)))
        mean, std = np.nanmean(numbers, axis=(0, 1, 3, 4)), np.nanstd(numbers, axis=(0, 1, 3, 4))
        driver_mean, driver_std = np.nanmean(driving, axis=(0, 2, 3)), np.nanstd(driving, axis=(0, 2, 3))
        return HeadStatistics(mean, _divisor(std), driver_mean, _divisor(driver_std), _divisor(change))


def _divisor(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 1e-6)


def disturbed(head: DayHead, fields: torch.Tensor) -> torch.Tensor:
    """Return fields (1, c, h, w) under a smooth random disturbance, seeded by the fields, so that it is the same each time."""
    water = torch.where(head.wet, fields, 0.0).nan_to_num()
    seed = int(water.double().sum().item() * 1e3) % 2**31
    random = torch.Generator().manual_seed(seed)
    count, (rows, columns) = len(head.transform.changing), fields.shape[-2:]
    cells = PATTERNS[int(torch.randint(len(PATTERNS), (), generator=random))]
    coarse = torch.randn((1, count, -(-rows // cells), -(-columns // cells)), generator=random)
    noise = functional.interpolate(coarse, size=(rows, columns), mode="bicubic", align_corners=False).to(fields.device)
    typical = head.change[[head.transform.names.index(name) for name in head.transform.changing]]
    return head.transform.changed(fields, DISTURBANCE * typical * noise)


class DayObjective:
    """Square errors of a head's numbers over the days of a sample, by area, in units of a typical daily change.

    A cell counts where the first day and the target are known, so that persistence has a value there, too.
    """

    def __init__(self, grid: Grid) -> None:
        self._area = torch.from_numpy(grid.cell_area / grid.cell_area.max()).float()

    def __call__(self, head: nn.Module, sample: Sample) -> Score:
        """Return the score of a head on one sample: its loss, that of persistence, error ratios of the first day by field."""
        assert isinstance(head, DayHead)
        fields, drivers, features = (sample[name].to(head.mean.device) for name in ("fields", "drivers", "features"))
        state = disturbed(head, fields[:1]) if head.training else fields[:1]
        errors, persisted = [], []
        for day in range(1, len(fields)):
            target = fields[day : day + 1]
            water = torch.isfinite(target).all(dim=1, keepdim=True)
            around = drivers[day - 1 : day], drivers[day : day + 1]
            state = head(state, *around, features[day - 1 : day], water)
            errors.append(self._error(head, state, target, fields[:1]))
            persisted.append(self._error(head, fields[:1], target, fields[:1]))
        names = head.transform.names
        ratios = (errors[0].detach() / persisted[0].clamp_min(1e-9)).sqrt()
        by_name = {name: float(ratio) for name, ratio in zip(names, ratios, strict=True)}
        return Score(torch.stack(errors).mean(), float(torch.stack(persisted).mean()), by_name)

    def _error(self, head: DayHead, state: torch.Tensor, target: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
        """Return the mean square error (c,) of the numbers of fields (1, c, h, w), in squares of a typical day's change."""
        known = torch.isfinite(target).all(dim=1) & torch.isfinite(first).all(dim=1) & head.wet
        # A logarithm of NaN would put NaN into gradients, even in cells without weight.
        ours, theirs = (head.transform.numbers(torch.where(known, field[0], 1.0)[None])[0] for field in (state, target))
        return squared_error(ours, theirs, known, self._area.to(known.device), head.change.flatten())
