"""The sample ocean of one seed: eddies, tropical waves, sea level of the weather and surface tracers, day by day."""

from collections.abc import Mapping

import numpy as np

from engine.physics.climatology import climatological_forcing, interpolate
from engine.physics.geostrophy import geostrophic_velocity
from engine.schema.grid import Grid, coarsened
from engine.schema.sample_calendar import sample_date
from sample_data.ocean.day_zero import day_zero
from sample_data.ocean.dynamics import FORCING, EddyModel, eddy_weight
from sample_data.ocean.fast_response import MEMORY_DAYS, FastResponse
from sample_data.ocean.surface_climatology import SurfaceClimatology
from sample_data.ocean.tracers import SurfaceTracers
from sample_data.ocean.tropics import TropicalWaves
from sample_data.weather.atmosphere import forcing

Surface = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Sea surface height (m), temperature (degC) and salinity of one day, (h, w) each; values on land have no meaning."""


def weather_anomaly(seed: int, day: int, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return pressure (Pa) and air temperature (K) of sample day `day` less their climatology, (h, w) each."""
    # The atmosphere has the 1 degree grid of the climatology; finer cells hold no more detail.
    coarse = coarsened(4)
    weather, seasonal_mean = forcing(seed, day, coarse), climatological_forcing(coarse, sample_date(day))
    pressure, warmth = (interpolate(weather[name] - seasonal_mean[name], grid) for name in ("msl", "t2m"))
    return pressure, warmth


class SampleOcean:
    """The sample ocean of `seed` on a global `grid` at `day`; `step()` computes the next day.

    `noise` 0 switches the random forcing off, as the predictability floor needs it. The same seed gives the same days.
    """

    def __init__(self, grid: Grid, seed: int, noise: float = FORCING) -> None:
        self.grid, self.seed, self.day = grid, seed, 0
        start = day_zero(grid)
        weight = eddy_weight(grid.lat)[:, None]
        tropics = np.where(np.abs(grid.lat)[:, None] < 20, start.anomaly * (1 - weight), 0)
        self.mean = start.mean
        self.eddies = EddyModel(grid, seed, noise)
        self.tropics = TropicalWaves(grid, seed, tropics)
        self.fast = FastResponse(grid)
        self.tracers = SurfaceTracers(grid, SurfaceClimatology(grid))
        self._restart_fast()
        self._begin_day()

    def _restart_fast(self) -> None:
        self.fast.value = np.zeros_like(self.fast.value)
        for day in range(self.day - MEMORY_DAYS, self.day + 1):
            self.fast.advance(weather_anomaly(self.seed, day, self.grid)[0])

    def _prescribed(self) -> np.ndarray:
        return self.mean + self.tropics.height(self.day) + self.fast.value

    def _begin_day(self) -> None:
        self.zos = self._prescribed() + self.eddies.height()
        self._flow = geostrophic_velocity(self.zos, self.grid.lat, self.grid.lon, self.grid.wet_surface)

    @property
    def surface(self) -> Surface:
        """Return sea surface height, temperature and salinity of the present day."""
        return self.zos, self.tracers.temperature, self.tracers.salinity

    def step(self) -> None:
        """Compute the next day."""
        flow_before = self._flow
        self.eddies.step_day(self.day + 1)
        self.day += 1
        pressure, warmth = weather_anomaly(self.seed, self.day, self.grid)
        self.fast.advance(pressure)
        self._begin_day()
        self.tracers.step_day(self.day - 1, flow_before, self._flow, warmth)

    def start_from(self, day: int, surface: Surface) -> None:
        """Start at `day` from stored surface fields: eddies are the height less its prescribed parts."""
        zos, temperature, salinity = surface
        self.eddies.set_height(np.where(self.grid.wet_surface, self.eddy_height(day, zos), 0))
        self.tracers.set(temperature, salinity)
        self._begin_day()

    def eddy_height(self, day: int, zos: np.ndarray) -> np.ndarray:
        """Return the height `zos` (h, w) of `day` less the steady flow, tropical waves and weather, in m."""
        self.day = day
        self._restart_fast()
        return zos - self._prescribed()

    def checkpoint(self) -> dict[str, np.ndarray]:
        """Return the state that continues exactly; `restore` reads it."""
        return {
            "day": np.array(self.day),
            "q": self.eddies.q,
            "noise": self.eddies.noise.value,
            "fast": self.fast.value,
            "temperature": self.tracers.temperature,
            "salinity": self.tracers.salinity,
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Restore a `checkpoint` of the same seed and grid."""
        self.day = int(state["day"])
        self.eddies.q, self.eddies.noise.value = state["q"].copy(), state["noise"].copy()
        self.fast.value = state["fast"].copy()
        self.tracers.temperature, self.tracers.salinity = state["temperature"].copy(), state["salinity"].copy()
        self._begin_day()
