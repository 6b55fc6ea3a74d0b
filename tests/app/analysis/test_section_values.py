"""Values along a line, against the maps they cross."""

from collections.abc import Iterator

import numpy as np
import pytest

from app.analysis.section_days import all_days, one_day, section_plan
from app.analysis.section_values import along, crossing, density_levels, isopycnals, layers, over_time
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.selection import Selection
from engine.diagnostics.sections import section, transport
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from tests.app.made_stores import write_analysis, write_forecast

LINE = section([(-20, 190), (20, 220)])


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def test_a_section_holds_the_values_of_the_cells_under_it(services: Services, small_grid: Grid) -> None:
    store = services.readers.open(write_forecast(small_grid, days=2))
    values = along(services, store, "speed", 1, LINE)
    assert values.dims == ("depth", "distance") and values.sizes["depth"] == 15
    rows, columns = LINE.cells(small_grid)
    expected = np.hypot(store.read("uo", 1, 5), store.read("vo", 1, 5))[rows, columns]
    assert values.sel(depth=50).values == pytest.approx(expected)


def test_the_layering_has_the_isotherm_in_the_tropics_alone(services: Services, small_grid: Grid) -> None:
    store = services.readers.open(write_forecast(small_grid, days=1))
    tropical = layers(services, store, 0, LINE)
    assert set(tropical) == {"mixed layer", "20 °C"} and 20 < float(tropical["20 °C"].max()) < 300
    across = layers(services, store, 0, section([(10, 190), (45, 190)], straight=True))["20 °C"]
    assert across[0].notnull() and across[len(across) * 3 // 4 :].isnull().all(), "the line leaves the tropics"
    assert set(layers(services, store, 0, section([(40, 190), (50, 200)]))) == {"mixed layer"}


def test_lines_of_equal_density_deepen_with_density(services: Services, small_grid: Grid) -> None:
    store = services.readers.open(write_forecast(small_grid, days=1))
    levels = density_levels(along(services, store, "density", 0, LINE).values)
    assert levels.size > 3 and (np.diff(levels) > 0).all()
    found = isopycnals(services, store, 0, LINE, levels)
    steps = np.diff(found.values, axis=0)
    assert found.shape == (levels.size, LINE.lat.size) and (steps[np.isfinite(steps)] > 0).all()
    assert density_levels(np.full(3, np.nan)).size == 0


def test_a_line_over_time_holds_the_level_of_each_day(services: Services, small_grid: Grid) -> None:
    store = services.readers.open(write_forecast(small_grid, days=2))
    rows, columns = LINE.cells(small_grid)
    for variable in ("thetao", "vorticity"):
        found = over_time(services, store, variable, [1, 2], 52.0, LINE)
        expected = services.readers.display(store.identifier).read(variable, 2, 5)[rows, columns]
        assert found.dims == ("lead", "distance") and found.lead.values.tolist() == [1, 2]
        np.testing.assert_allclose(found.sel(lead=2), expected, rtol=1e-5)


def test_every_day_of_a_line_is_handed_to_the_browser_in_the_order_of_the_drawn_lines(
    services: Services, small_grid: Grid
) -> None:
    forecast = services.readers.open(write_forecast(small_grid, days=2))
    selection = Selection(section="equatorial_pacific")
    drawn = section_plan(services, selection, forecast, "thetao", 1)
    (chart,) = all_days(services, [forecast], drawn)
    day = one_day(services, forecast, drawn, 1)
    places = len(drawn.spots)
    values = chart["values"].reshape(3, -1, places)
    lines = chart["lines"].reshape(3, -1, places)
    np.testing.assert_array_equal(values[1], day.values.values)
    np.testing.assert_array_equal(lines[1][-2:], [day.layers["mixed layer"], day.layers["20 °C"]])
    assert chart["leads"] == [0, 1, 2] and chart["titles"][2] == "Temperature, GOMS small, sample day 2 (°C)"
    assert drawn.spots[0] == "0.0°N 140.0°E"


def test_what_crosses_a_line_turns_its_sign_with_the_line(services: Services, small_grid: Grid) -> None:
    store = services.readers.open(write_forecast(small_grid, days=1))
    there, back = (crossing(services, store, 0, section(corners)) for corners in ([(0, 190), (0, 215)], [(0, 215), (0, 190)]))
    assert there is not None and back is not None
    assert there == pytest.approx(-back, rel=0.05) and abs(there) > 1
    line = section([(0, 190), (0, 215)])
    rows, columns = line.cells(small_grid)
    northward = store.points("vo", rows, columns, [0])[0]
    assert there == pytest.approx(transport(-northward, line.widths, small_grid.depth)[-1], rel=0.02)


def test_a_line_outside_a_regional_store_is_refused_in_words(services: Services, small_grid: Grid) -> None:
    rows, columns = np.flatnonzero(np.abs(small_grid.lat) < 20), np.flatnonzero(np.abs(small_grid.lon - 200) < 20)
    wet = small_grid.wet[:, rows][:, :, columns]
    box = Grid(small_grid.lat[rows], small_grid.lon[columns], small_grid.depth, wet, small_grid.deptho[np.ix_(rows, columns)])
    with pytest.raises(InputError, match="outside the grid"):
        along(services, services.readers.open(write_analysis(box)), "thetao", 0, section([(0, 190), (0, 250)]))
