"""Weights on disk: safetensors, a JSON card that describes them, and a checksum; a mismatch is refused."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.torch import load, save

from engine.models.backbones.presets import Preset
from engine.models.network import Network
from engine.physics.mean_fit import MeanState
from engine.physics.mean_state import digest_of, read_mean_state, write_mean_state
from engine.runtime.atomic import write_atomically
from engine.runtime.errors import ModelError
from engine.runtime.paths import REPOSITORY, weights_candidates
from engine.schema.batch import TIME_STEP
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, STATIC_CHANNELS
from engine.schema.constants import DAY
from engine.schema.grid import Grid
from engine.schema.normalisation import Normalisation

FORMAT = "goms-weights-1"
CARD_CHECKSUM = "card_sha256"
"""Key, in a card, of the SHA-256 of everything else in it as JSON with sorted keys; that of the weights is among it."""

TIME_STEP_DAYS = int(TIME_STEP / DAY)
CHANNEL_LABELS = [channel.label for channel in PROGNOSTIC_CHANNELS + FORCING_CHANNELS + STATIC_CHANNELS]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A network with its weights, its statistics, its provenance and the mean state of its training data."""

    network: Network
    normalisation: Normalisation
    tendency: np.ndarray
    provenance: dict[str, Any]
    mean: MeanState | None = None
    """The mean ocean of the training data; None where the network stands on the shipped climatology."""


def grid_card(grid: Grid) -> dict[str, Any]:
    """Return the entry of a grid in a card: shape, corners and depths."""
    return {
        "shape": list(grid.shape),
        "lat": [float(grid.lat[0]), float(grid.lat[-1])],
        "lon": [float(grid.lon[0]), float(grid.lon[-1])],
        "depth": [float(depth) for depth in grid.depth],
    }


def save_checkpoint(path: Path, checkpoint: Checkpoint, grid: Grid, training: dict[str, Any]) -> None:
    """Write weights to `path` (.safetensors) and their card beside it (.json), each whole or not at all.

    `training` (data, days, steps, metrics) goes into the card as it is. A mean state goes into a file beside them (.mean.nc).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    carried = {} if checkpoint.mean is None else {"mean_state": _save_mean(path, checkpoint.mean)}
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
        **carried,
    }
    write_atomically(path, lambda file: file.write(content), shared=True)
    write_card(path, card)


def _save_mean(path: Path, mean: MeanState) -> dict[str, Any]:
    file = path.with_suffix(".mean.nc")
    return {"file": file.name, "sha256": write_mean_state(file, mean), **mean.attributes}


def _load_mean(path: Path, card: dict[str, Any], grid: Grid) -> MeanState | None:
    """Return the mean state that the card of the weights at `path` names; raises ModelError where it is another or is missing."""
    said = card.get("mean_state")
    if said is None:
        return None
    file = path.with_name(Path(str(said["file"])).name)
    if not file.exists():
        raise ModelError(f"weights {path}: {file.name} is missing; expected the mean state of the training data beside them")
    require(file, "sha256", said["sha256"], digest_of(file), "the file is damaged: restore it or train the weights again")
    mean = read_mean_state(file)
    if not mean.grid.same_as(grid):
        require(file, "grid", grid_card(grid), grid_card(mean.grid), "use the mean state of the training data")
    return mean


def write_card(path: Path, card: dict[str, Any]) -> None:
    """Write the card of the weights at `path` beside them, with a checksum over the card, which includes that of the weights."""
    sealed = {**card, CARD_CHECKSUM: _card_sha256(card)}
    content = json.dumps(sealed, indent=1).encode()
    write_atomically(path.with_suffix(".json"), lambda file: file.write(content), shared=True)


def read_card(path: Path) -> dict[str, Any]:
    """Return the card of the weights at `path`; raises ModelError where it is missing, damaged, or the weights are pickled.

    Cards of earlier versions have no checksum and are accepted as they are.
    """
    if path.suffix != ".safetensors":
        raise ModelError(
            f"weights {path} end in {path.suffix!r}; expected .safetensors: pickled weights can run code and are refused"
        )
    for part in (path, path.with_suffix(".json")):
        if not part.exists():
            raise ModelError(f"weights {path}: {part.name} is missing; expected weights and card side by side: restore the file")
    try:
        card = json.loads(path.with_suffix(".json").read_text())
    except (OSError, ValueError) as error:
        raise ModelError(f"card {path.with_suffix('.json')} cannot be read ({error}); restore the file") from error
    if not isinstance(card, dict):
        raise ModelError(f"card {path.with_suffix('.json')} holds no names with values; restore the file")
    checksum = card.pop(CARD_CHECKSUM, None)
    if checksum is not None:
        remedy = "the card is damaged: restore it or train the weights again"
        require(path, "sha256 of the card", _card_sha256(card), checksum, remedy)
    return card


def read_weights(path: Path, card: dict[str, Any]) -> bytes:
    """Return the content of the weights at `path`; raises ModelError where it differs from their card."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"weights {path} cannot be read ({error}); restore the file") from error
    found = hashlib.sha256(content).hexdigest()
    require(path, "sha256", card.get("sha256"), found, "the file is damaged: restore or train it again")
    return content


