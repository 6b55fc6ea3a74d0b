"""Fields that do not change in a forecast: cell sizes, Coriolis parameter, land, sea floor, mean sea level, vertical mode."""

from dataclasses import dataclass, fields, replace

import numpy as np
import torch

from engine.models.evolution.season import CLIMATOLOGY_LEVELS, climatology_harmonics
from engine.models.layers.window import Window
from engine.physics.climatology import Array, Atlas, atlas, interpolate
from engine.physics.displaced_state import Modes, mean_sea_level, vertical_modes
from engine.physics.geostrophy import EQUATORIAL_SCALE, beta, coriolis
from engine.schema.constants import EARTH_RADIUS, GRAVITY
from engine.schema.grid import Grid

SHALLOW, DEEP = 50.0, 500.0
"""Sea floors (m) above which sea level moves without the thermocline, and below which the two move together; set by hand."""

EQUATORIAL_BELT = (6.0, 9.0)
"""Latitudes up to which sea level may be smoothed fully and from which not at all. Set by hand: the deformation radius there is
over 150 km, so a single cell that differs from its neighbours is noise, and its slope would imply a strong current."""

TROPICS = (9.0, 15.0)
"""Latitudes up to which the ocean counts as tropical and from which not at all. Set by hand: long waves move sea level there."""

POLAR = 86.0
"""Latitude from which changes fade out towards the pole. Set by hand: cells there are too narrow for slopes."""


