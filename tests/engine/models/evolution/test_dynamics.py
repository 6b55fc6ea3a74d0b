import numpy as np
import pytest
import torch

from engine.models.evolution.dynamics import (
    balanced_scales,
    finer_than_passes,
    geostrophic,
    heaved,
    mixing,
    slopes,
    smoothed,
    vorticity,
)
from engine.models.evolution.operator import ekman_spiral
from engine.models.evolution.static_fields import StaticFields
from engine.models.layers.window import Window, row_blocks
from engine.schema.variables import DEPTHS
from tests.engine.models.tiny import tiny_grid, tiny_static_fields


@pytest.fixture(scope="module")
def static() -> StaticFields:
    return tiny_static_fields(tiny_grid(48, 96))


def _over_water(static: StaticFields) -> torch.Tensor:
    """Cells whose eight neighbours are wet, away from the edges of the window."""
    dry = torch.nn.functional.max_pool2d((~static.wet[0]).float()[None], 3, 1, 1)[0] == 0
    dry[:2], dry[-2:], dry[:, :2], dry[:, -2:] = False, False, False, False
    return dry


def test_a_plane_has_its_slope(static: StaticFields) -> None:
    rows = torch.arange(48.0)[:, None].expand(48, 96)
    _, north = slopes(rows, static)
    inside = _over_water(static)
    assert torch.allclose(north[inside], (1 / static.cell_y).expand(48, 96)[inside], rtol=1e-4)


def test_land_never_enters_a_slope(static: StaticFields) -> None:
    level = torch.randn(48, 96)
    clean = slopes(torch.where(static.wet[0], level, 0.0), static)
    dirty = slopes(torch.where(static.wet[0], level, 1e9), static)
    for ours, theirs in zip(clean, dirty, strict=True):
        assert torch.equal(ours[static.wet[0]], theirs[static.wet[0]])


def test_water_turns_around_a_high_with_the_hemisphere(static: StaticFields) -> None:
    for row, sign in ((36, -1), (12, 1)):
        hill = torch.zeros(48, 96)
        hill[row, 70] = 1
        hill = torch.nn.functional.avg_pool2d(hill[None], 3, 1, 1)[0]
        assert torch.sign(vorticity(geostrophic(hill, static), static)[row, 70]) == sign


def test_there_is_no_geostrophic_flow_at_the_equator(static: StaticFields) -> None:
    level = torch.randn(48, 96)
    u, v = geostrophic(level, static)
    assert torch.isfinite(u).all()
    assert torch.isfinite(v).all()


def test_a_linear_profile_changes_by_its_slope_on_uneven_levels() -> None:
    depth = torch.tensor([0.0, 6, 10, 20, 50, 100])
    profile = (3 - 0.25 * depth)[None, :, None, None].expand(1, 6, 2, 2)
    change = heaved(profile, torch.ones(6, 2, 2), depth, torch.ones(6, 2, 2, dtype=torch.bool))[:, 1:-1]
    assert torch.allclose(change, torch.full_like(change, 0.25), atol=1e-6)


def test_values_below_the_sea_floor_are_not_read() -> None:
    depth, wet = torch.tensor([0.0, 10, 20, 40]), torch.ones(4, 1, 1, dtype=torch.bool)
    wet[2:] = False
    profile = torch.tensor([1.0, 2.0, 500.0, -70.0])[None, :, None, None]
    change = heaved(profile, -torch.ones(4, 1, 1), depth, wet)[0, :2, 0, 0]
    assert change[0] == pytest.approx(0.1)
    assert abs(change[1]) <= 0.1


def test_the_wind_turns_the_upper_ocean_to_the_right_in_the_north_and_fades() -> None:
    surface = torch.tensor([0.1, 0.0, 20.0])[:, None, None].expand(3, 2, 1)
    u, v = ekman_spiral(surface, torch.tensor([[40.0], [-40.0]]))
    assert torch.allclose(u[0].flatten(), torch.tensor([0.1, 0.1]))
    assert v[3, 0] < 0 < v[3, 1]
    assert (u[5] == 0).all()


