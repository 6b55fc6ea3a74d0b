"""A store with a missing day on the page: the day is empty on the maps, and no chart and no path joins what lies around it."""

from collections.abc import Iterator

import numpy as np
import pytest
import xarray as xr

from app.analysis.drift import drift_of
from app.charts.elements import series
from app.charts.style import each_day
from app.export.http import Export
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from app.text.missing_data import sentences
from app.views.controls.stores_dialog import state_of
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.schema.grid import coarsened
from engine.stores import AnalysisStore, Missing, list_stores, open_store
from tests.app.made_stores import START, ocean, write_forecast

GRID = coarsened(24)
GAP = 3
DAYS = 8


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=24, first_run=False), Jobs(["false"]))
    yield made
    made.close()


@pytest.fixture
def source() -> str:
    """Return the source of an analysis of eight days, the first and one amid them missing."""
    folder = stores_folder() / "gappy"
    attributes = {"source": "glorys", "label": "GLORYS", "sampling": "daily mean", "sample": False}
    with AnalysisStore.create(folder, GRID, START + np.arange(DAYS), attributes) as writer:
        for lead in range(DAYS):
            if lead not in (0, GAP):
                writer.append(lead, ocean(GRID, lead))
        writer.mark_missing({START + lead: Missing("404", ()) for lead in (0, GAP)})
        writer.finish()
    return "store:gappy"


def test_the_player_stops_at_the_missing_day_with_nothing_to_show(services: Services, source: str) -> None:
    scene = build_scene(Selection(source=source), services)
    assert scene.leads == list(range(DAYS)), "the day has its place on the time axis"
    assert [lead for lead in scene.leads if lead not in scene.panels[0].leads] == [0, GAP]
    changes = build_scene(Selection(source=source, quantity="change"), services).panels[0].leads
    assert changes == [2, 5, 6, 7], "no change spans two days"


def test_beside_a_forecast_only_days_of_both_are_compared(services: Services, source: str) -> None:
    beside = f"store:{write_forecast(GRID, days=5)}"
    scene = build_scene(Selection(source=source, comparison=beside), services)
    assert scene.panels[0].leads == [1, 2, 4, 5, 6, 7] and scene.panels[1].leads == list(range(6))
    table, _ = Export(services, {"source": source, "compare": beside, "chart": "error"}).file("chart.csv")
    rows = [line for line in table.decode().splitlines()[1:] if not line.endswith(",")]
    assert rows and not [row for row in rows if f",{GAP}," in row or row.startswith(f"{GAP},")]


def test_persistence_begins_with_the_first_day_that_is_there(services: Services, source: str) -> None:
    reader = services.readers.open("persistence@gappy")
    assert reader.leads == list(range(1, DAYS))
    np.testing.assert_array_equal(reader.read("zos", 5), services.readers.open("gappy").read("zos", 1))


def test_the_path_of_a_particle_ends_before_the_missing_day(services: Services, source: str) -> None:
    reader = services.readers.open("gappy")
    assert drift_of(services, reader, (0.0, 170.0), 0.0, release=1)["days"][-1] == GAP - 1
    assert drift_of(services, reader, (0.0, 170.0), 0.0, release=GAP + 1)["days"][-1] == DAYS - 1
    with pytest.raises(InputError, match="it needs the day of release and one after it"):
        drift_of(services, reader, (0.0, 170.0), 0.0, release=GAP - 1)


def test_the_picture_of_a_film_after_a_missing_day_says_so(services: Services, source: str) -> None:
    export = Export(services, {"source": source, "variable": "zos"})
    said = {lead: export._film_frames(lead)[0].notice for lead in (2, GAP + 1, GAP + 2)}
    assert said[GAP + 1].startswith("1 day before missing") and "missing" not in said[2] + said[GAP + 2]
    assert export._drawn_leads() == [1, 2, 4, 5, 6, 7]


def test_curves_have_a_hole_where_days_are_missing() -> None:
    values = xr.DataArray([1.0, 2.0, 3.0], {"lead": [0, 1, 4]}, ("lead",))
    np.testing.assert_array_equal(each_day(values), [1, 2, np.nan, np.nan, 3])
    curve = next(element for element in series({"a": values}, "", "m") if type(element).__name__ == "Curve")
    np.testing.assert_array_equal(curve.dimension_values(1), [1, 2, np.nan, np.nan, 3])


def test_the_list_of_stores_and_the_note_after_files_were_taken_in_say_how_many_days_are_missing(source: str) -> None:
    assert [state_of(summary) for summary in list_stores()] == ["whole, 6 days, 2 between them missing"]
    assert sentences(open_store(stores_folder() / "gappy").attrs)[-1] == "2 days are missing; 2019-02-23: 404."
