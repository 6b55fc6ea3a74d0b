"""What the Kuroshio head learns from."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine.models.evolution.dynamics import finer_than_passes
from engine.models.heads.downscaling import SURFACE, Downscaling, DownscalingShape, refined
from engine.physics.kuroshio_grid import kuroshio_grid
from engine.runtime.errors import InputError
from engine.schema.grid import coarsened
from engine.schema.sample_calendar import sample_date
from engine.training.heads.features import FeatureStore
from engine.training.heads.kuroshio import KuroshioObjective, KuroshioSamples, stacked, write_pairs
from engine.training.heads.run import train_head
from sample_data.kuroshio.archive import nested_surface
from sample_data.runs.build import build
from sample_data.source import SampleSource

SMALL = DownscalingShape(features=8, width=8, dilations=(1,), fine_width=4)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> KuroshioSamples:
    return KuroshioSamples(write_pairs(SampleSource(), [sample_date(130)], tmp_path_factory.mktemp("pairs")))


def test_detail_added_to_interpolation_is_the_nested_day(samples: KuroshioSamples) -> None:
    sample = samples[0]
    head = Downscaling(SMALL, samples.statistics())
    rebuilt = (head.interpolated(sample["surface"]) + sample["detail"])[0].numpy()
    nested = stacked(nested_surface(SampleSource().run, 130))
    wet = kuroshio_grid().wet_surface
    assert np.abs(rebuilt - nested)[:, wet].max() < 5e-3


def test_an_untrained_head_has_the_loss_of_interpolation_and_a_perfect_one_none(samples: KuroshioSamples) -> None:
    objective, head = KuroshioObjective(), Downscaling(SMALL, samples.statistics())
    score = objective(head, samples[0])
    assert float(score.loss.detach()) == pytest.approx(1, abs=1e-4)
    assert score.ratios == pytest.approx(dict.fromkeys(SURFACE, 1.0), abs=1e-4)
    detail = samples[0]["detail"] / head.detail
    head.correction = lambda surface, features: detail  # type: ignore[method-assign]
    assert float(objective(head, samples[0]).loss) == 0


def test_a_blur_costs_more_than_its_errors(samples: KuroshioSamples, monkeypatch: pytest.MonkeyPatch) -> None:
    objective, head, sample = KuroshioObjective(), Downscaling(SMALL, samples.statistics()), samples[0]
    base = head.interpolated(sample["surface"]) / head.detail
    fine = torch.nn.functional.pad(finer_than_passes(base[0], head.wet[None], 3), (3, 3, 3, 3))[None]
    head.correction = lambda surface, features: -0.5 * fine  # type: ignore[method-assign]
    with_cost = float(objective(head, sample).loss)
    monkeypatch.setattr("engine.training.heads.kuroshio.SPECTRAL_WEIGHT", 0.0)
    assert with_cost > float(objective(head, sample).loss) + 0.01


def test_what_stands_on_land_changes_no_loss(samples: KuroshioSamples) -> None:
    objective, head, sample = KuroshioObjective(), Downscaling(SMALL, samples.statistics()), samples[0]
    other = dict(sample, detail=sample["detail"].masked_fill(~torch.from_numpy(kuroshio_grid().wet_surface), torch.nan))
    assert torch.equal(objective(head, other).loss, objective(head, sample).loss)


def test_a_forecast_day_becomes_a_batch_at_a_twelfth_of_a_degree() -> None:
    source = SampleSource()
    fine = refined(Downscaling(SMALL).eval(), source.state(source.times()[10]), None)
    nested = source.kuroshio(source.times()[10])
    assert fine.time == nested.time and fine.grid is nested.grid
    for name in SURFACE:
        assert fine[name].shape == nested[name].shape
        assert np.array_equal(np.isfinite(fine[name]), np.isfinite(nested[name]))
    wet = kuroshio_grid().wet_surface
    assert np.corrcoef(fine["zos"][wet], nested["zos"][wet])[0, 1] > 0.99


def test_features_of_a_day_are_those_with_which_it_is_forecast(tmp_path: Path) -> None:
    source = SampleSource(folder=build(2, 5, tmp_path / "run", grid=coarsened(8)).folder)
    asked: list[Any] = []

    def step(state: torch.Tensor, forcing: Any, target_forcing: Any, time: np.datetime64) -> tuple[None, torch.Tensor]:
        asked.append((forcing.time, target_forcing.time, time))
        return None, torch.full((4, 2, 3), 7.0)

    model: Any = SimpleNamespace(grid=coarsened(8), prepare=lambda batch: batch, step=step)
    store = FeatureStore(tmp_path / "features")
    for _ in range(2):
        store.fill(source, [sample_date(1), sample_date(2)], model)
    assert asked == [(sample_date(day - 1), sample_date(day), sample_date(day - 1)) for day in (1, 2)]
    found = store("sample-5", sample_date(2))
    assert found.dtype == np.float16 and found.shape == (4, 2, 3)


def test_a_head_that_nobody_knows_is_refused_before_anything_is_loaded() -> None:
    with pytest.raises(InputError, match="expected one of kuroshio, waves, biogeochemistry"):
        train_head("small", "tides", [])
