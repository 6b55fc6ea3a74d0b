"""What does not change in a forecast: the sphere, land, the sea floor, the mean sea level and the first vertical mode."""

from dataclasses import dataclass, fields, replace

import numpy as np
import torch

from engine.models.evolution.season import USUAL_LEVELS, usual_year
from engine.models.layers.window import Window
from engine.physics.climatology import Array, atlas, interpolate
from engine.physics.displaced_state import Modes, mean_sea_level, vertical_modes
from engine.physics.geostrophy import EARTH_RADIUS, EARTH_ROTATION, EQUATORIAL_SCALE, GRAVITY
from engine.schema.grid import Grid

SHALLOW, DEEP = 50.0, 500.0
"""Sea floors (m) above which sea level moves without the thermocline, and below which the two move together."""

BELT = (6.0, 9.0)
"""Latitudes up to which sea level may be smoothed fully and from which not at all: the deformation radius there is over 150 km,
so single cells cannot stand out, and their slopes would be taken for strong currents."""

TROPICS = (9.0, 15.0)
"""Latitudes up to which the ocean counts as tropical and from which not at all: sea level moves in long waves between them."""

POLAR = 86.0
"""Latitude from which changes fade out towards the pole: cells there are too narrow for slopes and hardly ever trained on."""


@dataclass(frozen=True, eq=False)
class Setting:
    """Tensors of a grid, or of a window of it; (h, 1) by latitude, (h, w) or (z, h, w) by cell.

    `cell_x`, `cell_y` cell sizes in m; `fade` the share of a change that is kept, 1 away from the poles; `belt` where sea
    level may be smoothed, 1 near the equator; `tropics` how tropical the ocean is, 0 to 1; `coriolis` s-1, `beta` m-1 s-1;
    `slope_to_flow` g / f in m s-1, fading out at the equator; `wet` (z, h, w) bool; `floor` the normalised static input;
    `mean_level` m; `radius` deformation radius in m; `heave` (z, h, w) metres an isopycnal sinks per metre of sea level;
    `shape` (z, h, w) currents relative to the surface; `year` (30, h, w) harmonics of the usual fields (`season.USUAL`);
    `usual_salinity` (1, h, w) at the surface; `warming` (2, h, w) K by which water at 100 and 300 m is warmer per metre of
    sea level, in the mean.
    """

    cell_x: torch.Tensor
    cell_y: torch.Tensor
    lat: torch.Tensor
    fade: torch.Tensor
    belt: torch.Tensor
    tropics: torch.Tensor
    coriolis: torch.Tensor
    beta: torch.Tensor
    slope_to_flow: torch.Tensor
    wet: torch.Tensor
    floor: torch.Tensor
    mean_level: torch.Tensor
    radius: torch.Tensor
    heave: torch.Tensor
    shape: torch.Tensor
    year: torch.Tensor
    usual_salinity: torch.Tensor
    warming: torch.Tensor

    @classmethod
    def of(cls, grid: Grid, mean_level: np.ndarray | None = None, modes: Modes | None = None) -> "Setting":
        """Return the setting of a global grid; mean level and modes default to the observed climatology's."""
        level = mean_sea_level(grid) if mean_level is None else mean_level
        modes = vertical_modes(grid) if modes is None else modes
        lat = np.deg2rad(grid.lat)[:, None]
        coriolis = 2 * EARTH_ROTATION * np.sin(lat)
        height = grid.lat.size
        spacing = EARTH_RADIUS * np.pi / 180
        cell_x = spacing * float(np.diff(grid.lon).mean()) * np.maximum(np.cos(lat), np.cos(np.deg2rad(POLAR)))
        cell_y = np.full((height, 1), spacing * float(np.diff(grid.lat).mean()))
        # Geostrophy fails at the equator: the weight is what is left outside the beta-plane belt.
        weight = 1 - np.exp(-((grid.lat[:, None] / EQUATORIAL_SCALE) ** 2))
        safe = np.where(np.abs(coriolis) < 1e-9, 1e-9, coriolis)
        floor = np.nan_to_num(grid.deptho).astype(np.float32)
        deep = np.clip((floor - SHALLOW) / (DEEP - SHALLOW), 0, 1)
        values = {
            "cell_x": cell_x,
            "cell_y": cell_y,
            "lat": grid.lat[:, None],
            "fade": np.clip((90 - np.abs(grid.lat[:, None])) / (90 - POLAR), 0, 1),
            "belt": _near_equator(grid, BELT),
            "tropics": _near_equator(grid, TROPICS),
            "coriolis": coriolis,
            "beta": 2 * EARTH_ROTATION * np.cos(lat) / EARTH_RADIUS,
            "slope_to_flow": weight * GRAVITY / safe,
            "floor": (floor[None] - 3000.0) / 2000.0,
            "mean_level": level[None],
            "radius": (modes.c1 / np.maximum(np.abs(coriolis), 1.3e-5))[None],
            "heave": modes.D * deep,
            "shape": modes.F,
            "year": usual_year(grid),
            "usual_salinity": interpolate(atlas().fields["so"][:1], grid),
            "warming": _warming(grid, modes.D * deep),
        }
        tensors = {name: torch.from_numpy(np.ascontiguousarray(value, dtype=np.float32)) for name, value in values.items()}
        return cls(wet=torch.from_numpy(np.ascontiguousarray(grid.wet)), **tensors)

    def to(self, device: torch.device) -> "Setting":
        """Return the setting on another device."""
        return replace(self, **{entry.name: getattr(self, entry.name).to(device) for entry in fields(self)})

    def cut(self, window: Window, rim: int) -> "Setting":
        """Return the setting of a window with a rim."""
        pieces = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value.ndim == 2:
                pieces[entry.name] = Window(window.row, window.rows, 0, 1).cut(value.expand(-1, 1), rim)[:, :1]
            else:
                pieces[entry.name] = window.cut(value, rim)
        return replace(self, **pieces)

    def crop(self, rim: int) -> "Setting":
        """Return the setting without `rim` cells on each side."""
        rows, columns = self.wet.shape[-2:]
        return self.part(slice(rim, rows - rim), slice(rim, columns - rim))

    def part(self, rows: slice, columns: slice) -> "Setting":
        """Return the setting of some of its cells, without copying."""
        pieces = {}
        for entry in fields(self):
            inside = getattr(self, entry.name)[..., rows, :]
            pieces[entry.name] = inside if inside.ndim == 2 else inside[..., columns]
        return replace(self, **pieces)


def _near_equator(grid: Grid, limits: tuple[float, float]) -> Array:
    """Return (h, 1): 1 up to the first latitude, 0 from the second."""
    return np.clip((limits[1] - np.abs(grid.lat[:, None])) / (limits[1] - limits[0]), 0, 1)


def _warming(grid: Grid, heave: Array) -> Array:
    """Return (2, h, w) K per metre of sea level at the usual levels below the surface."""
    source = atlas()
    below = []
    for level in USUAL_LEVELS[1:]:
        above, under = source.fields["thetao"][0, level - 1], source.fields["thetao"][0, level + 1]
        slope = (under - above) / (source.level[level + 1] - source.level[level - 1])
        below.append(-heave[level] * interpolate(slope.astype(np.float32), grid))
    return np.stack(below)
