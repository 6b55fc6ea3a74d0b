"""A small globe with land, a small network and made-up weather for it."""

import numpy as np
import torch

from engine.models.backbones.presets import SURFACE_LAYER, Preset
from engine.models.evolution.static_fields import StaticFields
from engine.models.forecaster import Forecaster
from engine.models.network import Network
from engine.physics.climatology import Modes
from engine.schema.batch import Batch
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, channel_mask
from engine.schema.grid import Grid
from engine.schema.normalisation import Normalisation
from engine.schema.variables import DEPTHS

EVOLUTION = Preset("tiny", "Tiny", 4, 2, 16, 1, 16, 4, "evolution", SURFACE_LAYER, local_width=8, dilations=(1, 2))
LINEAR = Preset("tiny-linear", "Tiny", 4, 2, 16, 1, 16, 4, "linear")
FIELDS = Preset("tiny-fields", "Tiny", 4, 2, 16, 1, 16, 4, "fields")
LABELS = tuple(channel.label for channel in PROGNOSTIC_CHANNELS + FORCING_CHANNELS)


def tiny_grid(rows: int = 24, columns: int = 48) -> Grid:
    """Return a global grid with a continent, an island, and a shelf that ends the lower levels."""
    lat = -90 + (np.arange(rows) + 0.5) * 180 / rows
    lon = (np.arange(columns) + 0.5) * 360 / columns
    floor = np.full((rows, columns), 4000.0, np.float32)
    floor[:, 20:22] = 160.0
    floor[rows // 6 : rows // 2, columns // 6 : columns // 3] = np.nan
    floor[2 * rows // 3, 5 * columns // 6] = np.nan
    depth = np.array(DEPTHS)
    return Grid(lat, lon, depth, np.nan_to_num(floor, nan=-1)[None] > depth[:, None, None], floor)


def tiny_static_fields(grid: Grid) -> StaticFields:
    """Return static fields with a made-up mean sea level and vertical mode."""
    level = 0.3 * np.cos(np.deg2rad(2 * grid.lat))[:, None] * np.ones(grid.shape)
    shape = np.exp(-grid.depth / 400)[:, None, None] * np.ones((1, *grid.shape))
    heave = 0.4 * grid.depth[:, None, None] * np.ones_like(shape)
    return StaticFields.of(grid, level, Modes(np.full(grid.shape, 2.5), shape, heave))


def tiny_normalisation() -> Normalisation:
    """Return plausible statistics of the 66 channels."""
    mean = np.array([15] * 15 + [35] * 15 + [0] * 31 + [0, 0, 15, 101000, 100000], np.float32)
    std = np.array([8] * 15 + [1] * 15 + [0.3] * 30 + [0.5] + [6, 6, 10, 1000, 3000], np.float32)
    return Normalisation(LABELS, mean, std)


def tiny_network(preset: Preset, grid: Grid, trained: bool = False) -> Network:
    """Return a network, untrained or with every weight off its start."""
    torch.manual_seed(1)
    network = Network(preset, grid.shape, tiny_normalisation(), np.full(61, 0.02, np.float32))
    if trained:
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(0.05 * torch.randn_like(parameter))
    return network.eval()


def tiny_forecaster(preset: Preset, grid: Grid, trained: bool = False) -> Forecaster:
    """Return a network as a model on the processor."""
    network = tiny_network(preset, grid, trained)
    return Forecaster(network, grid, tiny_normalisation(), torch.device("cpu"), {}, tiny_static_fields(grid))


def tiny_state(grid: Grid, seed: int = 0, time: str = "2019-02-23") -> Batch:
    """Return a smooth random state, NaN in dry cells."""
    random = np.random.default_rng(seed)
    rows, columns = grid.shape
    waves = [np.roll(np.cos(2 * np.pi * k * np.arange(columns) / columns), random.integers(columns)) for k in (1, 2, 3)]
    pattern = sum(waves)[None] * np.sin(np.linspace(0, 3 * np.pi, rows))[:, None] / 3
    mean = tiny_normalisation()
    array = mean.mean[:61, None, None] + 0.2 * mean.std[:61, None, None] * pattern * random.uniform(0.5, 1, (61, 1, 1))
    array = array - 0.01 * np.concatenate([np.array(DEPTHS)] * 4 + [[0.0]])[:, None, None] * (np.arange(61) < 15)[:, None, None]
    array = np.where(channel_mask(grid, PROGNOSTIC_CHANNELS), array, np.nan).astype(np.float32)
    names = ("thetao", "so", "uo", "vo")
    fields = {name: array[15 * number : 15 * number + 15] for number, name in enumerate(names)}
    return Batch({**fields, "zos": array[60]}, grid, np.datetime64(time))


def tiny_weather(grid: Grid, time: np.datetime64) -> Batch:
    """Return weather that depends on the date alone."""
    random = np.random.default_rng(int(time.astype("datetime64[D]").astype(int)))
    mean, std = (values[61:] for values in (tiny_normalisation().mean, tiny_normalisation().std))
    names = ("u10", "v10", "t2m", "msl", "sp")
    fields = {
        n: (m + s * random.standard_normal(grid.shape)).astype(np.float32) for n, m, s in zip(names, mean, std, strict=True)
    }
    return Batch(fields, grid, time)


class TinySource:
    """A source of states and weather for training tests."""

    name, label, forcing_kind = "tiny", "Tiny", "synthetic"

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.provenance: dict[str, str] = {}

    def init_times(self) -> np.ndarray:
        return np.datetime64("2019-02-23") + np.arange(40)

    def state(self, time: np.datetime64) -> Batch:
        day = int((time - np.datetime64("2019-02-23")) / np.timedelta64(1, "D"))
        first = tiny_state(self.grid, seed=3, time=str(time))
        second = tiny_state(self.grid, seed=4, time=str(time))
        return Batch({n: first[n] * (1 - 0.02 * day) + second[n] * 0.02 * day for n in first.fields}, self.grid, time)

    def forcing(self, time: np.datetime64) -> Batch:
        return tiny_weather(self.grid, time)

    def content(self, time: np.datetime64) -> str:
        return f"tiny {time}"

    def sea_level(self, time: np.datetime64) -> np.ndarray | None:
        return self.state(time)["zos"] if time in self.init_times() else None

    def reference(self, time: np.datetime64) -> Batch | None:
        return self.state(time)
