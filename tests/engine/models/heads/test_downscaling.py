"""The Kuroshio head: untrained it is bicubic interpolation, it ignores land, and it has no pattern of three cells."""

import numpy as np
import pytest
import torch

from engine.models.heads.downscaling import SURFACE, Downscaling, DownscalingShape
from engine.physics.kuroshio_grid import crop, kuroshio_grid, refine
from engine.schema.grid import quarter_degree
from engine.verification.detail import checkerboard, detail_scores, detail_statistics

SMALL = DownscalingShape(features=8, width=8, dilations=(1,), fine_width=4)


def _surface() -> torch.Tensor:
    random = np.random.default_rng(0)
    smooth = np.cumsum(random.standard_normal((1, 5, 120, 230)), axis=-1)
    smooth[..., ~crop(quarter_degree().wet_surface)] = np.nan
    return torch.from_numpy(smooth.astype(np.float32))


def _learned(shape: DownscalingShape = SMALL) -> Downscaling:
    torch.manual_seed(0)
    head = Downscaling(shape)
    for parameter in (*head.modulation.parameters(), *head.last.parameters()):
        torch.nn.init.normal_(parameter, std=0.05)
    return head


@pytest.mark.parametrize("upsampling", ["shuffle", "transposed"])
def test_an_untrained_head_is_bicubic_interpolation(upsampling: str) -> None:
    surface = _surface()
    shape = DownscalingShape(features=8, width=8, dilations=(1,), fine_width=4, upsampling=upsampling)
    result = Downscaling(shape)(surface, torch.randn(1, 8, 90, 180))
    expected = np.where(kuroshio_grid().wet_surface, refine(surface.numpy()), np.nan)
    assert result.shape == (1, len(SURFACE), 360, 690)
    np.testing.assert_allclose(result.detach().numpy(), expected, atol=2e-4)


def test_nothing_on_land_reaches_the_result_or_its_gradient() -> None:
    head, surface = _learned(), _surface()
    other = torch.where(torch.isnan(surface), torch.full_like(surface, 1e6), surface).requires_grad_()
    first, second = head(surface, None), head(other, None)
    assert torch.equal(first.isnan(), second.isnan())
    assert torch.equal(first.nan_to_num(), second.nan_to_num())
    second.nan_to_num().square().sum().backward()
    assert other.grad is not None and bool(torch.isfinite(other.grad).all())
    assert not other.grad[surface.isnan()].any()


def test_features_of_the_box_change_the_result_and_those_of_other_oceans_do_not() -> None:
    head, surface = _learned(), _surface()
    features = torch.randn(1, 8, 90, 180)
    far, near = features.clone(), features.clone()
    far[..., :40, :] += 1
    near[..., 60, 70] += 1
    result = head(surface, features).nan_to_num()
    assert torch.equal(head(surface, far).nan_to_num(), result)
    assert not torch.equal(head(surface, near).nan_to_num(), result)


def test_a_new_pixel_shuffle_has_no_pattern_of_three_cells() -> None:
    random = np.random.default_rng(3)
    surface = torch.from_numpy(np.cumsum(random.standard_normal((1, 5, 120, 230)), axis=-1).astype(np.float32))
    correction = _learned(DownscalingShape(features=8)).correction(surface, None)[0, 0].detach().numpy()
    assert checkerboard(correction, kuroshio_grid()) < 3


def test_a_perfect_field_has_no_error_and_all_of_the_energy() -> None:
    grid = kuroshio_grid()
    fields = dict(zip(SURFACE, refine(_surface().numpy()[0]), strict=True))
    scores = detail_scores([detail_statistics(fields, fields, grid)])
    assert scores["rmse zos"] == scores["rmse slope uo"] == scores["rmse vorticity"] == 0
    assert scores["correlation vorticity"] == pytest.approx(1)
    assert scores["energy 20-50 km"] == pytest.approx(1)


def test_a_pattern_of_three_cells_is_detected() -> None:
    grid = kuroshio_grid()
    noise = np.random.default_rng(0).standard_normal(grid.shape)
    pattern = noise + 0.5 * np.cos(2 * np.pi * np.arange(grid.shape[1]) / 3)
    assert checkerboard(noise, grid) < 1.5 < 5 < checkerboard(pattern, grid)
