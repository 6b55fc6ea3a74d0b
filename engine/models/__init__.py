"""Models by name: the network in its sizes and the baselines, all with one interface."""

from pathlib import Path

from engine.errors import ModelError
from engine.grid import Grid
from engine.models.interface import Model

MODEL_NAMES = ("small", "base", "persistence", "damped-persistence", "climatology")


def load_model(name: str, grid: Grid, device: str = "auto", weights: Path | None = None) -> Model:
    """Return the model called `name`, ready to run on `grid` and `device` (auto: CUDA where there is one).

    `weights` names a safetensors file of another training; the default is the shipped one, or one trained by the user.
    Raises ModelError for an unknown name, missing or mismatched weights, or a device that is not there.
    """
    # Imported here so that the names, which the command line's help shows, do not cost a second of imports.
    if name == "persistence":
        from engine.models.persistence import Persistence

        return Persistence(grid)
    if name in ("climatology", "damped-persistence"):
        from engine.models.climatology import Climatology, DampedPersistence

        return Climatology(grid) if name == "climatology" else DampedPersistence(grid)
    if name in ("small", "base"):
        from engine.models.forecaster import load_forecaster

        return load_forecaster(name, grid, device, weights)
    raise ModelError(f"model {name!r} is not known; expected one of {', '.join(MODEL_NAMES)}")
