"""Scores of fine detail: errors of fields, slopes and vorticity, and the power below the resolution of a coarse grid."""

from collections.abc import Iterable, Mapping

import numpy as np

from engine.diagnostics.flow import vorticity
from engine.physics.geostrophy import gradient
from engine.schema.grid import Grid
from engine.schema.regions import Region
from engine.verification.aggregation import mean_of_means, weighted_means
from engine.verification.energy import classes_of, zonal_spectrum

OPEN_KUROSHIO = Region("kuroshio_extension", "Kuroshio Extension 28-42N 146-178E", 28, 42, 146, 178)
"""Rows of the Kuroshio box without land."""

DETAIL_WAVELENGTHS = ((20, 50), (50, 100), (100, 200))
"""Kilometres; a quarter-degree grid holds nothing shorter than about 50 km."""

GRID_WAVELENGTH = 3
"""Cells: the wavelength of the artefact that a refinement by three can produce."""


def detail_statistics(prediction: Mapping[str, np.ndarray], reference: Mapping[str, np.ndarray], grid: Grid) -> dict[str, float]:
    """Return mean squares and ratios of one day: fields (h, w), NaN where dry, against the reference's.

    `square NAME` and `square slope NAME` (per 100 km) of each field's error, `square vorticity` in (1e-5 s-1)^2,
    `correlation vorticity`, and `energy 20-50 km` and so on: kinetic energy over the reference's.
    """
    weights = np.where(grid.wet_surface, grid.cell_area, 0.0)
    errors = {}
    for name, wanted in reference.items():
        errors[name] = prediction[name] - wanted
        errors[f"slope {name}"] = np.hypot(*gradient(errors[name], grid.lat, grid.lon, grid.wet_surface)) * 1e5
    turning, wanted_turning = (vorticity(fields.__getitem__, grid) for fields in (prediction, reference))
    errors["vorticity"] = turning - wanted_turning
    result = {f"square {name}": weighted_means({"it": error**2}, weights)["it"] for name, error in errors.items()}
    both = np.isfinite(turning) & np.isfinite(wanted_turning)
    result["correlation vorticity"] = float(np.corrcoef(turning[both], wanted_turning[both])[0, 1])
    ours, theirs = (kinetic_energy(fields, grid) for fields in (prediction, reference))
    return result | {f"energy {wavelengths}": ours[wavelengths] / power for wavelengths, power in theirs.items()}


def detail_scores(days: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of the statistics of many days, of squares the root: `rmse NAME` and the ratios as they are."""
    means = mean_of_means(days)
    return {
        name.replace("square ", "rmse "): value**0.5 if name.startswith("square ") else value for name, value in means.items()
    }


def kinetic_energy(fields: Mapping[str, np.ndarray], grid: Grid) -> dict[str, float]:
    """Return the kinetic energy in m2 s-2 of `uo`, `vo` (h, w) in each class of wavelengths, in the Kuroshio Extension."""
    wavenumber, power = zonal_spectrum(fields["uo"], grid, OPEN_KUROSHIO)
    power = power + zonal_spectrum(fields["vo"], grid, OPEN_KUROSHIO)[1]
    return classes_of(wavenumber, power / 2, DETAIL_WAVELENGTHS)


def checkerboard(field: np.ndarray, grid: Grid) -> float:
    """Return the power of `field` (h, w) at a wavelength of three cells over the mean of its neighbours: 1 without a pattern."""
    wavenumber, power = zonal_spectrum(field, grid, OPEN_KUROSHIO)
    peak = round((wavenumber.size - 1) * 2 / GRID_WAVELENGTH)
    near = np.r_[peak - 12 : peak - 3, peak + 4 : peak + 13]
    return float(power[peak - 1 : peak + 2].mean() / power[near].mean())
