"""Presets: the named sizes of the networks (small, base, aigoms-small, fourcastnet ...)."""

from dataclasses import asdict, dataclass, field
from typing import Any

from engine.models.layers.warp import REACH

LARGEST_DISPLACEMENT = 8
"""Cells that water may travel in one day; 8 cells of a quarter degree are 2.5 m/s at the equator."""

DERIVATIVES = 3
"""Cells on each side that the derived inputs of a cell read (the gradient of a Laplacian)."""

SMOOTHING_PASSES = 6
"""Passes of a binomial mean that keep changes of sea level as smooth as the deformation radius makes them; set by hand."""


@dataclass(frozen=True)
class LevelGroup:
    """Levels that share one displacement: numbers [first, last) of the depth axis and the fields that it advects."""

    name: str
    first: int
    last: int
    carried: tuple[str, ...]


THREE_LAYERS = (
    LevelGroup("0-50 m", 0, 6, ("thetao", "so")),
    LevelGroup("70-200 m", 6, 11, ("thetao", "so")),
    LevelGroup("250-500 m", 11, 15, ("thetao", "so")),
)
"""Currents are not advected: they follow the advected sea level by geostrophy, which gave lower errors at lower cost."""

SURFACE_LAYER = THREE_LAYERS[:1]


@dataclass(frozen=True)
class Preset:
    """All settings that determine the shape of the network's weights."""

    name: str
    label: str
    patch: int
    encoder_depth: int
    encoder_width: int
    decoder_depth: int
    decoder_width: int
    fourier_blocks: int
    projection: str
    """`evolution` advects the state, `linear` gives the change in a day, `fields` the fields of the next day, as published."""
    groups: tuple[LevelGroup, ...] = ()
    local_width: int = 0
    dilations: tuple[int, ...] = field(default=())
    """One 3 x 3 convolution of the local path for each entry."""
    backbone: str = "autoencoder"
    """`autoencoder` is that of AI-GOMS; `fourcastnet` has the encoder's depth and width alone and no masking."""

    @property
    def halo(self) -> int:
        """Return the number of cells around a window that its forecast depends on, a multiple of the patch."""
        if self.projection != "evolution":
            return 0
        convolutions = DERIVATIVES + 1 + sum(self.dilations)
        reach = SMOOTHING_PASSES + 2 + max(convolutions, LARGEST_DISPLACEMENT + REACH)
        return -(-reach // self.patch) * self.patch

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a JSON card."""
        return asdict(self)

    @classmethod
    def from_dict(cls, card: dict[str, Any]) -> "Preset":
        """Return the preset that `to_dict` wrote."""
        groups = tuple(LevelGroup(**{**group, "carried": tuple(group["carried"])}) for group in card["groups"])
        return cls(**{**card, "groups": groups, "dilations": tuple(card["dilations"])})


PRESETS = {
    "small": Preset(
        "small", "GOMS small", 8, 3, 128, 2, 128, 8, "evolution", SURFACE_LAYER, local_width=32, dilations=(1, 2, 4, 2, 1)
    ),
    "base": Preset("base", "GOMS base", 8, 16, 512, 8, 1024, 8, "linear"),
    "base-published": Preset("base-published", "AI-GOMS", 8, 16, 512, 8, 1024, 8, "fields"),
    "base-evolution": Preset(
        "base-evolution",
        "GOMS base",
        8,
        16,
        512,
        8,
        1024,
        8,
        "evolution",
        THREE_LAYERS,
        local_width=64,
        dilations=(1, 2, 4, 2, 1),
    ),
    "aigoms-small": Preset("aigoms-small", "AI-GOMS projection, small", 8, 3, 128, 2, 128, 8, "linear"),
    "fourcastnet": Preset("fourcastnet", "FourCastNet, small", 8, 4, 112, 0, 112, 8, "linear", backbone="fourcastnet"),
    "fourcastnet-published": Preset(
        "fourcastnet-published", "FourCastNet", 8, 12, 768, 0, 768, 8, "linear", backbone="fourcastnet"
    ),
}
"""`aigoms-small` is `small` with the published projection; `fourcastnet` has as many weights as `small`, positions aside."""
