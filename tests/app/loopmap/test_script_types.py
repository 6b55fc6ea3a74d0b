"""What crosses between server and browser has the same names on both sides: types of the scripts against what Python sends."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from panel.custom import JSComponent

from app.components.file_drop.component import FileDrop
from app.components.save_menu import SaveMenu
from app.components.section_player import DailySections
from app.frames.encode import Viewport, make_body
from app.jobs.queue import Jobs
from app.loopmap import LoopMap
from app.services.options import Options
from app.services.services import Services
from app.show.programme import programme
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from engine.runtime.paths import REPOSITORY
from engine.schema.grid import Grid
from tests.app.made_stores import write_forecast

APP = REPOSITORY / "app"
SENT_BY_THE_BROWSER = {"on", "send_msg"}
"""Of a model of Panel: methods, not parameters."""


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def properties(script: Path, name: str) -> tuple[set[str], set[str]]:
    """Return the names that a type of a script has, and those of them that are always there."""
    blocks = re.findall(r"/\*\*.*?\*/", script.read_text(encoding="utf-8"), re.DOTALL)
    [block] = [block for block in blocks if re.search(rf"@typedef \{{object\}} {name}\b", block)]
    found = re.findall(r"@property \{.*\} (\[?)(\w+)\]?", block)
    return {each for _, each in found}, {each for optional, each in found if not optional}


def assert_known(sent: set[str], script: Path, name: str) -> None:
    known, required = properties(script, name)
    assert required <= sent <= known


@pytest.mark.parametrize(
    "comparison", ["none", "reference", "persistence"], ids=["one map", "a missing reference", "two maps and their difference"]
)
def test_a_map_is_described_by_the_names_that_the_script_knows(services: Services, small_grid: Grid, comparison: str) -> None:
    write_forecast(small_grid, days=3)
    scene = build_scene(Selection(start="2019-02-23", comparison=comparison), services)
    for panel in (spec.to_message() for spec in scene.panels):
        assert_known(set(panel), APP / "loopmap/static/panel_spec.js", "PanelSpec")
        for layer in ("currents", "wind", "ice"):
            if panel.get(layer):
                assert_known(set(panel[layer]), APP / "loopmap/static/panel_spec.js", "LayerSource")


def test_a_body_begins_with_the_header_that_the_script_reads(services: Services, small_grid: Grid) -> None:
    reader = services.readers.open(write_forecast(small_grid, days=1))
    header = json.loads(make_body(reader, "thetao", 0, [0], Viewport(-90, 90, 0, 360, 40, 20)).split(b"\n", 1)[0])
    assert_known(set(header), APP / "loopmap/static/codec.js", "FrameHeader")


def test_a_scene_of_the_show_has_the_names_that_the_script_knows(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=8)
    for scene in programme(services)["scenes"]:
        assert_known(set(scene), APP / "show/static/programme.js", "Scene")


@pytest.mark.parametrize(
    ("component", "script", "name"),
    [
        (LoopMap, "loopmap/static/loopmap.js", "LoopMapModel"),
        (DailySections, "components/section_player/section_player.js", "SectionModel"),
        (SaveMenu, "components/save_menu/save_menu.js", "SaveModel"),
        (FileDrop, "components/file_drop/file_drop.js", "DropModel"),
    ],
)
def test_a_script_reads_parameters_that_its_component_has(component: type[JSComponent], script: str, name: str) -> None:
    own = set(component.param) - set(JSComponent.param)
    known, _ = properties(APP / script, name)
    assert known - SENT_BY_THE_BROWSER <= own
    assert own - known <= {"frames_url", "static_url"}, "only the loader reads where the scripts and frames are"


def test_a_chart_of_a_section_has_the_names_that_the_script_knows() -> None:
    known, _ = properties(APP / "components/section_player/section_player.js", "Chart")
    assert [each for each in known if f"`{each}`" not in (DailySections.__doc__ or "")] == []
