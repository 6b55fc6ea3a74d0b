"""What the tour can show: scenes whose fields are there, the reference in place of the forecast, and what is waited for."""

from collections.abc import Iterator

import pytest

from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.show.programme import programme
from engine.schema.grid import Grid
from tests.app.made_stores import waves_and_detail, write_forecast


@pytest.fixture
def services() -> Iterator[Services]:
    # A child that never reports: a job that was asked for stays under way.
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["sleep", "60"]))
    yield made
    made.close()


def names(services: Services) -> list[str]:
    return [scene["name"] for scene in programme(services)["scenes"]]


def test_a_scene_whose_field_no_store_has_is_left_out(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=8)
    assert names(services) == ["kuroshio", "gulf_stream", "agulhas", "equatorial_pacific"]


def test_the_waves_come_from_their_part_of_a_store_and_the_currents_from_the_ocean(services: Services, small_grid: Grid) -> None:
    identifier = write_forecast(small_grid, days=8, parts=waves_and_detail(small_grid))
    [waves] = [scene for scene in programme(services)["scenes"] if scene["name"] == "southern_ocean"]
    assert waves["store"] == f"{identifier}/waves"
    assert waves["flow"]["store"] == identifier
    assert waves["quantity"] == "Significant wave height"


def test_a_scene_says_day_source_and_that_it_is_a_simulation(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=8)
    found = programme(services)
    scene = found["scenes"][0]
    assert found["complete"] and found["waiting"] is None
    assert scene["times"][3] == "sample day 3 (like 26 Feb)"
    assert scene["source"] == "GOMS small, hindcast, winds known"
    assert scene["notice"] == "sample ocean - simulation, not for navigation"
    assert len(scene["colours"]) == 256


def test_the_reference_stands_in_until_the_forecast_has_a_week(services: Services, small_grid: Grid) -> None:
    reference = write_forecast(small_grid, days=8, kind="reference")
    forecast = write_forecast(small_grid, days=30, finished=3)
    assert {scene["store"] for scene in programme(services)["scenes"]} == {reference}
    write_forecast(small_grid, days=30, finished=8, model="small")
    services.stores.refresh()
    found = programme(services)
    assert {scene["store"] for scene in found["scenes"]} == {forecast}
    assert found["scenes"][0]["leads"] == list(range(9))
    assert not found["complete"]


def test_a_first_forecast_under_way_is_told_by_its_days(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=30, finished=5)
    services.queues.submit("forecast", "sample", "2019-02-23", "small")
    waiting = programme(services)["waiting"]
    assert waiting["title"] == "The first forecast is being made"
    assert waiting["detail"].startswith("Day 5 of 30.")
    assert waiting["fraction"] == pytest.approx(5 / 30)


def test_with_nothing_on_the_disk_the_visitor_is_told_what_to_do(services: Services) -> None:
    found = programme(services)
    assert found["scenes"] == [] and not found["complete"]
    assert found["waiting"]["title"] == "There is no forecast yet"
    assert "Run a 30-day forecast" in found["waiting"]["detail"]
