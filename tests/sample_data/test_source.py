"""The sample ocean as a source: states, forcing, references and refusals on the small grid."""

from pathlib import Path

import numpy as np
import pytest

from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened
from engine.schema.sample_calendar import sample_day
from engine.schema.variables import FORCING, PROGNOSTIC
from sample_data.runs.run import Run
from sample_data.source import SampleSource, weather_height

FIRST = np.datetime64("2019-02-23")


def fields(grid: Grid, day: int) -> dict[str, np.ndarray]:
    wave = 0.1 * np.sin(np.deg2rad(6 * (grid.lon[None] + day))) * np.cos(np.deg2rad(grid.lat))[:, None]
    return {
        "zos": wave.astype(np.float32),
        "surface_temperature": (28 * np.cos(np.deg2rad(grid.lat))[:, None] + wave).astype(np.float32),
        "surface_salinity": (35 + wave).astype(np.float32),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "seed-4"
    grid = coarsened(8)
    run = Run.create(folder, 4, grid)
    for day in range(33):
        run.append(day, fields(grid, day))
    return folder


def test_a_start_has_thirty_days_of_reference_after_it(folder: Path) -> None:
    source = SampleSource(folder=folder)
    np.testing.assert_array_equal(source.init_times(), FIRST + np.arange(3))
    assert source.times().size == 33
    last = source.init_times()[-1] + np.timedelta64(30, "D")
    assert source.reference(last) is not None
    assert source.reference(last + np.timedelta64(1, "D")) is None


def test_a_state_carries_the_stored_surface_and_all_channels(folder: Path) -> None:
    source = SampleSource(folder=folder)
    grid, state = source.grid, source.state(FIRST + 5)
    assert set(state.fields) == set(PROGNOSTIC)
    stored, wet = fields(grid, 5), grid.wet_surface
    np.testing.assert_allclose(state["zos"][wet], stored["zos"][wet], atol=1e-3)
    np.testing.assert_allclose(state["thetao"][0][wet], stored["surface_temperature"][wet], atol=0.02)
    assert all(np.isfinite(state[name]).any() for name in PROGNOSTIC)


def test_reference_is_the_state_of_the_same_day(folder: Path) -> None:
    source = SampleSource(folder=folder)
    state, reference = source.state(FIRST + 3), source.reference(FIRST + 3)
    assert reference is not None
    np.testing.assert_array_equal(state["thetao"], reference["thetao"])


def test_a_coarser_grid_takes_means_of_the_run(folder: Path) -> None:
    coarse = coarsened(16)
    source = SampleSource(folder=folder, grid=coarse)
    state = source.state(FIRST)
    assert state["thetao"].shape == (15, *coarse.shape)
    assert np.isfinite(state["zos"][coarse.wet_surface]).all()
    assert source.forcing(FIRST)["u10"].shape == coarse.shape


def test_forcing_is_there_for_any_day_and_differs_from_day_to_day(folder: Path) -> None:
    source = SampleSource(folder=folder)
    today, much_later = source.forcing(FIRST), source.forcing(FIRST + 400)
    assert set(today.fields) == set(FORCING)
    assert np.abs(today["msl"] - much_later["msl"]).max() > 300


def test_a_day_outside_the_run_is_refused_with_the_days_held(folder: Path) -> None:
    with pytest.raises(InputError, match=r"sample day 90 .*0 to 32.*goms sample build"):
        SampleSource(folder=folder).state(FIRST + 90)


def test_a_run_of_another_seed_and_a_missing_run_are_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="seed 4, not 5"):
        SampleSource(seed=5, folder=folder)
    with pytest.raises(InputError, match="goms sample build"):
        SampleSource(seed=77)


def test_sample_days_count_from_the_day_of_the_altimetry() -> None:
    assert sample_day(FIRST) == 0 and sample_day(np.datetime64("2019-03-05T12:00")) == 10


def test_sea_level_of_the_weather_is_centimetres_and_zero_at_the_equator() -> None:
    height = weather_height(4, 10)
    assert 0.005 < height.std() < 0.06
    assert np.abs(height[88:92]).max() < 0.02
