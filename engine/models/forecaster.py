"""The network as a model: whole states in and out, computed in blocks of rows and in tiles, on the processor or a GPU."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import torch

from engine.models.evolution.forcing import FORCINGS, air_of
from engine.models.evolution.season import Season, basis
from engine.models.evolution.static_fields import StaticFields
from engine.models.interface import MEMORY_FIELD, state_of
from engine.models.layers.window import Window, row_blocks, tiles
from engine.models.network import Network
from engine.physics.climatology import Atlas
from engine.physics.displaced_state import climatology
from engine.runtime.allocator import keep_freed_memory, with_own_pages
from engine.runtime.errors import ModelError
from engine.runtime.precision import AUTO, choose_precision, computing
from engine.runtime.threads import each
from engine.schema.batch import Batch
from engine.schema.channels import PROGNOSTIC_CHANNELS, channel_mask
from engine.schema.grid import Grid
from engine.schema.normalisation import Normalisation

TILE = (240, 360)
"""Rows and columns of a tile on the processor. Set by hand: little memory and a small share of halo."""

EMBED_ROWS = 48
"""Rows embedded at once on the processor; set by hand."""

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Forecaster:
    """A trained (or untrained) network on a grid; the state is on `device`, physical, NaN in dry cells.

    `precision` is that of `engine.runtime.precision` in which the next steps are computed.
    """

    uses_forcing = True

    def __init__(
        self,
        network: Network,
        grid: Grid,
        normalisation: Normalisation,
        device: torch.device,
        provenance: dict[str, Any],
        static: StaticFields | None = None,
        precision: str = AUTO,
        mean: Atlas | None = None,
    ) -> None:
        """Take the network on a grid; `mean` is the ocean of its training data, the shipped climatology by default."""
        self.name, self.label = network.preset.name, network.preset.label
        self.provenance, self.grid, self.device, self.normalisation = provenance, grid, device, normalisation
        self.precision = choose_precision(precision, device)
        self.mean = mean
        self.network = network.to(device).eval()
        if device.type == "cpu":
            keep_freed_memory()
        patch, shape = network.preset.patch, grid.shape
        rows, tile = (EMBED_ROWS, TILE) if device.type == "cpu" else (shape[0], shape)
        # With a halo on all sides, so that the static fields of any tile are a view and no copy.
        static = StaticFields.of(grid, mean=mean) if static is None else static
        self._static = static.cut(Window(0, shape[0], 0, shape[1]), network.preset.halo).to(device)
        self._row_blocks = row_blocks(*shape, _whole(rows, patch))
        self._tiles = tiles(grid.wet_surface, _whole(tile[0], patch), _whole(tile[1], patch), patch)
        self._tile_fields = [self._around(tile, network.preset.halo) for tile in self._tiles]
        mask = torch.from_numpy(channel_mask(grid, PROGNOSTIC_CHANNELS))
        self._mask = torch.cat([mask, mask[-1:]]).to(device)
        self._season = Season(grid, network.preset.patch, mean)
        self._known: tuple[np.datetime64, torch.Tensor] | None = None

    def prepare(self, batch: Batch) -> torch.Tensor:
        """Return the initial state (62, h, w) on the device; missing values of wet cells take the climatology.

        The last plane is the change of sea level since the day before, 0 where the batch does not know it.
        """
        mask = self._mask.cpu()
        state = torch.zeros(mask.shape)
        known = state_of(batch, state[:-1])
        if any(bool((torch.isnan(plane) & wet).any()) for plane, wet in zip(known, mask, strict=False)):
            torch.where(torch.isnan(known), state_of(climatology(self.grid, batch.time, self.mean)), known, out=known)
        if MEMORY_FIELD in batch.fields:
            state[-1] = torch.nan_to_num(torch.from_numpy(batch[MEMORY_FIELD]))
        state.masked_fill_(~mask, torch.nan)
        return self._guarded(lambda: state.to(self.device))

    def step(
        self, state: torch.Tensor, forcing: Batch | None, target_forcing: Batch | None, time: np.datetime64
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the state (62, h, w) a day after `time` and the features; raises ModelError when memory runs out."""
        if forcing is None or target_forcing is None:
            raise ModelError(f"model {self.name!r} got no atmosphere for {time}; it needs u10 v10 t2m msl sp of both days")
        air = self._air(forcing)
        target_air = self._air(target_forcing)
        return self._guarded(lambda: self._step(state, air, target_air, time))

    def _step(
        self, state: torch.Tensor, air: torch.Tensor, target_air: torch.Tensor, time: np.datetime64
    ) -> tuple[torch.Tensor, torch.Tensor]:
        halo = self.network.preset.halo
        on_processor = self.device.type == "cpu"

        def embed(rows: Window) -> torch.Tensor:
            with self._computing():
                known = torch.nan_to_num(rows.cut(state, 0))
                return self.network.embed(known, rows.cut(target_air[:FORCINGS], 0), self._around(rows, 0))

        def advance(tile: tuple[Window, StaticFields]) -> None:
            window, static = tile
            with self._computing():
                around = torch.nan_to_num(window.cut(state, halo))
                airs = window.cut(air, halo), window.cut(target_air, halo)
                part = result[:, window.row : window.row + window.rows, window.column : window.column + window.columns]
                self.network.advance(around, *airs, annual_harmonics, modulation, static, window, part)

        with self._computing():
            share = each if on_processor else _in_turn
            features = self.network.features(torch.cat(share(embed, self._row_blocks), dim=1))
            modulation = self.network.modulation(features, self._season.change(time).to(self.device))
            annual_harmonics = basis(time).to(self.device)
            result = with_own_pages(tuple(state.shape)) if on_processor else torch.empty_like(state)
            share(advance, list(zip(self._tiles, self._tile_fields, strict=True)))
            # Cells outside all tiles are dry, too.
            result.masked_fill_(~self._mask, torch.nan)
        return result, features

    def _around(self, window: Window, halo: int) -> StaticFields:
        """Return the static fields of a window and `halo` cells around it, at most those of the preset."""
        edge = self.network.preset.halo - halo
        rows = slice(window.row + edge, window.row + edge + window.rows + 2 * halo)
        return self._static.part(rows, slice(window.column + edge, window.column + edge + window.columns + 2 * halo))

    @contextmanager
    def _computing(self) -> Iterator[None]:
        """Enter inference mode and the precision; both hold for the thread that enters them alone."""
        with torch.inference_mode(), computing(self.device, self.precision):
            yield

    def _air(self, forcing: Batch) -> torch.Tensor:
        if self._known is None or self._known[0] != forcing.time:
            self._known = (forcing.time, air_of(forcing, self.normalisation).to(self.device))
        return self._known[1]

    def _guarded(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise self._out_of_memory() from error
        except RuntimeError as error:
            if "not enough memory" in str(error) or "can't allocate memory" in str(error):
                raise self._out_of_memory() from error
            raise

    def _out_of_memory(self) -> ModelError:
        return ModelError(
            f"model {self.name!r} ran out of memory on {self.device} for the grid {self.grid.shape}; it needs about 4 GB free: "
            "close other programs or choose another --device"
        )


def _whole(size: int, patch: int) -> int:
    """Return the largest multiple of `patch` that is at most `size`, at least one patch."""
    return max(size - size % patch, patch)


def _in_turn(work: Callable[[Piece], Result], pieces: Sequence[Piece]) -> list[Result]:
    return [work(piece) for piece in pieces]


def choose_device(name: str) -> torch.device:
    """Return the device called `name` (auto: CUDA where there is one); raises ModelError where it is not there."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ModelError(f"device {name!r} is not known; expected auto, cpu or cuda") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ModelError(f"device {name!r} was asked for, but this machine shows no CUDA GPU; choose --device cpu")
    return device
