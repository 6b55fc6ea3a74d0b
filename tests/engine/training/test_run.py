from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine.models.backbones.presets import Preset
from engine.runtime.errors import InputError, ModelError
from engine.runtime.precision import PRECISIONS
from engine.schema.channels import PROGNOSTIC_CHANNELS, channel_mask
from engine.sources.analysis import AnalysisSource
from engine.stores import AnalysisStore
from engine.training.days.packing import SCALE, pack, unpack
from engine.training.days.runs import Run
from engine.training.days.sequences import PackedDays
from engine.training.history import summary
from engine.training.independence import independence, largest_correlations, sea_level_anomalies
from engine.training.losses import channel_weights, squared_error
from engine.training.plans import Phase, Plan
from engine.training.run import SEQUENCE_DAYS, TrainingRequest, prepare, save_weights, sequence_starts, train
from engine.training.statistics import statistics
from engine.training.trainer import Trainer
from engine.weights.checkpoint import load_checkpoint
from tests.engine.models.tiny import EVOLUTION, LINEAR, TinySource, tiny_grid
from tests.engine.tiny_training import PLAN, Runs, damaged, resumed, tiny_data, tiny_sequences, tiny_settings, tiny_trainer


@pytest.fixture(scope="module")
def sequences(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return tiny_sequences(tmp_path_factory.mktemp("sequences"))


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_an_interrupted_training_gives_the_same_curve_and_weights(sequences: Runs, tmp_path: Path, preset: Preset) -> None:
    whole = tiny_trainer(sequences, tmp_path / "whole", preset)
    whole.run()
    tiny_trainer(sequences, tmp_path / "parts", preset).run(last=3)
    again = resumed(sequences, tmp_path / "parts")
    assert again.step == 3 and again.precision == whole.precision
    again.run()
    assert [record.loss for record in again.history] == [record.loss for record in whole.history]
    for ours, theirs in zip(again.network.parameters(), whole.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert all(torch.equal(again.average[name], value) for name, value in whole.average.items())


def test_a_training_goes_on_in_the_precision_in_which_it_began(sequences: Runs, tmp_path: Path) -> None:
    for precision in PRECISIONS:
        folder = tmp_path / precision
        began = Trainer(LINEAR, tiny_data(sequences), folder, tiny_settings(precision=precision))
        assert began.precision == began.objective.precision == precision
        began.save()
        assert resumed(sequences, folder).precision == precision
    assert resumed(sequences, folder, precision="bfloat16").precision == "bfloat16"


def test_training_starts_at_persistence_and_beats_it(sequences: Runs, tmp_path: Path) -> None:
    plan = Plan((Phase(45, 1, 3e-3),), rounds=1, windows=2, rows=24, columns=48)
    trainer = tiny_trainer(sequences, tmp_path, plan=plan)
    trainer.run()
    first, last = trainer.history[0], trainer.history[-1]
    assert first.loss == pytest.approx(first.persistence_loss, rel=1e-3)
    assert last.loss < 0.9 * last.persistence_loss
    assert trainer.waited < sum(record.seconds for record in trainer.history)


def test_trained_weights_are_saved_with_card_and_picture(sequences: Runs, tmp_path: Path) -> None:
    trainer = tiny_trainer(sequences, tmp_path)
    trainer.run(last=2)
    path = tmp_path / "weights" / "tiny.safetensors"
    save_weights(trainer, path, {"data": ["tiny"]})
    loaded = load_checkpoint(path, tiny_grid())
    assert loaded.provenance["training"]["updates"] == 2
    assert set(summary(trainer.history)) == {"hours", "first_day_error_over_persistence"}
    assert (tmp_path / "weights" / "tiny_loss.png").stat().st_size > 10_000


@pytest.mark.parametrize("how", ["cut", "empty", "overwritten", "one byte", "text"])
def test_a_damaged_state_or_sequence_is_refused_in_one_line(sequences: Runs, tmp_path: Path, how: str) -> None:
    tiny_trainer(sequences, tmp_path).save()
    path = tmp_path / "state.pt"
    path.write_bytes(damaged(path.read_bytes())[how])
    with pytest.raises(ModelError, match="is damaged or of another training"):
        resumed(sequences, tmp_path)
    if how not in ("overwritten", "one byte"):
        tiny_sequences(tmp_path, count=1)
        (path,) = tmp_path.glob("*.npy")
        path.write_bytes(damaged(path.read_bytes())[how])
        with pytest.raises(InputError, match=r"is damaged .*delete it"):
            tiny_sequences(tmp_path, count=1)


def test_nothing_to_resume_is_said(sequences: Runs, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no training to resume"):
        resumed(sequences, tmp_path)


def test_sequences_too_short_for_the_plan_are_refused(sequences: Runs, tmp_path: Path) -> None:
    plan = Plan((Phase(1, 3, 1e-3),), rounds=2, windows=1, rows=16, columns=24)
    with pytest.raises(InputError, match="the plan needs 4"):
        tiny_trainer(sequences, tmp_path, plan=plan)


def test_a_diverged_training_says_so_and_keeps_the_last_good_weights(sequences: Runs, tmp_path: Path) -> None:
    trainer = tiny_trainer(sequences, tmp_path, LINEAR)
    with torch.no_grad():
        trainer.network.projection.recovery.bias.fill_(torch.nan)
    with pytest.raises(ModelError, match="diverged at update 0"):
        trainer.run()
    assert not (tmp_path / "state.pt").exists()


def test_a_state_saved_before_validation_was_recorded_still_resumes(sequences: Runs, tmp_path: Path) -> None:
    tiny_trainer(sequences, tmp_path, LINEAR).run(last=1)
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    for record in state["history"]:
        del record["validation"]
    torch.save(state, tmp_path / "state.pt")
    assert resumed(sequences, tmp_path, PLAN).history[0].validation == {}


def test_days_in_a_row_become_sequences_and_gaps_are_left_out() -> None:
    days = np.datetime64("2014-01-01") + np.array([*range(16), *range(20, 26), *range(30, 37)])
    starts = [str(day) for day in sequence_starts(days)]
    assert starts == ["2014-01-01", "2014-01-08", "2014-01-31"]


def test_an_ingested_analysis_trains_the_network(tmp_path: Path) -> None:
    grid = tiny_grid()
    source = TinySource(grid)
    days = source.init_times()[: 2 * SEQUENCE_DAYS]
    attributes = {"source": "hycom", "label": "HYCOM", "sampling": "snapshot", "description": "made up"}
    with AnalysisStore.create(tmp_path / "days", grid, days, attributes) as store:
        for lead, day in enumerate(days):
            store.append(lead, source.state(day))
        store.finish()
    request = TrainingRequest("aigoms-small", [AnalysisSource(tmp_path / "days")], grid, device="cpu", batch=2, updates=2)
    result = train(request)
    assert result["updates"] == 2
    card = load_checkpoint(result["weights"], grid).provenance["training"]
    assert card["data"] == ["hycom"]
    assert card["sequences"] == ["hycom__2019-02-23"] and card["data_sets"][0]["days"] == 2 * SEQUENCE_DAYS
    assert not list(tmp_path.rglob("*.npy"))
    assert card["plan"]["batch"] == 2
    assert train(replace(request, resume=True, updates=3))["updates"] == 3


def test_too_few_days_in_a_row_are_refused(tmp_path: Path) -> None:
    source = TinySource(tiny_grid())
    source.init_times = lambda: np.datetime64("2019-02-23") + np.arange(6)  # type: ignore[method-assign]
    with pytest.raises(InputError, match="no 7 days in a row"):
        prepare([source], tmp_path, tiny_grid())


def test_packing_keeps_a_day_s_change(sequences: Runs) -> None:
    grid = tiny_grid()
    source = TinySource(grid)
    time = source.init_times()[0]
    restored = unpack(torch.from_numpy(pack(source.state(time), source.forcing(time)))).numpy()
    from engine.schema.channels import FORCING_CHANNELS, to_array

    truth = np.concatenate([to_array(source.state(time), PROGNOSTIC_CHANNELS), to_array(source.forcing(time), FORCING_CHANNELS)])
    error = np.nanmax(np.abs(restored - truth), axis=(1, 2))
    assert (error <= 0.51 * SCALE + 1e-4 * np.abs(np.nanmean(truth, axis=(1, 2)))).all()
    assert SCALE[60] < 2e-4


def test_statistics_count_water_alone(sequences: Runs) -> None:
    known = statistics(sequences, tiny_grid())
    assert known.normalisation.mean[0] == pytest.approx(15, abs=3)
    assert known.normalisation.std[15] < 3
    assert (known.tendency > 0).all()


@pytest.mark.parametrize("rubbish", [0.0, 1e20, float("nan")])
def test_land_changes_neither_loss_nor_gradient(rubbish: float) -> None:
    grid = tiny_grid()
    wet = torch.from_numpy(channel_mask(grid, PROGNOSTIC_CHANNELS))
    area = torch.from_numpy(grid.cell_area).float()
    generator = torch.Generator().manual_seed(0)
    target = torch.randn(61, *grid.shape, generator=generator)
    clean = torch.randn(61, *grid.shape, generator=generator)

    def gradient(fill: float) -> tuple[torch.Tensor, torch.Tensor]:
        prediction = torch.where(wet, clean, fill).requires_grad_()
        loss = squared_error(prediction, torch.where(wet, target, fill), wet, area, torch.ones(61)).sum()
        loss.backward()
        assert prediction.grad is not None
        return loss.detach(), prediction.grad

    expected, ours = gradient(0.5), gradient(rubbish)
    assert torch.equal(ours[0], expected[0])
    assert torch.equal(ours[1], expected[1])
    assert (ours[1][~wet] == 0).all()


def test_an_error_of_one_tendency_costs_one_and_zos_weighs_most() -> None:
    grid = tiny_grid()
    wet = torch.from_numpy(channel_mask(grid, PROGNOSTIC_CHANNELS))
    zero, tendency = torch.zeros(61, *grid.shape), torch.linspace(0.1, 2, 61)
    cost = squared_error(zero + tendency[:, None, None], zero, wet, torch.from_numpy(grid.cell_area).float(), tendency)
    assert torch.allclose(cost, torch.ones(61), atol=1e-3)
    weights = channel_weights(PROGNOSTIC_CHANNELS)
    assert weights.sum() == pytest.approx(1)
    assert weights.argmax() == 60


def test_resemblance_finds_a_copy_and_not_a_stranger() -> None:
    grid = tiny_grid()
    random = np.random.default_rng(0)
    days = [random.standard_normal(grid.shape).astype(np.float32) for _ in range(4)]
    ours = sea_level_anomalies([days[0], days[1]], 0 * days[0], grid)
    theirs = sea_level_anomalies([3 * days[0] + 5, days[2], days[3]], 0 * days[0], grid)
    largest = largest_correlations(ours, theirs)
    assert largest[0] == pytest.approx(1, abs=1e-3)
    assert largest[1] < 0.3


class _Days:
    """A source whose sea level of a day is a pattern of its own, shifted by `copied` days."""

    forcing_kind, label = "synthetic", "Days"

    def __init__(self, name: str, copied: int | None = None) -> None:
        self.name, self.grid, self.copied = name, tiny_grid(), copied

    def times(self) -> np.ndarray:
        return np.datetime64("2019-02-23") + np.arange(61)

    def sea_level(self, time: np.datetime64) -> np.ndarray:
        day = int((time - self.times()[0]).astype(int))
        seed = [day, len(self.name)] if self.copied is None else [day - self.copied, 3]
        return np.random.default_rng(seed).standard_normal(self.grid.shape).astype(np.float32)


def test_a_held_out_start_that_copies_a_training_day_stands_in_the_card(tmp_path: Path) -> None:
    begin = np.datetime64("2019-02-23")
    days = (("one", 0), ("one", 7), ("other", 0))
    runs = [Run(PackedDays(tmp_path, name, begin + day, (24, 48)), begin + day, ("",) * 7) for name, day in days]
    held_out: Any = SimpleNamespace(
        source=_Days("held", copied=30), first_independent=begin + 30, day=lambda time: int((time - begin).astype(int))
    )
    found = independence([_Days("one"), _Days("other")], runs, held_out)  # type: ignore[list-item]
    assert found["held_out_starts"] == [30, 60]
    copy, stranger = found["correlation_of_held_out_starts_with_training_at_most"]
    assert copy > 0.8 and stranger < 0.3 and found["correlation_of_unrelated_runs_at_most"] < 0.3
