"""A full state from an incomplete one: exact where all is seen, the background where nothing is."""

import numpy as np
import pytest

from engine.physics.displaced_state import climatology, displaced_state
from engine.readers.tables.observations import joined
from engine.reconstruction.analysis import Reconstruction, reconstruct
from engine.reconstruction.superobservations import profiles
from engine.reconstruction.thermocline import sea_level_of_profiles
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import PROGNOSTIC
from tests.engine.observed_states import observations_of
from tests.engine.toy import toy_batch

TIME = np.datetime64("2019-06-23T00:00:00")


@pytest.fixture(scope="module")
def truth() -> Batch:
    """Return an ocean whose sea level and surface depart smoothly from the climatology."""
    grid = coarsened(8)
    wave = np.cos(np.deg2rad(3 * grid.lat))[:, None] * np.sin(np.deg2rad(9 * grid.lon))
    anomaly = (0.15 * wave).astype(np.float32)
    seasonal_mean = climatology(grid, TIME)
    return displaced_state(grid, TIME, anomaly, seasonal_mean["thetao"][0] + 1.5 * wave, seasonal_mean["so"][0] - 0.2 * wave)


@pytest.fixture(scope="module")
def seasonal_mean(truth: Batch) -> Batch:
    return climatology(truth.grid, TIME)


def _error(found: Reconstruction, truth: Batch, name: str, level: int = 0) -> float:
    return _distance(found.state, truth, name, level)


def _distance(one: Batch, other: Batch, name: str, level: int = 0) -> float:
    """Return the root mean square difference between 50 S and 50 N, where no cooled water sinks."""
    ours, theirs = (batch[name] if batch[name].ndim == 2 else batch[name][level] for batch in (one, other))
    inside = np.abs(one.grid.lat) < 50
    return float(np.sqrt(np.nanmean((ours - theirs)[inside] ** 2)))


def test_no_observation_gives_the_background_and_its_error(truth: Batch, seasonal_mean: Batch) -> None:
    found = reconstruct(joined([]), truth.grid, TIME)
    for name in PROGNOSTIC:
        np.testing.assert_allclose(found.state[name], seasonal_mean[name], atol=2e-3)
    assert found.guessed_share() == {"zos": 1.0, "thetao": 1.0, "so": 1.0}


def test_a_whole_state_without_noise_comes_back(truth: Batch) -> None:
    found = reconstruct(observations_of(truth), truth.grid, TIME)
    for name in PROGNOSTIC:
        np.testing.assert_allclose(found.state[name], truth[name], atol=0.01)
    assert found.guessed_share() == {"zos": 0.0, "thetao": 0.0, "so": 0.0}


def test_salinity_that_was_not_seen_moves_with_the_thermocline(truth: Batch, seasonal_mean: Batch) -> None:
    seen = observations_of(Batch({"zos": truth["zos"], "thetao": truth["thetao"]}, truth.grid, TIME))
    found = reconstruct(seen, truth.grid, TIME)
    assert _error(found, truth, "thetao", 10) < 0.02
    assert _error(found, truth, "so", 12) < 0.5 * _distance(seasonal_mean, truth, "so", 12)
    np.testing.assert_allclose(found.state["so"][0], seasonal_mean["so"][0], atol=0.1)
    assert found.guessed_share()["so"] == 1.0


def test_the_surface_alone_tells_of_the_depths(truth: Batch, seasonal_mean: Batch) -> None:
    surface = {"zos": truth["zos"], "thetao": np.where(np.arange(15)[:, None, None] == 0, truth["thetao"], np.nan)}
    found = reconstruct(observations_of(Batch(surface, truth.grid, TIME)), truth.grid, TIME)
    assert _error(found, truth, "zos") < 0.002
    assert _error(found, truth, "thetao") < 0.02
    assert _error(found, truth, "thetao", 12) < 0.2 * _distance(seasonal_mean, truth, "thetao", 12)


def test_profiles_alone_tell_of_sea_level(truth: Batch, seasonal_mean: Batch) -> None:
    columns = Batch({name: truth[name] for name in ("thetao", "so")}, truth.grid, TIME)
    spots, found = profiles(observations_of(columns), truth.grid)
    heights = sea_level_of_profiles(spots, found, truth.grid, TIME)
    assert len(heights) > 0.5 * truth.grid.wet_surface.sum()
    expected = (truth["zos"] - seasonal_mean["zos"])[heights.rows, heights.columns]
    sure = (np.abs(truth.grid.lat[heights.rows]) < 50) & (heights.noise < 0.02**2)
    assert np.sqrt(np.mean((heights.values[sure, 0] - expected[sure]) ** 2)) < 0.02
    known = np.std(expected[sure])
    assert known > 0.04


def test_a_better_background_stays_where_nothing_was_seen(truth: Batch) -> None:
    found = reconstruct(joined([]), truth.grid, TIME, background=truth)
    for name in PROGNOSTIC:
        np.testing.assert_allclose(found.state[name], truth[name], atol=1e-5)
    assert np.nanmax(found.error["zos"]) < np.nanmax(reconstruct(joined([]), truth.grid, TIME).error["zos"])


def test_a_sea_level_over_another_zero_loses_its_mean(truth: Batch) -> None:
    shifted = Batch({"zos": truth["zos"] + 0.5}, truth.grid, TIME)
    found = reconstruct(observations_of(shifted), truth.grid, TIME, remove_zero=True)
    assert _error(found, truth, "zos") < 0.03


def test_a_background_on_another_grid_is_refused(truth: Batch, small_grid: Grid) -> None:
    other = coarsened(16)
    with pytest.raises(InputError, match="background has the grid"):
        reconstruct(joined([]), small_grid, TIME, background=toy_batch(other, TIME))
