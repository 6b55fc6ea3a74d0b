"""Inversion of potential vorticity in a box: a sine transform along longitude, tridiagonal in latitude; and a low pass."""

import numpy as np
from scipy import fft

from engine.schema.constants import EARTH_RADIUS
from sample_data.ocean.inversion import substitute


class BoxSolver:
    """Solves laplacian(psi) - screening(latitude) psi = q with psi = 0 on the four sides, half a cell beyond the outer cells.

    `lat` (h,) and `lon` (w,) degrees, evenly spaced and ascending; `screening` (h,) in m-2.
    """

    def __init__(self, lat: np.ndarray, lon: np.ndarray, screening: np.ndarray) -> None:
        spacing, width = np.deg2rad(lat[1] - lat[0]), np.deg2rad(lon[1] - lon[0])
        cosine = np.cos(np.deg2rad(lat))
        edges = np.cos(np.deg2rad(np.append(lat, 2 * lat[-1] - lat[-2]) - np.rad2deg(spacing) / 2))
        scale = 1 / (EARTH_RADIUS**2 * spacing**2 * cosine)
        self.south, self.north = edges[:-1] * scale, edges[1:] * scale
        self.zonal = 1 / (EARTH_RADIUS * cosine * width) ** 2
        self.screening = np.asarray(screening, dtype=np.float64)
        self.cell_size = EARTH_RADIUS * spacing, float(EARTH_RADIUS * width * cosine.mean())
        self._open = np.zeros(lat.size, dtype=bool)
        self._factorise(lon.size)

    def _factorise(self, columns: int) -> None:
        curvature = 2 - 2 * np.cos(np.pi * np.arange(1, columns + 1) / columns)
        diagonal = -(self.south + self.north + self.screening)[:, None] - self.zonal[:, None] * curvature
        # The mirrored neighbour of an outer row has the opposite sign.
        diagonal[0] -= self.south[0]
        diagonal[-1] -= self.north[-1]
        inverse = np.empty_like(diagonal)
        ratio = np.zeros_like(diagonal[0])
        for row in range(diagonal.shape[0]):
            inverse[row] = 1 / (diagonal[row] - self.south[row] * ratio)
            ratio = self.north[row] * inverse[row]
        self._inverse = inverse.astype(np.float32)
        self._south, self._north = self.south.astype(np.float32), self.north.astype(np.float32)

    def invert(self, q: np.ndarray) -> np.ndarray:
        """Return psi (h, w) float32 for a right-hand side `q` (h, w) float32."""
        spectrum = fft.dst(q, type=2, axis=1)
        substitute(spectrum, self._inverse, self._south, self._north, self._open)
        return fft.idst(spectrum, type=2, axis=1, overwrite_x=True)

    def apply(self, padded: np.ndarray) -> np.ndarray:
        """Return laplacian(psi) - screening psi (h, w) float32 of psi with one ring of cells around the box (h + 2, w + 2)."""
        psi = padded.astype(np.float64)
        here = psi[1:-1, 1:-1]
        q = self.north[:, None] * (psi[2:, 1:-1] - here) + self.south[:, None] * (psi[:-2, 1:-1] - here)
        q += self.zonal[:, None] * (psi[1:-1, 2:] + psi[1:-1, :-2] - 2 * here)
        return (q - self.screening[:, None] * here).astype(np.float32)

    def low_pass(self, field: np.ndarray, wavelength: float) -> np.ndarray:
        """Return the part of `field` (h, w), 0 on the sides, whose waves are longer than `wavelength` in m; half at it."""
        spectrum = fft.dstn(field.astype(np.float32), type=2)
        waves = [np.arange(1, n + 1) / (2 * n * size) for n, size in zip(field.shape, self.cell_size, strict=True)]
        square = (waves[0][:, None] ** 2 + waves[1][None] ** 2) * wavelength**2
        spectrum *= np.exp(-np.log(2) * square**2).astype(np.float32)
        return fft.idstn(spectrum, type=2, overwrite_x=True)
