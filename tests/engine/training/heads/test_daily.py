"""Training of the heads of waves and biogeochemistry: what they learn from, and that they learn."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine.forecasting.head_rollout import Averaging
from engine.models.heads.biogeochemistry import Concentrations
from engine.models.heads.daily import DayHead
from engine.models.heads.waves import WaveHeights
from engine.runtime.errors import InputError, ModelError
from engine.runtime.paths import runs_folder, weights_folder
from engine.schema.grid import coarsened
from engine.schema.head_grids import one_degree
from engine.schema.sample_calendar import sample_date, sample_day
from engine.training.heads.daily import DAYS_APART, SEQUENCE_DAYS, DayObjective, DaySamples, disturbed, first_days, sequence
from engine.training.heads.datasets import BIOGEOCHEMISTRY, WAVES, HeadDataset, SeriesDays, stretches, task
from engine.training.heads.features import FeatureStore
from engine.training.heads.training import HeadPlan, HeadTrainer
from engine.weights.head_loading import card_of, load_day_head
from engine.weights.head_weights import find_head, load_head, save_head
from sample_data.held_out import HELD_OUT_SEED, training_series
from sample_data.runs.build import build
from sample_data.runs.head_days import RunWaves
from sample_data.runs.run import Run
from sample_data.source import FIRST_TRAINING_DAY, SampleSource
from tests.engine.models.heads.tiny_heads import GRID, SHAPE, same, tiny_fields, tiny_head

HEADS = ["waves", "biogeochemistry"]


class GrowingDays:
    """A sea in which every field grows by a twentieth a day where the first driver is positive, and shrinks elsewhere."""

    def __init__(self, head: DayHead) -> None:
        self.head = head

    def fields(self, time: np.datetime64) -> np.ndarray:
        growth = np.where(self.drivers(time)[0] > 0, 1.05, 0.95) ** sample_day(time)
        return (tiny_fields(self.head)[0].numpy() * growth).astype(np.float32)

    def drivers(self, time: np.datetime64) -> np.ndarray:
        wave = np.sin(np.deg2rad(GRID.lon)) * np.ones(GRID.shape)
        return np.stack([wave] * len(self.head.transform.driving))


def _samples(head: DayHead) -> DaySamples:
    features = np.zeros((SHAPE.features, SHAPE.rows, SHAPE.columns), np.float16)
    return DaySamples([("five", sample_date(day)) for day in (0, 4)], {"five": GrowingDays(head)}, lambda series, time: features)


def _model(sha256: str = "abc") -> Any:
    preset = SimpleNamespace(decoder_width=8, patch=8)
    return SimpleNamespace(
        name="small",
        grid=SimpleNamespace(shape=(48, 96)),
        device=torch.device("cpu"),
        precision="bfloat16",
        network=SimpleNamespace(preset=preset),
        provenance={"weights_sha256": sha256},
    )


def test_samples_begin_where_whole_stretches_of_days_are_stored() -> None:
    earliest = sample_date(FIRST_TRAINING_DAY)
    length = 10 + DAYS_APART + SEQUENCE_DAYS + 1
    stored = np.concatenate([earliest - 10 + np.arange(length), earliest + 2 * DAYS_APART + np.array([0, 2])])
    days = first_days(stored, sample_date(0), earliest)
    assert days == [earliest, earliest + DAYS_APART]
    assert all(set(sequence(day)) <= set(stored) for day in days)
    assert not first_days(sample_date(0) + np.arange(0, 400, 8), sample_date(0), earliest)


@pytest.mark.parametrize("name", HEADS)
def test_an_untrained_head_has_the_loss_of_persistence(name: str) -> None:
    head = tiny_head(name)
    head.adopt(_samples(head).statistics(head.transform))
    score = DayObjective(GRID)(head.eval(), _samples(head)[0])
    assert float(score.loss.detach()) == pytest.approx(score.baseline, rel=1e-6)
    assert score.ratios == pytest.approx(dict.fromkeys(head.transform.names, 1.0))


@pytest.mark.parametrize("name", HEADS)
def test_a_typical_day_has_a_loss_of_one_and_a_perfect_head_none(name: str) -> None:
    head = tiny_head(name)
    samples = _samples(head)
    head.adopt(samples.statistics(head.transform))
    objective, sample = DayObjective(GRID), samples[0]
    one_day = {**sample, "fields": sample["fields"][:2], "drivers": sample["drivers"][:2], "features": sample["features"][:1]}
    assert objective(head, one_day).baseline == pytest.approx(1, rel=0.5)
    head.transform.changed = lambda fields, change: sample["fields"][1:2]  # type: ignore[method-assign]
    assert float(objective(head, one_day).loss.detach()) < 1e-9


@pytest.mark.parametrize("name", HEADS)
def test_a_few_updates_lower_the_loss_and_a_resumed_training_ends_in_the_same_weights(name: str, tmp_path: Path) -> None:
    def trainer(folder: str) -> HeadTrainer:
        head = tiny_head(name)
        head.adopt(_samples(head).statistics(head.transform))
        return HeadTrainer(head, _samples(head), DayObjective(GRID), HeadPlan(steps=25, rate=5e-3), tmp_path / folder)

    whole, first, second = trainer("whole"), trainer("parts"), trainer("parts")
    whole.run()
    first.run(9)
    second.resume()
    second.run()
    last = whole.history[-1]
    assert last.loss < 0.7 * last.persistence_loss
    for one, other in zip(whole.average.parameters(), second.average.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("name", HEADS)
def test_what_stands_on_land_changes_neither_loss_nor_gradient(name: str) -> None:
    head = tiny_head(name, learned=True)
    sample, gradients = _samples(head)[0], []
    for fill in (torch.nan, 1e6):
        head.zero_grad()
        fields = torch.where(head.wet, sample["fields"], fill)
        score = DayObjective(GRID)(head, {**sample, "fields": fields})
        score.loss.backward()
        gradients.append([score.loss.detach(), *(value.grad.clone() for value in head.parameters() if value.grad is not None)])
    assert all(bool(value.isfinite().all()) for value in gradients[0])
    assert all(torch.equal(one, other) for one, other in zip(*gradients, strict=True))


@pytest.mark.parametrize("name", HEADS)
def test_the_first_day_is_disturbed_in_training_alone_always_alike_and_on_water_alone(name: str) -> None:
    head, fields = tiny_head(name), tiny_fields(tiny_head(name))
    changed = disturbed(head, fields)
    assert same(changed, disturbed(head, fields)) and not same(changed, fields)
    assert torch.equal(torch.isnan(changed), torch.isnan(fields)) and float(changed.nan_to_num().min()) >= 0
    assert not same(disturbed(head, fields * 1.5) / 1.5, changed), "another day has another disturbance"
    days = {
        "fields": fields.expand(3, -1, -1, -1),
        "drivers": torch.zeros(3, len(head.transform.driving), *GRID.shape),
        "features": torch.zeros(2, SHAPE.features, SHAPE.rows, SHAPE.columns),
    }
    objective = DayObjective(GRID)
    assert float(objective(head.eval(), days).loss.detach()) < float(objective(head.train(), days).loss.detach())


@pytest.mark.parametrize("name", HEADS)
def test_weights_come_back_and_those_of_another_backbone_grid_or_head_are_refused(name: str, tmp_path: Path) -> None:
    head, path = tiny_head(name, learned=True), tmp_path / "head.safetensors"
    head.change.fill_(0.3)
    card = card_of(name, head, _model())
    save_head(path, head, card, {"updates": 3})
    other = tiny_head(name)
    load_head(path, other, card)
    for one, two in zip(head.state_dict().values(), other.state_dict().values(), strict=True):
        assert torch.equal(one, two)
    wrong_grid = type(card)(name, card.shape, coarsened(8), card.backbone)
    wrong_head = type(card)("tides", card.shape, card.grid, card.backbone)
    for wrong, word in ((card_of(name, head, _model("def")), "backbone"), (wrong_grid, "grid"), (wrong_head, "head")):
        with pytest.raises(ModelError, match=word):
            load_head(path, other, wrong)


def test_a_head_is_loaded_by_name_for_the_model_it_was_trained_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("engine.runtime.paths.ASSETS", tmp_path)
    monkeypatch.setattr("engine.weights.head_loading.MAKERS", {"waves": lambda shape, grid: tiny_head("waves")})
    with pytest.raises(ModelError, match="goms train --preset small --head waves"):
        load_day_head("waves", _model())
    head = tiny_head("waves", learned=True)
    save_head(weights_folder() / "small-waves.safetensors", head, card_of("waves", head, _model()), {"updates": 3})
    assert find_head("small", "waves").exists()
    loaded, provenance = load_day_head("waves", _model())
    assert loaded.precision == "bfloat16"
    assert torch.equal(loaded.tendency.embedding.weight, head.tendency.embedding.weight)
    assert provenance["training"] == {"updates": 3} and not loaded.training
    with pytest.raises(ModelError, match="backbone"):
        load_day_head("waves", _model("def"))


@pytest.mark.parametrize("dataset", [WAVES, BIOGEOCHEMISTRY], ids=lambda dataset: dataset.name)
def test_without_stored_days_the_command_that_makes_them_is_named(dataset: HeadDataset, tmp_path: Path) -> None:
    store = FeatureStore(tmp_path)
    command = f"goms sample build --days 330 --seed 2 {dataset.option}"
    with pytest.raises(InputError, match=command):
        task(dataset, _model(), store, training_series())
    build(1, 2, runs_folder() / "seed-2", grid=coarsened(8))
    with pytest.raises(InputError, match=command):
        task(dataset, _model(), store, training_series())


def test_the_held_out_run_is_never_learned_from_nor_days_without_an_ocean() -> None:
    for seed in (HELD_OUT_SEED, 2):
        folder = runs_folder() / f"seed-{seed}"
        Run.create(folder, seed, coarsened(8))
        (folder / "waves").mkdir()
        for day in range(FIRST_TRAINING_DAY, FIRST_TRAINING_DAY + 3 * DAYS_APART):
            (folder / "waves" / f"day-{day:04d}.zst").touch()
            if day < FIRST_TRAINING_DAY + 2 * DAYS_APART:
                (folder / f"day-{day:04d}.zst").touch()
    found = stretches(WAVES, training_series())
    first = sample_date(FIRST_TRAINING_DAY)
    assert [(each.name, days) for each, days in found] == [("sample-2", [first, first + DAYS_APART])]
    assert not stretches(BIOGEOCHEMISTRY, training_series())


def test_days_of_a_run_are_read_as_a_forecast_would_see_them() -> None:
    source, time, transform = SampleSource(), sample_date(128), Concentrations()
    days = SeriesDays(BIOGEOCHEMISTRY, transform, source)
    np.testing.assert_array_equal(days.fields(time)[0], source.biogeochemistry(time)["chl"])
    averaging = Averaging(source.grid, BIOGEOCHEMISTRY.grid(), transform.reads_ocean)
    forecast = transform.drivers(averaging(source.forcing(time), source.state(time)))
    inside = one_degree().wet_surface
    for name, stored, seen in zip(transform.driving, days.drivers(time), forecast, strict=True):
        difference = np.abs(stored - seen)[inside]
        assert difference.max() < 0.25 * seen[inside].std() and difference.mean() < 0.01 * seen[inside].std(), name


def test_waves_of_a_run_come_with_the_wind_of_their_own_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunWaves, "height", lambda self, day: np.full((360, 720), day, np.float32))
    days, time = SeriesDays(WAVES, WaveHeights(), SampleSource()), sample_date(130)
    assert days.fields(time).shape == (1, 360, 720) and days.fields(time).max() == 130
    wind = SampleSource().forcing(time)
    mean = wind["u10"].reshape(360, 2, 720, 2).mean(axis=(1, 3))
    assert np.abs(days.drivers(time)[0] - mean).max() < 0.2
