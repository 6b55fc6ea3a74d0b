"""Training of heads: resumed to the same weights, every sample seen, and weights that belong together."""

from pathlib import Path

import pytest
import torch
from torch import nn

from engine.runtime.errors import InputError, ModelError
from engine.schema.grid import coarsened
from engine.training.heads.training import HeadPlan, HeadTrainer, Score
from engine.weights.head_weights import HeadCard, find_head, load_head, save_head
from tests.engine.tiny_training import damaged

PLAN = HeadPlan(steps=12, rate=0.05, batch=2)
SAMPLES = [torch.tensor([float(number), 1.0]) for number in range(5)]


def _objective(head: nn.Module, sample: torch.Tensor) -> Score:
    error = head(sample)[0] - 3 * sample[0]
    return Score(error**2, 1.0, {"value": float(error.detach().abs())})


def _trainer(folder: Path) -> HeadTrainer:
    torch.manual_seed(1)
    return HeadTrainer(nn.Linear(2, 1), SAMPLES, _objective, PLAN, folder)


def test_a_resumed_training_ends_in_the_same_weights(tmp_path: Path) -> None:
    whole, first, second = (_trainer(tmp_path / name) for name in ("whole", "parts", "parts"))
    whole.run()
    first.run(5)
    second.resume()
    second.run()
    assert torch.equal(whole.average.weight, second.average.weight)  # type: ignore[arg-type]
    assert [record.loss for record in whole.history] == [record.loss for record in second.history]
    assert whole.history[-1].loss < whole.history[0].loss


@pytest.mark.parametrize("how", ["cut", "empty", "overwritten", "text", "begun"])
def test_a_damaged_state_is_refused_in_one_line_and_left_there(tmp_path: Path, how: str) -> None:
    _trainer(tmp_path).save()
    path = tmp_path / "state.pt"
    path.write_bytes(damaged(path.read_bytes())[how])
    size = path.stat().st_size
    with pytest.raises(ModelError, match=r"is damaged or of another training .*start without --resume") as refused:
        _trainer(tmp_path).resume()
    assert "\n" not in str(refused.value) and path.stat().st_size == size


@pytest.mark.parametrize("state", [{}, {"head": {}}, [1, 2], {"head": {"weight": torch.zeros(9, 9)}}])
def test_a_state_of_another_training_is_refused(tmp_path: Path, state: object) -> None:
    torch.save(state, tmp_path / "state.pt")
    with pytest.raises(ModelError, match="is damaged or of another training"):
        _trainer(tmp_path).resume()


def test_every_sample_is_seen_before_any_comes_again(tmp_path: Path) -> None:
    trainer = _trainer(tmp_path)
    drawn = [number for step in range(5) for number in trainer._drawn(step)]
    assert sorted(drawn[:5]) == sorted(drawn[5:]) == [0, 1, 2, 3, 4]


def test_a_training_without_samples_or_state_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no samples"):
        HeadTrainer(nn.Linear(2, 1), [], _objective, PLAN, tmp_path)
    with pytest.raises(InputError, match="without --resume"):
        _trainer(tmp_path).resume()


def test_a_loss_that_is_not_finite_stops_the_training(tmp_path: Path) -> None:
    def broken(head: nn.Module, sample: torch.Tensor) -> Score:
        return Score(head(sample)[0] * torch.nan, 1.0, {})

    with pytest.raises(ModelError, match="diverged at update 0"):
        HeadTrainer(nn.Linear(2, 1), SAMPLES, broken, PLAN, tmp_path).run()


def test_weights_come_back_and_those_of_another_head_grid_or_backbone_are_refused(tmp_path: Path) -> None:
    path, grid, module = tmp_path / "small-kuroshio.safetensors", coarsened(8), nn.Linear(2, 1)
    card = HeadCard("kuroshio", {"width": 2}, grid, "abc")
    save_head(path, module, card, {"updates": 12})
    other = nn.Linear(2, 1)
    assert load_head(path, other, card)["training"] == {"updates": 12}
    assert torch.equal(other.weight, module.weight)
    for wrong, word in (
        (HeadCard("waves", {}, grid, "abc"), "head"),
        (HeadCard("kuroshio", {}, coarsened(4), "abc"), "grid"),
        (HeadCard("kuroshio", {}, grid, "def"), "backbone"),
    ):
        with pytest.raises(ModelError, match=word):
            load_head(path, other, wrong)
    with pytest.raises(ModelError, match="do not fit"):
        load_head(path, nn.Linear(3, 1), card)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match="damaged"):
        load_head(path, other, card)


def test_missing_and_pickled_weights_are_refused(tmp_path: Path) -> None:
    card = HeadCard("kuroshio", {}, coarsened(8), None)
    with pytest.raises(ModelError, match="can run code"):
        load_head(tmp_path / "weights.pt", nn.Linear(2, 1), card)
    with pytest.raises(ModelError, match=r"none\.safetensors is missing"):
        load_head(tmp_path / "none.safetensors", nn.Linear(2, 1), card)
    with pytest.raises(ModelError, match="--head nonesuch"):
        find_head("small", "nonesuch")
