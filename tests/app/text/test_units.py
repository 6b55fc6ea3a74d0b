"""Units: the engine's own, knots, feet and degrees Fahrenheit; differences know no zero; files of data keep the engine's."""

from collections.abc import Iterator

import numpy as np
import pytest
import xarray as xr

from app.charts.drawings.error import charts
from app.charts.elements import temperature_salinity
from app.export.data import dataset
from app.export.http import Export
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.scene_builder import build_scene
from app.state.selection import Selection, from_address
from app.text.units import SYSTEMS, unit_of
from engine.diagnostics import DISPLAY_VARIABLES
from engine.schema.grid import Grid, coarsened
from tests.app.made_stores import all_parts, write_forecast

ADDRESS = {"lead": "2", "lat": "35", "lon": "150", "span": "60", "units": "us"}


@pytest.fixture
def services(small_grid: Grid) -> Iterator[Services]:
    write_forecast(small_grid, days=3, kind="reference", shift=0.5)
    write_forecast(small_grid, days=3, parts=all_parts(coarsened(16)))
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def test_the_first_system_is_the_engines_own_and_all_lead_back_to_it() -> None:
    for name, shown in DISPLAY_VARIABLES.items():
        assert unit_of(name, next(iter(SYSTEMS))).as_list == [shown.units, 1.0, 0.0]
        for system in SYSTEMS:
            assert unit_of(name, system).back(unit_of(name, system).of(12.5)) == pytest.approx(12.5)


def test_a_temperature_moves_its_zero_and_a_difference_of_temperatures_does_not() -> None:
    assert unit_of("thetao", "us").limits((0.0, 100.0)) == (32.0, 212.0)
    for quantity in ("anomaly", "change"):
        assert unit_of("thetao", "us", quantity).of(10.0) == pytest.approx(18.0)
    assert unit_of("speed", "nautical").of(1852 / 3600) == pytest.approx(1.0)
    assert unit_of("swh", "us").of(3.048) == pytest.approx(10.0)
    assert unit_of("zos", "us").symbol == unit_of("mixed_layer", "us").symbol == "m", "depths and sea level stay in metres"


def test_of_compared_maps_the_fields_have_a_zero_and_the_difference_has_none(services: Services) -> None:
    first, second, difference = build_scene(from_address(ADDRESS | {"compare": "reference"}), services).panels
    assert first.shown == second.shown == ["°F", 1.8, 32.0]
    assert difference.shown == ["°F", 1.8, 0.0]
    change = build_scene(from_address(ADDRESS | {"quantity": "change"}), services).panels[0]
    assert change.shown == ["°F", 1.8, 0.0]


def test_a_change_of_units_asks_for_no_other_frames(services: Services) -> None:
    asked = ("store", "variable", "depth_index", "leads", "revision", "lead_offset")
    one, other = (build_scene(Selection(units=system), services).panels[0] for system in ("si", "us"))
    assert [getattr(one, name) for name in asked] == [getattr(other, name) for name in asked]


def test_waves_are_named_from_the_same_heights_in_feet(services: Services) -> None:
    panel = build_scene(from_address({"view": "waves", "units": "us"}), services).panels[0]
    assert panel.shown[0] == "ft" and [4.1, "moderate"] in panel.classes


def test_errors_are_converted_without_a_zero() -> None:
    errors = xr.Dataset({"rmse": ("lead", [0.5, 1.0]), "acc": ("lead", [np.nan, np.nan])}, {"lead": [0, 1]})
    drawn, _ = charts(errors, unit_of("thetao", "us").of_differences, "light", "lead")
    assert drawn.get(0).dimension_values("value") == pytest.approx([0.9, 1.8])


def test_the_density_lines_of_a_diagram_in_fahrenheit_are_those_of_the_same_water() -> None:
    column = xr.Dataset({"thetao": ("depth", [20.0, 5.0]), "so": ("depth", [35.0, 34.5])}, {"depth": [0.0, 500.0]})
    own, other = (temperature_salinity({"one": column}, "", "light", unit_of("thetao", system)) for system in ("si", "us"))
    for one, two in zip(own.Path, other.Path, strict=True):
        assert two.dimension_values(0) == pytest.approx(one.dimension_values(0))
        assert two.dimension_values(1) == pytest.approx(32 + 1.8 * one.dimension_values(1))


def test_a_picture_is_labelled_in_the_units_chosen_and_data_keep_the_engines(services: Services) -> None:
    export = Export(services, ADDRESS | {"range": "fixed", "low": "10", "high": "20"})
    frame = export._frames(2)[0]
    assert frame.unit.symbol == "°F" and frame.colouring.limits == (10.0, 20.0)
    assert "Temperature at the surface (°F)" in export.file("map.svg")[0].decode()
    saved = dataset(services, export.scene, export.extent)
    assert saved["thetao"].units == "degC" and float(saved["thetao"].max()) < 40
