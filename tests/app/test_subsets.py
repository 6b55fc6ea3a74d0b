"""Analyses of some fields alone: what is there is shown, what is not is said, and no chart or comparison fails."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from app.export.http import Export
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.chart_kinds import CHARTS
from app.state.comparison import comparison_choices
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from engine.diagnostics import QUANTITIES
from engine.ingest import ingest
from engine.runtime.errors import InputError
from engine.schema.grid import coarsened
from tests.app.made_stores import SUBSETS, write_analysis, write_forecast, write_subset
from tests.engine.ingest.test_files import GLORYS_FILE, first_days

GRID = coarsened(24)


@pytest.fixture
def services(private_home: object) -> Iterator[Services]:
    made = Services(Options(grid_factor=24, first_run=False), Jobs(["false"]))
    yield made
    made.close()


@pytest.mark.parametrize("name", SUBSETS)
def test_the_list_of_variables_holds_what_is_there_and_the_map_shows_the_first(services: Services, name: str) -> None:
    fields, _ = SUBSETS[name]
    selection = Selection(source=f"store:{write_subset(GRID, name)}", variable="zos" if "zos" not in fields else "thetao")
    scene = build_scene(selection, services)
    assert set(fields) <= set(scene.variables)
    assert not {"thetao", "so", "uo", "vo", "zos"} - set(fields) & set(scene.variables)
    [panel] = scene.panels
    assert panel.leads == [0, 1, 2] and panel.variable == scene.variables[0]
    for variable in scene.variables:
        for quantity in QUANTITIES:
            shown = build_scene(Selection(source=selection.source, variable=variable, quantity=quantity), services)
            for each in shown.panels:
                if each.leads:
                    frame = services.readers.display(each.store).read(each.variable, each.leads[-1], each.depth_index)
                    assert np.isfinite(frame).any()
                else:
                    assert each.empty


@pytest.mark.parametrize("view", ["map", "kuroshio", "waves", "biogeochemistry"])
@pytest.mark.parametrize("name", SUBSETS)
def test_every_chart_of_every_view_is_drawn_or_says_what_it_lacks(
    services: Services, name: str, view: str, caplog: pytest.LogCaptureFixture
) -> None:
    source = f"store:{write_subset(GRID, name)}"
    for chart in CHARTS:
        try:
            Export(services, {"source": source, "view": view, "chart": chart, "section": "137e"}).file("chart.csv")
        except InputError as error:
            assert len(str(error)) > 20
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("name", SUBSETS)
def test_beside_another_store_what_both_have_is_compared_and_the_rest_is_said_to_be_missing(
    services: Services, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    others = (write_forecast(GRID, days=4), write_analysis(GRID))
    source = f"store:{write_subset(GRID, name)}"
    choices = comparison_choices(Selection(source=source), services, build_scene(Selection(source=source), services))
    assert {f"store:{other}" for other in others} <= set(choices)
    for comparison in choices:
        scene = build_scene(Selection(source=source, comparison=comparison), services)
        if comparison.removeprefix("store:") in others:
            assert scene.panels[1].leads, f"{scene.panels[1].empty} in {comparison}"
        else:
            assert comparison == "none" or scene.panels[1].leads or scene.panels[1].empty
        for chart in ("error", "point", "section", "profile"):
            try:
                Export(services, {"source": source, "compare": comparison, "chart": chart, "section": "137e"}).file("chart.csv")
            except InputError as error:
                assert len(str(error)) > 20
    for other in others[1:]:
        turned = build_scene(Selection(source=f"store:{other}", comparison=source, variable="zos"), services)
        beside = turned.panels[1]
        assert beside.leads or beside.empty == "There is no sea surface height in this store"
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("fields", [("zos",), ("thetao", "so"), ("uo", "vo")], ids=" and ".join)
def test_some_fields_of_a_real_file_play_and_are_compared_with_the_whole(
    services: Services, shared_data: Path, tmp_path: Path, fields: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    whole = first_days(shared_data / GLORYS_FILE, tmp_path, 2)
    part = tmp_path / "part.nc"
    with xr.open_dataset(whole, decode_cf=False) as data:
        data.drop_vars({"zos", "thetao", "so", "uo", "vo"} - set(fields), errors="ignore").to_netcdf(part)
    stores = [ingest("glorys", [path], name).name for path, name in ((whole, "whole"), (part, "part"))]
    source, beside = (f"store:{name}" for name in reversed(stores))
    scene = build_scene(Selection(source=source, comparison=beside), services)
    assert set(fields) <= set(scene.variables) and not {"zos", "thetao", "so", "uo", "vo"} - set(fields) & set(scene.variables)
    mine, other = (
        services.readers.display(panel.store).read(panel.variable, panel.leads[0], panel.depth_index)
        for panel in scene.panels[:2]
    )
    np.testing.assert_allclose(mine, other, atol=2e-3)
    assert np.isfinite(mine).any()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
