"""The data of each update: drawn from (seed, update, sample), and read in the background while the step runs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from queue import Full, Queue
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Self

import numpy as np
import torch

from engine.models.evolution.forcing import air_from
from engine.models.evolution.operator import STATE
from engine.models.layers.window import Window
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.schema.normalisation import Normalisation
from engine.training.days.packing import unpack
from engine.training.days.runs import Run
from engine.training.plans import Phase, Plan, Windows

WITHHELD_SHARE = 0.1
"""Share of windows without the day before, so that the network learns to start without it; set by hand."""

LEAST_WATER = 0.4
"""Least share of ocean in a window, else another is drawn; set by hand."""

AHEAD = 2
"""Items that are read ahead, set by hand; more would need memory without a gain in speed."""


OCEAN, SEA_LEVEL, AIR = slice(0, STATE), slice(STATE - 1, STATE), slice(STATE, None)
"""Channels of a packed day."""


@dataclass(frozen=True)
class View:
    """A window, whether its day before is withheld, and the seed of the noise on its sea level."""

    window: Window
    withheld: bool
    noise_seed: int


@dataclass(frozen=True)
class TrainingSample:
    """One sample of an update: a day of a run, both by number, and windows by round."""

    run: int
    day: int
    hidden_seed: int | None
    rounds: tuple[tuple[View, ...], ...]


@dataclass(frozen=True, eq=False)
class Globe:
    """Input of the backbone: a packed state (61, h, w) and the packed atmosphere (5, h, w) of the day after."""

    time: np.datetime64
    state: torch.Tensor
    target_air: torch.Tensor
    hidden_seed: int | None

    def map(self, work: Callable[[torch.Tensor], torch.Tensor]) -> "Globe":
        """Return a copy with `work` applied to each tensor."""
        return replace(self, state=work(self.state), target_air=work(self.target_air))


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A window of some days with a margin that narrows by a halo a day; also the whole globe, with the seed of its masking.

    `state` (61, H, W) packed, `before` (1, H, W) the packed sea level of the day before, None where it is withheld, `noise`
    (1, H, W) in m for the sea level of the first day; `airs` (8, ...) of each day, ready to use; `targets` (61, ...) packed,
    of each later day the cells that its forecast reaches.
    """

    window: Window
    time: np.datetime64
    state: torch.Tensor
    before: torch.Tensor | None
    noise: torch.Tensor | None
    airs: tuple[torch.Tensor, ...]
    targets: tuple[torch.Tensor, ...]
    hidden_seed: int | None

    def map(self, work: Callable[[torch.Tensor], torch.Tensor]) -> "Excerpt":
        """Return a copy with `work` applied to each tensor."""
        before, noise = (None if field is None else work(field) for field in (self.before, self.noise))
        airs, targets = (tuple(map(work, fields)) for fields in (self.airs, self.targets))
        return replace(self, state=work(self.state), before=before, noise=noise, airs=airs, targets=targets)


