"""Drift from a point: as far as the current carries it, released on the day that is meant, said to be what it is."""

from collections.abc import Iterator

import numpy as np
import pytest

from app.analysis.drift import CLOUD, CLOUD_RADIUS, cloud, drift_of
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from engine.runtime.errors import InputError
from engine.schema.constants import EARTH_RADIUS
from engine.schema.grid import Grid
from tests.app.made_stores import waves_and_detail, write_analysis, write_eddies, write_forecast

DAY = 86400.0
POINT = (35.0, 145.0)


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def test_a_particle_goes_as_far_as_the_water_from_the_day_of_release(services: Services) -> None:
    path = drift_of(services, services.readers.open(write_eddies(days=4)), POINT, 0.0, release=1)
    assert path["days"][0] == 1 and path["days"][-1] == 4 and len(path["days"]) == 13
    gone = np.deg2rad(path["lon"][0][-1] - POINT[1]) * EARTH_RADIUS * np.cos(np.deg2rad(POINT[0]))
    assert gone == pytest.approx(0.5 * 3 * DAY, rel=1e-3)
    assert path["lat"][0] == pytest.approx([35.0] * 13)
    assert len(path["lat"]) == 1 + CLOUD


def test_the_label_says_what_carries_it_and_what_does_not(services: Services) -> None:
    label = drift_of(services, services.readers.open(write_eddies()), POINT, 250.0, release=1)["label"]
    assert label == (
        "Path of a particle released on sample day 1 (like 24 Feb); currents of GOMS small at the surface only, no wind or waves"
    )


def test_the_depth_of_the_currents_is_that_of_the_map(services: Services, small_grid: Grid) -> None:
    reader = services.readers.open(write_forecast(small_grid, days=2))
    surface, deep = (drift_of(services, reader, (0.0, 170.0), depth, release=0) for depth in (0.0, 500.0))
    assert "at 500 m only" in deep["label"]
    assert abs(deep["lat"][0][-1]) < 0.5 * abs(surface["lat"][0][-1])


def test_the_cloud_stands_around_the_point_and_only_on_water(small_grid: Grid) -> None:
    lat, lon = cloud(small_grid, (60.0, 180.0))
    apart = EARTH_RADIUS * np.deg2rad(np.hypot(lat - 60, (lon - 180) * np.cos(np.deg2rad(60))))
    assert apart == pytest.approx([0.0, *[CLOUD_RADIUS] * CLOUD])
    dry = Grid(small_grid.lat, small_grid.lon, small_grid.depth, np.zeros_like(small_grid.wet), small_grid.deptho)
    assert len(cloud(dry, (60.0, 180.0))[0]) == 1


def test_a_store_that_began_on_another_day_is_followed_on_the_days_of_the_playhead(services: Services, small_grid: Grid) -> None:
    analysis = services.readers.open(write_analysis(small_grid, days=5))
    path = drift_of(services, analysis, (0.0, 170.0), 0.0, release=3, offset=-2)
    assert (path["days"][0], path["days"][-1]) == (3, 6)
    assert "HYCOM native grid" in path["label"]


def test_a_part_without_currents_drifts_with_those_of_the_store_around_it(services: Services, small_grid: Grid) -> None:
    identifier = write_forecast(small_grid, days=2, parts=waves_and_detail(small_grid))
    own = drift_of(services, services.readers.open(identifier), (0.0, 170.0), 0.0, release=0)
    assert drift_of(services, services.readers.open(f"{identifier}/waves"), (0.0, 170.0), 0.0, release=0) == own


def test_it_is_computed_once_for_all_who_ask(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = services.readers.open(write_eddies())
    first = drift_of(services, reader, POINT, 0.0, release=0)
    monkeypatch.setattr("app.analysis.drift.drift", lambda *_: pytest.fail("computed again"))
    assert drift_of(services, reader, POINT, 0.0, release=0) == first


@pytest.mark.parametrize(("point", "release", "words"), [(POINT, 4, "one after it"), ((0.0, 0.0), 0, "choose water")])
def test_where_nothing_drifts_it_is_said_why(services: Services, point: tuple[float, float], release: int, words: str) -> None:
    with pytest.raises(InputError, match=words):
        drift_of(services, services.readers.open(write_eddies(days=4)), point, 0.0, release)
