"""The Kuroshio at 1/12 degree: a run nested in a global run of the sample ocean, with fronts and filaments of its own.

The box reads stored days of the global run alone: sea level at the sides and, by weak relaxation, the large scales everywhere, so
that both have the same eddies on the same day. Finer scales are statistical: another start gives others. Constants without a
source are set by hand.
"""

from functools import lru_cache

import numpy as np

from engine.physics.climatology import interpolate
from engine.physics.geostrophy import geostrophic_velocity
from engine.physics.kuroshio_grid import QUARTER_COLUMNS, QUARTER_ROWS, STEP, kuroshio_grid, nearest_wet
from engine.schema.constants import GRAVITY
from engine.schema.grid import coarsened
from sample_data.kuroshio.nested_eddies import NUDGING_DAYS, NUDGING_LENGTH, NUDGINGS_A_DAY, STEPS_A_DAY, NestedEddies, side_share
from sample_data.ocean.day_zero import day_zero
from sample_data.ocean.dynamics import coriolis_off_equator, extend_over_land, wave_speed
from sample_data.ocean.fast_response import MEMORY_DAYS, FastResponse
from sample_data.ocean.inversion import HelmholtzSolver
from sample_data.ocean.sample_ocean import weather_anomaly
from sample_data.ocean.surface_climatology import SurfaceClimatology
from sample_data.ocean.tracers import SurfaceTracers
from sample_data.runs.run import Run

MARGIN = 12
"""Quarter-degree cells that are read around the box, so that interpolation at its sides is like that inside."""

TRACER_STEPS_A_DAY = 8
MIXING = 60.0
"""m2/s; a third of the cell's width needs far less than the global run's 350."""

SPIN_UP_DAYS = 25
"""Days in which the cascade develops the scales that the global run does not resolve."""

Fields = dict[str, np.ndarray]


