"""Heads beside a forecast of the ocean: the fields of each day from those of the day before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

import numpy as np
import torch

from engine.forecasting.rollout import Step
from engine.models.heads.daily import DayHead, HeadConditions
from engine.models.heads.downscaling import Downscaling, refined
from engine.physics.climatology import Atlas, mean_sea_level
from engine.readers.regrid import AreaMean
from engine.runtime.errors import InputError, ModelError
from engine.runtime.precision import computing
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.schema.grid import Grid

AIR = ("u10", "v10", "t2m")


class Averaging:
    """Area means of the weather, and of the sea surface `with_ocean`, from the ocean's grid to that of a head."""

    def __init__(self, source: Grid, target: Grid, with_ocean: bool, mean: Atlas | None = None) -> None:
        same = source.shape == target.shape and np.allclose(source.lat, target.lat) and np.allclose(source.lon, target.lon)
        self._mean = None if same else AreaMean(source.lat, source.lon, target.lat, target.lon)
        self._lat, self._sea_level = target.lat, mean_sea_level(source, mean) if with_ocean else None

    def __call__(self, forcing: Batch, ocean: Batch | None = None) -> HeadConditions:
        """Return the conditions of the day of `forcing`, with the `ocean` of that day where the head reads it."""
        fields = {name: forcing[name] for name in AIR}
        if self._sea_level is not None:
            if ocean is None:
                raise InputError(f"the ocean of {forcing.time} was not given; this head reads surface temperature and sea level")
            fields["surface_temperature"] = ocean["thetao"][0]
            fields["sea_level_anomaly"] = ocean["zos"] - self._sea_level
        if self._mean is not None:
            fields = {name: self._mean(values) for name, values in fields.items()}
        return HeadConditions(forcing.time, self._lat, fields)


class RollingHead(Protocol):
    """A head within a forecast; `batch` holds its fields of the last computed day."""

    batch: Batch
    has_state: bool
    """Whether the fields of a day depend on those of the day before, so that a restart needs them."""

    def advance(self, step: Step, forcing: Batch, open_water: np.ndarray | None = None) -> Batch:
        """Return the head's fields of the day of `step`, the next of the ocean's, under that day's weather."""
        ...


class Refinement:
    """The Kuroshio head beside a forecast: the detail of each day depends on that day's ocean and features alone."""

    has_state = False

    def __init__(self, head: Downscaling, ocean: Batch) -> None:
        """Start from the ocean of one day, which has no features."""
        self.head = head.eval()
        self.batch = refined(self.head, ocean, None)

    def advance(self, step: Step, forcing: Batch, open_water: np.ndarray | None = None) -> Batch:
        """Return the surface of the day of `step` at 1/12 degree; raises ModelError for a step without features."""
        self.batch = refined(self.head, step.batch, _features(step))
        return self.batch


class HeadRollout:
    """A head within a forecast; `batch` holds its fields of the last computed day.

    Restarted from the batches of any day it computes the same fields.
    """

    has_state = True

    def __init__(self, head: DayHead, initial: Batch, ocean: Batch, forcing: Batch, mean: Atlas | None = None) -> None:
        """Start from the head's fields, the ocean and the weather of one day.

        Raises InputError where the fields lie on another grid than the head's.
        """
        if not initial.grid.same_as(head.grid):
            raise InputError(
                f"initial fields of {initial.time} have the grid {initial.grid.shape}; the head runs on {head.grid.shape}: "
                "average them to it first"
            )
        self.head, self.batch = head.eval(), initial
        self._averaging = Averaging(ocean.grid, head.grid, head.transform.reads_ocean, mean)
        self._drivers = self._driven(forcing, ocean)
        self._fields = self._tensor(np.stack([initial[name] for name in head.transform.names]))

    def advance(self, step: Step, forcing: Batch, open_water: np.ndarray | None = None) -> Batch:
        """Return the head's fields of the day of `step`, the next of the ocean's, under that day's weather.

        `open_water` (h, w) is True where no ice lies on that day; where it is not given the ice of the first day stays.
        Raises InputError for another day than the next, ModelError for a step without features.
        """
        features = _features(step)
        times = (step.batch.time - self.batch.time, forcing.time - self.batch.time)
        if any(time != DAY for time in times):
            raise InputError(f"the head stands at {self.batch.time} and got {step.batch.time}, weather of {forcing.time}")
        drivers = self._driven(forcing, step.batch)
        features = features.to(self._fields.device, torch.float32)[None]
        water = None if open_water is None else self._tensor(open_water)[None]
        with torch.inference_mode():
            with computing(features.device, self.head.precision):
                changed = self.head(self._fields, self._drivers, drivers, features, water)
            self._fields = self.head.relaxed(changed, forcing.time)
        self._drivers = drivers
        names = self.head.transform.names
        self.batch = Batch(dict(zip(names, self._fields[0].cpu().numpy(), strict=True)), self.head.grid, step.batch.time)
        return self.batch

    def _driven(self, forcing: Batch, ocean: Batch) -> torch.Tensor:
        return self._tensor(self.head.transform.drivers(self._averaging(forcing, ocean)))

    def _tensor(self, values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(values))[None].to(self.head.mean.device)


def _features(step: Step) -> torch.Tensor:
    if step.features is None:
        raise ModelError(f"day {step.lead} of the forecast has no features; heads go with the network alone")
    return step.features


def with_heads(
    steps: Iterable[Step],
    heads: Mapping[str, RollingHead],
    forcings: Callable[[np.datetime64], Batch],
    open_water: Callable[[str, np.datetime64], np.ndarray | None] = lambda *_: None,
) -> Iterator[tuple[Step, dict[str, Batch]]]:
    """Yield each step of the ocean with the fields of all `heads` on that day.

    `forcings` gives the weather of a time, `open_water` where no ice lies for a head on that day, None where it is not known.
    """
    for step in steps:
        fields = {}
        if heads:
            forcing = forcings(step.batch.time)
            fields = {name: head.advance(step, forcing, open_water(name, step.batch.time)) for name, head in heads.items()}
        yield step, fields
