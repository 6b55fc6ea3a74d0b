import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from engine.runtime.errors import ModelError
from engine.runtime.paths import ASSETS, weights_folder
from engine.schema.grid import Grid
from engine.weights.checkpoint import (
    CARD_CHECKSUM,
    Checkpoint,
    find_weights,
    load_checkpoint,
    read_card,
    save_checkpoint,
    write_card,
)
from engine.weights.loading import load_model
from tests.engine.models.tiny import EVOLUTION, LINEAR, tiny_grid, tiny_network, tiny_normalisation


def _saved(folder: Path, preset=EVOLUTION) -> Path:  # type: ignore[no-untyped-def]
    grid = tiny_grid()
    network = tiny_network(preset, grid, trained=True)
    path = folder / "tiny.safetensors"
    checkpoint = Checkpoint(network, tiny_normalisation(), np.full(61, 0.02, np.float32), {})
    save_checkpoint(path, checkpoint, grid, {"data": ["tiny"], "updates": 3})
    return path


def _edit(path: Path, **changes: object) -> None:
    card = json.loads(path.with_suffix(".json").read_text())
    write_card(path, {**{name: value for name, value in card.items() if name != CARD_CHECKSUM}, **changes})


def _remove_checksum(path: Path) -> None:
    card = json.loads(path.with_suffix(".json").read_text())
    del card[CARD_CHECKSUM]
    path.with_suffix(".json").write_text(json.dumps(card))


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_loaded_weights_equal_the_saved_ones(tmp_path: Path, preset) -> None:  # type: ignore[no-untyped-def]
    path = _saved(tmp_path, preset)
    loaded = load_checkpoint(path, tiny_grid())
    expected = tiny_network(preset, tiny_grid(), trained=True).state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in loaded.network.state_dict().items())
    assert np.array_equal(loaded.normalisation.std, tiny_normalisation().std)
    assert loaded.provenance["training"] == {"data": ["tiny"], "updates": 3}
    assert len(loaded.provenance["weights_sha256"]) == 64
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["tiny.json", "tiny.safetensors"]


def test_a_renamed_parameter_keeps_its_stored_name_and_old_weights_load(tmp_path: Path) -> None:
    path = _saved(tmp_path)
    stored = load_file(path)
    assert "projection.calm" in stored and not any("equatorial_smoothing" in name for name in stored)
    network = load_checkpoint(path, tiny_grid()).network
    assert torch.equal(network.projection.equatorial_smoothing, stored["projection.calm"])
    assert dict(network.named_parameters()).keys() - network.state_dict().keys() == {"projection.equatorial_smoothing"}


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = _saved(tmp_path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ModelError, match="sha256"):
        load_checkpoint(path, tiny_grid())


@pytest.mark.parametrize("place", range(60, 8000, 530))
def test_a_card_with_a_changed_character_is_refused(tmp_path: Path, place: int) -> None:
    path = _saved(tmp_path)
    card = path.with_suffix(".json")
    content = bytearray(card.read_bytes())
    place = next(at for at in range(place % len(content), len(content)) if chr(content[at]).isalnum())
    content[place] = ord("7") if content[place] != ord("7") else ord("3")
    card.write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"restore|weights of this version"):
        load_checkpoint(path, tiny_grid())


def test_a_card_without_a_checksum_is_accepted(tmp_path: Path) -> None:
    path = _saved(tmp_path)
    _remove_checksum(path)
    assert load_checkpoint(path, tiny_grid()).provenance["training"]["updates"] == 3


def test_every_shipped_card_has_a_checksum_that_fits() -> None:
    shipped = sorted((ASSETS / "weights").glob("*.safetensors"))
    assert shipped and all(CARD_CHECKSUM in json.loads(path.with_suffix(".json").read_text()) for path in shipped)
    assert all(read_card(path)["sha256"] for path in shipped)


def test_another_grid_is_refused(tmp_path: Path) -> None:
    path = _saved(tmp_path)
    with pytest.raises(ModelError, match=r"grid is \[24, 48\]; expected \[48, 96\]"):
        load_checkpoint(path, tiny_grid(48, 96))
    grid = tiny_grid()
    shifted = Grid(grid.lat, grid.lon + 1, grid.depth, grid.wet, grid.deptho)
    with pytest.raises(ModelError, match="grid corners"):
        load_checkpoint(path, shifted)


def test_other_levels_are_refused(tmp_path: Path) -> None:
    grid = tiny_grid()
    other = Grid(grid.lat, grid.lon, grid.depth + 1, grid.wet, grid.deptho)
    with pytest.raises(ModelError, match="depth levels"):
        load_checkpoint(_saved(tmp_path), other)


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"time_step_days": 5}, "time step"), ({"channels": ["zos"]}, "channels"), ({"format": "other"}, "format")],
)
def test_another_time_step_channel_or_format_is_refused(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    path = _saved(tmp_path)
    _edit(path, **changes)
    with pytest.raises(ModelError, match=message):
        load_checkpoint(path, tiny_grid())


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    path = _saved(tmp_path)
    card = json.loads(path.with_suffix(".json").read_text())
    _edit(path, preset={**card["preset"], "encoder_depth": 3})
    with pytest.raises(ModelError, match="do not fit"):
        load_checkpoint(path, tiny_grid())


def test_pickles_are_refused_whatever_their_name(tmp_path: Path) -> None:
    pickled = tmp_path / "tiny.pt"
    pickled.write_bytes(pickle.dumps({"weight": 1}))
    with pytest.raises(ModelError, match=r"expected \.safetensors"):
        load_checkpoint(pickled, tiny_grid())
    path = _saved(tmp_path)
    path.write_bytes(pickle.dumps({"weight": 1}))
    with pytest.raises(ModelError, match="sha256"):
        load_checkpoint(path, tiny_grid())


def test_a_missing_card_or_file_is_named(tmp_path: Path) -> None:
    path = _saved(tmp_path)
    path.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match=r"tiny\.json is missing"):
        load_checkpoint(path, tiny_grid())
    with pytest.raises(ModelError, match=r"gone\.safetensors is missing"):
        load_checkpoint(tmp_path / "gone.safetensors", tiny_grid())


def test_the_error_for_missing_weights_names_the_command_to_get_them() -> None:
    with pytest.raises(ModelError, match="goms train --preset enormous"):
        find_weights("enormous")


def test_weights_trained_by_the_user_come_before_shipped_ones(tmp_path: Path) -> None:
    weights_folder().mkdir(parents=True)
    mine = weights_folder() / "small.safetensors"
    mine.write_bytes(b"")
    assert find_weights("small") == mine


def test_a_model_loads_from_named_weights(tmp_path: Path) -> None:
    model = load_model("small", tiny_grid(), "cpu", weights=_saved(tmp_path))
    assert model.name == "tiny"
    assert model.provenance["parameters"] > 1000
