"""Errors by lead and values at a point, by closed form."""

from collections.abc import Iterator

import numpy as np
import pytest

from app.analysis.errors import covers, error_by_lead, point_values, sea_state_by_lead
from app.data.readers import DisplayReader
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from engine.diagnostics import DISPLAY_VARIABLES
from engine.schema.grid import Grid, coarsened
from engine.schema.regions import REGIONS, Region
from engine.schema.variables import PROGNOSTIC
from engine.stores import Store
from engine.verification.scores import score
from tests.app.made_stores import waves_and_detail, write_analysis, write_forecast

MAY_BE_MISSING = ("mixed_layer", "d20")
"""Depths that a made-up column may not have."""

WORLD = (-90.0, 90.0, 20.0, 380.0)


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def test_a_forecast_against_itself_has_no_error_and_full_correlation(services: Services, small_grid: Grid) -> None:
    forecast = services.readers.open(write_forecast(small_grid, days=2))
    errors = error_by_lead(services, forecast, forecast, "thetao", (0, 0), WORLD)
    np.testing.assert_array_equal(errors.rmse, 0)
    np.testing.assert_allclose(errors.acc, 1, atol=1e-6)


def test_persistence_is_perfect_at_first_and_loses_with_lead(services: Services, small_grid: Grid) -> None:
    identifier = write_forecast(small_grid, days=4)
    services.stores.refresh()
    errors = error_by_lead(
        services, services.readers.open(identifier), services.readers.open(f"persistence@{identifier}"), "zos", (0, 0), WORLD
    )
    assert errors.rmse[0] == 0
    assert np.all(np.diff(errors.rmse) > 0)


def test_the_score_is_that_of_the_area_in_view(services: Services, small_grid: Grid) -> None:
    identifier = write_forecast(small_grid, days=1)
    services.stores.refresh()
    first, second = services.readers.open(identifier), services.readers.open(f"persistence@{identifier}")
    # At 30 degrees of latitude the pattern of sea surface height is zero, at the equator largest.
    flat = error_by_lead(services, first, second, "zos", (0, 0), (28.0, 32.0, 120.0, 240.0))
    steep = error_by_lead(services, first, second, "zos", (0, 0), (-4.0, 4.0, 120.0, 240.0))
    assert flat.rmse[1] < 0.2 * steep.rmse[1]


def test_a_view_across_the_meridian_takes_the_cells_on_both_sides(services: Services, small_grid: Grid) -> None:
    identifier = write_forecast(small_grid, days=1)
    services.stores.refresh()
    first, second = services.readers.open(identifier), services.readers.open(f"persistence@{identifier}")

    def squares(west: float, east: float) -> float:
        errors = error_by_lead(services, first, second, "zos", (0, 0), (-10.0, 10.0, west, east), with_acc=False)
        rows, columns = small_grid.rows_and_columns(Region("box", "Box", -10, 10, west, east))
        area = np.where(small_grid.wet_surface, small_grid.cell_area, 0)[np.ix_(rows, columns)].sum()
        return float(errors.rmse[1]) ** 2 * float(area)

    assert squares(340.0, 370.0) == pytest.approx(squares(340.0, 360.0) + squares(0.0, 10.0), rel=1e-5)


def test_the_page_and_the_report_score_alike(services: Services, small_grid: Grid) -> None:
    stored = write_forecast(small_grid, days=1), write_forecast(small_grid, days=1, kind="reference", shift=3.0)
    forecast, reference = (services.readers.open(identifier) for identifier in stored)
    errors = error_by_lead(services, forecast, reference, "thetao", (7, 7), (20.0, 50.0, 122.5, 180.0))

    def mean(time: np.datetime64) -> np.ndarray:
        return services.climatology.field(small_grid, time, "thetao", 7)

    assert isinstance(forecast, Store) and isinstance(reference, Store)
    found = score(forecast, reference, "thetao", 7, REGIONS["kuroshio"], 1, mean)
    assert (errors.rmse[1], errors.acc[1]) == pytest.approx((found["rmse"], found["acc"]))


def test_values_at_a_point_are_those_of_its_cell(services: Services, small_grid: Grid) -> None:
    forecast = services.readers.open(write_forecast(small_grid, days=2))
    values = point_values(services, forecast, "speed", 10.0, 200.0, [0, 1, 2])
    row, column = small_grid.nearest(10, 200)
    expected = np.hypot(forecast.read("uo", 1, 3), forecast.read("vo", 1, 3))[row, column]
    assert values.sel(lead=1).values[3] == pytest.approx(expected)
    assert values.sizes == {"lead": 3, "depth": 15}


@pytest.mark.parametrize("name", [name for name, shown in DISPLAY_VARIABLES.items() if set(shown.needs) <= set(PROGNOSTIC)])
def test_every_field_says_the_same_at_a_point_as_on_the_map(services: Services, small_grid: Grid, name: str) -> None:
    forecast = services.readers.open(write_forecast(small_grid, days=1))
    display = DisplayReader(forecast, services.climatology.field)
    row, column = small_grid.nearest(10, 200)
    levels = DISPLAY_VARIABLES[name].depths(forecast.depths(DISPLAY_VARIABLES[name].needs[0]))
    level = 3 if levels and not DISPLAY_VARIABLES[name].of_neighbours else 0
    values = point_values(services, forecast, name, 10.0, 200.0, [0, 1]).values[:, level]
    expected = [display.read(name, lead, level)[row, column] for lead in (0, 1)]
    assert values == pytest.approx(expected, rel=1e-5, nan_ok=name in MAY_BE_MISSING)


def test_a_point_outside_a_regional_store_has_no_values(services: Services, small_grid: Grid) -> None:
    rows, columns = np.flatnonzero(np.abs(small_grid.lat) < 20), np.flatnonzero(np.abs(small_grid.lon - 200) < 20)
    wet = small_grid.wet[:, rows][:, :, columns]
    box = Grid(small_grid.lat[rows], small_grid.lon[columns], small_grid.depth, wet, small_grid.deptho[np.ix_(rows, columns)])
    analysis = services.readers.open(write_analysis(box))
    assert covers(analysis.grid, 0, 200) and not covers(analysis.grid, 50, 200)
    assert np.isnan(point_values(services, analysis, "thetao", 50.0, 200.0, [0])).all()


def test_the_sea_by_degrees_is_that_of_the_area_in_view(services: Services, small_grid: Grid) -> None:
    store = write_forecast(small_grid, days=1, parts={"waves": waves_and_detail(coarsened(16))["waves"]})
    waves = services.readers.open(f"{store}/waves")
    globe = sea_state_by_lead(services, waves, WORLD)
    assert globe.lead.values.tolist() == [0, 1]
    assert globe.sum("degree").values == pytest.approx(1)
    assert (globe.sel(degree=[4, 5]).values > 0.1).all(), "the made swell is two to four metres high"
    # At 30 degrees of latitude the made swell is three metres everywhere: rough.
    assert sea_state_by_lead(services, waves, (28.0, 32.0, 150.0, 200.0)).sel(degree=5).values == pytest.approx(1)
