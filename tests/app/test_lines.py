"""Values along a line, against the maps they cross."""

from collections.abc import Iterator

import numpy as np
import pytest

from app.jobs import Jobs
from app.lines import along, crossing, layers
from app.services import Options, Services
from engine.errors import InputError
from engine.grid import Grid
from engine.sections import section, transport
from tests.app.made_stores import write_analysis, write_forecast

LINE = section([(-20, 190), (20, 220)])


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def test_a_section_holds_the_values_of_the_cells_under_it(services: Services, small_grid: Grid) -> None:
    store = services.reader(write_forecast(small_grid, days=2))
    values = along(services, store, "speed", 1, LINE)
    assert values.dims == ("depth", "distance") and values.sizes["depth"] == 15
    rows, columns = LINE.cells(small_grid)
    expected = np.hypot(store.read("uo", 1, 5), store.read("vo", 1, 5))[rows, columns]
    assert values.sel(depth=50).values == pytest.approx(expected)


def test_the_layering_has_the_isotherm_in_the_tropics_alone(services: Services, small_grid: Grid) -> None:
    store = services.reader(write_forecast(small_grid, days=1))
    tropical = layers(services, store, 0, LINE)
    assert set(tropical) == {"mixed layer", "20 °C"} and 20 < float(tropical["20 °C"].max()) < 300
    assert set(layers(services, store, 0, section([(40, 190), (50, 200)]))) == {"mixed layer"}


def test_what_crosses_a_line_turns_its_sign_with_the_line(services: Services, small_grid: Grid) -> None:
    store = services.reader(write_forecast(small_grid, days=1))
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
        along(services, services.reader(write_analysis(box)), "thetao", 0, section([(0, 190), (0, 250)]))
