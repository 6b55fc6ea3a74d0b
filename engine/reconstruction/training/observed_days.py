"""Days of an ocean that random observing systems observe, interpolated and stored for the training of the completion."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, Subset

from engine.physics.displaced_state import climatology
from engine.readers.tables.observations import Observations, joined
from engine.reconstruction.analysis import surface_estimates
from engine.reconstruction.completion import completion_inputs
from engine.reconstruction.covariances import SURFACE, covariance
from engine.reconstruction.training.observing_systems import floats, random_columns, tracks
from engine.runtime.atomic import replacing
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.sources import Source

SMALLEST_SHARE = 0.01
SYSTEMS = 0.4
"""Share of the samples with altimeters and floats, the others have random columns; set by hand."""

CompletionSample = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


class ObservedDays(Dataset[CompletionSample]):
    """`count` samples: inputs of the network (13, h, w), the truth in spreads (3, h, w), and weights (h, w) that sum to 1.

    An interpolation takes many times longer than an update, so each sample is computed once and stored in `folder`.
    """

    def __init__(self, sources: Sequence[Source], days: Sequence[np.datetime64], count: int, folder: Path) -> None:
        self.sources, self.days, self.count, self.folder = sources, days, count, folder
        self.grid: Grid = sources[0].state(days[0]).grid
        self.spreads = {name: covariance(self.grid, name) for name in SURFACE}

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> CompletionSample:
        path = self._path(number)
        if path.exists():
            inputs, target, weights = torch.load(path, weights_only=True)
            return inputs, target, weights
        sample = self._made(number)
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            torch.save(sample, temporary)
        return sample

    def prepare(self, workers: int) -> None:
        """Compute the missing samples in `workers` processes; a killed run resumes where it was."""
        missing = Subset(self, [number for number in range(self.count) if not self._path(number).exists()])
        for made, _ in enumerate(DataLoader(missing, batch_size=None, num_workers=workers), 1):
            if made % 10 == 0:
                print(f"{made} of {len(missing)} samples made", flush=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:05}.pt"

    def _made(self, number: int) -> CompletionSample:
        generator = np.random.default_rng(number)
        source = self.sources[int(generator.integers(len(self.sources)))]
        time = self.days[int(generator.integers(len(self.days)))]
        state = source.state(time)
        seen = _seen(state, generator)
        seasonal_mean = climatology(self.grid, time)
        inputs = completion_inputs(surface_estimates(seen, self.grid, time, seasonal_mean, self.spreads), self.spreads, self.grid)
        fields = [
            (state[name] - seasonal_mean[name]) if name == "zos" else (state[name][0] - seasonal_mean[name][0])
            for name in SURFACE
        ]
        target = np.stack([field / self.spreads[name].spread for field, name in zip(fields, SURFACE, strict=True)])
        weights = np.where(self.grid.wet_surface, self.grid.cell_area, 0)
        return inputs, _tensor(target), _tensor(weights / weights.sum())


def _seen(state: Batch, generator: np.random.Generator) -> Observations:
    if generator.random() >= SYSTEMS:
        return random_columns(state, float(np.exp(generator.uniform(np.log(SMALLEST_SHARE), 0))), generator)
    # The state is constant in that time: eleven states for a sample would take longer than everything else.
    kinds = [tracks(lambda _: state, generator), floats(lambda _: state, generator)]
    return joined(kinds[: 1 + int(generator.integers(2))])


def _tensor(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.nan_to_num(values).astype(np.float32))
