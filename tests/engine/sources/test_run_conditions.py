"""Wind and ice over a stored run: those of its own days, or none; never somebody else's."""

import numpy as np
import pytest

from engine.physics.climatology import climatological_forcing
from engine.runtime.errors import InputError
from engine.schema.grid import coarsened
from engine.sources.run_conditions import ice_margin, knows_ice, knows_wind, wind
from sample_data.weather.atmosphere import forcing
from sample_data.weather.ice import ice

DAY = np.datetime64("2019-03-05T12:00", "s")
SAMPLE = {"forcing_kind": "synthetic", "source_provenance": {"seed": 1}, "source": "sample-1"}
OBSERVED = {"forcing_kind": "climatology", "source_provenance": {"altimetry": {}}, "source": "observed"}
ANALYSIS = {"source": "hycom"}


def test_the_wind_of_a_sample_run_is_that_of_its_seed_and_day() -> None:
    grid = coarsened(8)
    u, v = wind(SAMPLE, DAY, grid)
    theirs = forcing(1, 10, grid)
    np.testing.assert_array_equal(u, theirs["u10"])
    np.testing.assert_array_equal(v, theirs["v10"])
    other, _ = wind({**SAMPLE, "source_provenance": {"seed": 2}}, DAY, grid)
    assert np.abs(other - u).max() > 1


def test_the_wind_of_a_run_with_climatological_forcing_is_the_mean_of_the_season() -> None:
    u, _ = wind(OBSERVED, DAY, coarsened(8))
    np.testing.assert_array_equal(u, climatological_forcing(coarsened(8), DAY)["u10"])


@pytest.mark.parametrize("attrs", [ANALYSIS, {"forcing_kind": "synthetic", "source": "a run without a seed"}])
def test_where_nobody_knows_the_wind_none_is_made_up(attrs: dict[str, object]) -> None:
    assert not knows_wind(attrs)
    with pytest.raises(InputError, match="not known"):
        wind(attrs, DAY, coarsened(8))


def test_ice_lies_behind_its_edge_in_the_sample_ocean_alone() -> None:
    grid = coarsened(8)
    margin = ice_margin(SAMPLE, DAY, grid)
    wet = grid.wet_surface
    np.testing.assert_array_equal(margin[wet] > 0, ice(grid, 10)[wet])
    assert (margin[wet] > 0).any() and (margin[wet] < 0).any() and np.isnan(margin[~wet]).all()
    assert not knows_ice(OBSERVED)
    with pytest.raises(InputError, match="not known"):
        ice_margin(OBSERVED, DAY, grid)