class Draw:
    """Draws samples, which depend on seed, update and number alone."""

    def __init__(self, runs: Sequence[Run], grid: Grid, patch: int, halo: int, plan: Plan, seed: int) -> None:
        self.runs, self.shape, self.patch, self.halo, self.plan, self.seed = runs, grid.shape, patch, halo, plan, seed
        self._wet = torch.from_numpy(grid.wet_surface)
        self._lengths = np.array([len(run) for run in runs])
        if max(self._lengths, default=0) <= plan.longest:
            raise InputError(
                f"the longest run of consecutive training days has {max(self._lengths, default=0)} days; the plan needs "
                f"{plan.longest + 1}: add days"
            )

    def sample(self, step: int, number: int) -> TrainingSample:
        """Return sample `number` of update `step`."""
        phase, _ = self.plan.at(step)
        random = np.random.default_rng([self.seed, step, number])
        # Every day that has the days of the rollout after it in its run is as likely as any other.
        ends = np.cumsum(np.maximum(self._lengths - phase.horizon, 0))
        start = int(random.integers(ends[-1]))
        run = int(np.searchsorted(ends, start, side="right"))
        day = start - int(ends[run - 1] if run else 0)
        hidden_seed = int(random.integers(2**31)) if phase.masked else None
        if not self.halo:
            return TrainingSample(run, day, hidden_seed, ((View(Window(0, self.shape[0], 0, self.shape[1]), True, 0),),))
        windows = self.plan.windows_of(phase)
        rounds = tuple(tuple(self._view(windows, day, random) for _ in range(windows.windows)) for _ in range(windows.rounds))
        return TrainingSample(run, day, hidden_seed, rounds)

    def _view(self, windows: Windows, day: int, random: np.random.Generator) -> View:
        window, withheld = self._window(windows, random), bool(random.random() < WITHHELD_SHARE)
        return View(window, withheld or day == 0, int(random.integers(2**31)))

    def _window(self, windows: Windows, random: np.random.Generator) -> Window:
        """A window with its corner on the corner of a patch and with enough water."""
        height, width = self.shape
        rows, columns = min(windows.rows, height), min(windows.columns, width)
        for _ in range(100):
            row = self.patch * int(random.integers((height - rows) // self.patch + 1))
            window = Window(row, rows, self.patch * int(random.integers(width // self.patch)), columns)
            if window.cut(self._wet, 0).float().mean() >= LEAST_WATER:
                break
        return window


class Reader:
    """Reads the data of a sample from the runs of days."""

    def __init__(self, draw: Draw, grid: Grid, normalisation: Normalisation) -> None:
        self.draw, self.lat, self.normalisation = draw, torch.tensor(grid.lat)[:, None], normalisation

    def globe(self, sample: TrainingSample) -> Globe:
        """Return the input of the backbone."""
        run, day = self.draw.runs[sample.run], sample.day
        return Globe(self._time(sample), run.whole(day, OCEAN), run.whole(day + 1, AIR), sample.hidden_seed)

    def excerpts(self, sample: TrainingSample, phase: Phase, number: int) -> list[Excerpt]:
        """Return the windows of a round."""
        return [self._excerpt(sample, phase, view) for view in sample.rounds[number]]

    def _excerpt(self, sample: TrainingSample, phase: Phase, view: View) -> Excerpt:
        window = view.window
        run, day, halo = self.draw.runs[sample.run], sample.day, self.draw.halo
        reach = phase.horizon * halo
        airs, targets = [self._air(run, day, window, reach)], []
        for ahead in range(1, phase.horizon + 1):
            rest = (phase.horizon - ahead) * halo
            airs.append(self._air(run, day + ahead, window, rest + halo))
            targets.append(run.read(day + ahead, OCEAN, window, rest))
        return Excerpt(
            window,
            self._time(sample),
            run.read(day, OCEAN, window, reach),
            None if view.withheld else run.read(day - 1, SEA_LEVEL, window, reach),
            _noise(phase.noise, window, reach, view.noise_seed) if phase.noise else None,
            tuple(airs),
            tuple(targets),
            sample.hidden_seed,
        )

    def _time(self, sample: TrainingSample) -> np.datetime64:
        return self.draw.runs[sample.run].first + sample.day

    def _air(self, run: Run, day: int, window: Window, reach: int) -> torch.Tensor:
        lat = Window(window.row, window.rows, 0, 1).cut(self.lat, reach)[:, 0]
        return air_from(unpack(run.read(day, AIR, window, reach), STATE).numpy(), lat.numpy(), self.normalisation)


def _noise(largest: float, window: Window, reach: int, seed: int) -> torch.Tensor:
    """Noise (1, H, W) in m, a few cells wide, of a size between 0 and `largest`."""
    generator = torch.Generator().manual_seed(seed)
    size, wide = torch.rand(2, generator=generator).tolist()
    shape = 1, 1, window.rows + 2 * reach + 4, window.columns + 2 * reach + 4
    noise = torch.nn.functional.avg_pool2d(torch.randn(shape, generator=generator), 3, 1)
    noise = torch.nn.functional.avg_pool2d(noise, 3, 1)[0] if wide > 0.5 else noise[0, :, 1:-1, 1:-1]
    return largest * size * noise / noise.std()


Item = Globe | list[Excerpt]


def items(reader: Reader, updates: Iterable[int], shard: Iterable[int], keeps_pass: bool) -> Iterator[Item]:
    """Yield the data of the samples `shard` of updates, in the order in which the trainer takes it.

    Each update: the Globe of every sample, for each round the Excerpts of every sample, and the Globes once more unless
    the trainer keeps its pass over them. Without a halo: one Excerpt of every sample, the whole globe.
    """
    numbers = list(shard)
    for step in updates:
        phase, _ = reader.draw.plan.at(step)
        samples = [reader.draw.sample(step, number) for number in numbers]
        if reader.draw.halo:
            yield from map(reader.globe, samples)
        for number in range(len(samples[0].rounds)):
            for sample in samples:
                yield reader.excerpts(sample, phase, number)
        if reader.draw.halo and not keeps_pass:
            yield from map(reader.globe, samples)


class Loader:
    """Reads items in a thread, up to `AHEAD` before they are taken; `waited` counts the seconds of waiting in `take`."""

    def __init__(self, source: Iterator[Item], device: torch.device) -> None:
        self.waited = 0.0
        self._device = device
        self._queue: Queue[Item | BaseException] = Queue(AHEAD)
        self._stopped = Event()
        self._thread = Thread(target=self._read, args=(source,), daemon=True, name="training days")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join()

    def take_globe(self) -> Globe:
        """Return the next item, which is a Globe by the order of `items`, on the device."""
        item = self._take()
        assert isinstance(item, Globe)
        return item.map(self._to_device)

    def take_excerpts(self) -> list[Excerpt]:
        """Return the next item, which is a list of Excerpts by the order of `items`, on the device."""
        item = self._take()
        assert isinstance(item, list)
        return [excerpt.map(self._to_device) for excerpt in item]

    def _take(self) -> Item:
        began = monotonic()
        item = self._queue.get()
        self.waited += monotonic() - began
        if isinstance(item, BaseException):
            raise item
        return item

    def _to_device(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.to(self._device, non_blocking=True)

    def _read(self, source: Iterator[Item]) -> None:
        try:
            for item in source:
                # Copies to a GPU run in parallel to its work from pinned memory alone.
                if self._device.type == "cuda":
                    pin = torch.Tensor.pin_memory
                    item = item.map(pin) if isinstance(item, Globe) else [excerpt.map(pin) for excerpt in item]
                self._put(item)
                if self._stopped.is_set():
                    return
        except BaseException as error:
            self._put(error)

    def _put(self, item: Item | BaseException) -> None:
        while not self._stopped.is_set():
            try:
                return self._queue.put(item, timeout=0.1)
            except Full:
                continue
