"""Runs on disk: rounding, random access, resuming after a kill, the predictability floor."""

from pathlib import Path

import numpy as np
import pytest

from engine.runtime.atomic import partial_path
from engine.runtime.errors import InputError
from engine.schema.grid import coarsened
from sample_data.assets_build.shipped_days import ship
from sample_data.runs.build import build, floor_run
from sample_data.runs.field_archive import STEPS, file_of_day
from sample_data.runs.run import Run

GRID = coarsened(8)
NAMES = tuple(STEPS)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return build(22, 3, tmp_path_factory.mktemp("runs") / "seed-3", grid=GRID)


def _made_up(day: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(day)
    scales = {"zos": 0.5, "surface_temperature": 8.0, "surface_salinity": 3.0}
    return {name: random.standard_normal(GRID.shape) * scales[name] + 5 for name in NAMES}


def test_stored_fields_come_back_within_half_a_step(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "made-up", 9, GRID)
    for day in range(10):
        run.append(day, _made_up(day))
    again = Run.open(tmp_path / "made-up")
    for day in (9, 0, 8, 3, 7):
        for name in NAMES:
            error = np.abs(getattr(again, name)(day) - _made_up(day)[name])[GRID.wet_surface]
            assert error.max() <= STEPS[name] / 2 * 1.01
            assert np.all(np.isnan(getattr(again, name)(day)[~GRID.wet_surface]))


def test_reading_days_in_any_order_gives_the_same_fields(run: Run) -> None:
    forward = [Run.zos(run, day) for day in run.days]
    fresh = Run.open(run.folder)
    for day in (21, 2, 13, 14, 0):
        np.testing.assert_array_equal(fresh.zos(day), forward[day])


def test_a_killed_build_ends_in_the_same_arrays(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "killed"

    class Killed(Exception):
        pass

    def kill_at(day: int):  # type: ignore[no-untyped-def]
        def progress(fraction: float, doing: str) -> None:
            if doing == f"sample day {day}":
                raise Killed

        return progress

    for day in (4, 17):
        with pytest.raises(Killed):
            build(22, 3, folder, kill_at(day), GRID)
    partial_path(file_of_day(folder, 18)).write_bytes(b"half a day")
    resumed = build(22, 3, folder, grid=GRID)
    assert list(resumed.days) == list(run.days)
    for day in run.days:
        assert file_of_day(folder, day).read_bytes() == file_of_day(run.folder, day).read_bytes()


def test_a_finished_build_is_not_made_again(run: Run) -> None:
    before = file_of_day(run.folder, 22).stat().st_mtime_ns
    build(20, 3, run.folder, grid=GRID)
    assert file_of_day(run.folder, 22).stat().st_mtime_ns == before


def test_a_folder_of_another_seed_is_refused(run: Run) -> None:
    with pytest.raises(InputError, match="seed 3"):
        build(5, 4, run.folder, grid=GRID)


def test_missing_and_damaged_days_are_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sample day 99"):
        run.zos(99)
    with pytest.raises(InputError, match="no run"):
        Run.open(tmp_path)
    copy = ship(run, 8, 12, tmp_path / "copy")
    file_of_day(copy.folder, 9).write_bytes(file_of_day(copy.folder, 9).read_bytes()[:300])
    with pytest.raises(InputError, match=r"day-0009.*damaged"):
        copy.surface_salinity(9)


def test_a_shipped_stretch_reads_like_the_run_it_came_from(run: Run, tmp_path: Path) -> None:
    shipped = ship(run, 8, 14, tmp_path / "shipped")
    assert list(shipped.days) == list(range(8, 15))
    for day in (14, 8, 11):
        np.testing.assert_array_equal(shipped.surface_temperature(day), run.surface_temperature(day))


def test_the_floor_lies_below_persistence_and_knows_no_future_noise(run: Run) -> None:
    start = 12
    floors = list(floor_run(run, start, 4))
    wet = GRID.wet_surface & (np.abs(GRID.lat) < 64)[:, None]
    for lead, (zos, temperature, _) in enumerate(floors, start=1):
        for field, name in ((zos, "zos"), (temperature, "surface_temperature")):
            reference = getattr(run, name)(start + lead)
            floor = np.sqrt(np.mean((field - reference)[wet] ** 2))
            still = np.sqrt(np.mean((getattr(run, name)(start) - reference)[wet] ** 2))
            assert floor < 0.5 * still
    again = list(floor_run(run, start, 4))
    np.testing.assert_array_equal(floors[-1][0], again[-1][0])
