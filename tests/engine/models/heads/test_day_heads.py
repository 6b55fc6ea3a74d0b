"""The heads of waves and biogeochemistry: untrained they are persistence, they ignore land, and values stay in range."""

import numpy as np
import pytest
import torch

from engine.models.heads.biogeochemistry import Concentrations, biogeochemistry_head
from engine.models.heads.daily import DayHead, HeadConditions
from engine.models.heads.tendency import Tendency
from engine.models.heads.waves import WaveHeights, wave_head
from engine.schema.variables import BIOGEOCHEMISTRY, PLANKTON, VARIABLES
from tests.engine.models.heads.tiny_heads import GRID, SHAPE, same, tiny_fields, tiny_head, tiny_inputs

HEADS = ["waves", "biogeochemistry"]


def _rolled(head: DayHead, fields: torch.Tensor, days: int) -> torch.Tensor:
    with torch.inference_mode():
        for day in range(days):
            fields = head(fields, *tiny_inputs(head, day))
    return fields


@pytest.mark.parametrize("name", HEADS)
def test_an_untrained_head_is_persistence_to_the_last_bit(name: str) -> None:
    head = tiny_head(name)
    fields = tiny_fields(head)
    assert same(_rolled(head, fields, 3), fields)


def test_the_annual_cycle_keeps_its_stored_name_and_old_weights_load() -> None:
    head, other = tiny_head("biogeochemistry"), tiny_head("biogeochemistry")
    head.annual_cycle.rates.fill_(0.25)
    stored = head.state_dict()
    assert {"usual.harmonics", "usual.rates"} < stored.keys() and not any("annual_cycle" in name for name in stored)
    other.load_state_dict(stored)
    assert torch.equal(other.annual_cycle.rates, head.annual_cycle.rates)


@pytest.mark.parametrize("name", HEADS)
def test_after_a_month_of_any_weights_fields_are_in_their_range_and_missing_where_they_were(name: str) -> None:
    head = tiny_head(name, learned=True)
    head.change.fill_(5.0)
    fields = tiny_fields(head)
    result = _rolled(head, fields, 30)
    assert torch.equal(result.isnan(), fields.isnan())
    for number, field in enumerate(head.transform.names):
        low, high = VARIABLES[field].valid_range
        values = result[0, number][~result[0, number].isnan()]
        assert values.min() >= low and values.max() <= high
    assert not same(result, fields)


def test_the_groups_of_plankton_add_up_to_the_total_for_any_weights() -> None:
    head = tiny_head("biogeochemistry", learned=True)
    result = _rolled(head, tiny_fields(head), 5)
    groups = result[:, [BIOGEOCHEMISTRY.index(name) for name in PLANKTON]].sum(dim=1)
    torch.testing.assert_close(result[:, 0], groups, equal_nan=True, rtol=1e-6, atol=0)


def test_a_total_that_differs_from_the_sum_of_its_groups_is_corrected() -> None:
    head = tiny_head("biogeochemistry")
    fields = tiny_fields(head)
    wrong = fields.clone()
    wrong[:, 0] *= 1.008
    assert same(_rolled(head, wrong, 1), fields)


@pytest.mark.parametrize("name", HEADS)
def test_nothing_on_land_or_under_ice_reaches_the_result_or_a_gradient(name: str) -> None:
    head = tiny_head(name, learned=True)
    fields, inputs = tiny_fields(head), tiny_inputs(head)
    wild = torch.where(head.wet, fields, torch.full_like(fields, 1e6)).requires_grad_()
    first, second = head(fields, *inputs), head(wild, *inputs)
    assert same(first, second)
    second.nan_to_num().square().sum().backward()
    assert wild.grad is not None and bool(wild.grad.isfinite().all())
    assert not wild.grad[fields.isnan()].any() and wild.grad.any()


@pytest.mark.parametrize("name", HEADS)
def test_cells_that_ice_leaves_get_values_and_cells_that_freeze_lose_them(name: str) -> None:
    head = tiny_head(name)
    fields = tiny_fields(head)
    water = head.wet[None, None].clone()
    water[..., :3, :] = False
    result = head(fields, *tiny_inputs(head), open_water=water)
    assert torch.equal(result.isnan()[:, :1], ~water)
    near = result[0, 0, -2]
    assert float(near[~near.isnan()].detach().min()) > 0.5


@pytest.mark.parametrize("name", HEADS)
def test_gradients_reach_every_parameter_once_the_projection_has_moved(name: str) -> None:
    head = tiny_head(name, learned=True)
    head(tiny_fields(head), *tiny_inputs(head)).nan_to_num().square().sum().backward()
    silent = [label for label, value in head.named_parameters() if value.grad is None or not value.grad.any()]
    assert not silent


def test_a_tendency_commutes_with_a_shift_in_longitude() -> None:
    torch.manual_seed(0)
    tendency = Tendency(SHAPE, 3, 2, 4)
    torch.nn.init.normal_(tendency.projection.weight)
    tendency.positions.zero_()
    planes, features = torch.randn(1, 3, 24, 48), torch.randn(1, 8, 6, 12)
    # Along the flattened tokens a shift by whole rows is a roll of the sequence, which Fourier mixing does not see.
    tendency.blocks = torch.nn.Sequential()
    rolled = tendency(planes.roll(8, -1), features.roll(2, -1))
    torch.testing.assert_close(rolled, tendency(planes, features).roll(8, -1), rtol=1e-4, atol=1e-4)


def test_tokens_and_features_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="does not divide"):
        DayHead(WaveHeights(), GRID, type(SHAPE)(features=8, rows=7, columns=12))
    head = tiny_head("waves")
    drivers, target_drivers, features = tiny_inputs(head)
    with pytest.raises(ValueError, match="the head expects"):
        head(tiny_fields(head), drivers, target_drivers, features[:, :4])


def test_the_tokens_of_published_grids_match_those_of_the_features() -> None:
    assert wave_head().tendency.patch == 4 and wave_head().grid.shape == (360, 720)
    assert biogeochemistry_head().tendency.patch == 2 and biogeochemistry_head().grid.shape == (180, 360)
    assert np.nanmin(biogeochemistry_head().grid.deptho[biogeochemistry_head().grid.wet_surface]) > 200


def test_drivers_hold_the_squared_wind_speed_and_the_light_of_the_season() -> None:
    fields = {name: np.full((3, 4), 6.0) for name in ("u10", "v10", "t2m", "surface_temperature", "sea_level_anomaly")}
    june = HeadConditions(np.datetime64("2019-06-21"), np.array([-60.0, 0.0, 60.0]), fields)
    assert WaveHeights().drivers(june)[2].max() == 72
    light = Concentrations().drivers(june)[-1]
    assert light[2].min() > 2 * light[0].max() > 0
