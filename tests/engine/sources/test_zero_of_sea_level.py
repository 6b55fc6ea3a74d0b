"""Products with another zero of sea level give the same forecasts and the same scores."""

from pathlib import Path

import numpy as np
import pytest

from engine.forecasting.forecast import run_forecast
from engine.forecasting.reference import write_reference
from engine.forecasting.request import ForecastRequest
from engine.physics.displaced_state import mean_sea_level
from engine.physics.sea_level_zero import OPEN_OCEAN, align_zero, mean_offset, zero_difference
from engine.readers.tables.observations import Observations
from engine.reconstruction.analysis import reconstruct
from engine.schema.grid import Grid, coarsened
from engine.schema.regions import REGIONS
from engine.sources import Source, initial_state
from engine.sources.analysis import AnalysisSource
from engine.sources.observed import ObservedSource
from engine.stores import Store, find_store, open_store
from engine.verification.scores import score
from tests.app.made_stores import write_analysis
from tests.engine.readers import layouts

GRID = coarsened(8)
STEP = 0.00101
"""A little over the step in m of stored sea level."""


def analyses() -> list[Path]:
    """Return two stores of the same analysis, the second with 0.3 m added to its sea level."""
    return [find_store(write_analysis(GRID, product, 4, offset)) for product, offset in (("hycom", 0.4), ("other", 0.7))]


def forecast_of(source: Source, folder: Path, days: int = 2) -> Store:
    request = ForecastRequest(source, source.init_times()[0], "damped-persistence", days, folder=folder)
    return open_store(run_forecast(request))


def test_an_analysis_with_another_zero_gives_the_same_forecast_reference_and_scores(tmp_path: Path) -> None:
    folders = analyses()
    sources = [AnalysisSource(folder) for folder in folders]
    day = sources[0].init_times()[1]
    low, high = (initial_state(source, day) for source in sources)
    for name in low.fields:
        np.testing.assert_allclose(high[name], low[name], atol=1e-5, err_msg=name)
    assert sources[1].zero_shift(day) - sources[0].zero_shift(day) == pytest.approx(0.3, abs=1e-4)
    forecasts = [forecast_of(source, tmp_path / str(number)) for number, source in enumerate(sources)]
    for lead in forecasts[0].leads:
        np.testing.assert_allclose(forecasts[1].read("zos", lead), forecasts[0].read("zos", lead), atol=STEP)
        np.testing.assert_array_equal(forecasts[1].read("thetao", lead), forecasts[0].read("thetao", lead))
    references = [open_store(write_reference(source, source.init_times()[0], 2)) for source in sources]
    targets = (*references, *map(open_store, folders))
    of_itself, *others = (score(forecasts[0], target, "zos", 0, REGIONS["global"], 2) for target in targets)
    assert of_itself["zero_removed"] == 0.0, "forecast and reference have the zero of the model"
    for other in others:
        assert other["rmse"] == pytest.approx(of_itself["rmse"], abs=1e-4)
    assert others[2]["zero_removed"] - others[1]["zero_removed"] == pytest.approx(-0.3, abs=2e-4)


def test_altimetry_with_another_zero_gives_the_same_forecast(tmp_path: Path) -> None:
    fields = layouts.altimetry_fields(1)
    forecasts = []
    for number, offset in enumerate((0.0, 0.3)):
        folder = tmp_path / str(number)
        folder.mkdir()
        given = {**fields, "adt": fields["adt"] + offset}
        file = layouts.write_altimetry(folder / "a.nc", given, GRID.lat, GRID.lon, layouts.days(1, "2014-03-05T00"))
        forecasts.append(forecast_of(ObservedSource(file, grid=GRID), folder / "forecast"))
    low, high = forecasts
    for name, step in (("zos", STEP), ("thetao", 1.1e-3), ("uo", 1.1e-3)):
        np.testing.assert_allclose(high.read(name, 2), low.read(name, 2), atol=step)
    assert low.attrs["sea_level_zero"] == high.attrs["sea_level_zero"] == "climatology"
    assert high.attrs["sea_level_shift"] - low.attrs["sea_level_shift"] == pytest.approx(0.3, abs=1e-3)


def test_ice_and_land_do_not_move_the_zero_but_a_polar_box_has_one_of_its_own() -> None:
    mean = mean_sea_level(GRID)
    raised = mean + np.where((np.abs(GRID.lat) < OPEN_OCEAN)[:, None], 0.3, 5.0)
    assert zero_difference(np.where(GRID.wet_surface, raised, 1e3), mean, GRID) == pytest.approx(0.3, abs=1e-5)
    aligned, shift = align_zero(raised, mean, GRID)
    assert shift == pytest.approx(0.3, abs=1e-5) and abs(zero_difference(aligned, mean, GRID)) < 1e-6
    polar = np.where((GRID.lat > 70)[:, None], raised, np.nan)
    assert zero_difference(polar, mean, GRID) == pytest.approx(5.0, abs=1e-4)
    assert mean_offset(np.full(3, np.nan), np.zeros(3), np.ones(3)) == 0.0


def test_the_zero_of_a_fine_band_weighs_cells_by_their_area() -> None:
    lat = np.array([0.0, 59.0])
    grid = Grid(lat, np.arange(0.5, 4), np.zeros(1), np.ones((1, 2, 4), bool), np.full((2, 4), 4000.0))
    difference = np.array([[0.0] * 4, [1.0] * 4])
    expected = grid.cell_area[1].sum() / grid.cell_area.sum()
    assert zero_difference(difference, np.zeros((2, 4)), grid) == pytest.approx(expected)


def test_polar_observations_alone_can_lose_their_zero() -> None:
    lat = np.array([72.0, 72.5, 73.0])
    lon = np.array([0.0, 1.0, 2.0])
    day = np.datetime64("2019-02-23", "s")
    none, level = np.zeros(3), np.full(3, "zos")
    seen = [Observations(none, lat, lon, none, level, np.full(3, value), np.full(3, 0.02)) for value in (0.1, 0.9)]
    levels = [reconstruct(each, GRID, day, remove_zero=True).state["zos"] for each in seen]
    np.testing.assert_allclose(levels[0], levels[1], atol=1e-3)
