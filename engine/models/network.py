"""The network that forecasts: the backbone on the tokens of the globe, and the projection (linear or evolution) on windows."""

import numpy as np
import torch
from torch import nn

from engine.models.backbones.backbone import Backbone, LinearProjection
from engine.models.backbones.fourcastnet import FourCastNet
from engine.models.backbones.presets import Preset
from engine.models.evolution.operator import LEVELS, STATE, ZOS, Evolution
from engine.models.evolution.static_fields import StaticFields
from engine.models.layers.patches import upsample
from engine.models.layers.window import Window
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, STATIC_CHANNELS
from engine.schema.normalisation import Normalisation

CHANNELS = len(PROGNOSTIC_CHANNELS) + len(FORCING_CHANNELS) + len(STATIC_CHANNELS)
"""67: the state, the atmosphere of the target day, the sea floor."""


class Network(nn.Module):
    """Backbone (AI-GOMS's or FourCastNet's) and its projection for a grid (h, w); states are physical, 0 in dry cells.

    `normalisation` holds the 61 prognostic and 5 forcing channels, `tendency` (61,) the typical change in a day.
    """

    mean: torch.Tensor
    std: torch.Tensor
    tendency: torch.Tensor

    def __init__(self, preset: Preset, shape: tuple[int, int], normalisation: Normalisation, tendency: np.ndarray) -> None:
        super().__init__()
        if any(size % preset.patch for size in shape):
            raise ValueError(f"grid {shape} does not divide into patches of {preset.patch}")
        self.preset, self.shape = preset, shape
        kind = FourCastNet if preset.backbone == "fourcastnet" else Backbone
        self.backbone = kind(preset, CHANNELS, shape[0] // preset.patch, shape[1] // preset.patch)
        self.projection: Evolution | LinearProjection
        if preset.projection == "evolution":
            self.projection = Evolution(preset, normalisation.mean, normalisation.std, tendency)
        else:
            self.projection = LinearProjection(preset, STATE)
        for name, values in (("mean", normalisation.mean), ("std", normalisation.std), ("tendency", tendency)):
            self.register_buffer(name, torch.as_tensor(values).view(-1, 1, 1), persistent=False)

    def embed(self, state: torch.Tensor, target_air: torch.Tensor, static: StaticFields) -> torch.Tensor:
        """Return tokens (1, n, d) of some rows: their state (62, h, w), 0 in dry cells, and normalised atmosphere (5, h, w)."""
        field = torch.empty(CHANNELS, *state.shape[1:], dtype=_embedding_type(state.device), device=state.device)
        normalised = (state[:STATE] - self.mean[:STATE]).mul_(1 / self.std[:STATE])
        normalised[:-1].unflatten(0, (4, -1)).mul_(static.wet)
        normalised[-1].mul_(static.wet[0])
        field[:STATE] = normalised
        field[STATE:-1] = target_air
        field[-1:] = static.floor * static.wet[:1]
        return self.backbone.embed(field[None])

    def features(self, tokens: torch.Tensor, visible: torch.Tensor | None = None) -> torch.Tensor:
        """Return features (d, h / patch, w / patch) of the tokens (1, n, d) of the whole globe."""
        return self.backbone(tokens, visible)[0]

    def modulation(self, features: torch.Tensor, season: torch.Tensor) -> torch.Tensor:
        """Return what the projection needs on the patch grid (m, h / patch, w / patch).

        `season` (15, h / patch, w / patch) is the climatological warming of the day in K; the published projection does not
        use it.
        """
        return self.projection.modulate(features, season) if isinstance(self.projection, Evolution) else features

    def advance(
        self,
        state: torch.Tensor,
        air: torch.Tensor,
        target_air: torch.Tensor,
        annual_harmonics: torch.Tensor,
        modulation: torch.Tensor,
        static: StaticFields,
        window: Window,
        out: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the next state (62, rows, columns) of a window, in `out` where it is given; dry cells have no meaning.

        The state, both atmospheres (8, ...) and the static fields include a halo of `preset.halo` cells; `annual_harmonics` (5,)
        are those of the day, `modulation` is global. The last plane of a state is its change of sea level in a day.
        """
        patch, halo = self.preset.patch, self.preset.halo
        if isinstance(self.projection, Evolution):
            local, warming = modulation.split([modulation.shape[0] - LEVELS, LEVELS])
            fine = upsample(local, patch, window, halo, channels_last=True)
            return self.projection(state, air, target_air, annual_harmonics, fine, upsample(warming, patch, window), static, out)
        tokens = Window(*(size // patch for size in (window.row, window.rows, window.column, window.columns)))
        result = self.projection(tokens.cut(modulation, 0)[None])[0].float()
        if self.preset.projection == "fields":
            change = result * self.std[:STATE] + self.mean[:STATE] - state[:STATE]
        else:
            # In units of a typical daily change: in units of the whole variability the first updates would be far too large.
            change = result * self.tendency
        return torch.cat([state[:STATE] + change, change[ZOS:]], out=out)


def _embedding_type(device: torch.device) -> torch.dtype:
    return torch.get_autocast_dtype(device.type) if torch.is_autocast_enabled(device.type) else torch.float32
