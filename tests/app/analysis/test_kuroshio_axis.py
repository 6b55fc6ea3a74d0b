"""The axis of a store day by day: one height for all days, counted by the leads of what the map shows."""

from collections.abc import Iterator

import numpy as np
import pytest

from app.analysis.kuroshio_axis import SPACING, axes, latitude_by_lead
from app.jobs.queue import Jobs
from app.loopmap import pack_path
from app.services.options import Options
from app.services.services import Services
from engine.runtime.paths import stores_folder
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.stores import AnalysisStore, Store

DRIFT = 0.25
"""Degrees that the made jet goes north a day."""


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=4, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def write_jet(name: str, first_day: str, zero: float = 0.0, beginning: float = 35.0, days: int = 4) -> Store:
    """Write days of a straight jet that goes north, its sea level counted from `zero`."""
    whole = coarsened(4)
    grid = Grid(whole.lat, whole.lon, whole.depth[:1], whole.wet[:1], whole.deptho)
    times = np.datetime64(first_day, "D") + np.arange(days)
    attrs = {"source": name, "label": name, "sample": False}
    with AnalysisStore.create(stores_folder() / name, grid, times, attrs, ("zos",)) as store:
        for day in range(days):
            height = zero - 0.5 * np.tanh((grid.lat - beginning - DRIFT * day) / 2)
            field = np.where(grid.wet[0], height[:, None], np.nan).astype(np.float32)
            store.append(day, Batch({"zos": field}, grid, times[day]))
        store.finish()
    return Store(stores_folder() / name)


def test_the_latitude_follows_the_jet_whatever_the_zero_of_sea_level(services: Services) -> None:
    low, high = write_jet("low", "2019-03-01"), write_jet("high", "2019-03-01", zero=1.5)
    found = [latitude_by_lead(services, store, store) for store in (low, high)]
    assert np.diff(found[0].values) == pytest.approx(DRIFT, abs=0.03)
    assert found[0].values == pytest.approx(found[1].values, abs=0.01)


def test_another_store_is_counted_by_the_leads_of_what_the_map_shows(services: Services) -> None:
    first, later = write_jet("first", "2019-03-01"), write_jet("later", "2019-03-03", beginning=35.5)
    found = latitude_by_lead(services, first, later)
    assert found.lead.values.tolist() == [2, 3], "its last two days lie beyond the loop"
    assert found.values == pytest.approx(latitude_by_lead(services, first, first).values[2:], abs=0.1)


def test_a_kept_axis_is_no_finer_than_a_screen_and_packs_into_two_bytes_a_number(services: Services) -> None:
    places = axes(services, write_jet("jet", "2019-03-01"))[0]
    assert np.hypot(*np.diff(places, axis=0).T).min() > 0.5 * SPACING
    assert len(pack_path(places)) <= 4 * np.ceil(4 * len(places) / 3)


def test_a_store_without_sea_level_has_no_axis(services: Services) -> None:
    class NoHeight:
        variables = ("thetao",)
        leads = (0, 1)

    assert axes(services, NoHeight()) == {}  # type: ignore[arg-type]
