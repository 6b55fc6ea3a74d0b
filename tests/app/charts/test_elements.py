"""Elements are pure functions of labelled arrays."""

import holoviews as hv
import numpy as np
import pytest
import xarray as xr
from bokeh.models import GlyphRenderer, Scatter

from app.charts.elements import error_by_lead, field_image, hovmoller, profile, section, series, temperature_salinity
from app.charts.stacked import wave_series
from app.text.units import unit_of


def curve(name: str, size: int = 5) -> xr.DataArray:
    return xr.DataArray(np.arange(size, dtype=float), dims=name, coords={name: np.arange(size)})


def test_a_series_has_one_curve_a_product() -> None:
    drawn = series({"GOMS small": curve("lead"), "Reference": curve("lead")}, "Temperature", "°C")
    assert [element.label for element in drawn if isinstance(element, hv.Curve)] == ["GOMS small", "Reference"]


def marked(drawn: hv.Overlay) -> list[int]:
    """Return the leads at which a chart draws a mark."""
    renderers = [each for each in hv.render(drawn).renderers if isinstance(each, GlyphRenderer)]
    return [int(lead) for each in renderers if isinstance(each.glyph, Scatter) for lead in each.data_source.data["lead"]]


@pytest.mark.parametrize(
    ("values", "leads"), [([3.0], [0]), ([1.0, 2.0, 3.0], []), ([1.0, np.nan, 2.0, 3.0, np.nan, 4.0], [0, 5])]
)
def test_days_that_no_line_joins_to_another_are_marked(values: list[float], leads: list[int]) -> None:
    known = xr.DataArray(values, {"lead": np.arange(len(values))}, ("lead",))
    assert marked(series({"GOMS small": known}, "Temperature", "°C")) == leads


def test_waves_of_one_day_are_marked_within_the_chart() -> None:
    drawn = wave_series({"GOMS small": curve("lead", 1) + 2}, "Waves", unit_of("swh", "si"))
    assert marked(drawn) == [0]
    figure = hv.render(drawn)
    assert figure.x_range.start < 0 < figure.x_range.end


def test_a_profile_leaves_out_what_lies_below_the_sea_floor() -> None:
    values = curve("depth").where(curve("depth").depth < 3)
    drawn = profile({"GOMS small": values}, "Temperature", "°C")
    marks = next(element for element in drawn if isinstance(element, hv.Scatter))
    assert len(marks) == 3


def test_errors_of_nothing_can_be_drawn() -> None:
    nothing = curve("lead") * np.nan
    for at_least_zero in (True, False):
        assert isinstance(error_by_lead(nothing, "RMSE", "m", at_least_zero=at_least_zero), hv.Overlay)


def test_a_field_becomes_an_image_with_its_units() -> None:
    field = xr.DataArray(
        np.zeros((4, 8)), dims=("lat", "lon"), coords={"lat": np.arange(4.0), "lon": np.arange(8.0)}, attrs={"units": "m"}
    )
    image = field_image(field)
    assert image.vdims[0].unit == "m"
    assert hv.render(image) is not None


def water_column() -> xr.Dataset:
    depth = np.array([0.0, 50.0, 100.0, 500.0])
    return xr.Dataset({"thetao": ("depth", 20 - depth / 50), "so": ("depth", 34 + depth / 500)}, {"depth": depth})


def line_of_water() -> xr.DataArray:
    depth, distance = np.array([0.0, 50.0, 100.0, 500.0]), np.arange(10) * 25.0
    return xr.DataArray(20 - depth[:, None] / 50 + distance / 100, {"depth": depth, "distance": distance}, ("depth", "distance"))


def test_of_several_places_each_has_its_colour_and_each_product_its_dash() -> None:
    curves = {("", "GOMS small"): curve("lead"), ("A", "GOMS small"): curve("lead"), ("A", "Reference"): curve("lead")}
    figure = hv.render(series(curves, "Temperature", "°C"))
    lines = [renderer.glyph for renderer in figure.renderers if type(renderer.glyph).__name__ == "Line"]
    colours, dashes = [line.line_color for line in lines], [line.line_dash for line in lines]
    assert colours[0] != colours[1] == colours[2] and dashes[0] == dashes[1] != dashes[2]
    letters = [list(r.data_source.data["text"]) for r in figure.renderers if type(r.glyph).__name__ == "Text"]
    assert letters == [[" A "], [" A "]]


def test_a_section_has_depth_downward_its_layers_and_lines_of_equal_density() -> None:
    values = line_of_water()
    base = values[0] * 0 + 60
    equal = xr.DataArray(np.full((3, 10), 80.0), {"density": [24, 25, 26], "distance": values.distance}, ("density", "distance"))
    figure = hv.render(section(values, "Temperature", "°C", "thermal", (5, 25), {"mixed layer": base}, equal, name="upper"))
    assert figure.y_range.start > figure.y_range.end and figure.name == "upper"
    assert "Temperature (°C)" in figure.title.text
    assert [item.label.value for legend in figure.legend for item in legend.items] == ["mixed layer"]
    kinds = [type(renderer.glyph).__name__ for renderer in figure.renderers]
    assert kinds == ["Image", "Line", "Line", "Line", "Line"]


def test_a_section_is_drawn_between_its_levels_in_the_order_of_depth() -> None:
    figure = hv.render(section(line_of_water(), "Temperature", "°C", "thermal", (5, 25)))
    image = figure.renderers[0].data_source.data["image"][0]
    assert image.shape == (101, 10)
    np.testing.assert_allclose(image[[0, 5, 10, 60], 0], [20, 19.5, 19, 14])


def test_water_is_drawn_over_lines_of_equal_density_with_its_depths_written_beside_it() -> None:
    figure = hv.render(temperature_salinity({"GOMS small": water_column(), "Reference": water_column()}, "Water"))
    words = [text for r in figure.renderers if type(r.glyph).__name__ == "Text" for text in r.data_source.data["text"]]
    assert {"  0 m", "  100 m", "  500 m"} <= set(words)
    assert {float(word) for word in words if word[0] != " "} >= {24.0, 26.0}
    assert [item.label.value for legend in figure.legend for item in legend.items] == ["GOMS small", "Reference"]


def test_water_of_one_kind_can_be_drawn() -> None:
    assert hv.render(temperature_salinity({"GOMS small": water_column() * 0 + 10}, "Water")) is not None


@pytest.mark.parametrize("days", [1, 4])
def test_depth_over_time_has_a_column_a_day(days: int) -> None:
    values = xr.concat([line_of_water()[:, 0] + day for day in range(days)], "lead").assign_coords(lead=np.arange(days))
    figure = hv.render(hovmoller(values, "Temperature", "°C", "thermal", (5, 25)))
    source = figure.renderers[0].data_source.data
    assert source["image"][0].shape == (101, days) and figure.y_range.start > figure.y_range.end
    np.testing.assert_allclose(source["image"][0][0], 20 + np.arange(days))
    assert (source["x"][0], source["dw"][0]) == (-0.5, days)


def test_a_missing_day_stays_empty_in_distance_over_time() -> None:
    values = xr.concat([line_of_water()[0]] * 2, "lead").assign_coords(lead=[0, 2])
    image = hv.render(hovmoller(values, "Temperature", "°C", "thermal", (5, 25))).renderers[0].data_source.data["image"][0]
    assert image.shape == (3, 10) and np.isnan(image[1]).all() and np.isfinite(image[[0, 2]]).all()
