"""Marks on paper: eddies, drift, axis, line, pins and point where the page has them, and nothing on other maps."""

from collections.abc import Iterator

import numpy as np
import pytest

from app.export import marks as marking
from app.export.http import Export
from app.export.marks import Drift, EddyMarks, Mark, PointMarks, Route
from app.export.picture import Sheet
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened
from tests.app.made_stores import waves_and_detail, write_eddies, write_forecast


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def marked(services: Services, address: dict[str, str], lead: int = 2) -> list[dict[type, Mark]]:
    """Return the marks of each map of an address by their kind, of two of a kind the last."""
    return [{type(mark): mark for mark in frame.marks} for frame in Export(services, address)._frames(lead)]


def test_eddies_stand_with_sign_contour_and_track_where_the_page_has_them(services: Services) -> None:
    address = {"source": f"store:{write_eddies()}", "lead": "2", "lat": "35", "lon": "150", "span": "30", "layers": "eddies"}
    [found] = marked(services, address)
    eddies = found[EddyMarks]
    assert isinstance(eddies, EddyMarks)
    assert sorted(np.round(eddies.centres[:, 1])) == [32, 38], "a high and a low"
    assert eddies.cyclonic[eddies.centres[:, 1] > 35].all() and not eddies.cyclonic[eddies.centres[:, 1] < 35].any()
    assert [len(track) for track in eddies.tracks] == [3, 3], "days 0, 1 and 2"
    for contour, centre in zip(eddies.contours, eddies.centres, strict=True):
        assert np.abs(contour - centre).max() < 3
    drawing = Export(services, address).file("map.svg")[0].decode()
    assert "cyclones" in drawing and "2 cm and more" in drawing


def test_a_picture_does_not_wait_for_ever_for_eddies(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    store = write_eddies()
    monkeypatch.setattr(marking, "PATIENCE", 0.0)
    monkeypatch.setattr(services.eddies._pool, "submit", lambda *_: None)
    with pytest.raises(InputError, match="still being found, day 0 of 5: save again"):
        marked(services, {"source": f"store:{store}", "layers": "eddies"})


def test_a_particle_drifts_on_the_maps_of_fields_and_its_words_stand_below(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=5, kind="reference", shift=1.0)
    write_forecast(small_grid, days=5)
    address = {"layers": "drift", "release": "1", "compare": "reference", "point_lat": "10", "point_lon": "200", "lead": "3"}
    forecast, reference, difference = marked(services, address, 3)
    drift = forecast[Drift]
    assert isinstance(drift, Drift) and drift.lead == 3
    assert drift.paths[0][0] == pytest.approx([200, 10], abs=0.01) and drift.days[[0, -1]].tolist() == [1, 5]
    assert Drift in reference and Drift not in difference and PointMarks in difference
    said = Export(services, address).file("map.svg")[0].decode()
    assert said.count("Path of a particle released on sample day 1") == 2 and "no wind or waves" in said


def test_point_pins_and_the_line_of_a_section_are_marked(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=3)
    [found] = marked(services, {"pins": "35,150;20,-150", "section": "equatorial_pacific", "point_lat": "1"})
    assert found[PointMarks] == PointMarks((1.0, 150.0), (("A", (35.0, 150.0)), ("B", (20.0, 210.0))))
    line = found[Route]
    assert isinstance(line, Route) and line.name == "section" and np.abs(line.places[:, 1]).max() < 3
    drawing = Export(services, {"pins": "35,150", "lead": "2"}).file("map.svg")[0].decode()
    assert ">A<" in drawing


def test_the_kuroshio_has_its_axis_and_waves_their_classes(services: Services) -> None:
    parts = waves_and_detail(coarsened(16))
    write_forecast(coarsened(8), days=3, parts=parts)
    export = Export(services, {"view": "waves", "lead": "2"})
    said = export.file("map.svg")[0].decode()
    assert all(f">{name}<" in said for name in ("moderate", "rough")), "the colour bar names the degrees of the sea"
    assert "none under ice" in said
    store = write_eddies(kuroshio=True)
    first, second = marked(services, {"view": "kuroshio", "source": f"store:{store}", "compare": "none"})
    assert all(isinstance(found.get(Route), Route) for found in (first, second))


def test_marks_of_another_day_take_the_place_of_those_before(services: Services) -> None:
    export = Export(services, {"source": f"store:{write_eddies()}", "lat": "35", "lon": "150", "span": "30", "layers": "eddies"})
    sheet = Sheet(export._frames(0))
    count = len(sheet.figure.axes[0].get_children())
    sheet.turn_to(export._frames(3))
    assert len(sheet.figure.axes[0].get_children()) == count
