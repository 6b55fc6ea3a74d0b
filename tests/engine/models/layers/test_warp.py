import pytest
import torch

from engine.models.layers.warp import warp

MARGIN = 6
ROWS, COLUMNS = 20, 30


def _case(seed: int = 0, wet_share: float = 1.0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    size = (2, ROWS + 2 * MARGIN, COLUMNS + 2 * MARGIN)
    fields = torch.randn(size, generator=generator)
    wet = torch.rand(size[1:], generator=generator) < wet_share
    displacement = (4 * torch.rand(2, ROWS, COLUMNS, generator=generator)) - 2
    return fields, displacement, wet.expand(size)


def _inner(field: torch.Tensor) -> torch.Tensor:
    return field[..., MARGIN:-MARGIN, MARGIN:-MARGIN]


def test_without_displacement_nothing_changes_to_the_last_bit() -> None:
    fields, displacement, wet = _case(wet_share=0.8)
    assert torch.equal(warp(fields, 0 * displacement, wet, MARGIN), _inner(torch.where(wet, fields, 0.0)))


@pytest.mark.parametrize("wet_share", [1.0, 0.7])
def test_a_constant_field_stays_constant_over_water(wet_share: float) -> None:
    fields, displacement, wet = _case(wet_share=wet_share)
    moved = warp(torch.full_like(fields, 7.0), displacement, wet, MARGIN)
    assert torch.allclose(moved, 7.0 * _inner(wet), atol=1e-5)


def test_a_shift_by_whole_cells_is_a_roll() -> None:
    fields, displacement, wet = _case()
    displacement[0], displacement[1] = 2, -1
    expected = _inner(fields.roll((2, -1), dims=(2, 1)))
    assert torch.allclose(warp(fields, displacement, wet, MARGIN), expected, atol=1e-4)


def test_advection_of_a_quadratic_field_is_accurate() -> None:
    _, displacement, wet = _case()
    x = torch.arange(COLUMNS + 2 * MARGIN, dtype=torch.float32)
    fields = (0.1 * x).expand(2, ROWS + 2 * MARGIN, -1)
    moved = warp(fields, displacement, wet, MARGIN)
    assert torch.allclose(moved, _inner(fields) - 0.1 * displacement[0], atol=0.02)


@pytest.mark.parametrize("rubbish", [1e30, float("nan"), float("inf")])
def test_values_on_land_never_reach_the_ocean(rubbish: float) -> None:
    fields, displacement, wet = _case(wet_share=0.7)
    expected = warp(fields, displacement, wet, MARGIN)
    assert torch.equal(warp(torch.where(wet, fields, rubbish), displacement, wet, MARGIN), expected)
    assert expected.isfinite().all()


def test_nothing_leaks_onto_land() -> None:
    fields, displacement, wet = _case(wet_share=0.7)
    assert (warp(fields, displacement, wet, MARGIN)[~_inner(wet)] == 0).all()


def test_a_level_with_less_water_keeps_its_own_coast() -> None:
    fields, displacement, wet = _case()
    wet = wet.clone()
    wet[1, :, 18:] = False
    moved = warp(fields, displacement, wet, MARGIN)
    assert torch.allclose(moved[0], warp(fields[:1], displacement, wet[:1], MARGIN)[0], atol=2.0)
    assert (moved[1, :, 18 - MARGIN :] == 0).all()


def test_the_displacement_gets_a_gradient_and_land_gives_none() -> None:
    fields, displacement, wet = _case(wet_share=0.8)
    fields = torch.where(wet, fields, float("nan"))
    displacement.requires_grad_()
    warp(fields, displacement, wet, MARGIN).square().sum().backward()
    assert displacement.grad is not None
    assert displacement.grad.isfinite().all()
    assert (displacement.grad != 0).any()


def test_a_displacement_of_zero_learns_to_grow() -> None:
    fields, displacement, wet = _case(wet_share=0.8)
    displacement = (0 * displacement).requires_grad_()
    warp(fields, displacement, wet, MARGIN).square().sum().backward()
    assert displacement.grad is not None
    assert (displacement.grad != 0).float().mean() > 0.2
