"""Weights of heads on disk: safetensors, a card and a checksum, tied to the backbone whose features they read."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from engine.runtime.atomic import write_atomically
from engine.runtime.errors import ModelError
from engine.schema.grid import Grid
from engine.weights.checkpoint import (
    grid_card,
    read_card,
    read_weights,
    require,
    revision,
    stored_weights,
    write_card,
)

FORMAT = "goms-head-1"


@dataclass(frozen=True)
class HeadCard:
    """The identity of a head's weights: `head` its name, `shape` its sizes, `backbone` the sha256 of the weights below it.

    `backbone` is None for a head that reads no features.
    """

    head: str
    shape: dict[str, Any]
    grid: Grid
    backbone: str | None


def find_head(backbone: str, head: str) -> Path:
    """Return the weights of a head of the model `backbone`: the user's, else the shipped; ModelError where neither is."""
    command = f"goms train --preset {backbone} --head {head}"
    return stored_weights(f"{backbone}-{head}", f"head {head!r} of model {backbone!r}", command)


def save_head(path: Path, module: nn.Module, card: HeadCard, training: dict[str, Any]) -> None:
    """Write a head's weights to `path` (.safetensors) and their card beside it (.json), each whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.detach().cpu().contiguous() for name, value in module.state_dict().items()}
    content = save(tensors)
    said = {
        "format": FORMAT,
        "sha256": hashlib.sha256(content).hexdigest(),
        "head": card.head,
        "shape": card.shape,
        "parameters": sum(value.numel() for value in module.parameters()),
        "grid": grid_card(card.grid),
        "backbone_sha256": card.backbone,
        "revision": revision(),
        "training": training,
    }
    write_atomically(path, lambda file: file.write(content), shared=True)
    write_card(path, said)


def read_head_card(path: Path) -> dict[str, Any]:
    """Return the card of a head's weights; raises ModelError where it is missing, no card of a head, damaged, or pickled."""
    card = read_card(path)
    require(path, "format", FORMAT, card.get("format"), "use weights of this version of the program")
    return card


def load_head(path: Path, module: nn.Module, card: HeadCard) -> dict[str, Any]:
    """Fill `module` with the weights at `path` and return their provenance.

    Raises ModelError where the file fails its checksum or belongs to another head, shape, grid or backbone than `card` says.
    """
    said = read_head_card(path)
    content = read_weights(path, said)
    require(path, "head", card.head, said.get("head"), "use weights of this head")
    require(path, "grid", grid_card(card.grid), said.get("grid"), "use weights trained on this grid")
    require(path, "backbone", card.backbone, said.get("backbone_sha256"), "train the head again on this backbone")
    try:
        module.load_state_dict(load(content))
    except (SafetensorError, RuntimeError) as error:
        raise ModelError(f"weights {path} do not fit head {card.head!r} ({error}); train them again") from error
    return {
        "weights": path.name,
        "weights_sha256": said["sha256"],
        "parameters": said["parameters"],
        "training": said["training"],
    }
