"""A forecast that another provider made plays by its own name, with its own levels and days, beside ours."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import panel_material_ui as pmui
import pytest

from app.data.matching import common_leads
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.comparison import comparison_choices
from app.state.scene import depth_choices, time_axis
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from app.views.controls.sources import SourceControls
from app.views.controls.stores_dialog import StoresDialog
from engine.oceanbench.ingest import ingest_challenger
from engine.schema.grid import Grid
from tests.app.made_stores import START, write_analysis, write_forecast, write_surface_analysis
from tests.engine.oceanbench.challengers import one_degree, write_challenger


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


@pytest.fixture
def glonet(tmp_path: Path) -> str:
    """A forecast whose first day is the second of the forecasts of the tests."""
    folder = tmp_path / "glonet" / "20190225.zarr"
    return ingest_challenger(str(write_challenger(folder, **one_degree(), first=START + np.timedelta64(2, "D"), days=3)))


def chosen(**values: object) -> Selection:
    return Selection(**{"start": "2019-02-23", **values})


def test_it_plays_from_its_first_day_with_the_levels_it_has(services: Services, glonet: str) -> None:
    scene = build_scene(chosen(source=f"store:{glonet}", depth=20.0), services)
    panel = scene.panels[0]
    assert (panel.title, panel.forcing) == ("GLONET", "daily mean, forcing not stated")
    assert (scene.leads, panel.leads, scene.times[0]) == ([1, 2, 3], [1, 2, 3], "2019-02-25")
    assert depth_choices(scene) == (0, 50, 100, 200, 250, 300, 400, 500)
    assert panel.quantity == "Temperature at the surface", "of 20 m the nearest level that is there"
    assert panel.has_lead and time_axis(scene) == "lead (days)"
    assert not scene.needs_forecast and not scene.needs_reference


def test_beside_ours_it_is_matched_by_day_at_depths_that_both_have(services: Services, glonet: str, small_grid: Grid) -> None:
    write_forecast(small_grid, days=4)
    ours = chosen(comparison=f"store:{glonet}", depth=100.0)
    scene = build_scene(ours, services)
    assert f"store:{glonet}" in comparison_choices(ours, services, scene)
    assert [panel.title for panel in scene.panels] == ["GOMS small", "GLONET", "GOMS small minus GLONET"]
    assert scene.primary is not None and scene.comparison is not None
    assert common_leads(scene.primary, scene.comparison) == [(2, 1), (3, 2), (4, 3)]
    deep = build_scene(chosen(comparison=f"store:{glonet}", depth=20.0), services)
    assert deep.panels[1].empty == "There is no temperature at 20 m in this store"


def test_a_difference_of_daily_means_and_snapshots_says_so(services: Services, glonet: str, small_grid: Grid) -> None:
    snapshots, means = write_analysis(small_grid), write_surface_analysis(small_grid)
    mixed = build_scene(chosen(source=f"store:{glonet}", comparison=f"store:{snapshots}"), services)
    assert mixed.panels[2].notice == "daily means beside snapshots"
    alike = build_scene(chosen(source=f"store:{glonet}", comparison=f"store:{means}"), services)
    assert alike.panels[2].notice == ""


def test_it_is_offered_as_a_source_and_shown_from_the_list_of_stores(services: Services, glonet: str, small_grid: Grid) -> None:
    write_forecast(small_grid, days=2)
    selection = Selection()
    offered = SourceControls(selection, services)._sources()
    assert {label: name for label, name in offered.items() if name.startswith("store:")} == {
        "GLONET, oceanbench, 2019-02-24": f"store:{glonet}"
    }
    dialog = StoresDialog(selection, services, lambda *_: None)
    dialog._open()
    show = [button for button in dialog.rows.select(pmui.Button) if button.label == "Show"]
    show[0].clicks += 1
    assert selection.source == f"store:{glonet}"
    assert SourceControls(selection, services).check() == ""