@dataclass(frozen=True, eq=False)
class StaticFields:
    """Tensors of a grid, or of a window of it; (h, 1) by latitude, (h, w) or (z, h, w) by cell.

    `cell_x`, `cell_y` cell sizes in m; `polar_fade` the share of a change that is kept, 1 away from the poles;
    `equatorial_belt` where sea level may be smoothed, 1 near the equator; `tropics` how tropical the ocean is, 0 to 1;
    `coriolis` s-1, `beta` m-1 s-1; `slope_to_flow` g / f in m s-1, fading out at the equator; `wet` (z, h, w) bool; `floor` the
    normalised static input; `mean_level` m; `radius` deformation radius in m; `heave` (z, h, w) metres that an isopycnal sinks
    per metre of sea level; `shear` (z, h, w) currents relative to the surface; `climatology_harmonics` (30, h, w) of the fields
    `season.CLIMATOLOGY_FIELDS`; `surface_salinity` (1, h, w) of the climatology; `warming` (2, h, w) K by which water at 100 and
    300 m is warmer per metre of sea level, in the mean.
    """

    cell_x: torch.Tensor
    cell_y: torch.Tensor
    lat: torch.Tensor
    polar_fade: torch.Tensor
    equatorial_belt: torch.Tensor
    tropics: torch.Tensor
    coriolis: torch.Tensor
    beta: torch.Tensor
    slope_to_flow: torch.Tensor
    wet: torch.Tensor
    floor: torch.Tensor
    mean_level: torch.Tensor
    radius: torch.Tensor
    heave: torch.Tensor
    shear: torch.Tensor
    climatology_harmonics: torch.Tensor
    surface_salinity: torch.Tensor
    warming: torch.Tensor

    @classmethod
    def of(
        cls, grid: Grid, mean_level: np.ndarray | None = None, modes: Modes | None = None, mean: Atlas | None = None
    ) -> "StaticFields":
        """Return the static fields of a global grid over the ocean `mean`, the shipped climatology by default.

        Mean level and modes may be given beside it.
        """
        level = mean_sea_level(grid, mean) if mean_level is None else mean_level
        modes = vertical_modes(grid, mean) if modes is None else modes
        lat = np.deg2rad(grid.lat)[:, None]
        f = coriolis(grid.lat)[:, None]
        height = grid.lat.size
        spacing = EARTH_RADIUS * np.pi / 180
        cell_x = spacing * float(np.diff(grid.lon).mean()) * np.maximum(np.cos(lat), np.cos(np.deg2rad(POLAR)))
        cell_y = np.full((height, 1), spacing * float(np.diff(grid.lat).mean()))
        # Geostrophy fails at the equator, so the flow fades out there.
        weight = 1 - np.exp(-((grid.lat[:, None] / EQUATORIAL_SCALE) ** 2))
        safe = np.where(np.abs(f) < 1e-9, 1e-9, f)
        floor = np.nan_to_num(grid.deptho).astype(np.float32)
        deep = np.clip((floor - SHALLOW) / (DEEP - SHALLOW), 0, 1)
        values = {
            "cell_x": cell_x,
            "cell_y": cell_y,
            "lat": grid.lat[:, None],
            "polar_fade": np.clip((90 - np.abs(grid.lat[:, None])) / (90 - POLAR), 0, 1),
            "equatorial_belt": _near_equator(grid, EQUATORIAL_BELT),
            "tropics": _near_equator(grid, TROPICS),
            "coriolis": f,
            "beta": beta(grid.lat)[:, None],
            "slope_to_flow": weight * GRAVITY / safe,
            "floor": (floor[None] - 3000.0) / 2000.0,
            "mean_level": level[None],
            "radius": (modes.c1 / np.maximum(np.abs(f), 1.3e-5))[None],
            "heave": modes.D * deep,
            "shear": modes.F,
            "climatology_harmonics": climatology_harmonics(grid, mean),
            "surface_salinity": interpolate((mean or atlas()).fields["so"][:1], grid, mean),
            "warming": _warming(grid, modes.D * deep, mean),
        }
        tensors = {name: torch.from_numpy(np.ascontiguousarray(value, dtype=np.float32)) for name, value in values.items()}
        return cls(wet=torch.from_numpy(np.ascontiguousarray(grid.wet)), **tensors)

    def to(self, device: torch.device) -> "StaticFields":
        """Return the static fields on another device."""
        return replace(self, **{entry.name: getattr(self, entry.name).to(device) for entry in fields(self)})

    def cut(self, window: Window, halo: int) -> "StaticFields":
        """Return the static fields of a window and `halo` cells around it."""
        pieces = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value.ndim == 2:
                pieces[entry.name] = Window(window.row, window.rows, 0, 1).cut(value.expand(-1, 1), halo)[:, :1]
            else:
                pieces[entry.name] = window.cut(value, halo)
        return replace(self, **pieces)

    def crop(self, halo: int) -> "StaticFields":
        """Return the static fields without `halo` cells on each side."""
        rows, columns = self.wet.shape[-2:]
        return self.part(slice(halo, rows - halo), slice(halo, columns - halo))

    def part(self, rows: slice, columns: slice) -> "StaticFields":
        """Return the static fields of some of its cells, without copying."""
        pieces = {}
        for entry in fields(self):
            inside = getattr(self, entry.name)[..., rows, :]
            pieces[entry.name] = inside if inside.ndim == 2 else inside[..., columns]
        return replace(self, **pieces)


def _near_equator(grid: Grid, limits: tuple[float, float]) -> Array:
    """Return (h, 1): 1 up to the first latitude, 0 from the second."""
    return np.clip((limits[1] - np.abs(grid.lat[:, None])) / (limits[1] - limits[0]), 0, 1)


def _warming(grid: Grid, heave: Array, mean: Atlas | None) -> Array:
    """Return (2, h, w) K per metre of sea level at the climatological levels below the surface."""
    source = mean or atlas()
    below = []
    for number in CLIMATOLOGY_LEVELS[1:]:
        above, under = source.fields["thetao"][0, number - 1], source.fields["thetao"][0, number + 1]
        slope = (under - above) / (source.level[number + 1] - source.level[number - 1])
        below.append(-heave[number] * interpolate(slope.astype(np.float32), grid, mean))
    return np.stack(below)
