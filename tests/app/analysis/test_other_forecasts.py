"""Other forecasts of the same days are scored beside the one shown, each over its own zero of sea level."""

from collections.abc import Iterator

import holoviews as hv
import numpy as np
import pytest

from app.analysis.errors import error_by_lead
from app.analysis.other_forecasts import against, other_forecasts
from app.charts.drawings.error import error
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from engine.runtime.paths import stores_folder
from engine.schema.grid import Grid
from engine.stores.layout import add_attributes
from tests.app.made_stores import write_forecast

WORLD = (-90.0, 90.0, 20.0, 380.0)


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


@pytest.fixture
def forecasts(small_grid: Grid) -> tuple[str, str, str]:
    """Write a forecast, its reference, and the worse forecast of another model."""
    ours, truth = write_forecast(small_grid, days=3, shift=1), write_forecast(small_grid, days=3, kind="reference")
    return ours, truth, write_forecast(small_grid, days=3, model="fourcastnet", shift=4)


def test_persistence_and_the_other_model_are_scored_against_the_same_reference(
    services: Services, forecasts: tuple[str, str, str]
) -> None:
    ours, truth, rival = (services.readers.open(name) for name in forecasts)
    services.stores.refresh()
    found = other_forecasts(services, ours, truth, ("thetao",), 0.0)
    assert [reader.identifier for reader, _ in found.values()] == [f"persistence@{ours.identifier}", rival.identifier]
    own, worse = (error_by_lead(services, each, truth, "thetao", (0, 0), WORLD, False).rmse for each in (ours, rival))
    assert np.all(worse > own)


def test_a_start_of_another_week_is_not_scored_beside(
    services: Services, forecasts: tuple[str, str, str], small_grid: Grid
) -> None:
    write_forecast(small_grid, days=3, model="base", begin=2)
    services.stores.refresh()
    ours, truth, _ = (services.readers.open(name) for name in forecasts)
    assert len(other_forecasts(services, ours, truth, ("thetao",), 0.0)) == 2
    assert other_forecasts(services, ours, truth, ("thetao",), 7.0) == {}, "nobody has 7 m"


def test_a_forecast_over_another_zero_of_sea_level_is_not_punished_for_it(
    services: Services, forecasts: tuple[str, str, str]
) -> None:
    ours, truth, rival = (services.readers.open(name) for name in forecasts)
    plain = error_by_lead(services, rival, against(services, rival, truth), "zos", (0, 0), WORLD, False).rmse
    add_attributes(stores_folder() / rival.identifier, {"source": "another"})
    services.stores.refresh()
    other = services.readers.open(rival.identifier)
    moved = against(services, other, truth)
    assert moved.identifier == f"aligned@{truth.identifier}|{rival.identifier}"
    np.testing.assert_allclose(error_by_lead(services, other, moved, "zos", (0, 0), WORLD, False).rmse, plain, rtol=0.02)
    assert against(services, ours, services.readers.open(f"aligned@{truth.identifier}|{rival.identifier}")) is truth


def test_the_chart_of_the_error_names_every_curve(services: Services, forecasts: tuple[str, str, str]) -> None:
    services.stores.refresh()
    selection = Selection(start="2019-02-23", comparison="reference", variable="thetao")
    chart, *_ = error(selection, services, build_scene(selection, services)).make()[0]
    assert {item.label["value"] for item in hv.render(chart).legend[0].items} == {
        "GOMS small", "Persistence", "FourCastNet, small",
    }  # fmt: skip
