"""Layers on paper: those of the page, where the store knows them, and others on another day."""

from collections.abc import Iterator

import numpy as np
import pytest

from app.export.http import Export
from app.export.overlays import Arrows, Lines, Names, contours
from app.export.picture import Sheet
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from engine.schema.grid import Grid
from tests.app.made_stores import write_analysis, write_forecast

ALL = "streaks,arrows,wind,contours,bathymetry,ice,names"
ADDRESS = {"variable": "thetao", "lead": "2", "lat": "0", "lon": "200", "span": "360", "layers": ALL}


@pytest.fixture
def services(small_grid: Grid) -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    write_forecast(small_grid, days=3)
    yield made
    made.close()


def test_contours_lie_at_round_values_within_the_colours_and_never_on_land() -> None:
    values = np.tile(np.linspace(0, 10, 640, dtype=np.float32), (320, 1))
    values[:, :64] = np.nan
    lines = contours(values, (-80, 80, 0, 320), (2.0, 7.0), log=False)
    assert lines.levels.tolist() == [2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5]
    assert np.isnan(lines.values[:, :32]).all() and lines.lon[0] == pytest.approx(0.5) and lines.lat[0] > 79
    assert contours(values, (-80, 80, 0, 320), (0.5, 30.0), log=True).levels.tolist() == [1, 2, 5, 10, 20]


def test_a_picture_has_the_layers_of_the_page_but_no_streaks(services: Services) -> None:
    [frame] = Export(services, ADDRESS)._frames(2)
    lines = {overlay.name for overlay in frame.overlays if isinstance(overlay, Lines)}
    arrows = {overlay.name: overlay for overlay in frame.overlays if isinstance(overlay, Arrows)}
    assert lines == {"contours", "bathymetry", "ice"} and set(arrows) == {"arrows", "wind"}
    assert any(isinstance(overlay, Names) and overlay.places for overlay in frame.overlays)
    wind = arrows["wind"]
    assert np.isnan(wind.u).any() and np.isfinite(wind.u).any(), "the wind is known on land, and not drawn there"
    assert wind.reference in (1, 2, 5, 10, 20)


def test_the_words_of_a_drawing_name_seas_and_say_how_long_an_arrow_is(services: Services) -> None:
    drawing = Export(services, ADDRESS).file("map.svg")[0].decode()
    assert "Pacific Ocean" in drawing and "m/s wind" in drawing and "m/s current" in drawing and "4000 m" in drawing
    plain = Export(services, ADDRESS | {"layers": ""}).file("map.svg")[0].decode()
    assert "Pacific Ocean" not in plain and "m/s wind" not in plain


def test_another_day_takes_the_place_of_the_layers_of_the_day_before(services: Services) -> None:
    export = Export(services, ADDRESS)
    sheet = Sheet(export._frames(0))
    count = len(sheet.figure.axes[0].get_children())
    first = sheet.pixels()
    sheet.turn_to(export._frames(2))
    assert len(sheet.figure.axes[0].get_children()) == pytest.approx(count, abs=40), "values on contours come and go"
    moved = np.abs(sheet.pixels().astype(int) - first).mean()
    sheet.turn_to(export._frames(0))
    assert np.abs(sheet.pixels().astype(int) - first).mean() < 0.1 * moved


def test_what_a_store_does_not_know_is_left_out(services: Services, small_grid: Grid) -> None:
    [frame] = Export(services, ADDRESS | {"source": f"store:{write_analysis(small_grid)}"})._frames(2)
    assert {overlay.name for overlay in frame.overlays if isinstance(overlay, Arrows)} == {"arrows"}
    assert "ice" not in {overlay.name for overlay in frame.overlays if isinstance(overlay, Lines)}