def _card_sha256(card: dict[str, Any]) -> str:
    plain = json.loads(json.dumps(card))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def find_weights(name: str) -> Path:
    """Return the weights called `name`: those trained by the user, else the shipped ones; ModelError where neither is."""
    return stored_weights(name, f"model {name!r}", f"goms train --preset {name}")


def stored_weights(name: str, what: str, command: str) -> Path:
    """Return the path of the weights called `name`; raises ModelError that says `what` is missing and the command to make it."""
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
    card = read_card(path)
    require(path, "format", FORMAT, card.get("format"), "use weights of this version of the program")
    content = read_weights(path, card)
    require(path, "channels", CHANNEL_LABELS, card.get("channels"), "train a network for these channels")
    require(path, "time step in days", TIME_STEP_DAYS, card.get("time_step_days"), "use weights of a daily model")
    made_for, wanted = card.get("grid", {}), grid_card(grid)
    require(path, "depth levels", wanted["depth"], made_for.get("depth"), "use weights trained on these levels")
    require(path, "grid", wanted["shape"], made_for.get("shape"), "use weights trained on this grid")
    corners = [made_for.get(axis, [np.nan, np.nan]) for axis in ("lat", "lon")]
    if not np.allclose(corners, [wanted["lat"], wanted["lon"]], atol=1e-3):
        require(path, "grid corners", [wanted["lat"], wanted["lon"]], corners, "use weights trained on this grid")
    try:
        normalisation = Normalisation.from_dict(card["statistics"])
        tendency = np.array(card["tendency"], dtype=np.float32)
        network = Network(Preset.from_dict(card["preset"]), grid.shape, normalisation, tendency)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"card of weights {path} is damaged ({error!r}); restore it or train the weights again") from error
    try:
        network.load_state_dict(load(content))
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
    mean = _load_mean(path, card, grid)
    if mean is not None:
        provenance["mean_state"] = card["mean_state"]
    return Checkpoint(network, normalisation, tendency, provenance, mean)


def require(path: Path, subject: str, expected: Any, received: Any, remedy: str) -> None:
    """Raise ModelError naming the weights at `path` where `received` is not what was `expected`."""
    if received != expected:
        raise ModelError(f"weights {path}: {subject} is {received}; expected {expected}: {remedy}")


def revision() -> str:
    """Return the git revision of the program, or `unknown` outside a checkout."""
    # An installation may lie inside a repository that is not of this program.
    if not (REPOSITORY / ".git").exists():
        return "unknown"
    command = ["git", "-C", str(REPOSITORY), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