class GlobalFields:
    """Fields of a global `run` at 1/4 degree on the box: its steady height, and on each day its eddies and tracers.

    Raises InputError for days that the run does not hold.
    """

    def __init__(self, run: Run) -> None:
        self.run, self.grid = run, kuroshio_grid()
        rows = slice(QUARTER_ROWS.start - MARGIN, QUARTER_ROWS.stop + MARGIN)
        self._place = rows, slice(QUARTER_COLUMNS.start - MARGIN, QUARTER_COLUMNS.stop + MARGIN)
        self._lat, self._lon = run.grid.lat[self._place[0]], run.grid.lon[self._place[1]]
        self._wet = run.grid.wet_surface[self._place]
        self._nearest = nearest_wet(self._wet)
        f = coriolis_off_equator(self._lat)
        self._to_psi = GRAVITY / f[:, None]
        solver = HelmholtzSolver(self._lat, run.grid.lon.size, (f / wave_speed(self._lat)) ** 2)
        self._stencil = [part.astype(np.float32) for part in (solver.south, solver.north, solver.zonal, solver.screening)]
        steady = day_zero(run.grid).mean[self._place]
        self._steady, self.mean = steady, self._finer(steady)
        self._coarse = coarsened(4)
        self._weather = lru_cache(maxsize=MEMORY_DAYS + 3)(self._weather_on)
        self._fast = lru_cache(maxsize=2)(self._fast_on)

    def _finer(self, field: np.ndarray) -> np.ndarray:
        from scipy.interpolate import RectBivariateSpline  # takes a third of a second, and only nested runs need it

        # A cubic spline: the vorticity of what it gives has no trace of the coarse cells.
        spline = RectBivariateSpline(self._lat, self._lon, field)
        lat, lon = (np.concatenate([[a[0] - STEP], a, [a[-1] + STEP]]) for a in (self.grid.lat, self.grid.lon))
        return spline(lat, lon).astype(np.float32)

    def weather(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the sea level (h, w) in m that follows the weather, and the anomaly of air temperature (h, w) in K."""
        return interpolate(self._fast(day), self.grid), interpolate(self._weather(day)[1], self.grid)

    def _fast_on(self, day: int) -> np.ndarray:
        # From a fixed number of days before, so that a resumed run computes the same.
        response = FastResponse(self._coarse)
        for moment in range(day - MEMORY_DAYS, day + 1):
            response.advance(self._weather(moment)[0])
        return response.value

    def _weather_on(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        return weather_anomaly(self.run.seed, day, self._coarse)

    def psi(self, day: int) -> np.ndarray:
        """Return the stream function of the global eddies in m2/s on the box and one ring around it (h + 2, w + 2)."""
        fast = interpolate(self._fast(day), self.run.grid)[self._place]
        height = self.run.zos(day)[self._place] - self._steady - fast
        psi = np.where(self._wet, height * self._to_psi, 0).astype(np.float32)
        extend_over_land(psi, self._wet, *self._stencil)
        return self._finer(psi)

    def tracers(self, day: int) -> np.ndarray:
        """Return surface temperature and salinity (2, h, w) of the global run on the box, continued over land."""
        fields = self.run.surface_temperature(day), self.run.surface_salinity(day)
        return np.stack([self._finer(f[self._place].reshape(-1)[self._nearest])[1:-1, 1:-1] for f in fields])


class KuroshioOcean:
    """The nested run at `day`; it starts from the interpolated global run and develops its own detail in weeks."""

    def __init__(self, run: Run, day: int) -> None:
        self.around, self.day, self.grid = GlobalFields(run), day, kuroshio_grid()
        self.eddies = NestedEddies(self.grid, self.around.mean)
        self.tracers = SurfaceTracers(self.grid, SurfaceClimatology(self.grid), TRACER_STEPS_A_DAY, MIXING)
        sides = side_share(self.grid.shape)
        self._pull = np.maximum(sides >= 1, 0.5 * sides).astype(np.float32)
        self._psi, self._fast = self.around.psi(day), self.around.weather(day)[0]
        self._target = self.around.tracers(day)
        self.tracers.set(*self._target)

    def zos(self) -> np.ndarray:
        """Return sea surface height (h, w) in m; values on land have no meaning."""
        return self._height(self._psi[1:-1, 1:-1], self._fast)

    def _height(self, psi: np.ndarray, fast: np.ndarray) -> np.ndarray:
        return self.around.mean[1:-1, 1:-1] + fast + self.eddies.stream_function(psi) / self.eddies.height_to_psi

    def _flow(self, psi: np.ndarray, fast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return geostrophic_velocity(self._height(psi, fast), self.grid.lat, self.grid.lon, self.grid.wet_surface)

    def fields(self) -> Fields:
        """Return zos (m), surface_temperature (degC) and surface_salinity (h, w) of the present day, NaN on land."""
        values = self.zos(), self.tracers.temperature, self.tracers.salinity
        wet, names = self.grid.wet_surface, ("zos", "surface_temperature", "surface_salinity")
        return {name: np.where(wet, value, np.float32(np.nan)) for name, value in zip(names, values, strict=True)}

    def step(self) -> None:
        """Compute the next day."""
        day = self.day + 1
        psi, tracers = self.around.psi(day), self.around.tracers(day)
        fast, warmth = self.around.weather(day)
        parts = TRACER_STEPS_A_DAY
        before = self._flow(self._psi[1:-1, 1:-1], self._fast)
        for part in range(parts):
            self.eddies.run(self._psi, psi, part * STEPS_A_DAY // parts, STEPS_A_DAY // parts)
            self.eddies.nudge()
            share = np.float32((part + 1) / parts)
            after = self._flow((self._psi + share * (psi - self._psi))[1:-1, 1:-1], self._fast + share * (fast - self._fast))
            east, north = ((a + b) / 2 for a, b in zip(before, after, strict=True))
            self.tracers.step_part(self.day, part, east, north, warmth)
            self._return_to(self._target + share * (tracers - self._target))
            before = after
        self.day, self._psi, self._fast, self._target = day, psi, fast, tracers

    def _return_to(self, target: np.ndarray) -> None:
        fields = np.stack([self.tracers.temperature, self.tracers.salinity])
        excess = np.where(self.grid.wet_surface, fields - target, 0)
        excess *= 1 - self._pull
        for plane in excess:
            plane -= self.eddies.solver.low_pass(plane, NUDGING_LENGTH) / np.float32(NUDGING_DAYS * NUDGINGS_A_DAY)
        self.tracers.set(*(target + excess))

    def checkpoint(self) -> Fields:
        """Return the state that, with the global run, continues exactly."""
        temperature, salinity = self.tracers.temperature, self.tracers.salinity
        return {"departure": self.eddies.anomaly, "temperature": temperature, "salinity": salinity}

    def restore(self, state: Fields) -> None:
        """Go back to a `checkpoint` of the same day."""
        self.eddies.anomaly = state["departure"].copy()
        self.tracers.set(state["temperature"], state["salinity"])
