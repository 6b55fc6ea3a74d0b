"""What each update reads: drawn ahead of time from (seed, update, sample), read in the background while the step runs."""

from collections.abc import Callable, Iterable, Iterator
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
from engine.training.dataset import Sequences, unpack
from engine.training.plans import Phase, Plan, Windows

FORGETTING = 0.1
"""Share of windows whose day before is withheld."""

LEAST_WATER = 0.4
"""Share of a window that is ocean, else another is drawn."""

AHEAD = 2
"""Pieces read before they are asked for; more would only fill memory."""


@dataclass(frozen=True)
class View:
    """A window, whether its day before is withheld, and the seed of the noise on its sea level."""

    window: Window
    forgotten: bool
    noise_seed: int


@dataclass(frozen=True)
class Sample:
    """What one sample of an update looks at: a day of a sequence, and windows by round."""

    sequence: int
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
        """Return the same with `work` done on each tensor."""
        return replace(self, state=work(self.state), target_air=work(self.target_air))


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A window of some days with a rim that narrows by a halo a day; also the whole globe, with the seed of what is hidden.

    `state` (61, H, W) packed, `before` (1, H, W) the packed sea level of the day before, None where it is forgotten, `noise`
    (1, H, W) in m for the sea level of the first day; `airs` (8, ...) of each day, ready to use; `targets` (61, ...) packed,
    of each later day all that its forecast reaches.
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
        """Return the same with `work` done on each tensor."""
        before, noise = (None if field is None else work(field) for field in (self.before, self.noise))
        airs, targets = (tuple(map(work, fields)) for fields in (self.airs, self.targets))
        return replace(self, state=work(self.state), before=before, noise=noise, airs=airs, targets=targets)


