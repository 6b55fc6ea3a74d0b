"""The heads by name: untrained, or loaded with the weights that belong to a model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.models.forecaster import Forecaster
from engine.models.heads.biogeochemistry import biogeochemistry_head
from engine.models.heads.daily import DayHead
from engine.models.heads.downscaling import Downscaling, DownscalingShape
from engine.models.heads.tendency import TendencyShape
from engine.models.heads.waves import wave_head
from engine.physics.kuroshio_grid import kuroshio_grid
from engine.schema.grid import Grid
from engine.weights.head_weights import HeadCard, find_head, load_head, read_head_card

Maker = Callable[[TendencyShape | None, Grid | None], DayHead]

MAKERS: dict[str, Maker] = {"waves": wave_head, "biogeochemistry": biogeochemistry_head}
"""Each makes an untrained head; None for the shape of the small model and the head's own grid."""


def card_of(name: str, head: DayHead, model: Forecaster) -> HeadCard:
    """Return the card of the weights of head `name` on the features of `model`."""
    return HeadCard(name, head.shape.to_dict(), head.grid, model.provenance["weights_sha256"])


def shape_of(model: Forecaster) -> TendencyShape:
    """Return the shape of a new head that reads the features of `model`."""
    preset, (rows, columns) = model.network.preset, model.grid.shape
    return TendencyShape(preset.decoder_width, rows // preset.patch, columns // preset.patch)


def load_day_head(name: str, model: Forecaster) -> tuple[DayHead, dict[str, Any]]:
    """Return head `name` of `model` on its device with the stored weights, and their provenance.

    Raises ModelError where there are none, or where they belong to another backbone, head or grid.
    """
    path = find_head(model.name, name)
    head = MAKERS[name](TendencyShape.from_dict(read_head_card(path)["shape"]), None)
    provenance = load_head(path, head, card_of(name, head, model))
    head.precision = model.precision
    return head.to(model.device).eval(), provenance


def load_downscaling(model: Forecaster, path: Path | None = None) -> tuple[Downscaling, dict[str, Any]]:
    """Return the Kuroshio head of `model` on its device with the stored weights, or those at `path`, and their provenance.

    Raises ModelError where there are none, or where they belong to another backbone, head or grid.
    """
    path = path or find_head(model.name, "kuroshio")
    shape = read_head_card(path)["shape"]
    head = Downscaling(DownscalingShape(**{**shape, "dilations": tuple(shape["dilations"])}))
    provenance = load_head(path, head, HeadCard("kuroshio", shape, kuroshio_grid(), model.provenance["weights_sha256"]))
    head.precision = model.precision
    return head.to(model.device).eval(), provenance
