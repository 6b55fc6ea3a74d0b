"""The network that completes an interpolation: its inputs, corrections and weights on disk."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.models.heads.completion import Completion, CompletionShape
from engine.reconstruction.analysis import Surface
from engine.reconstruction.covariances import SURFACE, Covariance
from engine.reconstruction.interpolation import Estimate
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.weights.head_weights import HeadCard, load_head, read_head_card


def completion_inputs(found: Surface, spreads: Mapping[str, Covariance], grid: Grid) -> torch.Tensor:
    """Return the inputs of the network (13, h, w): estimates in spreads, shares guessed, log spreads, position; 0 on land."""
    estimates = [getattr(found, name).values[0] / spreads[name].spread for name in SURFACE]
    guesses = [(getattr(found, name).error / spreads[name].spread) ** 2 for name in SURFACE]
    sizes = [np.log(spreads[name].spread) for name in SURFACE]
    angle = np.broadcast_to(np.deg2rad(grid.lat)[:, None], grid.shape)
    place = [np.sin(angle), np.cos(angle), grid.deptho / 5000, np.ones(grid.shape)]
    inputs = np.stack([*estimates, *guesses, *sizes, *place]).astype(np.float32)
    return torch.from_numpy(np.where(grid.wet_surface, np.nan_to_num(inputs), np.float32(0)))


def completed(found: Surface, spreads: Mapping[str, Covariance], grid: Grid, network: Completion) -> Surface:
    """Return the estimates with the network's corrections; the thermocline follows sea level, errors do not change."""
    with torch.inference_mode():
        corrections = network(completion_inputs(found, spreads, grid)).numpy()
    changes = {name: corrections[number] * spreads[name].spread for number, name in enumerate(SURFACE)}
    changes["thermocline"] = changes["zos"]
    return replace(found, **{name: _added(getattr(found, name), change) for name, change in changes.items()})


def _added(estimate: Estimate, change: np.ndarray) -> Estimate:
    return Estimate(estimate.values + change, estimate.error)


def load_completion(path: Path, grid: Grid) -> tuple[Completion, dict[str, Any]]:
    """Return the network with the weights at `path` and their provenance; InputError where its patches do not fit the grid.

    Raises ModelError for weights that are damaged or of another grid.
    """
    shape = read_head_card(path)["shape"]
    try:
        network = Completion(CompletionShape(**{**shape, "dilations": tuple(shape["dilations"])}), *grid.shape)
    except ValueError as error:
        raise InputError(f"weights {path} do not fit: {error}; choose another grid") from error
    provenance = load_head(path, network, HeadCard("completion", shape, grid, None))
    return network.eval(), provenance
