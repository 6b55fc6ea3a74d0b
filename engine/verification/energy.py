"""Eddy kinetic energy and power by wavelength. A smoothed forecast has a low RMSE and loses both."""

from collections.abc import Sequence

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.constants import EARTH_RADIUS
from engine.schema.grid import Grid
from engine.schema.regions import Region
from engine.verification.aggregation import weighted_means

SPECTRUM_REGIONS = (
    Region("north_pacific", "North Pacific 25-45N 155E-135W", 25, 45, 155, 225),
    Region("north_atlantic", "North Atlantic 22-42N 60-30W", 22, 42, 300, 330),
    Region("southern_ocean", "Southern Ocean 45-60S 160-80W", -60, -45, 200, 280),
)
"""Open ocean: no row of a quarter degree has land."""

WAVELENGTHS = ((100, 300), (100, 200), (200, 400), (400, 800))
"""Kilometres; the first class holds the eddies, and smoothing removes the shortest of the others first."""


def eddy_kinetic_energy(uo: np.ndarray, vo: np.ndarray, mean_uo: np.ndarray, mean_vo: np.ndarray, weights: np.ndarray) -> float:
    """Return the mean of (u'^2 + v'^2) / 2 in m2 s-2, u' and v' being anomalies (h, w) from the climatological flow."""
    return weighted_means({"energy": ((uo - mean_uo) ** 2 + (vo - mean_vo) ** 2) / 2}, weights)["energy"]


def zonal_spectrum(field: np.ndarray, grid: Grid, region: Region) -> tuple[np.ndarray, np.ndarray]:
    """Return (wavenumber in cycles per km, power density per cycle per km) of a field (h, w) along the rows of a region.

    Mean over the rows without a dry or missing cell, each without its mean and linear trend, tapered with a Hann window and
    corrected for its loss of power. Raises InputError where no row is free of land. The spacing is that of the middle row.
    """
    rows, columns = grid.rows_and_columns(region)
    block = field[np.ix_(rows, columns)]
    whole = np.isfinite(block).all(axis=1)
    if not whole.any() or columns.size < 8:
        raise InputError(
            f"region {region.label} has {int(whole.sum())} rows of {columns.size} cells without land; a spectrum needs one of 8 "
            "or more: choose open ocean"
        )
    block = block[whole].astype(np.float64)
    position = np.linspace(-1, 1, columns.size)
    slope = (block @ position) / (position @ position)
    block = block - block.mean(axis=1, keepdims=True) - slope[:, None] * position
    window = np.hanning(columns.size)
    transformed = np.fft.rfft(block * window, axis=1)
    step_degrees = float((grid.lon[columns[1]] - grid.lon[columns[0]]) % 360)
    middle = np.deg2rad(grid.lat[rows[whole]].mean())
    spacing = np.deg2rad(step_degrees) * EARTH_RADIUS * np.cos(middle) / 1000
    power = (np.abs(transformed) ** 2).mean(axis=0) * 2 * spacing / (window**2).sum()
    power[0] /= 2
    return np.fft.rfftfreq(columns.size, spacing), power


def surface_spectra(batch: Batch, regions: Sequence[Region]) -> dict[str, dict[str, np.ndarray]]:
    """Return the zonal spectra of sea surface height (`zos`) and surface kinetic energy (`ke`) in each region, by its name.

    Beside them stands their `wavenumber` in cycles per km; a region without a row of 8 wet cells on this grid is left out.
    """
    found = {}
    for region in regions:
        try:
            wavenumber, height = zonal_spectrum(batch["zos"], batch.grid, region)
        except InputError:
            continue
        eastward, northward = (zonal_spectrum(batch[name][0], batch.grid, region)[1] for name in ("uo", "vo"))
        found[region.name] = {"wavenumber": wavenumber, "zos": height, "ke": (eastward + northward) / 2}
    return found


def classes_of(wavenumber: np.ndarray, power: np.ndarray, wavelengths: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Return the integral of a spectrum over each class of wavelengths in km, classes finer than the spectrum left out."""
    classes = {}
    for shortest, longest in wavelengths:
        inside = (wavenumber > 1 / longest) & (wavenumber <= 1 / shortest)
        if inside.any() and wavenumber[-1] >= 1 / shortest:
            classes[f"{shortest:g}-{longest:g} km"] = float(power[inside].sum() * wavenumber[1])
    return classes
