"""Elements are pure functions of labelled arrays."""

import holoviews as hv
import numpy as np
import xarray as xr

from app.elements import error_by_lead, field_image, profile, section, series


def curve(name: str, size: int = 5) -> xr.DataArray:
    return xr.DataArray(np.arange(size, dtype=float), dims=name, coords={name: np.arange(size)})


def test_a_series_has_one_curve_a_product() -> None:
    drawn = series({"GOMS small": curve("lead"), "Reference": curve("lead")}, "Temperature", "°C")
    assert [element.label for element in drawn if isinstance(element, hv.Curve)] == ["GOMS small", "Reference"]


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


def test_a_section_has_depth_downward_its_layers_and_lines_of_equal_density() -> None:
    depth, distance = np.array([0.0, 50.0, 100.0, 500.0]), np.arange(10) * 25.0
    values = xr.DataArray(
        20 - depth[:, None] / 50 + distance / 100, {"depth": depth, "distance": distance}, ("depth", "distance")
    )
    base = values[0] * 0 + 60
    chart = section(values, "Temperature", "°C", "thermal", (5, 25), {"mixed layer": base}, values / 10 + 22)
    figure = hv.render(chart)
    assert figure.y_range.start > figure.y_range.end
    assert "Temperature (°C)" in figure.title.text
    assert [item.label.value for legend in figure.legend for item in legend.items] == ["mixed layer"]
    kinds = [type(renderer.glyph).__name__ for renderer in figure.renderers]
    assert "Image" in kinds and "MultiLine" in kinds and "Line" in kinds
