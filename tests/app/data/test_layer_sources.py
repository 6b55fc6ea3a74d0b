"""What frames of the layers are made from: the wind and ice of a store's own days, and the sea floor."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.data.layer_sources import open_frames
from app.frames.encode import Viewport, make_body
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.readers import revision
from app.services.services import Services
from app.state.layer_fields import layer_fields
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened, quarter_degree
from sample_data.weather.atmosphere import forcing
from tests.app.made_stores import waves_and_detail, write_analysis, write_forecast, write_surface_analysis


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def fields_of(services: Services, store: str, depth: float = 0.0) -> dict[str, Any]:
    return layer_fields(services, store, depth)


def test_the_wind_of_a_lead_is_that_of_its_day_under_a_baseline_too(services: Services, small_grid: Grid) -> None:
    store = write_forecast(small_grid, days=3)
    expected = forcing(1, 2, coarsened(4))["v10"]
    for identifier in (f"wind@{store}", f"wind@persistence@{store}"):
        np.testing.assert_array_equal(open_frames(services.readers, identifier).read("v10", 2), expected)
    with pytest.raises(InputError, match="expected u10 or v10"):
        open_frames(services.readers, f"wind@{store}").read("t2m", 2)


def test_stores_open_as_before_and_what_is_not_there_is_refused(services: Services, small_grid: Grid) -> None:
    store = write_forecast(small_grid, days=1)
    assert open_frames(services.readers, store).read("speed_change", 1).shape == small_grid.shape
    with pytest.raises(InputError, match="nowhere"):
        open_frames(services.readers, "wind@nowhere")


def test_the_sea_floor_reaches_zero_on_land_and_becomes_frames(services: Services) -> None:
    floor = open_frames(services.readers, "sea-floor")
    depth = floor.read("deptho", 0)
    assert (depth[np.isnan(quarter_degree().deptho)] == 0).all() and depth.max() > 4000
    assert make_body(floor, "deptho", 0, [0], Viewport(-80, 80, 100, 460, 64, 32)).startswith(b'{"leads": [0], "width": 64')


def test_layers_take_the_currents_of_the_depth_shown_and_those_around_a_part(services: Services, small_grid: Grid) -> None:
    store = write_forecast(small_grid, days=2, parts=waves_and_detail(coarsened(16)))
    deep = fields_of(services, store, 100.0)["currents"]
    assert deep == {"store": store, "depth_index": 7, "revision": revision(services.readers.open(store)), "leads": [0, 1, 2]}
    assert fields_of(services, f"{store}/waves")["currents"]["store"] == store
    assert fields_of(services, f"{store}/kuroshio")["currents"]["store"] == f"{store}/kuroshio"
    assert fields_of(services, f"persistence@{store}")["currents"]["store"] == f"persistence@{store}"
    assert fields_of(services, store, 42.0)["currents"] is None


def test_what_a_store_does_not_know_is_none(services: Services, small_grid: Grid) -> None:
    hycom, surface = write_analysis(small_grid), write_surface_analysis(small_grid)
    assert fields_of(services, hycom)["currents"] is not None
    assert fields_of(services, hycom)["wind"] is None and fields_of(services, hycom)["ice"] is None
    assert fields_of(services, surface)["currents"] is None
