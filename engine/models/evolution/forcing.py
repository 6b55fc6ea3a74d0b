"""The atmosphere as the network reads it: five normalised fields and the Ekman flow that the wind would drive."""

import numpy as np
import torch

from engine.physics.ekman import ekman_surface
from engine.schema.batch import Batch
from engine.schema.channels import FORCING_CHANNELS, channel, to_array
from engine.schema.normalisation import Normalisation

FORCINGS = len(FORCING_CHANNELS)
EKMAN_FLOW = slice(FORCINGS, FORCINGS + 2)
"""Planes with the eastward and northward surface Ekman flow (m/s); the plane after them is its e-folding depth (m)."""


def air_of(batch: Batch, normalisation: Normalisation) -> torch.Tensor:
    """Return (8, h, w) of a forcing batch; missing values take the mean."""
    return air_from(to_array(batch, FORCING_CHANNELS), batch.grid.lat, normalisation)


def air_from(forcing: np.ndarray, lat: np.ndarray, normalisation: Normalisation) -> torch.Tensor:
    """Return (8, h, w) of forcing fields (5, h, w) in physical units on rows at latitudes `lat` (h,)."""
    mean, std = (values[-FORCINGS:, None, None] for values in (normalisation.mean, normalisation.std))
    eastward, northward, depth, _ = ekman_surface(lat, forcing[channel("u10")], forcing[channel("v10")])
    normalised = np.nan_to_num((forcing - mean) / std, copy=False)
    return torch.from_numpy(np.concatenate([normalised, eastward[None], northward[None], depth[None]]).astype(np.float32))
