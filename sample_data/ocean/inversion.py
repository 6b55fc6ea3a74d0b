"""Inversion of quasi-geostrophic potential vorticity on the sphere: a real FFT along longitude, tridiagonal in latitude."""

import numba
import numpy as np
from scipy import fft

from engine.schema.constants import EARTH_RADIUS


class HelmholtzSolver:
    """Solves laplacian(psi) - screening(latitude) psi = q on some rows around the globe, psi = 0 beyond the first and last.

    `lat` (h,) degrees, evenly spaced and ascending, `columns` cells around the globe, `screening` (h,) in m-2, `blocked` (h,)
    True on rows where psi is held at zero. The Laplacian is the five-point one, so `apply` is local and exactly its inverse.
    """

    def __init__(self, lat: np.ndarray, columns: int, screening: np.ndarray, blocked: np.ndarray | None = None) -> None:
        spacing = np.deg2rad(lat[1] - lat[0])
        cosine = np.cos(np.deg2rad(lat))
        edges = np.cos(np.deg2rad(np.append(lat, lat[-1] + (lat[1] - lat[0])) - (lat[1] - lat[0]) / 2))
        scale = 1 / (EARTH_RADIUS**2 * spacing**2 * cosine)
        self.south = edges[:-1] * scale
        self.north = edges[1:] * scale
        self.zonal = 1 / (EARTH_RADIUS * cosine * (2 * np.pi / columns)) ** 2
        self.screening = np.asarray(screening, dtype=np.float64)
        self.blocked = np.zeros(lat.size, dtype=bool) if blocked is None else blocked
        self.columns = columns
        self._factorise()

    def _factorise(self) -> None:
        wavenumber = np.arange(self.columns // 2 + 1)
        curvature = 2 - 2 * np.cos(2 * np.pi * wavenumber / self.columns)
        south = np.where(self.blocked, 0.0, self.south)
        north = np.where(self.blocked, 0.0, self.north)
        diagonal = -(self.south + self.north + self.screening)[:, None] - self.zonal[:, None] * curvature
        inverse = np.empty_like(diagonal)
        ratio = np.zeros_like(diagonal[0])
        for row in range(diagonal.shape[0]):
            inverse[row] = 1 / (diagonal[row] - south[row] * ratio)
            ratio = north[row] * inverse[row]
        # Real and imaginary parts lie side by side in the spectrum, so each factor is stored twice.
        self._inverse = np.repeat(inverse, 2, axis=1).astype(np.float32)
        self._south = south.astype(np.float32)
        self._north = north.astype(np.float32)

    def invert(self, q: np.ndarray) -> np.ndarray:
        """Return psi (h, w) float32 for a right-hand side `q` (h, w) float32."""
        spectrum = fft.rfft(q, axis=1)
        substitute(spectrum.view(np.float32), self._inverse, self._south, self._north, self.blocked)
        return fft.irfft(spectrum, n=self.columns, axis=1, overwrite_x=True)

    def apply(self, psi: np.ndarray) -> np.ndarray:
        """Return laplacian(psi) - screening psi (h, w) float32, zero on blocked rows."""
        psi = psi.astype(np.float64)
        above = np.vstack([psi[1:], np.zeros((1, psi.shape[1]))])
        below = np.vstack([np.zeros((1, psi.shape[1])), psi[:-1]])
        zonal = np.roll(psi, 1, axis=1) + np.roll(psi, -1, axis=1) - 2 * psi
        q = self.north[:, None] * (above - psi) + self.south[:, None] * (below - psi) + self.zonal[:, None] * zonal
        q -= self.screening[:, None] * psi
        q[self.blocked] = 0
        return q.astype(np.float32)


@numba.njit(fastmath=True, cache=True)
def substitute(spectrum: np.ndarray, inverse: np.ndarray, south: np.ndarray, north: np.ndarray, blocked: np.ndarray) -> None:
    """Solve, in place, one tridiagonal system for each column of `spectrum` (h, n) with factors `inverse` (h, n)."""
    rows, width = spectrum.shape
    for row in range(rows):
        if blocked[row]:
            for k in range(width):
                spectrum[row, k] = 0.0
        elif row == 0:
            for k in range(width):
                spectrum[row, k] *= inverse[row, k]
        else:
            factor = south[row]
            for k in range(width):
                spectrum[row, k] = (spectrum[row, k] - factor * spectrum[row - 1, k]) * inverse[row, k]
    for row in range(rows - 2, -1, -1):
        factor = north[row]
        for k in range(width):
            spectrum[row, k] -= factor * inverse[row, k] * spectrum[row + 1, k]