class Draw:
    """Draws samples: the same for the same seed, update and number, whoever asks, and whenever."""

    def __init__(self, sequences: Sequences, grid: Grid, patch: int, halo: int, plan: Plan, seed: int) -> None:
        self.sequences, self.shape, self.patch, self.halo, self.plan, self.seed = sequences, grid.shape, patch, halo, plan, seed
        self._wet = torch.from_numpy(grid.wet_surface)
        if max(sequences.lengths) <= plan.longest:
            raise InputError(
                f"training sequences in {sequences.folder} have {max(sequences.lengths)} days; the plan needs "
                f"{plan.longest + 1}: remove the folder and prepare them again"
            )

    def sample(self, step: int, number: int) -> Sample:
        """Return sample `number` of update `step`."""
        phase, _ = self.plan.at(step)
        random = np.random.default_rng([self.seed, step, number])
        fitting = [index for index, length in enumerate(self.sequences.lengths) if length > phase.horizon]
        sequence = fitting[int(random.integers(len(fitting)))]
        day = int(random.integers(self.sequences.lengths[sequence] - phase.horizon))
        hidden_seed = int(random.integers(2**31)) if phase.masked else None
        if not self.halo:
            return Sample(sequence, day, hidden_seed, ((View(Window(0, self.shape[0], 0, self.shape[1]), True, 0),),))
        windows = self.plan.windows_of(phase)
        rounds = tuple(tuple(self._view(windows, day, random) for _ in range(windows.windows)) for _ in range(windows.rounds))
        return Sample(sequence, day, hidden_seed, rounds)

    def _view(self, windows: Windows, day: int, random: np.random.Generator) -> View:
        window, forgotten = self._window(windows, random), bool(random.random() < FORGETTING)
        return View(window, forgotten or day == 0, int(random.integers(2**31)))

    def _window(self, windows: Windows, random: np.random.Generator) -> Window:
        """A window, its corner on a patch corner, with enough water in it."""
        height, width = self.shape
        rows, columns = min(windows.rows, height), min(windows.columns, width)
        for _ in range(100):
            row = self.patch * int(random.integers((height - rows) // self.patch + 1))
            window = Window(row, rows, self.patch * int(random.integers(width // self.patch)), columns)
            if window.cut(self._wet, 0).float().mean() >= LEAST_WATER:
                break
        return window


class Reader:
    """Reads what a sample looks at out of the packed sequences."""

    def __init__(self, draw: Draw, grid: Grid, normalisation: Normalisation) -> None:
        self.draw, self.lat, self.normalisation = draw, torch.tensor(grid.lat)[:, None], normalisation

    def globe(self, sample: Sample) -> Globe:
        """Return the input of the backbone."""
        sequence = self.draw.sequences.read(sample.sequence)
        return Globe(
            self._time(sample), sequence[sample.day, :STATE].clone(), sequence[sample.day + 1, STATE:].clone(), sample.hidden_seed
        )

    def excerpts(self, sample: Sample, phase: Phase, number: int) -> list[Excerpt]:
        """Return the windows of a round."""
        return [self._excerpt(sample, phase, view) for view in sample.rounds[number]]

    def _excerpt(self, sample: Sample, phase: Phase, view: View) -> Excerpt:
        window = view.window
        sequence, day, halo = self.draw.sequences.read(sample.sequence), sample.day, self.draw.halo
        rim = phase.horizon * halo
        airs, targets = [self._air(sequence[day, STATE:], window, rim)], []
        for ahead in range(1, phase.horizon + 1):
            rest = (phase.horizon - ahead) * halo
            airs.append(self._air(sequence[day + ahead, STATE:], window, rest + halo))
            targets.append(window.cut(sequence[day + ahead, :STATE], rest).clone())
        return Excerpt(
            window,
            self._time(sample),
            window.cut(sequence[day, :STATE], rim).clone(),
            None if view.forgotten else window.cut(sequence[day - 1, STATE - 1 : STATE], rim).clone(),
            _noise(phase.noise, window, rim, view.noise_seed) if phase.noise else None,
            tuple(airs),
            tuple(targets),
            sample.hidden_seed,
        )

    def _time(self, sample: Sample) -> np.datetime64:
        return self.draw.sequences.first_day(sample.sequence) + sample.day

    def _air(self, packed: torch.Tensor, window: Window, rim: int) -> torch.Tensor:
        lat = Window(window.row, window.rows, 0, 1).cut(self.lat, rim)[:, 0]
        return air_from(unpack(window.cut(packed, rim), STATE).numpy(), lat.numpy(), self.normalisation)


def _noise(largest: float, window: Window, rim: int, seed: int) -> torch.Tensor:
    """Noise (1, H, W) in m, a few cells wide, of a size between 0 and `largest`."""
    generator = torch.Generator().manual_seed(seed)
    size, wide = torch.rand(2, generator=generator).tolist()
    shape = 1, 1, window.rows + 2 * rim + 4, window.columns + 2 * rim + 4
    noise = torch.nn.functional.avg_pool2d(torch.randn(shape, generator=generator), 3, 1)
    noise = torch.nn.functional.avg_pool2d(noise, 3, 1)[0] if wide > 0.5 else noise[0, :, 1:-1, 1:-1]
    return largest * size * noise / noise.std()


Piece = Globe | list[Excerpt]


def pieces(reader: Reader, updates: Iterable[int], mine: Iterable[int], keeps_pass: bool) -> Iterator[Piece]:
    """Yield what updates need of samples `mine`, in the order in which the trainer asks for it.

    Each update: the Globe of every sample, for each round the Excerpts of every sample, and the Globes once more unless
    the trainer keeps its pass over them. Without a halo: one Excerpt of every sample, the whole globe.
    """
    numbers = list(mine)
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
    """Reads pieces in a thread, up to `AHEAD` before they are taken; `waited` is how many seconds `take` stood still."""

    def __init__(self, source: Iterator[Piece], device: torch.device) -> None:
        self.waited = 0.0
        self._device = device
        self._queue: Queue[Piece | BaseException] = Queue(AHEAD)
        self._stopped = Event()
        self._thread = Thread(target=self._read, args=(source,), daemon=True, name="training days")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join()

    def take_globe(self) -> Globe:
        """Return the next piece, which the order of `pieces` makes a Globe, on the device."""
        piece = self._take()
        assert isinstance(piece, Globe)
        return piece.map(self._to_device)

    def take_excerpts(self) -> list[Excerpt]:
        """Return the next piece, which the order of `pieces` makes a list of Excerpts, on the device."""
        piece = self._take()
        assert isinstance(piece, list)
        return [excerpt.map(self._to_device) for excerpt in piece]

    def _take(self) -> Piece:
        began = monotonic()
        piece = self._queue.get()
        self.waited += monotonic() - began
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def _to_device(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.to(self._device, non_blocking=True)

    def _read(self, source: Iterator[Piece]) -> None:
        try:
            for piece in source:
                # Copies to a GPU run beside its work from pinned memory alone.
                if self._device.type == "cuda":
                    pin = torch.Tensor.pin_memory
                    piece = piece.map(pin) if isinstance(piece, Globe) else [excerpt.map(pin) for excerpt in piece]
                self._put(piece)
                if self._stopped.is_set():
                    return
        except BaseException as error:
            self._put(error)

    def _put(self, piece: Piece | BaseException) -> None:
        while not self._stopped.is_set():
            try:
                return self._queue.put(piece, timeout=0.1)
            except Full:
                continue
