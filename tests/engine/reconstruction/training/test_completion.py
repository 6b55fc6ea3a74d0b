"""The network that completes an interpolation: nothing before training, nothing where all was seen, blind to what is masked."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.models.heads.completion import INPUTS, Completion, CompletionShape
from engine.physics.displaced_state import climatology
from engine.reconstruction.analysis import reconstruct
from engine.reconstruction.completion import completed, load_completion
from engine.reconstruction.training.completion import completion_score, train_completion
from engine.reconstruction.training.observed_days import ObservedDays
from engine.runtime.errors import ModelError
from engine.schema.grid import coarsened
from engine.training.heads.training import HeadPlan, HeadTrainer
from tests.engine.observed_states import observations_of
from tests.engine.toy import INIT_TIME, ToySource

ROWS, COLUMNS = 16, 32
SMALL = CompletionShape(width=16, encoder_depth=1, decoder_depth=1, local_width=8)


def _network(trained: bool) -> Completion:
    torch.manual_seed(0)
    network = Completion(SMALL, ROWS, COLUMNS)
    if trained:
        for parameter in (*network.local.last.parameters(), *network.local.modulation.parameters()):
            torch.nn.init.normal_(parameter, std=0.3)
    return network.eval()


def _inputs(guess: torch.Tensor) -> torch.Tensor:
    inputs = torch.randn(INPUTS, ROWS, COLUMNS, generator=torch.Generator().manual_seed(1))
    inputs[3:6] = guess
    inputs[-1] = 1
    return inputs


def test_an_untrained_network_leaves_the_interpolation_as_it_is() -> None:
    assert torch.all(_network(trained=False)(_inputs(torch.full((3, ROWS, COLUMNS), 0.3))) == 0)


def test_what_was_seen_is_not_corrected_and_without_any_observation_nothing_is() -> None:
    network = _network(trained=True)
    guess = torch.full((3, ROWS, COLUMNS), 0.9)
    guess[:, :8, :8] = 0
    correction = network(_inputs(guess))
    assert torch.all(correction[:, :8, :8] == 0)
    assert correction.abs().max() > 0.01
    assert torch.all(network(_inputs(torch.ones(3, ROWS, COLUMNS))) == 0)


def test_the_encoder_sees_observed_patches_alone() -> None:
    network = _network(trained=True)
    guess = torch.full((3, ROWS, COLUMNS), 0.9)
    guess[:, :8, 8:16] = 0.1
    assert network.visible(guess).tolist() == [1]
    seen: list[int] = []
    network.backbone.encoder.register_forward_pre_hook(lambda _, tokens: seen.append(tokens[0].shape[1]))
    network(_inputs(guess))
    assert seen == [1]


def test_a_patch_is_seen_that_altimeters_alone_have_seen() -> None:
    guess = torch.full((3, ROWS, COLUMNS), 1.0)
    guess[0, 8, 12] = 0.1
    network = _network(trained=True)
    assert network.visible(guess).tolist() == [5]
    assert network(_inputs(guess))[1:].abs().max() > 0.01, "temperature and salinity learn from the sea level"


def test_land_is_no_observation() -> None:
    network = _network(trained=True)
    inputs = _inputs(torch.full((3, ROWS, COLUMNS), 0.9))
    inputs[:, :8, :8] = 0
    assert torch.all(network(inputs) == 0)


def test_a_patch_that_does_not_divide_the_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="does not divide"):
        Completion(SMALL, 15, 32)


def test_training_brings_the_error_down_and_the_weights_come_back(tmp_path: Path) -> None:
    source = ToySource(coarsened(10))
    samples = ObservedDays([source], [INIT_TIME], 1, tmp_path / "seen")
    torch.manual_seed(0)
    trainer = HeadTrainer(Completion(SMALL, *samples.grid.shape), samples, completion_score, HeadPlan(12, rate=5e-3), tmp_path)
    trainer.run()
    assert trainer.history[0].loss == pytest.approx(trainer.history[0].persistence_loss)
    assert trainer.history[-1].loss < 0.9 * trainer.history[0].loss
    out = tmp_path / "completion.safetensors"
    said = train_completion(samples, out, 1, batch=1)
    assert "first_day_error_over_interpolation" in said
    network, provenance = load_completion(out, samples.grid)
    assert sum(value.numel() for value in network.parameters()) == provenance["parameters"] < 1_000_000
    with pytest.raises(ModelError, match="grid"):
        load_completion(out, coarsened(5))
    usual = climatology(samples.grid, INIT_TIME)
    level = np.where(np.arange(samples.grid.shape[1]) % 9 == 0, usual["zos"] + 0.1, np.nan)
    seen = observations_of(usual.with_fields(zos=level.astype(np.float32))).of("zos")
    plain = reconstruct(seen, samples.grid, INIT_TIME)
    bettered = reconstruct(
        seen, samples.grid, INIT_TIME, complete=lambda found, spreads, grid: completed(found, spreads, grid, network)
    )
    assert np.nanmax(np.abs(bettered.state["zos"] - plain.state["zos"])) < 0.3


def test_samples_are_made_once_by_several_processes_and_kept(tmp_path: Path) -> None:
    samples = ObservedDays([ToySource(coarsened(10))], [INIT_TIME], 3, tmp_path / "seen")
    inputs, target, weights = samples[1]
    samples.prepare(workers=2)
    kept = sorted(path.name for path in samples.folder.iterdir())
    assert kept == ["00000.pt", "00001.pt", "00002.pt"], "and nothing half written"
    before = [path.stat().st_mtime_ns for path in samples.folder.iterdir()]
    samples.prepare(workers=2)
    assert [path.stat().st_mtime_ns for path in samples.folder.iterdir()] == before
    for again, first in zip(samples[1], (inputs, target, weights), strict=True):
        assert torch.equal(again, first)
    assert inputs.shape[0] == INPUTS and float(weights.sum()) == pytest.approx(1, abs=1e-5)
    assert not torch.equal(samples[0][0], samples[2][0]), "each day is seen otherwise"
