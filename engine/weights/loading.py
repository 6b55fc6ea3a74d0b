"""Models by name: the networks in their sizes and the baselines, all with one interface."""

from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.interface import Model
from engine.runtime.errors import ModelError
from engine.runtime.paths import weights_candidates
from engine.schema.grid import Grid

if TYPE_CHECKING:
    from engine.models.forecaster import Forecaster

NETWORK_NAMES = ("small", "base", "base-published", "base-evolution", "aigoms-small", "fourcastnet", "fourcastnet-published")
BASELINE_NAMES = ("persistence", "damped-persistence", "climatology")
MODEL_NAMES = NETWORK_NAMES + BASELINE_NAMES


def usable_models() -> tuple[str, ...]:
    """Return the models that can run now: networks with weights, shipped or trained by the user, and baselines."""
    trained = (name for name in NETWORK_NAMES if any(path.exists() for path in weights_candidates(name)))
    return (*trained, *BASELINE_NAMES)


def load_model(name: str, grid: Grid, device: str = "auto", weights: Path | None = None, precision: str = "auto") -> Model:
    """Return the model called `name`, ready to run on `grid` and `device` (auto: CUDA where there is one).

    `weights` names a safetensors file of another training; the default is the shipped one, or one trained by the user.
    `precision` is bfloat16, float32 or the quicker of them; baselines compute in float32 alone. Raises ModelError for an unknown
    name, missing or mismatched weights, or a device that is not there, InputError for an unknown precision.
    """
    # Imported here: the help of the command line needs the names alone, and torch takes a second to import.
    if name == "persistence":
        from engine.models.baselines import Persistence

        return Persistence(grid)
    if name in ("climatology", "damped-persistence"):
        from engine.models.baselines import Climatology, DampedPersistence

        return Climatology(grid) if name == "climatology" else DampedPersistence(grid)
    if name in NETWORK_NAMES:
        return load_forecaster(name, grid, device, weights, precision)
    raise ModelError(f"model {name!r} is not known; expected one of {', '.join(usable_models())}")


def load_forecaster(name: str, grid: Grid, device: str, weights: Path | None, precision: str = "auto") -> "Forecaster":
    """Return the network called `name` with its weights on `grid`.

    Raises ModelError as `load_checkpoint` does, InputError for a precision that is not known.
    """
    from engine.models.forecaster import Forecaster, choose_device
    from engine.physics.mean_state import mean_ocean
    from engine.weights.checkpoint import find_weights, load_checkpoint

    chosen = choose_device(device)
    checkpoint = load_checkpoint(find_weights(name) if weights is None else weights, grid)
    mean = None if checkpoint.mean is None else mean_ocean(checkpoint.mean)
    provenance, grid = checkpoint.provenance, grid if mean is None else mean.grid_like(grid)
    return Forecaster(checkpoint.network, grid, checkpoint.normalisation, chosen, provenance, precision=precision, mean=mean)
