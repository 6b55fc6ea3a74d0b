"""The climatology kept on disk is that of the engine."""

import numpy as np
import pytest

from app.data.caches import ArrayCache
from app.data.climatology_cache import INTERVAL, Climatology, grid_key, is_prepared, kept_day, prepare
from engine.physics.displaced_state import climatology
from engine.runtime.progress import no_progress
from engine.schema.grid import Grid, coarsened


@pytest.mark.parametrize(("date", "day", "share"), [("2019-01-01", 0, 0.0), ("2019-01-08", 5, 0.4), ("2020-02-10", 40, 0.0)])
def test_a_day_lies_between_two_kept_days(date: str, day: int, share: float) -> None:
    assert kept_day(np.datetime64(date)) == (day, pytest.approx(share))


def test_fields_are_those_of_the_engine_to_the_rounding_of_the_store(small_grid: Grid) -> None:
    mean, time = Climatology(ArrayCache(1 << 26)), np.datetime64("2019-03-06")
    expected = climatology(small_grid, time)
    for variable, level, slack in (("thetao", 0, 0.02), ("thetao", 7, 0.02), ("so", 3, 0.02), ("zos", 0, 0.002)):
        wanted = expected[variable][level] if expected[variable].ndim == 3 else expected[variable]
        error = mean.field(small_grid, time, variable, level) - wanted
        assert np.sqrt(np.nanmean(error**2)) < slack, (variable, level)


def test_what_is_prepared_is_not_computed_again(small_grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
    days = np.datetime64("2019-03-02") + np.arange(INTERVAL)
    folder = prepare(small_grid, days, no_progress, lambda: False)
    assert len(list(folder.glob("thetao-*.npy"))) == 2
    monkeypatch.setattr("app.data.climatology_cache.climatology", lambda *_: pytest.fail("computed again"))
    assert np.isfinite(Climatology(ArrayCache(1 << 26)).field(small_grid, days[2], "thetao")).any()
    assert is_prepared(small_grid, days) and not is_prepared(small_grid, days + 3 * INTERVAL)


def test_grids_with_other_masks_have_other_keys(small_grid: Grid) -> None:
    other = Grid(small_grid.lat, small_grid.lon, small_grid.depth, small_grid.wet & False, small_grid.deptho)
    assert grid_key(other) != grid_key(small_grid) == grid_key(coarsened(8))