def test_blocks_of_rows_cover_the_globe_once() -> None:
    whole = torch.arange(24.0 * 48).view(1, 24, 48)
    assert torch.equal(torch.cat([block.cut(whole, 0) for block in row_blocks(24, 48, 10)], dim=1), whole)


def test_a_window_wraps_around_the_globe_and_repeats_the_last_row_at_a_pole() -> None:
    field = torch.arange(4.0 * 6).view(1, 4, 6)
    cut = Window(0, 2, 5, 2).cut(field, 1)
    assert cut[0, :, 0].tolist() == [4, 4, 10, 16]
    assert cut[0, 1].tolist() == [4, 5, 0, 1]
    assert np.prod(cut.shape) == 16


def test_heaving_layers_keep_within_the_range_of_their_neighbours_and_above_the_sea_floor() -> None:
    static = tiny_static_fields(tiny_grid(24, 48))
    levels = static.wet.shape[0]
    depth = torch.tensor(DEPTHS)
    profile = (20 - 0.03 * depth)[:, None, None].expand(levels, 24, 48).clone()
    wet = torch.ones(levels, 24, 48, dtype=torch.bool)
    wet[8:] = False
    profile[8:] = 1e6
    for metres in (5.0, 500.0, -500.0):
        changed = profile + heaved(profile[None], torch.full_like(profile, metres), depth, wet)[0]
        water = changed[:8]
        assert float(water.max()) <= 20.0 and float(water.min()) >= float(profile[7].max())
    little = heaved(profile[None], torch.full_like(profile, 1.0), depth, wet)[0]
    assert torch.allclose(little[1:7], torch.full_like(little[1:7], 0.03), atol=1e-5)


def test_smoothing_removes_changes_finer_than_the_deformation_radius_and_keeps_broad_ones() -> None:
    everywhere = torch.ones(1, 48, 96)
    comb = (torch.arange(96) % 2 * 2.0 - 1).expand(1, 48, 96)
    smooth = balanced_scales(torch.cat([comb, everywhere]), 16 * everywhere, everywhere.bool(), 6)
    assert smooth.shape == (2, 36, 84)
    assert float(smooth[0].abs().max()) < 1e-3
    assert torch.allclose(smooth[1], torch.ones(36, 84), atol=1e-5)
    untouched = balanced_scales(comb, 0 * everywhere, everywhere.bool(), 6)
    assert torch.equal(untouched, comb[:, 6:-6, 6:-6])


def test_eddies_are_the_fine_scales_and_not_the_slope_of_a_basin() -> None:
    water = torch.ones(1, 48, 96, dtype=torch.bool)
    rows = torch.arange(48.0)[None, :, None].expand(1, 48, 96)
    eddy = (
        torch.exp(-(((torch.arange(96.0) - 48) / 2) ** 2))[None, None]
        * torch.exp(-(((torch.arange(48.0) - 24) / 2) ** 2))[None, :, None]
    )
    fine = finer_than_passes(rows + eddy, water, 6)
    assert fine.shape == (1, 36, 84)
    assert 0.3 < float(fine[0, 18, 42]) < 1
    assert float(fine[0, :, :20].abs().max()) < 1e-4


def test_the_mixed_layer_changes_as_its_surface_and_the_deep_ocean_is_unaffected() -> None:
    depth = torch.tensor(DEPTHS)
    changes = torch.linspace(1.0, -1.0, 15)[None, :, None, None].expand(2, 15, 1, 2)
    together = (changes + mixing(changes, depth, torch.tensor([[[50.0, 300.0]]])))[0, :, 0]
    shallow, deep = together.T
    assert torch.allclose(shallow[depth <= 50], torch.ones(6)) and torch.allclose(deep[depth <= 300], torch.ones(13))
    assert torch.equal(shallow[depth >= 150], changes[0, depth >= 150, 0, 0])
    assert (shallow.diff() <= 1e-6).all() and (deep.diff() <= 1e-6).all()


def test_smoothing_keeps_its_precision_where_the_network_runs_at_half(static: StaticFields) -> None:
    level = 100 + torch.randn(1, 48, 96)
    with torch.autocast("cpu", torch.bfloat16):
        half = smoothed(level, static.wet[:1])
    assert half.dtype is torch.float32
    assert torch.equal(half, smoothed(level, static.wet[:1]))
