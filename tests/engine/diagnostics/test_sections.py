"""Sections against what the sphere says."""

import numpy as np
import pytest

from engine.diagnostics.sections import LINES, line_of, section, transport
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, from_sea_floor, quarter_degree

DEGREE = np.deg2rad(1) * 6371.0


def test_a_quarter_of_the_equator_has_its_length_and_even_places() -> None:
    line = section([(0, 170), (0, 260)])
    assert line.distance[-1] == pytest.approx(90 * DEGREE, rel=1e-6)
    assert np.diff(line.distance).max() <= 25.0 and np.ptp(np.diff(line.distance)) < 1e-6
    assert line.lon[0] == pytest.approx(170) and line.lon[-1] == pytest.approx(260)
    assert line.heading == pytest.approx(np.pi / 2)


def test_the_short_way_between_ports_is_a_great_circle_and_a_latitude_is_longer() -> None:
    circle, latitude = (section([(40, 150), (40, 230)], straight) for straight in (False, True))
    assert circle.lat.max() > 47
    assert latitude.lat == pytest.approx(40)
    assert circle.distance[-1] < latitude.distance[-1] == pytest.approx(80 * DEGREE * np.cos(np.deg2rad(40)), rel=1e-3)


def test_a_line_across_the_date_line_or_the_prime_meridian_takes_the_short_way() -> None:
    for start, end in (((0, 175), (0, -175)), ((10, 355), (10, 365)), ((10, -5), (10, 5))):
        for straight in (False, True):
            assert section([start, end], straight).distance[-1] == pytest.approx(10 * DEGREE, rel=0.02)


def test_corners_are_passed_once_and_the_line_turns_there() -> None:
    line = section([(0, 200), (10, 200), (10, 210)], straight=True)
    assert (np.diff(line.distance) > 1).all()
    corner = int(np.argmin(np.hypot(line.lat - 10, line.lon - 200)))
    assert np.rad2deg(line.heading[[0, corner, -1]]) == pytest.approx([0, 45, 90], abs=2)


def test_water_that_flows_east_crosses_a_line_to_the_north_to_the_right_at_full_speed() -> None:
    line = section([(20, 150), (30, 150)], straight=True)
    assert line.across(np.ones(line.lat.size), np.zeros(line.lat.size)) == pytest.approx(1)
    along = section([(20, 150), (20, 160)], straight=True)
    assert along.across(np.zeros(along.lat.size), np.ones(along.lat.size)) == pytest.approx(-1, abs=0.01)


def test_a_uniform_jet_carries_its_speed_times_its_area() -> None:
    line = section([(0, 200), (5, 200)], straight=True)
    depth = np.array([0.0, 100.0, 300.0, 500.0])
    across = np.full((4, line.lat.size), 0.2)
    total = transport(across, line.widths, depth)
    assert total[-1] == pytest.approx(0.2 * 500 * 5 * DEGREE * 1e3 / 1e6, rel=1e-3)
    assert (np.diff(total) > 0).all()
    across[2:] = np.nan
    assert transport(across, line.widths, depth)[-1] == pytest.approx(total[-1] * 200 / 500, rel=1e-3)


def test_a_line_is_named_or_written_as_corners() -> None:
    assert line_of("137e") is LINES["137e"]
    assert line_of("34,137;3,137.5").corners == ((34.0, 137.0), (3.0, 137.5))
    for text in ("nowhere", "34", "34,137;3", ""):
        with pytest.raises(InputError, match="expected one of"):
            line_of(text)


@pytest.mark.parametrize("name", LINES)
def test_every_named_line_lies_in_the_ocean_but_for_its_ends(name: str) -> None:
    line, grid = section(LINES[name].corners, LINES[name].straight), quarter_degree()
    wet = grid.wet_surface[line.cells(grid)]
    assert wet.mean() > 0.8, f"{name} crosses land"
    assert line.lat.size > 20


def test_the_cells_of_a_section_are_those_under_it(small_grid: Grid) -> None:
    line = section([(-10, 350), (10, 370)])
    rows, columns = line.cells(small_grid)
    assert np.abs(small_grid.lat[rows] - line.lat).max() <= 1
    assert np.abs((small_grid.lon[columns] - line.lon + 180) % 360 - 180).max() <= 1


def test_a_line_that_leaves_a_regional_grid_is_refused() -> None:
    lat, lon = np.arange(20.5, 40), np.arange(130.5, 160)
    box = from_sea_floor(lat, lon, np.full((lat.size, lon.size), 4000, np.float32))
    with pytest.raises(InputError, match="outside the grid"):
        section([(30, 150), (30, 170)]).cells(box)


@pytest.mark.parametrize(
    ("corners", "words"),
    [([(0, 0)], "two or more"), ([(95, 0), (0, 0)], "latitudes"), ([(5, 5), (5, 5)], "different positions")],
)
def test_invalid_lines_are_refused(corners: list[tuple[float, float]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        section(corners)
