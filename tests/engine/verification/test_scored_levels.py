"""What is scored where."""

import numpy as np
import pytest

from engine.physics.displaced_state import climatology
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.schema.regions import Region
from engine.schema.variables import DEPTHS
from engine.verification.aggregation import LATITUDE_BELTS, belt_weights, weighted_means
from engine.verification.energy import classes_of, surface_spectra, zonal_spectrum
from engine.verification.scored_levels import EQUATORIAL_PACIFIC, scored_levels, values_at

TIME = np.datetime64("2019-03-01")


def test_vectors_of_places_have_the_same_means_as_whole_fields(small_grid: Grid) -> None:
    seasonal_mean = climatology(small_grid, TIME)
    levels = scored_levels(small_grid)
    values = values_at(seasonal_mean, levels)
    for key, field in (("thetao 300 tropics", seasonal_mean["thetao"][DEPTHS.index(300)]), ("zos 0 14-64", seasonal_mean["zos"])):
        scored_level = next(scored_level for scored_level in levels if scored_level.key == key)
        ours = weighted_means({"value": values[key]}, scored_level.weights)
        theirs = weighted_means({"value": field}, belt_weights(small_grid, LATITUDE_BELTS[scored_level.belt]))
        assert ours["value"] == pytest.approx(theirs["value"], rel=1e-6)
        assert np.isfinite(values[key]).all()


def test_five_variables_at_three_depths_in_two_bands_and_the_layers_are_scored(small_grid: Grid) -> None:
    keys = [scored_level.key for scored_level in scored_levels(small_grid)]
    assert len(keys) == len(set(keys)) == 13 * 2 + 3
    assert {"d20 0 equatorial Pacific", "mlotst 0 14-64", "mlotst 0 tropics"} < set(keys)


def test_the_thermocline_of_the_equatorial_pacific_lies_deeper_in_the_west(small_grid: Grid) -> None:
    scored_level = next(scored_level for scored_level in scored_levels(small_grid) if scored_level.variable == "d20")
    depth = values_at(climatology(small_grid, TIME), [scored_level])[scored_level.key]
    lat, lon = small_grid.lat[scored_level.cells // small_grid.shape[1]], small_grid.lon[scored_level.cells % small_grid.shape[1]]
    assert np.abs(lat).max() <= 5
    assert EQUATORIAL_PACIFIC.lon_min <= lon.min() < lon.max() <= EQUATORIAL_PACIFIC.lon_max
    assert 120 < np.nanmean(depth[lon < 180]) < 220
    assert 20 < np.nanmean(depth[lon > 250]) < 90


def test_kinetic_energy_of_a_wave_is_half_the_sum_of_both_currents(small_grid: Grid) -> None:
    region = Region("box", "box", -40, -30, 200, 280)
    wave = np.where(small_grid.wet, np.sin(np.deg2rad(18 * small_grid.lon)), np.nan)
    batch = Batch({"zos": 2 * wave[0], "uo": wave, "vo": wave}, small_grid, TIME)
    found = surface_spectra(batch, [region, Region("land", "land", 60, 66, 60, 120)])
    assert list(found) == ["box"]
    np.testing.assert_allclose(found["box"]["zos"], 4 * found["box"]["ke"], rtol=1e-4, atol=1e-6 * found["box"]["zos"].max())
    same = classes_of(*zonal_spectrum(2 * wave[0], small_grid, region), ((1000, 3000),))
    classes = classes_of(found["box"]["wavenumber"], found["box"]["zos"], ((1000, 3000),))
    assert classes["1000-3000 km"] == pytest.approx(same["1000-3000 km"], rel=1e-4)
