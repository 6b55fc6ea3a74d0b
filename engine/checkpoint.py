"""Weights on disk: safetensors, a JSON card that says what they are, and a checksum; a mismatch is refused."""

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from engine.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, STATIC_CHANNELS
from engine.errors import ModelError
from engine.grid import Grid
from engine.models.network import Network
from engine.models.presets import Preset
from engine.normalisation import Normalisation
from engine.paths import REPOSITORY, weights_candidates

FORMAT = "goms-weights-1"
TIME_STEP_DAYS = 1
CHANNEL_LABELS = [channel.label for channel in PROGNOSTIC_CHANNELS + FORCING_CHANNELS + STATIC_CHANNELS]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A network with its weights, the statistics that belong to it, and where it comes from."""

    network: Network
    normalisation: Normalisation
    tendency: np.ndarray
    provenance: dict[str, Any]


def grid_card(grid: Grid) -> dict[str, Any]:
    """Return what identifies a grid in a card: shape, corners and depths."""
    return {
        "shape": list(grid.shape),
        "lat": [float(grid.lat[0]), float(grid.lat[-1])],
        "lon": [float(grid.lon[0]), float(grid.lon[-1])],
        "depth": [float(depth) for depth in grid.depth],
    }


def save_checkpoint(path: Path, checkpoint: Checkpoint, grid: Grid, training: dict[str, Any]) -> None:
    """Write weights to `path` (.safetensors) and their card beside it (.json), each whole or not at all.

    `training` (data, days, steps, metrics) goes into the card as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.detach().cpu().contiguous() for name, value in checkpoint.network.state_dict().items()}
    content = save(tensors)
    card = {
        "format": FORMAT,
        "sha256": hashlib.sha256(content).hexdigest(),
        "preset": checkpoint.network.preset.to_dict(),
        "parameters": sum(value.numel() for value in tensors.values()),
        "channels": CHANNEL_LABELS,
        "grid": grid_card(grid),
        "time_step_days": TIME_STEP_DAYS,
        "statistics": checkpoint.normalisation.to_dict(),
        "tendency": checkpoint.tendency.tolist(),
        "revision": revision(),
        "training": training,
    }
    write_whole(path, content)
    write_whole(path.with_suffix(".json"), json.dumps(card, indent=1).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.writing")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def find_weights(name: str) -> Path:
    """Return the weights called `name`: those trained by the user, else the shipped ones; ModelError where neither is."""
    return stored_weights(name, f"model {name!r}", f"goms train --preset {name}")


def stored_weights(name: str, what: str, command: str) -> Path:
    """Return where the weights called `name` lie; raises ModelError that says `what` is missing and which command makes it."""
    candidates = weights_candidates(name)
    there = next((path for path in candidates if path.exists()), None)
    if there is None:
        raise ModelError(
            f"weights of {what} are missing; expected {' or '.join(map(str, candidates))}: train them with `{command}` or "
            "restore the file"
        )
    return there


def load_checkpoint(path: Path, grid: Grid) -> Checkpoint:
    """Return the checkpoint at `path` for `grid`.

    Raises ModelError where the file or its card is missing, is not safetensors, fails its checksum, or was made for another
    grid, other levels, other channels or another time step.
    """
    card = _read_card(path)
    content = path.read_bytes()
    require(
        path, "sha256", hashlib.sha256(content).hexdigest(), card.get("sha256"), "the file is damaged: restore or train it again"
    )
    require(path, "channels", CHANNEL_LABELS, card.get("channels"), "train a network for these channels")
    require(path, "time step in days", TIME_STEP_DAYS, card.get("time_step_days"), "use weights of a daily model")
    made_for, wanted = card.get("grid", {}), grid_card(grid)
    require(path, "depth levels", wanted["depth"], made_for.get("depth"), "use weights trained on these levels")
    require(path, "grid", wanted["shape"], made_for.get("shape"), "use weights trained on this grid")
    corners = [made_for.get(axis, [np.nan, np.nan]) for axis in ("lat", "lon")]
    if not np.allclose(corners, [wanted["lat"], wanted["lon"]], atol=1e-3):
        require(path, "grid corners", [wanted["lat"], wanted["lon"]], corners, "use weights trained on this grid")
    normalisation = Normalisation.from_dict(card["statistics"])
    tendency = np.array(card["tendency"], dtype=np.float32)
    network = Network(Preset.from_dict(card["preset"]), grid.shape, normalisation, tendency)
    try:
        network.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError) as error:
        raise ModelError(f"weights {path} do not fit preset {card['preset']['name']!r} ({error}); train them again") from error
    provenance = {
        "model": network.preset.name,
        "weights": path.name,
        "weights_sha256": card["sha256"],
        "parameters": card["parameters"],
        "revision": card["revision"],
        "training": card["training"],
    }
    return Checkpoint(network, normalisation, tendency, provenance)


def _read_card(path: Path) -> dict[str, Any]:
    if path.suffix != ".safetensors":
        raise ModelError(
            f"weights {path} end in {path.suffix!r}; expected .safetensors: pickled weights can run code and are refused"
        )
    for part in (path, path.with_suffix(".json")):
        if not part.exists():
            raise ModelError(f"weights {path}: {part.name} is missing; expected weights and card side by side: restore the file")
    try:
        card = json.loads(path.with_suffix(".json").read_text())
    except ValueError as error:
        raise ModelError(f"card {path.with_suffix('.json')} is not JSON ({error}); restore the file") from error
    require(path, "format", FORMAT, card.get("format"), "use weights of this version of the program")
    return card


def require(path: Path, subject: str, expected: Any, received: Any, remedy: str) -> None:
    """Raise ModelError naming the weights at `path` where `received` is not what was `expected`."""
    if received != expected:
        raise ModelError(f"weights {path}: {subject} is {received}; expected {expected}: {remedy}")


def revision() -> str:
    """Return the git revision of the program, or `unknown` outside a checkout."""
    command = ["git", "-C", str(REPOSITORY), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
