"""Charts that stand on classes: stacks that end at their total, bands with their names."""

from itertools import pairwise

import holoviews as hv
import numpy as np
import pytest
import xarray as xr

from app.charts.stacked import degree_colours, plankton_layers, sea_layers, stacked, wave_series
from app.text.units import unit_of
from engine.diagnostics.douglas_scale import DOUGLAS
from engine.schema.variables import PLANKTON, VARIABLES


def over_leads(*values: float) -> xr.DataArray:
    return xr.DataArray(list(values), {"lead": np.arange(len(values))}, ("lead",))


def test_a_stack_of_plankton_ends_at_its_total() -> None:
    groups = {name: over_leads(0.1, 0.2) * (number + 1) for number, name in enumerate(PLANKTON)}
    layers = plankton_layers(groups)
    assert [layer.name for layer in layers] == [VARIABLES[name].long_name for name in PLANKTON]
    total = xr.concat(list(groups.values()), "group").sum("group")
    chart = stacked(layers, "Phytoplankton", "mg m⁻³", over={"total": total})
    areas = [element for element in chart if isinstance(element, hv.Area)]
    assert areas[-1].dimension_values("top") == pytest.approx(total.values)
    for below, above in pairwise(areas):
        assert above.dimension_values("bottom") == pytest.approx(below.dimension_values("top"))
    names = [item.label.value for legend in hv.render(chart).legend for item in legend.items]
    assert names == ["total", *(layer.name for layer in reversed(layers))], "the highest first"


def test_only_degrees_of_the_sea_that_occur_are_stacked_in_per_cent() -> None:
    shares = xr.DataArray(np.zeros((2, 10)), {"lead": [0, 1], "degree": np.arange(10)}, ("lead", "degree"))
    shares[:, 3], shares[0, 4], shares[1, 5] = 0.6, 0.4, 0.4
    layers = sea_layers(shares)
    assert [layer.name for layer in layers] == ["slight", "moderate", "rough"]
    assert sum(layer.values for layer in layers).values == pytest.approx([100, 100])  # type: ignore[union-attr]


def test_waves_stand_on_bands_up_to_the_highest() -> None:
    chart = wave_series({("", "GOMS small"): over_leads(1.0, 3.0, 2.0)}, "Waves", unit_of("swh", "si"))
    spans = [element for element in chart if isinstance(element, hv.HSpan)]
    assert len(spans) == len([state for state in DOUGLAS if state.low < 1.12 * 3.0])
    words = [text for element in chart if isinstance(element, hv.Labels) for text in element.dimension_values("text")]
    assert "moderate" in words and "high" not in words
    figure = hv.render(chart)
    assert (figure.y_range.start, figure.x_range.end) == (0, 2)


def test_a_rougher_sea_has_a_darker_colour() -> None:
    lightness = [sum(int(colour[start : start + 2], 16) for start in (1, 3, 5)) for colour in degree_colours()]
    assert lightness == sorted(lightness, reverse=True) and len(set(lightness)) == len(DOUGLAS)
